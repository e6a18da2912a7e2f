"""Gists, their files, their history and their comments as GitHub describes them."""

import mimetypes
from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest

from pastes.api.gist.people import api_of, moment_shape, node_id, public_user_shape, user_shape
from pastes.domain import content, numbered
from pastes.models import Comment, File, Paste, Revision
from pastes.rendering import languages
from pastes.views.door import origin

CONTENT_BYTES = 1_000_000
"""Of a longer file the answer has the beginning (https://docs.github.com/rest/gists/gists#truncation)."""


def list_shape(request: HttpRequest, pastes: Sequence[Paste]) -> list[dict[str, Any]]:
    """Gists without the text of their files."""
    files = numbered.latest_files(pastes)
    return [gist_shape(request, paste, files[paste.pk], paste.revision_count) for paste in pastes]


def gist_shape(request: HttpRequest, paste: Paste, files: Iterable[File], number: int) -> dict[str, Any]:
    """A gist as lists have it, with the files of revision ``number``."""
    api = f"{api_of(request)}/gists/{paste.key}"
    page = f"{origin(request)}{paste.get_absolute_url()}"
    owner = user_shape(request, paste.owner) if paste.owner else None
    return {
        "url": api,
        "forks_url": f"{api}/forks",
        "commits_url": f"{api}/commits",
        "id": paste.key,
        "node_id": node_id("Gist", paste.key),
        "git_pull_url": f"{page}.git",
        "git_push_url": f"{page}.git",
        "html_url": page,
        "files": {file.name: _file_shape(page, file, number) for file in files},
        "public": paste.visibility == "public",
        "created_at": moment_shape(paste.created),
        "updated_at": moment_shape(paste.updated),
        "description": description_of(paste),
        "comments": paste.comments,
        "comments_enabled": paste.comments_enabled and paste.can_be_discussed,
        "comments_url": f"{api}/comments",
        "user": None,
        # GitHub leaves the key out of gists that nobody owns.
        **({"owner": owner} if owner else {}),
        "truncated": False,
    }


def full_shape(
    request: HttpRequest,
    paste: Paste,
    revision: Revision,
    *,
    history: Sequence[Revision],
    forks: Sequence[Paste],
    source: Paste | None,
) -> dict[str, Any]:
    """A gist with the text of its files at a revision, what it said before, its copies, and what it is a copy of."""
    files = list(revision.files.all())
    shape = gist_shape(request, paste, files, revision.number)
    for file in files:
        shape["files"][file.name] |= _content_shape(file)
    return shape | {
        "forks": [_fork_shape(request, fork) for fork in forks],
        "history": [commit_shape(request, paste, earlier) for earlier in history],
        "fork_of": list_shape(request, [source])[0] if source else None,
    }


def commit_shape(request: HttpRequest, paste: Paste, revision: Revision) -> dict[str, Any]:
    """A revision."""
    return {
        "user": user_shape(request, revision.author) if revision.author else None,
        "version": revision.version,
        "committed_at": moment_shape(revision.created),
        "change_status": {
            "total": revision.added + revision.removed,
            "additions": revision.added,
            "deletions": revision.removed,
        },
        "url": f"{api_of(request)}/gists/{paste.key}/{revision.version}",
    }


def comment_shape(request: HttpRequest, paste: Paste, comment: Comment) -> dict[str, Any]:
    """A comment."""
    own = paste.owner_id is not None and comment.author_id == paste.owner_id
    return {
        "id": comment.pk,
        "node_id": node_id("GistComment", comment.pk),
        "url": f"{api_of(request)}/gists/{paste.key}/comments/{comment.pk}",
        "body": comment.body,
        # GitHub adds these for those who accept `application/vnd.github.full+json`; github3.py cannot do without.
        "body_text": comment.body,
        "body_html": comment.html,
        "user": user_shape(request, comment.author) if comment.author else None,
        "created_at": moment_shape(comment.created),
        "updated_at": moment_shape(comment.edited or comment.created),
        "author_association": "OWNER" if own else "NONE",
    }


def description_of(paste: Paste) -> str:
    """GitHub's gists have no title, so one stands where there is no description."""
    return paste.description or paste.title


def _file_shape(page: str, file: File, number: int) -> dict[str, Any]:
    kind = mimetypes.guess_type(file.name)[0] or ("text/plain" if file.encoding != "binary" else None)
    return {
        "filename": file.name,
        "type": kind or "application/octet-stream",
        "language": languages.name_of(file.language),
        # No comma in it may stay one: github3.py splits there.
        "raw_url": f"{page}/raw/{quote(file.name, safe='')}?revision={number}",
        "size": file.size,
    }


def _content_shape(file: File) -> dict[str, Any]:
    """The text, or in Base64 the bytes that are none. Half a character at the place of the cut is left out."""
    truncated = file.size > CONTENT_BYTES
    data = content.read_range(file, 0, min(file.size, CONTENT_BYTES))
    binary = file.encoding == "binary"
    text = b64encode(data).decode() if binary else content.decode(file, data)
    return {
        "truncated": truncated,
        "content": text.removesuffix("\N{REPLACEMENT CHARACTER}") if truncated else text,
        "encoding": "base64" if binary else "utf-8",
    }


def _fork_shape(request: HttpRequest, fork: Paste) -> dict[str, Any]:
    shape = {
        "id": fork.key,
        "url": f"{api_of(request)}/gists/{fork.key}",
        "created_at": moment_shape(fork.created),
        "updated_at": moment_shape(fork.updated),
    }
    return shape | ({"user": public_user_shape(request, fork.owner)} if fork.owner else {})
