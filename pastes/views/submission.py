"""What somebody sent to publish, whichever of the ways they sent it."""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from pastes import conf, validators
from pastes.domain import content, expiry, guarding
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import HasSecrets, Invalid, PasteError, SomebodyElse
from pastes.models import Paste, Visibility
from pastes.rendering import languages, text
from pastes.views.door import YES, allows_secrets, viewer_of, wants_fragment, wants_html

TEXT_FIELDS = ("content", "f:1", "sprunge", "clbin", "file", "c", "text", "code")
"""The names under which command-line clients of other pastebins send a text; the first one present counts."""

OPTION_FIELDS = (
    "title",
    "description",
    "visibility",
    "expires",
    "expiry",
    "expiry_days",
    "burn",
    "max_views",
    "password",
    "tags",
    "syntax",
    "lexer",
    "language",
    "filename",
    "allow_secrets",
)
"""What else they may send beside it."""

KNOWN_START = re.compile("|".join(f"{name}=" for name in (*TEXT_FIELDS, "f%3[Aa]1", *OPTION_FIELDS)).encode())
FORM_START = re.compile(rb"[A-Za-z0-9_.%:-]{1,40}=")
"""How a body begins that is a form: with a field known here, or with any."""

LOSSLESS = "utf-8-lossless"
"""UTF-8 in which a byte that is not becomes a lone surrogate, from which it can be had back."""

EDITOR_FIELD = "idempotency"
"""Only the site's own editor sends this field."""

ACCOUNT_FIELD = "account"
"""And this one: who began to write, by name, and behind it who shall publish; "" is whoever it may be."""


SECRETS_FIELD = "secrets"
"""What its buttons say that come with credentials that were found: redact, private, burn or allow."""

LARGEST_CARDS = 512 * 1024
"""Bytes of all chosen files together that come back as texts to edit, for browsers that lose them."""


@dataclass(slots=True)
class Card:
    """One file as the editor shows it."""

    name: str = ""
    content: str = ""
    language: str = ""
    errors: list[str] = field(default_factory=list)
    preview: dict[str, str] = field(default_factory=dict)
    """How it will look, if that was asked: ``html``, or the ``problem`` with it."""


def is_editor(request: HttpRequest) -> bool:
    """Whether the site's own form was sent."""
    return EDITOR_FIELD in request.POST


def require_same_person(request: HttpRequest) -> None:
    """Who publishes must be who began to write, unless they saw that they are not and go on.

    Raises:
        SomebodyElse: when a session ended, or another began, while somebody wrote.
    """
    now = viewer_of(request).account
    name = now.username if now else ""
    if (began := request.POST.get(ACCOUNT_FIELD) or name) != name:
        raise SomebodyElse(began=began, now=name)


def cards_in(post: QueryDict) -> list[Card]:
    """The editor's cards: three fields that repeat in the same order."""
    names, chosen = post.getlist("filename"), post.getlist("language")
    return [
        Card(
            name=names[index] if index < len(names) else "",
            content=text,
            language=_alias(chosen[index]) if index < len(chosen) else "",
        )
        for index, text in enumerate(post.getlist("content"))
    ]


def _alias(language: str) -> str:
    """The language somebody means, by its name; what is none stays for the domain to refuse."""
    if language.strip().casefold() == _("Plain text").casefold():
        return languages.PLAIN
    return languages.canonical(language) or language


def files_in(request: HttpRequest, *, original: Callable[[int, Card], NewFile] | None = None) -> list[NewFile]:
    """The files of the editor's form: its cards, then what was chosen or dropped.

    Browsers send CRLF for every line end of a text area; what people typed has LF.
    """
    make = original or (lambda _index, card: NewFile(_typed(card.content), card.name, card.language))
    typed = [make(index, card) for index, card in enumerate(cards_in(request.POST))]
    chosen = [NewFile(_bytes(file), file.name or "") for file in request.FILES.getlist("upload")]
    return typed + chosen


def edit_cards(post: QueryDict, cards: list[Card]) -> list[Card] | None:
    """What the buttons "add file" and "remove file" do without JavaScript; None when another was pressed."""
    if "add_file" in post:
        return [*cards, Card()]
    removed = post.get("remove_file", "")
    if removed.isdecimal():
        return [card for index, card in enumerate(cards) if str(index) != removed] or [Card()]
    return None


def as_decided(request: HttpRequest, draft: Draft, *, paste: Paste | None = None) -> Draft:
    """The draft as its author wants it who was shown the credentials in it (``pastes/_secrets.html``)."""
    match request.POST.get(SECRETS_FIELD):
        case "redact":
            return guarding.redacted(draft=draft, paste=paste)
        case "private":
            return replace(draft, visibility=Visibility.PRIVATE)
        case "burn":
            return replace(draft, burn=True)
        case "allow":
            return replace(draft, allow_secrets=True)
    return draft


def cards_again(request: HttpRequest, cards: list[Card]) -> list[Card]:
    """The cards, and the chosen files that are texts as more of them: a browser loses what was chosen with the page."""
    chosen: list[Card] = []
    room = 0 if wants_fragment(request) else LARGEST_CARDS
    for file in request.FILES.getlist("upload"):
        if (card := _as_card(file, room=room)) is not None:
            room -= len(card.content)
            chosen.append(card)
    return [*(card for card in cards if card.content or card.name), *chosen] if chosen else cards


def _as_card(file: "UploadedFile[Any]", *, room: int) -> Card | None:
    """A chosen file as a card, if its bytes would come out of a text area as they are."""
    if not file.size or file.size > room:
        return None
    file.seek(0)
    decoded = text.decode(file.read())
    as_is = decoded.encoding == "utf-8" and "\r" not in decoded.text
    return Card(name=file.name or "", content=decoded.text) if as_is else None


def show_error(form: Form, cards: list[Card], error: PasteError) -> None:
    """Put the domain's messages where they belong: at a card, at a field, or over the form."""
    if isinstance(error, HasSecrets):
        _show_findings(form, cards, error)
        return
    if not isinstance(error, Invalid):
        form.add_error(None, str(error.message))
        if error.advice:
            form.add_error(None, str(error.advice))
        return
    for name, messages in error.errors.items():
        index = _card_index(cards, name)
        for message in messages:
            if index is not None:
                cards[index].errors.append(message)
            elif name == "content":
                cards[0].errors.append(message)
            elif name in form.fields:
                if message not in form.errors.get(name, []):
                    form.add_error(name, message)
            else:
                form.add_error(None, message)


def _show_findings(form: Form, cards: list[Card], error: HasSecrets) -> None:
    filled = [card for card in cards if card.content]
    for finding in error.findings:
        if finding.index is None:
            form.add_error(finding.field, str(finding))
        elif finding.index < len(filled):
            filled[finding.index].errors.append(str(finding))
        else:
            form.add_error(None, f"{finding.file}: {finding}")
    if error.more:
        form.add_error(None, _("And more of them."))


def _card_index(cards: list[Card], name: str) -> int | None:
    """Which card an error of the domain belongs to (``filename-1``): empty cards are not counted there."""
    head, _, number = name.rpartition("-")
    if head not in {"filename", "language"} or not number.isdigit():
        return None
    filled = [index for index, card in enumerate(cards) if card.content]
    return filled[int(number)] if int(number) < len(filled) else None


def plain_draft(request: HttpRequest, *, filename: str = "", form: bool = False) -> Draft:
    """What a command-line client sent: form fields, parts with file names, or the body as it is.

    With ``form``, at an address that is made for forms, also one counts that begins with a field not known here.

    Raises:
        Invalid: when an option has a value that cannot be.
        TooLarge: when a file is.
    """
    fields = _fields(request, FORM_START if form else KNOWN_START)
    if fields is None:
        files = [NewFile(request.body, filename, request.headers.get("X-Language", ""))]
        fields = {}
    else:
        language = fields.get("syntax") or fields.get("lexer") or fields.get("language", "")
        files = _form_files(request, fields, filename=filename, language=language)
        _require_text(fields)
    return Draft(
        files=files,
        title=fields.get("title", ""),
        description=fields.get("description", ""),
        visibility=fields.get("visibility") or Visibility.UNLISTED,
        expires_at=_expires(fields.get("expires") or fields.get("expiry") or fields.get("expiry_days", "")),
        burn=fields.get("burn", "").lower() in YES,
        max_views=_number(fields.get("max_views", "")),
        password=fields.get("password", ""),
        tags=fields.get("tags", ""),
        allow_secrets=allows_secrets(request) or fields.get("allow_secrets", "").lower() in YES,
    )


def _form_files(request: HttpRequest, fields: dict[str, str], *, filename: str, language: str) -> list[NewFile]:
    multipart = request.content_type == "multipart/form-data"
    if multipart and (uploads := [file for name in request.FILES for file in request.FILES.getlist(name)]):
        return [NewFile(_bytes(file), file.name or "", language) for file in uploads]
    text = next((fields[name] for name in TEXT_FIELDS if name in fields), "")
    return [NewFile(text.encode(errors="surrogateescape"), fields.get("filename", filename), language)]


def _fields(request: HttpRequest, start: re.Pattern[bytes]) -> dict[str, str] | None:
    """The form's fields, or None when the body is a text and no form.

    curl --data-binary says that anything is a form, so a body counts as one only when it begins as one (``start``) and
    has a text.
    """
    if request.content_type == "multipart/form-data":
        return {name: str(value) for name, value in request.POST.items()}
    if request.content_type != "application/x-www-form-urlencoded":
        return None
    body = request.body
    if not start.match(body):
        return None
    try:
        parsed = parse_qs(
            body.decode(errors="surrogateescape"),
            keep_blank_values=True,
            errors="surrogateescape",
            max_num_fields=50,
        )
    except ValueError:
        return None
    fields = {name: values[0] for name, values in parsed.items()}
    return fields if any(name in fields for name in TEXT_FIELDS) else None


def read_losslessly(request: HttpRequest) -> None:
    """Have the form parser keep every byte that a program sends; call it before anything of the form is read.

    Left alone it asks for the bytes that are not UTF-8 to be replaced, which this codec does not do.
    """
    if not wants_html(request):
        request.encoding = LOSSLESS


def _lossless(name: str) -> codecs.CodecInfo | None:
    """Tell Python of the codec `LOSSLESS`."""
    if name != LOSSLESS.replace("-", "_"):
        return None
    return codecs.CodecInfo(
        name=LOSSLESS,
        encode=lambda text, _errors="": codecs.utf_8_encode(text, "surrogateescape"),
        decode=lambda data, _errors="": codecs.utf_8_decode(data, "surrogateescape", True),
    )


codecs.register(_lossless)


def _require_text(fields: dict[str, str]) -> None:
    """Let options pass that are text; only the paste itself may be anything.

    Raises:
        Invalid: when one is not.
    """
    errors: dict[str, list[str]] = {}
    for name in OPTION_FIELDS:
        try:
            validators.storable(fields.get(name, ""))
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise Invalid(errors)


def _bytes(file: "UploadedFile[Any]") -> bytes:
    """All of an uploaded file, unless it is larger than any paste may be.

    Raises:
        TooLarge: before anything of it is read into memory.
    """
    if file.size and file.size > conf.largest():
        raise content.too_many_bytes(limit=conf.largest(), actual=file.size)
    return bytes(file.read())


def _typed(text: str) -> bytes:
    return text.replace("\r\n", "\n").encode(errors="replace")


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise Invalid({"max_views": [_("A number of views is between 1 and 1,000,000.")]})
    return int(text)


def _expires(text: str) -> datetime | None:
    """When it ends: a preset, a number of days, or a date in ISO 8601; nothing said is never.

    pastebinit writes Python's None for a setting that its configuration leaves out.

    Raises:
        Invalid: when it is none of these, or over.
    """
    if text in {"", "None"} or text in expiry.PRESETS:
        return expiry.moment(choice=text if text in expiry.PRESETS else "never")
    if text.isdecimal() and len(text) <= 5 and int(text) > 0:
        return expiry.after_days(int(text))
    date = _date(text)
    if date is None:
        raise Invalid(
            {
                "expires": [
                    _("“%(text)s” is no time: write one of %(choices)s, a number of days, or a date like 2030-12-31.")
                    % {"text": text[:40], "choices": ", ".join(expiry.PRESETS)}
                ]
            }
        )
    return expiry.moment(choice="date", date=date)


def _date(text: str) -> datetime | None:
    try:
        moment: Any = parse_datetime(text)
        if moment is None and (day := parse_date(text)):
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        return None
    if moment is None:
        return None
    result: datetime = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return result
