"""What a program sent, as the domain's drafts; what does not fit, by the program's own field names."""

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from pastes.api.v1.paste_schemas import BinaryFile, Ending, KeptFile, NewFork, NewPaste, PasteChange, Settings, TextFile
from pastes.domain import drafts, expiry, vault
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Invalid
from pastes.models import File, Paste, Visibility

PLAIN = ("title", "description", "visibility", "burn", "max_views", "allow_secrets")
FIELDS = {"filename": "name", "language": "language"}


def new_draft(body: NewPaste) -> Draft:
    """A draft of a paste that is not there yet.

    Raises:
        Invalid: when its end cannot be, or it is said to be encrypted and is not.
    """
    draft = Draft(
        files=[_new_file(file) for file in body.files],
        title=body.title,
        description=body.description,
        visibility=body.visibility,
        expires_at=end_of(body),
        burn=body.burn,
        max_views=body.max_views,
        password=body.password or "",
        tags=" ".join(body.tags),
        allow_secrets=body.allow_secrets,
    )
    return vault.sealed(draft) if body.encrypted else draft


def fork_draft(body: NewFork, *, paste: Paste, old: Sequence[File]) -> Draft:
    """A draft of a copy. A copy of a private paste is private, of any other unlisted, unless something is said.

    Raises:
        Invalid: when its end cannot be.
        NotFound, Unavailable: when the text cannot be read now.
    """
    files = [drafts.keep(file) for file in old] if body.files is None else [_new_file(file) for file in body.files]
    start = replace(
        drafts.of(paste, files=files),
        visibility=Visibility.PRIVATE if paste.is_private else Visibility.UNLISTED,
        expires_at=end_of(body),
        password="",
    )
    return _with_settings(start, body)


def changed_draft(body: PasteChange, *, paste: Paste, old: Sequence[File]) -> Draft:
    """A draft of a paste as it is, with what ``body`` says.

    Raises:
        Invalid: when its end cannot be, or a file to keep is not there.
        NotFound, Unavailable: when the text cannot be read now.
    """
    if body.files is None:
        files = [drafts.keep(file) for file in old]
    else:
        files = [_changed_file(file, old=old, index=index) for index, file in enumerate(body.files)]
    draft = _with_settings(drafts.of(paste, files=files), body)
    if {"expires_in", "expires_at"} & body.model_fields_set:
        draft = replace(draft, expires_at=end_of(body))
    return replace(draft, message=body.message)


def end_of(body: Ending) -> datetime | None:
    """The end that was chosen; None is never.

    Raises:
        Invalid: when two were, or it is over.
    """
    if body.expires_at is None:
        return expiry.moment(choice=body.expires_in or "never")
    if body.expires_in is not None:
        raise Invalid({"expires_in": [_("Say either how long or until when.")]})
    return expiry.moment(choice="date", date=body.expires_at)


@contextmanager
def own_field_names() -> Iterator[None]:
    """Say of ``files.0.name`` what the domain says of ``filename-0``, which is the name in the site's form."""
    try:
        yield
    except Invalid as error:
        error.errors = {_field(name): texts for name, texts in error.errors.items()}
        raise


def _field(name: str) -> str:
    head, _dash, number = name.rpartition("-")
    if head in FIELDS and number.isdecimal():
        return f"files.{number}.{FIELDS[head]}"
    return "files" if name == "content" else name


def _with_settings(draft: Draft, body: Settings) -> Draft:
    said = body.model_fields_set
    plain = {name: getattr(body, name) for name in PLAIN}
    draft = replace(draft, **{name: value for name, value in plain.items() if name in said})
    if "password" in said:
        draft = replace(draft, password=body.password or "")
    return replace(draft, tags=" ".join(body.tags)) if "tags" in said else draft


def _new_file(file: TextFile | BinaryFile) -> NewFile:
    data = file.content.encode() if isinstance(file, TextFile) else base64.b64decode(file.content_base64)
    return NewFile(data, file.name, file.language)


def _changed_file(file: TextFile | BinaryFile | KeptFile, *, old: Sequence[File], index: int) -> NewFile:
    if not isinstance(file, KeptFile):
        return _new_file(file)
    field = f"files.{index}.was" if file.was else f"files.{index}.name"
    kept = drafts.find(old, name=file.was or file.name, field=field)
    return drafts.keep(kept, name=file.name, language=file.language)
