"""Signing in for programs: allauth's views, of which only these are needed."""

from http import HTTPStatus

from allauth.account.adapter import get_adapter
from allauth.headless.account.inputs import LoginInput
from allauth.headless.account.views import LoginView, SessionView
from allauth.headless.base.response import APIResponse, UnauthorizedResponse
from allauth.headless.constants import Client
from allauth.headless.internal.restkit.inputs import Input
from allauth.headless.mfa.views import AuthenticateView, AuthenticateWebAuthnView, LoginWebAuthnView
from allauth.headless.tokens.views import RefreshTokenView
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.forms import EMAIL_MAX_LENGTH
from accounts.passkeys import SignInWithPasskeyForm, UsePasskeyForm


class SignInInput(LoginInput):
    """allauth's, which would look for a name of any length and with anything in it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name in ("username", "email"):
            self.fields[name].validators.append(MaxLengthValidator(EMAIL_MAX_LENGTH))
        for field in self.fields.values():
            field.validators.append(_refuse_broken_text)


class SignInView(LoginView):
    """POST with a user name or an address, and a password: a pair of tokens, or the second step that is to be taken."""

    input_class = SignInInput


class PasskeyInput(SignInWithPasskeyForm, Input):
    """A passkey alone."""


class SecondPasskeyInput(UsePasskeyForm, Input):
    """A passkey as the second step."""


class PasskeyView(LoginWebAuthnView):
    """GET what a passkey has to sign; POST what it signed: a pair of tokens."""

    input_class = {"POST": PasskeyInput}


class SecondPasskeyView(AuthenticateWebAuthnView):
    """The same for the second step."""

    input_class = {"POST": SecondPasskeyInput}


class SignedInView(SessionView):
    """GET who is signed in; DELETE to sign out."""

    def delete(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer 204, where allauth says with 401 that it worked."""
        del args, kwargs
        if not request.user.is_authenticated:
            refused: HttpResponseBase = UnauthorizedResponse(request)
            return refused
        get_adapter().logout(request)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)


class RefreshView(RefreshTokenView):
    """POST with a refresh token: the next pair."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 401 where allauth answers 400 without a word."""
        response: HttpResponseBase = super().post(request)
        if response.status_code != HTTPStatus.BAD_REQUEST:
            return response
        message = _("This refresh token has ended, or was used before. Sign in again.")
        errors = [{"code": "invalid_token", "message": message, "param": "refresh_token"}]
        refused: HttpResponseBase = APIResponse(request, errors=errors, status=HTTPStatus.UNAUTHORIZED)
        return refused


def _refuse_broken_text(value: object) -> None:
    """Refuse lone surrogates, which JSON can hold and no database can.

    Raises:
        ValidationError: when there is one.
    """
    try:
        str(value).encode()
    except UnicodeEncodeError as error:
        raise ValidationError(get_adapter().error_messages["invalid_login"], code="invalid_login") from error


login = SignInView.as_api_view(client=Client.APP)
session = SignedInView.as_api_view(client=Client.APP)
second_factor = AuthenticateView.as_api_view(client=Client.APP)
passkey = PasskeyView.as_api_view(client=Client.APP)
second_passkey = SecondPasskeyView.as_api_view(client=Client.APP)
refresh = RefreshView.as_api_view(client=Client.APP)
