"""What clients send, read as GitHub reads it: unknown keys mean nothing."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.domain.patching import Change
from pastes.exceptions import Invalid, PasteError
from pastes.models import Visibility


class BadJson(PasteError):
    """The body is no JSON."""

    code = "bad_json"
    message = "Problems parsing JSON"


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The object in a request's body; null is one in which nothing is said.

    Raises:
        BadJson: when it is not JSON.
        Invalid: when there is nothing, or something else than an object.
    """
    if not request.body:
        raise Invalid({"": [_("Send an object in JSON.")]})
    try:
        sent = json.loads(request.body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadJson from error
    if sent is not None and not isinstance(sent, dict):
        raise Invalid({"": [_("This must be an object.")]})
    return sent or {}


def draft_in(sent: Mapping[str, Any], *, allow_secrets: bool) -> Draft:
    """A new gist. GitHub's bodies have no word for ``allow_secrets``; a header has.

    Raises:
        Invalid: when something is missing or of another kind.
    """
    errors: dict[str, list[str]] = {}
    files: list[NewFile] = []
    for name, file in _files(sent, required=True).items():
        text = file.get("content") if isinstance(file, dict) else None
        data = _encoded(text) if isinstance(text, str) else b""
        if data:
            files.append(NewFile(data, name))
        else:
            errors["files"] = [_("Every file needs a text.")]
    if errors:
        raise Invalid(errors)
    return Draft(
        files=files,
        description=_text(sent, "description") or "",
        visibility=Visibility.PUBLIC if _is_public(sent) else Visibility.UNLISTED,
        allow_secrets=allow_secrets,
    )


def changes_in(sent: Mapping[str, Any]) -> dict[str, Change | None]:
    """What becomes of files, by their names.

    A file ends with null, with an object that has neither text nor name (so GitHub's documentation), and with an empty
    text (so gh writes it).

    Raises:
        Invalid: when something is of another kind.
    """
    changes: dict[str, Change | None] = {}
    for name, file in _files(sent, required=False).items():
        if file is None:
            changes[name] = None
            continue
        if not isinstance(file, dict):
            raise Invalid({"files": [_("This must be an object.")]})
        # By GitHub's description a name may be null, and a text may not.
        text = _text(file, "content", field="files", nullable=False) if "content" in file else None
        new_name = _text(file, "filename", field="files")
        ends = text == "" or (text is None and new_name is None)
        changes[name] = None if ends else Change(name=new_name, text=text)
    return changes


def description_in(sent: Mapping[str, Any]) -> str | None:
    """The description, if one was sent.

    Raises:
        Invalid: when it is no text.
    """
    return _text(sent, "description")


def comment_in(sent: Mapping[str, Any]) -> str:
    """The text of a comment.

    Raises:
        Invalid: when there is none.
    """
    text = _text(sent, "body")
    if text is None:
        raise Invalid({"body": [_("Write something first.")]})
    return text


def _files(sent: Mapping[str, Any], *, required: bool) -> dict[str, Any]:
    if "files" not in sent and not required:
        return {}
    files = sent.get("files")
    if not isinstance(files, dict) or (required and not files):
        raise Invalid({"files": [_("Send at least one file: its name, and an object with its content.")]})
    return files


def _text(sent: Mapping[str, Any], name: str, *, field: str = "", nullable: bool = True) -> str | None:
    value = sent.get(name)
    if isinstance(value, str) or (nullable and value is None):
        return value
    raise Invalid({field or name: [_("This must be a text.")]})


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Invalid({"files": [_("This is not valid Unicode text.")]}) from error


def _is_public(sent: Mapping[str, Any]) -> bool:
    public = sent.get("public", False)
    if isinstance(public, bool):
        return public
    if isinstance(public, str) and public in {"true", "false"}:
        return public == "true"
    raise Invalid({"public": [_("This must be true or false.")]})


def _refuse(name: str) -> None:
    raise ValueError(name)
