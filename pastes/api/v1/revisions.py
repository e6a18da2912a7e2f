"""What a paste said before, and what differs."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Path, Router

from pastes.api.v1 import answers, examples
from pastes.api.v1.door import ApiRequest, password_of
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paging import Page, Paging, next_link
from pastes.api.v1.paste_schemas import Difference, FileChange, RevisionAnswer, RevisionInfo
from pastes.api.v1.schemas import Key
from pastes.domain import access, discovery, history, reading
from pastes.domain.access import Viewer
from pastes.domain.history import FileDiff
from pastes.models import File, Paste
from pastes.urlkeys import KEY_PATTERN
from pastes.views.door import origin

router = Router(tags=["Revisions"])

Number = Annotated[int, Path(ge=0, le=999_999_999, description="The number of a revision, from 1.", example=1)]
OtherKey = Annotated[
    str, Path(description="The key of the newer side.", pattern=f"^{KEY_PATTERN}$", example="7bYkPq2sXwD")
]


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/revisions",
    scope="paste:read",
    answers={200: Page[RevisionInfo]},
    fails=(404, 422),
    example=examples.page(examples.REVISION_INFO),
    headers={200: {"Link": "The next page, if there is one."}},
)
def list_revisions(request: ApiRequest, response: HttpResponse, key: Key, window: Paging) -> Page[RevisionInfo]:
    """List the revisions of a paste.

    The latest first.
    """
    paste = _find_open(request, request.viewer, key)
    found, cursor = history.page(paste=paste, after=discovery.number(window.after), size=window.limit)
    items = [answers.revision_info(request, paste, revision) for revision in found]
    return Page[RevisionInfo](items=items, next=next_link(request, response, cursor))


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/revisions/{int:number}",
    scope="paste:read",
    answers={200: RevisionAnswer},
    fails=(404, 422),
    example=examples.REVISION,
)
def read_revision(request: ApiRequest, key: Key, number: Number) -> RevisionAnswer:
    """Read a revision with its files."""
    paste = access.find_paste(key=key, viewer=request.viewer)
    opening = reading.open_paste(paste=paste, viewer=request.viewer, password=password_of(request), number=number)
    return answers.revision_answer(request, opening)


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/diff/{int:a}..{int:b}",
    scope="paste:read",
    answers={200: Difference},
    fails=(404, 422),
    example=examples.DIFFERENCE,
)
def diff_revisions(request: ApiRequest, key: Key, a: Number, b: Number) -> Difference:
    """Compare two revisions of a paste."""
    paste = _find_open(request, request.viewer, key)
    pages = [origin(request) + reverse("pastes:revision", args=[key, number]) for number in (a, b)]
    return _difference(pages, _between(paste, a, b))


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/diff/{int:a}..{int:b}.patch",
    scope="paste:read",
    answers={200: str},
    fails=(404, 422),
    kind="text/plain",
    example=examples.PATCH,
)
def patch_revisions(request: ApiRequest, key: Key, a: Number, b: Number) -> HttpResponse:
    """Compare two revisions, as a patch.

    What `git apply` takes.
    """
    return _patch(_between(_find_open(request, request.viewer, key), a, b))


@endpoint(
    router,
    "GET",
    "/diff/{key:key}..{key:other}",
    scope="paste:read",
    answers={200: Difference},
    fails=(404, 422),
    example=examples.DIFFERENCE
    | {"old": "https://paste.example/4uHWvJzRkGm", "new": "https://paste.example/7bYkPq2sXwD"},
)
def compare_pastes(request: ApiRequest, key: Key, other: OtherKey) -> Difference:
    """Compare two pastes.

    Any two that you may read; the first is the older side.
    """
    found = [_find_open(request, request.viewer, one) for one in (key, other)]
    return _difference([origin(request) + paste.get_absolute_url() for paste in found], _of_latest(*found))


@endpoint(
    router,
    "GET",
    "/diff/{key:key}..{key:other}.patch",
    scope="paste:read",
    answers={200: str},
    fails=(404, 422),
    kind="text/plain",
    example=examples.PATCH,
)
def patch_pastes(request: ApiRequest, key: Key, other: OtherKey) -> HttpResponse:
    """Compare two pastes, as a patch.

    What `git apply` takes.
    """
    return _patch(_of_latest(*(_find_open(request, request.viewer, one) for one in (key, other))))


def _find_open(request: HttpRequest, viewer: Viewer, key: str) -> Paste:
    """A paste whose text this viewer may read at once."""
    paste = access.find_paste(key=key, viewer=viewer)
    reading.require_open(paste=paste, viewer=viewer, password=password_of(request))
    return paste


def _between(paste: Paste, a: int, b: int) -> list[FileDiff]:
    return history.compare(old=_files(paste, a), new=_files(paste, b))


def _of_latest(old: Paste, new: Paste) -> list[FileDiff]:
    return history.compare(old=_files(old), new=_files(new))


def _files(paste: Paste, number: int | None = None) -> list[File]:
    return list(reading.find_revision(paste=paste, number=number).files.all())


def _difference(pages: list[str], diffs: list[FileDiff]) -> Difference:
    old, new = pages
    return Difference(old=old, new=new, files=[_change(diff) for diff in diffs])


def _change(diff: FileDiff) -> FileChange:
    return FileChange.model_validate(
        {
            "name": diff.name,
            "old_name": diff.old_name or None,
            "status": diff.status,
            "added": diff.added,
            "removed": diff.removed,
            "patch": diff.patch(),
        }
    )


def _patch(diffs: list[FileDiff]) -> HttpResponse:
    return HttpResponse(history.patch(diffs), content_type="text/plain; charset=utf-8")
