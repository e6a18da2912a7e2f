"""Rows as answers."""

import base64
from hashlib import blake2s
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import User
from pastes.api.v1.paste_schemas import FileAnswer, FileInfo, PasteAnswer, PasteInfo, RevisionAnswer, RevisionInfo
from pastes.domain.access import Viewer
from pastes.domain.reading import Opening
from pastes.models import File, Paste, Revision
from pastes.urlkeys import address_of
from pastes.views.door import origin

INLINE_BYTES = 1024 * 1024
"""Bytes of files that one answer carries, in their order; what does not fit any more has its address."""


def info(request: HttpRequest, paste: Paste) -> PasteInfo:
    """A paste for a list; its owner must have been selected with it."""
    return PasteInfo(**_fields(request, paste))


def paste_answer(request: HttpRequest, opening: Opening) -> PasteAnswer:
    """A paste with its files.

    Raises:
        NotFound, Unavailable: when the text cannot be read now.
    """
    return PasteAnswer(**paste_fields(request, opening))


def paste_fields(request: HttpRequest, opening: Opening, *, inline: bool = True) -> dict[str, Any]:
    """The fields of `PasteAnswer`; without the bytes of any file unless they are ``inline``."""
    source = opening.paste.forked_from
    return _fields(request, opening.paste) | {
        "forked_from": source.key if source else None,
        "files": files(request, opening, most=INLINE_BYTES if inline else -1),
    }


def revision_info(request: HttpRequest, paste: Paste, revision: Revision) -> RevisionInfo:
    """A revision for a list; its files and its author must have been fetched with it."""
    found = [FileInfo(**_file_fields(request, paste, file, revision.number)) for file in revision.files.all()]
    return RevisionInfo(**_revision_fields(revision), files=found)


def revision_answer(request: HttpRequest, opening: Opening) -> RevisionAnswer:
    """A revision with what its files said.

    Raises:
        NotFound, Unavailable: when the text cannot be read now.
    """
    found = files(request, opening, number=opening.revision.number)
    return RevisionAnswer(**_revision_fields(opening.revision), files=found)


def files(
    request: HttpRequest, opening: Opening, *, number: int | None = None, most: int = INLINE_BYTES
) -> list[FileAnswer]:
    """The files with up to ``most`` of their bytes; with all of them, when nobody can read them again."""
    left = most
    found = []
    for file in opening.files:
        fits = opening.data is not None or file.size <= left
        left -= file.size if fits else 0
        fields = _file_fields(request, opening.paste, file, number)
        found.append(FileAnswer(**fields, **_content(opening.read(file) if fits else None)))
    return found


def etag(paste: Paste) -> str:
    """What stands for the text and the settings of a paste; not for its counters, which readers change (RFC 9110, 8.8).

    The same for everybody who may read it.
    """
    state = (
        paste.key,
        paste.revision_count,
        paste.updated.isoformat(),
        paste.owner_id,
        paste.comments_enabled,
    )
    return f'"{blake2s(repr(state).encode(), digest_size=12).hexdigest()}"'


def show_etag(response: HttpResponse, paste: Paste, viewer: Viewer) -> None:
    """Say which state the answer is, and let caches keep it if it is everybody's: to ask about it each time."""
    response["ETag"] = etag(paste)
    if paste.is_shared_page and viewer == Viewer(address=viewer.address):
        response["Cache-Control"] = "no-cache"


def name_of(author: User | None) -> str | None:
    """The user name of somebody who shows a profile; the pages tell no other's either."""
    return author.username if author and author.is_shown else None


def _fields(request: HttpRequest, paste: Paste) -> dict[str, Any]:
    return {
        "key": paste.key,
        "url": origin(request) + paste.get_absolute_url(),
        "qr_url": origin(request) + address_of("pastes:qr", paste.key),
        "embed_url": origin(request) + address_of("pastes:embed", paste.key) if paste.is_shared_page else None,
        "card_url": origin(request) + address_of("pastes:card", paste.key) if paste.is_shared_page else None,
        "title": paste.title,
        "description": paste.description,
        "author": name_of(paste.owner),
        "visibility": paste.visibility,
        "created": paste.created,
        "updated": paste.updated,
        "expires_at": paste.expires_at,
        "burn": paste.burn,
        "max_views": paste.max_views,
        "has_password": bool(paste.password),
        "encrypted": paste.encrypted,
        "revision": paste.revision_count,
        "file_name": paste.file_name,
        "file_count": paste.file_count,
        "language": paste.language,
        "size": paste.size,
        "excerpt": paste.excerpt,
        "tags": paste.tag_names,
        "comments_enabled": paste.comments_enabled,
        "views": paste.views,
        "stars": paste.stars,
        "likes": paste.likes,
        "comments": paste.comments,
    }


def _revision_fields(revision: Revision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "version": revision.version,
        "author": name_of(revision.author),
        "created": revision.created,
        "message": revision.message,
        "added": revision.added,
        "removed": revision.removed,
    }


def _file_fields(request: HttpRequest, paste: Paste, file: File, number: int | None) -> dict[str, Any]:
    address = origin(request) + reverse("pastes:raw_file", args=[paste.key, file.name])
    return {
        "name": file.name,
        "language": file.language,
        "size": file.size,
        "lines": file.lines,
        "sha256": file.sha256,
        "encoding": file.encoding,
        "raw_url": f"{address}?revision={number}" if number else address,
    }


def _content(data: bytes | None) -> dict[str, Any]:
    """The bytes as a text where that loses none of them: UTF-8 without a mark at its start stays what it is."""
    if data is None:
        return {"content": None, "content_base64": None, "truncated": True}
    try:
        return {"content": data.decode(), "content_base64": None, "truncated": False}
    except UnicodeDecodeError:
        return {"content": None, "content_base64": base64.b64encode(data).decode(), "truncated": False}


def is_among(tag: str, header: str, *, weak: bool = False) -> bool:
    """Whether an If-Match or If-None-Match has this ETag, or the star that is any (RFC 9110, sections 13.1.1 and 2).

    Args:
        tag: ours, in its quotes.
        header: the header's value.
        weak: whether a weak tag counts, as it does in If-None-Match.
    """
    sent = [one.strip() for one in header.split(",")]
    return "*" in sent or tag in sent or (weak and f"W/{tag}" in sent)


def api_address(request: HttpRequest, paste: Paste) -> str:
    """Where the API has a paste."""
    return origin(request) + address_of("api-v1:read_paste", paste.key)
