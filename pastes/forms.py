"""What people fill in, checked for shape; the rules are the domain's."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import ProfileForm
from accounts.models import Mail, Scope, User
from pastes.domain import anchors, expiry, mailing
from pastes.domain.anchors import Anchor
from pastes.domain.previews import Lines, Spot
from pastes.exceptions import Invalid, Text
from pastes.models import Paste, Report, Visibility, Webhook


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """What was chosen is read beside the form, by `submission.files_in`; whatever it is fits."""

    widget = ManyFilesInput

    def clean(self, data: object, initial: object = None) -> None:
        """Nothing to check: the domain does, for all doors."""


def expiry_choices() -> list[tuple[str, Any]]:
    """What can be chosen, in the reader's language."""
    return [*((name, label) for name, (label, span) in expiry.PRESETS.items()), ("date", _("On a date…"))]


class ExpiryForm(forms.Form):
    """When a paste ends."""

    expiry = forms.ChoiceField(label=_("Expires"), choices=expiry_choices, required=False)
    expires_at = forms.DateTimeField(
        label=_("Date and time (UTC)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Write a date and time like 2030-12-31 18:00.")},
    )

    def moment(self) -> datetime | None:
        """The end; None is never.

        Raises:
            Invalid: when the date is missing or over.
        """
        choice = self.cleaned_data["expiry"] or "never"
        return expiry.moment(choice=choice, date=self.cleaned_data.get("expires_at"))

    def clean_expires_at(self) -> datetime | None:
        """Read the date as UTC: a page without JavaScript does not know its reader's time zone."""
        value: datetime | None = self.cleaned_data["expires_at"]
        return value.replace(tzinfo=UTC) if value and timezone.is_naive(value) else value


class PublishForm(ExpiryForm):
    """Everything about a paste but its files."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    description = forms.CharField(
        label=_("Description"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        help_text=_("Up to ten words that others find it by, such as python or nginx."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    visibility = forms.ChoiceField(
        label=_("Who can see it"), choices=Visibility.choices, required=False, widget=forms.RadioSelect
    )
    burn = forms.BooleanField(label=_("Burn after reading"), required=False)
    max_views = forms.IntegerField(
        label=_("View limit"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("Gone after so many views. Empty: no limit."),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1_000,
        required=False,
        strip=False,
        widget=forms.PasswordInput(render_value=True),
    )
    encrypted = forms.BooleanField(required=False)
    upload = ManyFilesField(label=_("Files"), required=False)

    field_order = [
        "title",
        "description",
        "tags",
        "visibility",
        "expiry",
        "expires_at",
        "burn",
        "max_views",
        "password",
        "encrypted",
        "upload",
    ]


class ReviseForm(PublishForm):
    """The same for a new revision."""

    message = forms.CharField(label=_("What changed"), max_length=200, required=False)
    remove_password = forms.BooleanField(label=_("Remove the password"), required=False)


def defaults_for(user: User | AnonymousUser) -> dict[str, str]:
    """What the form starts with: the account's wishes, else the site's."""
    return {
        "visibility": getattr(user, "default_visibility", "") or settings.DEFAULT_VISIBILITY,
        "expiry": getattr(user, "default_expiry", "") or settings.DEFAULT_EXPIRY,
    }


def initial_for(paste: Paste) -> dict[str, Any]:
    """What the form starts with for a paste that exists."""
    return {
        "title": paste.title,
        "description": paste.description,
        "tags": paste.tags,
        "visibility": paste.visibility,
        "expiry": "date" if paste.expires_at else "never",
        "expires_at": paste.expires_at,
        "burn": paste.burn,
        "max_views": paste.max_views,
    }


def require_valid(form: forms.BaseForm, message: Text | None = None) -> None:
    """Let a valid form pass.

    Raises:
        Invalid: with the form's messages by field, and ``message`` over them.
    """
    if not form.is_valid():
        errors: dict[str, list[str]] = {str(name): [str(text) for text in texts] for name, texts in form.errors.items()}
        raise Invalid(errors, message)


class AccountForm(ProfileForm):
    """The account page: who one is, and how one likes to publish."""

    default_visibility = forms.ChoiceField(
        label=_("New pastes are"), choices=[("", _("As the site does it")), *Visibility.choices], required=False
    )
    default_expiry = forms.ChoiceField(
        label=_("New pastes expire"),
        choices=lambda: [("", _("As the site does it")), *expiry_choices()[:-1]],
        required=False,
    )

    class Meta(ProfileForm.Meta):
        fields = [*ProfileForm.Meta.fields, "default_visibility", "default_expiry", "mail"]
        labels = ProfileForm.Meta.labels | {"mail": _("Mails about what happens")}
        help_texts = ProfileForm.Meta.help_texts | {
            "mail": _(
                "Replies, comments, mentions, and pastes about to expire. They go to your confirmed primary address."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not mailing.is_possible():
            del self.fields["mail"]

    def save(self, commit: bool = True) -> User:  # Django's signature
        """Save it, and let lists and pages say what the person shows from now on."""
        user: User = super().save(commit)
        expiry.drop_pages_of(user)
        return user


class RedactForm(forms.Form):
    """A text that is to be removed from a paste and its history. The domain says how long it may be."""

    text = forms.CharField(
        label=_("Text to remove"),
        required=False,  # the domain says what an empty one is
        strip=False,
        help_text=_("As it stands in the paste: capitals count. Several lines can be removed together."),
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "dir": "auto",
                "autofocus": True,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )


class MailForm(forms.Form):
    """How often somebody gets mails about what happens."""

    mail = forms.ChoiceField(label=_("Mails"), choices=Mail.choices, widget=forms.RadioSelect)


class ShareForm(ExpiryForm):
    """A new share link."""

    expiry = forms.ChoiceField(label=_("Expires"), choices=expiry_choices, required=False, initial="1w")
    label = forms.CharField(label=_("For whom (only you see this)"), max_length=80, required=False)


class ReportForm(forms.Form):
    """What is wrong with a paste or a comment. The domain says how long the text may be."""

    category = forms.ChoiceField(
        label=_("What is wrong with it"),
        choices=Report.Category.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is wrong with it.")},
    )
    text = forms.CharField(
        label=_("What a moderator should know"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2_000, "dir": "auto"}),
    )


class CommentForm(forms.Form):
    """A comment: new, an answer, or one's own that is changed."""

    body = forms.CharField(
        label=_("Comment"),
        required=False,  # the domain says what an empty one is
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "autocomplete": "off"}),
    )
    file = forms.CharField(label=_("File"), required=False, max_length=255)
    first = forms.IntegerField(label=_("First line"), required=False, min_value=1, max_value=2**31 - 1)
    last = forms.IntegerField(label=_("Last line"), required=False, min_value=1, max_value=2**31 - 1)
    revision = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    parent = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def anchor(self, *, paste: Paste) -> Anchor | None:
        """The lines it is about, of the latest revision and the first file unless it says which; None for none."""
        values = self.cleaned_data
        first = values["first"] or values["last"]
        if first is None:
            return None
        return anchors.point(
            paste=paste, file_name=values["file"], first=first, last=values["last"], revision=values["revision"]
        )


class SearchForm(forms.Form):
    """What to find, and among which pastes."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        strip=False,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "class": "input",
                "data-shortcut": "/",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    words = forms.BooleanField(label=_("Whole words"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    language = forms.CharField(label=_("Language"), max_length=50, required=False)
    author = forms.CharField(
        label=_("Author"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    tag = forms.CharField(
        label=_("Tag"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a date like 2030-12-31.")},
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a date like 2030-12-31.")},
    )

    @property
    def narrowed(self) -> bool:
        """Whether anything but the text is asked for."""
        return any(self[name].value() or self[name].errors for name in self.fields if name != "q")


class TokenForm(ExpiryForm):
    """A new access token."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=80,
        help_text=_("Only you see this, such as “backup script on my laptop”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )

    field_order = ["name", "scopes", "expiry", "expires_at"]


class WebhookForm(forms.Form):
    """A webhook, new or to be changed. The domain says what its address may be."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Where your program listens, such as https://example.org/hook."),
        widget=forms.TextInput(attrs={"type": "url", "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told"), choices=Webhook.Event.choices, widget=forms.CheckboxSelectMultiple
    )


class ChangeWebhookForm(WebhookForm):
    """The same, for one that exists."""

    is_on = forms.BooleanField(label=_("On"), required=False)


class SpotForm(forms.Form):
    """A file of a paste, or lines of it, as a frame or a picture shows them."""

    file = forms.IntegerField(label=_("File"), required=False, min_value=1, max_value=9_999)
    lines = forms.CharField(
        label=_("Lines"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"placeholder": "10-20", "inputmode": "numeric", "autocomplete": "off"}),
    )
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[("", _("As the reader likes")), ("light", _("Light")), ("dark", _("Dark"))],
        required=False,
    )
    revision = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean_lines(self) -> Lines | None:
        """From the first to the last."""
        text = self.cleaned_data["lines"]
        lines = Lines.parse(text)
        if text and lines is None:
            raise forms.ValidationError(_("Write lines like 10-20."))
        return lines

    def spot(self) -> Spot:
        """What is shown."""
        values = self.cleaned_data
        return Spot(values["file"] or 1, values["lines"], values["revision"])
