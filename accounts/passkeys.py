"""allauth's forms for passkeys, which here refuse what is no passkey instead of failing on it.

allauth lets the fido2 library read the JSON that a browser sends, and expects two of the errors this can raise. Anybody
can send something else.
"""

import struct
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms
from django.utils.translation import gettext_lazy as _

MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, struct.error)
"""What reading a credential can raise: missing keys, wrong types, broken base64, cut-off or nonsensical bytes."""


class AddPasskeyForm(forms.AddWebAuthnForm):
    """Made for passkeys first: a key that only serves as a second step is the exception."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with it alone")
        self.fields["passwordless"].help_text = _("Without this, it is a second step after the password.")

    def clean(self) -> dict[str, Any]:
        """Check the new credential.

        Raises:
            ValidationError: it is none, or not the answer to the page's challenge.
        """
        try:
            cleaned: dict[str, Any] = super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


class RenamePasskeyForm(forms.EditWebAuthnForm):
    """What it is called; allauth's own field has no words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")


class UsePasskeyForm(forms.AuthenticateWebAuthnForm):
    """The second step after a password."""

    def clean_credential(self) -> Authenticator:
        """The authenticator whose signature this is.

        Raises:
            ValidationError: it is nobody's, or not the answer to the page's challenge.
        """
        try:
            return super().clean_credential()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class SignInWithPasskeyForm(UsePasskeyForm, forms.LoginWebAuthnForm):
    """A passkey alone."""


class ConfirmWithPasskeyForm(UsePasskeyForm, forms.ReauthenticateWebAuthnForm):
    """A passkey once more, before something important."""
