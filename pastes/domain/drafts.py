"""What an author wants published; and a paste as its own draft, with which a program begins that changes some of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pastes import validators
from pastes.domain import content, tags
from pastes.domain.content import NewFile
from pastes.exceptions import Invalid
from pastes.models import File, Paste, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an author wants published.

    ``password`` is the text of one, "" for none, None to leave the present one; ``max_views`` None does not count.
    ``tags`` are written with blanks or commas between them. What is ``encrypted`` has been looked at by `vault.sealed`.
    ``allow_secrets`` is for who knows what `guarding` found.
    """

    files: Sequence[NewFile]
    title: str = ""
    description: str = ""
    visibility: str = Visibility.PUBLIC
    expires_at: datetime | None = None
    burn: bool = False
    max_views: int | None = None
    password: str | None = ""
    message: str = ""
    tags: str = ""
    encrypted: bool = False
    allow_secrets: bool = False


def require_valid(draft: Draft) -> None:
    """The rules that hold whichever door the draft came through.

    Raises:
        Invalid: with messages by field.
    """
    errors: dict[str, list[str]] = {}
    for name, value, most in (
        ("title", draft.title, 200),
        ("description", draft.description, 2_000),
        ("message", draft.message, 200),
        ("password", draft.password or "", 1_000),
    ):
        try:
            validators.storable(value)
        except ValidationError as error:
            errors.setdefault(name, []).extend(error.messages)
        if len(value) > most:
            errors.setdefault(name, []).append(_("At most %(limit)s characters fit here.") % {"limit": most})
    if draft.visibility not in Visibility.values:
        errors["visibility"] = [_("Choose one of: %(choices)s.") % {"choices": ", ".join(Visibility.values)}]
    if draft.max_views is not None and not 1 <= draft.max_views <= 1_000_000:
        errors["max_views"] = [_("A number of views is between 1 and 1,000,000.")]
    try:
        tags.parse(draft.tags)
    except Invalid as error:
        errors |= error.errors
    if errors:
        raise Invalid(errors)


def fingerprint(*, draft: Draft, forked_from: Paste | None = None) -> str:
    """What tells one draft from another, in 64 characters.

    When it expires is no part of it, because "in a day" is another moment each time it is sent; neither is a password.
    """
    said = [draft.title, draft.description, draft.visibility, draft.burn, draft.max_views, draft.tags, draft.message]
    said += ["encrypted"] if draft.encrypted else []
    files = [[file.name, file.language, sha256(file.data).hexdigest()] for file in draft.files]
    source = forked_from.key if forked_from else ""
    return sha256(json.dumps([said, bool(draft.password), files, source]).encode()).hexdigest()


def of(paste: Paste, *, files: Sequence[NewFile]) -> Draft:
    """All settings as they are, over these files."""
    return Draft(
        files=files,
        title=paste.title,
        description=paste.description,
        visibility=paste.visibility,
        expires_at=paste.expires_at,
        burn=paste.burn,
        max_views=paste.max_views,
        password=None,
        tags=paste.tags,
        encrypted=paste.encrypted,
    )


def keep(file: File, *, name: str = "", language: str = "") -> NewFile:
    """A file with its bytes; with another name or language where one is given.

    Raises:
        NotFound, Unavailable: as `content.read`.
    """
    return NewFile(content.read(file), name or file.name, language or file.language)


def find(files: Sequence[File], *, name: str, field: str) -> File:
    """The file with this name.

    Raises:
        Invalid: when there is none, said of ``field``.
    """
    file = next((file for file in files if file.name == name), None)
    if file is None:
        raise Invalid({field: [_("There is no file “%(name)s” to keep.") % {"name": name[:100]}]})
    return file
