"""Opening what does not open at once, the bytes alone, copies, and taking over what has no author yet."""

from dataclasses import replace
from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Query, Router, Status

from pastes.api.v1 import answers, examples
from pastes.api.v1.door import ApiRequest, password_of
from pastes.api.v1.drafting import fork_draft, own_field_names
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paste_schemas import Claim, NewFork, PasteAnswer, PublishedPaste, Unlocking
from pastes.api.v1.pastes import ETAG, LIMITED, LOCATION, IdempotencyKey, current_answer, published_answer
from pastes.api.v1.schemas import Key
from pastes.domain import access, publishing, reading
from pastes.views import raw

router = Router(tags=["Pastes"])

FileName = Annotated[str, Path(description="The file's name.", min_length=1, max_length=255, example="hello.py")]
RevisionNumber = Annotated[int | None, Query(ge=1, le=999_999_999, description="Of this revision, not the latest.")]


@endpoint(
    router,
    "POST",
    "/pastes/{key:key}/open",
    scope="paste:read",
    answers={200: PasteAnswer},
    fails=(400, 404, 422),
    sends={"password": "open sesame"},
    example=examples.PASTE | {"burn": True},
)
def open_paste(request: ApiRequest, key: Key, body: Unlocking) -> PasteAnswer:
    """Open a paste with a password, or one that opens only so often.

    This counts: of a paste that burns after reading, exactly one reader gets the text, with all of its bytes, and then
    it is gone. An empty object opens one without a password. A wrong password opens nothing and costs nobody their
    reading.
    """
    paste = access.find_paste(key=key, viewer=request.viewer)
    opening = reading.open_paste(paste=paste, viewer=request.viewer, password=body.password, confirmed=True)
    return answers.paste_answer(request, opening)


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/raw",
    scope="paste:read",
    answers={200: str, 206: str, 304: None},
    fails=(404, 416, 422),
    kind="text/plain",
    example='print("Hello")\n',
)
def read_raw(request: ApiRequest, key: Key, revision: RevisionNumber = None) -> HttpResponse:
    """Read the bytes of the first file.

    As they were sent, always as plain text; with Range and If-None-Match. A password goes into X-Paste-Password.
    """
    del revision  # read from the address by what answers the pages' own /raw
    return _raw(request, key, None)


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/raw/{str:name}",
    scope="paste:read",
    answers={200: str, 206: str, 304: None},
    fails=(404, 416, 422),
    kind="text/plain",
    example='print("Hello")\n',
)
def read_raw_file(request: ApiRequest, key: Key, name: FileName, revision: RevisionNumber = None) -> HttpResponse:
    """Read the bytes of a file.

    As `read_raw`.
    """
    del revision  # as in `read_raw`
    return _raw(request, key, name)


@endpoint(
    router,
    "POST",
    "/pastes/{key:key}/fork",
    scope="paste:write",
    answers={201: PublishedPaste, 200: PublishedPaste},
    fails=(400, 404, 413, 422),
    sends={"title": "Mine", "visibility": "public"},
    example=examples.PUBLISHED | {"forked_from": "7bYkPq2sXwD"},
    headers={201: ETAG | LOCATION | LIMITED, 200: ETAG | LOCATION},
)
def fork_paste(
    request: ApiRequest,
    response: HttpResponse,
    key: Key,
    body: NewFork | None = None,
    idempotency_key: IdempotencyKey = "",
) -> Status[PublishedPaste]:
    """Publish a copy of a paste.

    It says where it comes from. Without a body it is the same, unlisted, or private where the original is.
    """
    paste = access.find_paste(key=key, viewer=request.viewer)
    reading.require_open(paste=paste, viewer=request.viewer, password=password_of(request))
    old = list(reading.find_revision(paste=paste).files.all())
    with own_field_names():
        draft = fork_draft(body or NewFork.model_validate({}), paste=paste, old=old)
        published = publishing.fork(paste=paste, draft=draft, viewer=request.viewer, idempotency_key=idempotency_key)
    return published_answer(request, response, published)


@endpoint(
    router,
    "POST",
    "/pastes/{key:key}/claim",
    scope="paste:write",
    account=True,
    answers={200: PasteAnswer},
    fails=(400, 404, 422),
    sends={"edit_token": "kq3T8mFvZ2Jx0cYwR5nLhB7sDaE1uGoP"},
    example=examples.PASTE,
    headers={200: ETAG},
)
def claim_paste(request: ApiRequest, response: HttpResponse, key: Key, body: Claim) -> PasteAnswer:
    """Make a paste your own.

    One that was published without an account, with the edit token that its answer had. The token ends with that.
    """
    holder = replace(request.viewer, edit_token=body.edit_token)
    paste = access.find_paste(key=key, viewer=holder)
    publishing.claim(paste=paste, viewer=request.viewer, token=body.edit_token)
    return current_answer(request, response, key)


def _raw(request: ApiRequest, key: str, name: str | None) -> HttpResponse:
    paste = access.find_paste(key=key, viewer=request.viewer)
    return raw.send(request, paste=paste, viewer=request.viewer, name=name)
