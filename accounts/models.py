"""The person: Django's user with what the site remembers of their wishes."""

from datetime import datetime
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

USERNAME_MAX_LENGTH = 40
"""Characters; what fits one line beside a paste's title."""

USERNAME_TAKEN = _("Somebody has this user name already.")

# A name is also a part of an address, where a browser would resolve "..", and a full stop at the end would be lost when
# a mail program makes a link of it. Letters of one script only, so that no two names look the same.
validate_username = RegexValidator(
    rf"\A[A-Za-z0-9](?:[A-Za-z0-9._-]{{0,{USERNAME_MAX_LENGTH - 2}}}[A-Za-z0-9])\Z",
    _(
        "Use 2 to 40 of the letters a to z, digits, hyphens, underscores and full stops. "
        "The first and the last one are a letter or a digit."
    ),
)


class Theme(models.TextChoices):
    """Light, dark, or what the device prefers."""

    DEVICE = "", _("As on this device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Mail(models.TextChoices):
    """How often the site writes to somebody about what happens to their pastes and comments."""

    OFF = "off", pgettext_lazy("mails about what happens", "Never")
    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day, together")


class CommentOrder(models.TextChoices):
    """In which order somebody reads a discussion."""

    BEST = "best", _("Best first")
    NEWEST = "newest", _("Newest first")
    OLDEST = "oldest", _("Oldest first")


class User(AbstractUser):
    """Somebody with an account.

    ``first_name`` and ``last_name`` are Django's and unused: people have one name here, and write it as they like.
    """

    username = models.CharField(
        _("user name"),
        max_length=USERNAME_MAX_LENGTH,
        unique=True,
        validators=[validate_username],
        error_messages={"unique": USERNAME_TAKEN},
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("theme"), max_length=5, blank=True, choices=Theme)
    default_visibility = models.CharField(_("default visibility"), max_length=10, blank=True)
    default_expiry = models.CharField(_("default expiry"), max_length=10, blank=True)
    banned_at = models.DateTimeField(_("banned"), null=True, blank=True)
    ban_reason = models.CharField(_("why they are banned"), max_length=200, blank=True, editable=False)
    # What others see of them.
    bio = models.CharField(_("about you"), max_length=300, blank=True)
    shows_profile = models.BooleanField(_("others can see my profile"), default=True)
    shows_stars = models.BooleanField(_("it shows what I starred"), default=True)
    shows_joined = models.BooleanField(_("it shows since when I am here"), default=True)
    # How they read and hear of things.
    comment_order = models.CharField(
        _("order of comments"), max_length=6, choices=CommentOrder, default=CommentOrder.BEST
    )
    mail = models.CharField(_("mails about what happens"), max_length=7, choices=Mail, default=Mail.AT_ONCE)
    unread = models.PositiveIntegerField(_("unread notifications"), default=0, editable=False)
    # Raised to make the addresses of private feeds invalid.
    feed_generation = models.PositiveIntegerField(default=0, editable=False)

    class Meta(AbstractUser.Meta):
        constraints = [
            # "Alice" must not be able to speak for "alice". In capitals, because that is how `iexact` compares on
            # PostgreSQL, so that signing in finds a name by this index.
            models.UniqueConstraint(
                Upper("username"),
                name="accounts_user_username_ignoring_case",
                violation_error_message=USERNAME_TAKEN,
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name other people see."""
        return self.name or self.username

    @property
    def is_shown(self) -> bool:
        """Whether others find a profile under this name."""
        return self.shows_profile and self.is_active

    def get_absolute_url(self) -> str:
        """The page that shows others who they are."""
        return reverse("pastes:profile", args=[self.username])

    def get_full_name(self) -> str:
        """The name as its owner writes it; may be empty."""
        return self.name

    def get_short_name(self) -> str:
        """The same: nobody guesses which part of a name is the short one."""
        return self.name


class Scope(models.TextChoices):
    """What a program may do with a token. One does not include another."""

    PASTE_READ = "paste:read", _("Read my pastes, private ones too")
    PASTE_WRITE = "paste:write", _("Publish, change and delete pastes, and react to them")
    GIST_READ = "gist:read", _("Read through GitHub's Gist interface")
    GIST_WRITE = "gist:write", _("Publish, change and delete through GitHub's Gist interface")
    ACCOUNT = "account", _("Read and change my profile and notifications")


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    """The words for sets of tokens."""

    def working(self, at: datetime | None = None) -> Self:
        """Those that open something: not expired, of people who are let in."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at or timezone.now()), user__is_active=True)


class AccessToken(models.Model):
    """What a program shows instead of a person's password. Only the token's hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="access_tokens", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.CharField(_("scopes"), max_length=200, help_text=_("Names with blanks between them."))
    created = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")

    def __str__(self) -> str:
        return self.name

    @property
    def scope_list(self) -> list[Scope]:
        """What it opens, in the order of `Scope`. A name that this release does not know opens nothing."""
        names = self.scopes.split()
        return [scope for scope in Scope if scope in names]

    @property
    def is_expired(self) -> bool:
        """Whether its end is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


class TokenPair(models.Model):
    """An access and a refresh token (JWT) of a session, and those that replace them one after another.

    The tokens name this row, so nothing of them works once it is gone; it goes with the session.
    """

    session = models.ForeignKey(
        "usersessions.UserSession", models.CASCADE, related_name="token_pairs", verbose_name=_("session")
    )
    owns_session = models.BooleanField(default=False)
    """Whether the session began with a login through the API, and ends with the pair."""
    refresh_id = models.CharField(max_length=36)
    """``jti`` of the one refresh token that works now."""
    previous_id = models.CharField(max_length=36, blank=True)
    """``jti`` of the one before."""
    created = models.DateTimeField(_("created"), default=timezone.now)
    refreshed = models.DateTimeField(_("refreshed"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("pair of tokens")
        verbose_name_plural = _("pairs of tokens")

    def __str__(self) -> str:
        return f"#{self.pk}"
