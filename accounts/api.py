"""Signing in for programs: allauth's views, of which only these are needed."""

from http import HTTPStatus

from allauth.account.adapter import get_adapter
from allauth.headless.account.inputs import LoginInput
from allauth.headless.account.views import LoginView, SessionView
from allauth.headless.base.response import APIResponse
from allauth.headless.constants import Client
from allauth.headless.mfa.views import AuthenticateView
from allauth.headless.tokens.views import RefreshTokenView
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.forms import EMAIL_MAX_LENGTH


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
session = SessionView.as_api_view(client=Client.APP)
second_factor = AuthenticateView.as_api_view(client=Client.APP)
refresh = RefreshView.as_api_view(client=Client.APP)
