"""Where this site differs from what allauth does by itself."""

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import USERNAME_MAX_LENGTH, USERNAME_TAKEN, User

log = structlog.get_logger("accounts.mails")

FEED_ENDING = ".atom"
MAIL_FAILED = gettext_lazy("The mail was not sent: the mail server does not answer. Ask for it again in some minutes.")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up, names, redirects and mail in the site's own way."""

    error_messages = DefaultAccountAdapter.error_messages | {"username_taken": USERNAME_TAKEN}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether the operator lets people sign up; social logins ask here too."""
        del request
        return bool(settings.SIGNUP_OPEN)

    def is_safe_url(self, url: str | None) -> bool:
        """Whether ``url`` stays on this very host: allauth would also take any other name the site answers to."""
        request = current.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Refuse a name that would be the address of somebody's feed.

        Raises:
            ValidationError: when it is that, or taken, or not allowed here.
        """
        if username.casefold().endswith(FEED_ENDING):
            raise ValidationError(_("A user name cannot end with .atom: that is the address of a feed."))
        name: str = super().clean_username(username, shallow)
        return name

    def generate_unique_username(self, txts: list[str | None], regex: str | None = None) -> str:
        """A free user name made of the first of ``txts`` that gives a valid one (people who come from a provider)."""
        del regex
        # The cut leaves room for the seven characters that tell two of a name apart.
        name: str = super().generate_unique_username(
            [text[: USERNAME_MAX_LENGTH - 7].strip("._-") for text in txts if text], r"[^A-Za-z0-9\s@._-]"
        )
        return name

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        """Save a new ``user``; whoever loses the race for a name is told, and chooses another one.

        Raises:
            ImmediateHttpResponse: back to the empty form, when the name was taken since the form looked.
        """
        try:
            with transaction.atomic():
                saved: User = super().save_user(request, user, form, commit)
        except IntegrityError as error:
            messages.error(request, self.error_messages["username_taken"])
            raise ImmediateHttpResponse(redirect("account_signup")) from error
        return saved

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Tell ``user``, who has just shown the right password, that they are banned and why."""
        return render(request, "account/account_inactive.html", {"reason": user.ban_reason}, status=403)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail, in the language of the account it is about rather than of whoever caused it.

        What it is about has happened already, so a mail server that is away is no error of the page: it says so.
        """
        user = context.get("user")
        language = getattr(user, "language", "") or translation.get_language()
        try:
            with translation.override(language):
                super().send_mail(template_prefix, email, {"site_name": settings.SITE_NAME, **context})
        except OSError as error:  # all that smtplib and the network raise; its text may name the address
            log.warning("mail_failed", error=type(error).__name__)
            messages.error(current.request, MAIL_FAILED)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell ``user`` by mail what changed on the account."""
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """People who come from another site keep the name they have there."""

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Take name, mail and, where it is a valid one here, the user name from the provider's ``data``."""
        user: User = super().populate_user(request, sociallogin, data)
        user.name = f"{user.first_name} {user.last_name}".strip()[: User._meta.get_field("name").max_length]
        user.first_name = user.last_name = ""
        return user
