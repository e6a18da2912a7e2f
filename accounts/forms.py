"""What people say about themselves, and how they leave."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Theme, User

EMAIL_MAX_LENGTH = 254
"""Characters; RFC 5321 allows no longer address in a mail's path."""


def language_choices() -> list[tuple[str, str | Promise]]:
    """The site's languages under their own names, after the choice to leave it to the browser."""
    own_names = [(code, str(get_language_info(code)["name_local"]).capitalize()) for code, _name in settings.LANGUAGES]
    return [("", _("As the browser asks")), *own_names]


class LinesField(forms.CharField):
    """Text of several lines. Browsers send two characters for a line's end and count one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """Count as browsers do."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg] # it takes none when it runs
    """Who one is, what others see of it, language and theme; `pastes` adds what concerns pastes.

    ``public`` names the fields about what others see.
    """

    public = ("name", "bio", "shows_profile", "shows_stars", "shows_joined")

    bio = LinesField(
        label=_("About you"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=language_choices, required=False)
    theme = forms.ChoiceField(label=_("Colours"), choices=Theme.choices, required=False)

    class Meta:
        model = User
        fields = ["name", "bio", "shows_profile", "shows_stars", "shows_joined", "language", "theme"]
        labels = {"name": _("Name")}
        help_texts = {"name": _("Other people see it instead of the user name. It may stay empty.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class LoginForm(AllauthLoginForm):
    """allauth's, with a label that says what to type, a field that a password manager knows, and the focus in it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = _("User name or e-mail address")
        # SQLite refuses to look for a name of some 50,000 characters.
        login.validators.append(MaxLengthValidator(EMAIL_MAX_LENGTH))
        login.widget.attrs |= {"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false"}
        # Who comes here came to type this; and again, when only the password was wrong, that.
        self.fields["password" if self.data.get("login") else "login"].widget.attrs["autofocus"] = True


class DeleteAccountForm(forms.Form):
    """Confirms that it is the owner who closes the account, and asks what becomes of the pastes.

    Args:
        user: whose account it is. With a password they type it; without one (they came through another site) they type
            their user name.

    Valid, ``cleaned_data["pastes"]`` is "delete" or "keep".
    """

    DELETE, KEEP = "delete", "keep"

    pastes = forms.ChoiceField(
        label=_("What happens to your pastes"),
        choices=[
            (DELETE, _("Delete my pastes too")),
            (KEEP, _("Keep them, without my name (private ones are deleted)")),
        ],
        widget=forms.RadioSelect,
        initial=DELETE,
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    username = forms.CharField(label=_("Your user name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        del self.fields["username" if user.has_usable_password() else "password"]

    def clean_password(self) -> str:
        """Check as at sign-in, with the same limit on wrong guesses.

        Raises:
            ValidationError: when it is wrong, or too many wrong ones came before it.
        """
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("incorrect_password")
        return password

    def clean_username(self) -> str:
        """Compare with the user name.

        Raises:
            ValidationError: when it is another one.
        """
        username: str = self.cleaned_data["username"]
        if username.casefold() != self.user.username.casefold():
            raise ValidationError(gettext("This is not your user name."), code="username_mismatch")
        return username
