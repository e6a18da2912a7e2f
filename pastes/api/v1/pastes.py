"""Publishing, reading, changing and deleting."""

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Header, Query, Router, Status

from pastes.api.v1 import answers, examples
from pastes.api.v1.door import ApiRequest, account_of, password_of
from pastes.api.v1.drafting import changed_draft, end_of, new_draft, own_field_names
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paging import Page, Paging, next_link
from pastes.api.v1.paste_schemas import Ending, NewPaste, PasteAnswer, PasteChange, PasteInfo, PublishedPaste
from pastes.api.v1.schemas import Key, Visibility
from pastes.domain import access, counting, discovery, expiry, publishing, reading
from pastes.domain.access import Viewer
from pastes.domain.publishing import Published
from pastes.domain.reading import Opening
from pastes.exceptions import Changed, Conflict, Unconditional
from pastes.models import Paste

router = Router(tags=["Pastes"])

LONGEST_HEADER = 4_000

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        description="Any text of your own. The same request sent again with it within a day publishes nothing more:"
        " the first paste is the answer, with 200.",
    ),
]
IfMatch = Annotated[
    str,
    Header(
        alias="If-Match",
        max_length=LONGEST_HEADER,
        description="The ETag with which you read the paste; `*` to change whatever is there now.",
    ),
]
IfNoneMatch = Annotated[
    str,
    Header(alias="If-None-Match", max_length=LONGEST_HEADER, description="The ETag of the paste that you have."),
]

ETAG = {"ETag": "The state of the text and the settings. Counters are no part of it."}
LOCATION = {"Location": "The address of the paste in this API."}
LIMITED = {"RateLimit": "How often you may do this yet.", "RateLimit-Policy": "How often in all."}


@endpoint(
    router,
    "POST",
    "/pastes",
    scope="paste:write",
    answers={201: PublishedPaste, 200: PublishedPaste},
    fails=(400, 413, 422),
    sends=examples.NEW_PASTE,
    example=examples.PUBLISHED,
    headers={201: ETAG | LOCATION | LIMITED, 200: ETAG | LOCATION},
)
def create_paste(
    request: ApiRequest, body: NewPaste, response: HttpResponse, idempotency_key: IdempotencyKey = ""
) -> Status[PublishedPaste]:
    """Publish a paste.

    With or without an account; without one the answer has the edit token, this once.
    """
    with own_field_names():
        published = publishing.create(draft=new_draft(body), viewer=request.viewer, idempotency_key=idempotency_key)
    return published_answer(request, response, published)


@endpoint(
    router,
    "GET",
    "/pastes",
    scope="paste:read",
    account=True,
    answers={200: Page[PasteInfo]},
    fails=(422,),
    example=examples.page(examples.INFO),
    headers={200: {"Link": "The next page, if there is one."}},
)
def list_own_pastes(
    request: ApiRequest,
    response: HttpResponse,
    window: Paging,
    visibility: Annotated[Visibility | None, Query(description="Only these.")] = None,
    ends: Annotated[
        Literal["never", "some"] | None, Query(description="Only those without an end, or with one.")
    ] = None,
) -> Page[PasteInfo]:
    """List your pastes.

    The newest first; those that a moderator has hidden are among them.
    """
    page = discovery.mine(
        user=account_of(request),
        visibility=visibility or "",
        expiry=ends or "",
        after=window.after,
        size=window.limit,
    )
    items = [answers.info(request, paste) for paste in page.pastes]
    return Page[PasteInfo](items=items, next=next_link(request, response, page.next))


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}",
    scope="paste:read",
    answers={200: PasteAnswer, 304: None},
    fails=(404, 422),
    example=examples.PASTE,
    headers={200: ETAG, 304: ETAG},
)
def read_paste(
    request: ApiRequest, response: HttpResponse, key: Key, if_none_match: IfNoneMatch = ""
) -> Status[PasteAnswer | None] | PasteAnswer:
    """Read a paste with its files.

    A password goes into the header X-Paste-Password, the token of a share link into X-Share-Token. A paste that opens
    only so often answers 403 with the code `locked`: read it with `open_paste`. A large file has its address instead of
    its bytes.
    """
    paste = access.find_paste(key=key, viewer=request.viewer)
    answers.show_etag(response, paste, request.viewer)
    if if_none_match and answers.is_among(response["ETag"], if_none_match, weak=True):
        reading.require_open(paste=paste, viewer=request.viewer, password=password_of(request))
        return Status(304, None)
    opening = reading.open_paste(paste=paste, viewer=request.viewer, password=password_of(request))
    if not paste.is_gated:
        counting.count_view(paste=paste, viewer=request.viewer, agent=request.headers.get("User-Agent", ""))
    return answers.paste_answer(request, opening)


@endpoint(
    router,
    "PATCH",
    "/pastes/{key:key}",
    scope="paste:write",
    answers={200: PasteAnswer},
    fails=(400, 404, 409, 412, 413, 422, 428),
    sends={"title": "Hello, world", "files": [{"name": "hello.py"}, {"name": "notes.txt", "content": "Later\n"}]},
    example=examples.PASTE,
    headers={200: ETAG | LIMITED},
)
def change_paste(
    request: ApiRequest, response: HttpResponse, key: Key, body: PasteChange, if_match: IfMatch = ""
) -> PasteAnswer:
    """Change a paste.

    Another text is a new revision. `files`, where given, are all that the paste is to have: with a text, or by name
    alone for one that stays. If-Match is needed: when somebody changed the paste since you read it, nothing is saved.
    """
    paste = _find_unchanged(request.viewer, key, if_match)
    old = reading.find_revision(paste=paste)
    strict = if_match.strip() != "*"
    try:
        with own_field_names():
            publishing.revise(
                paste=paste,
                draft=changed_draft(body, paste=paste, old=list(old.files.all())),
                base=old.number,
                viewer=request.viewer,
                unchanged_since=paste.updated if strict else None,
            )
    except Conflict as conflict:
        if strict:
            raise Changed from conflict
        raise
    return current_answer(request, response, key)


@endpoint(
    router,
    "DELETE",
    "/pastes/{key:key}",
    scope="paste:write",
    answers={204: None},
    fails=(404, 412, 422),
)
def delete_paste(request: ApiRequest, key: Key, if_match: IfMatch = "") -> Status[None]:
    """Delete a paste.

    It is gone at once for everybody. Its author can have it back with `restore_paste` for ten minutes.
    """
    paste = access.find_own_paste(key=key, viewer=request.viewer)
    if if_match:
        _require_match(paste, if_match)
    publishing.remove(paste=paste, viewer=request.viewer)
    return Status(204, None)


@endpoint(
    router,
    "POST",
    "/pastes/{key:key}/restore",
    scope="paste:write",
    answers={200: PasteAnswer},
    fails=(404,),
    example=examples.PASTE,
    headers={200: ETAG},
)
def restore_paste(request: ApiRequest, response: HttpResponse, key: Key) -> PasteAnswer:
    """Take a deletion back.

    For ten minutes after it.
    """
    publishing.restore(key=key, viewer=request.viewer)
    return current_answer(request, response, key)


@endpoint(
    router,
    "PUT",
    "/pastes/{key:key}/expiry",
    scope="paste:write",
    answers={200: PasteAnswer},
    fails=(400, 404, 412, 422),
    sends={"expires_in": "1M"},
    example=examples.PASTE | {"expires_at": "2026-12-24T09:30:00Z"},
    headers={200: ETAG},
)
def set_expiry(
    request: ApiRequest, response: HttpResponse, key: Key, body: Ending, if_match: IfMatch = ""
) -> PasteAnswer:
    """Give a paste another end.

    An empty object is no end.
    """
    paste = access.find_own_paste(key=key, viewer=request.viewer)
    if if_match:
        _require_match(paste, if_match)
    expiry.change(paste=paste, viewer=request.viewer, expires_at=end_of(body))
    return current_answer(request, response, key)


def published_answer(request: ApiRequest, response: HttpResponse, published: Published) -> Status[PublishedPaste]:
    """201 with the new paste; 200 where it had been published before.

    Whoever repeats a request shows no more than its Idempotency-Key, and gets no more than the address of what is not
    everybody's.
    """
    opening = _opening_of(published)
    may_read = not published.repeated or access.is_author(paste=published.paste, viewer=request.viewer)
    response["ETag"] = answers.etag(published.paste)
    response["Location"] = answers.api_address(request, published.paste)
    fields = answers.paste_fields(request, opening, inline=may_read or published.paste.is_shared_page)
    answer = PublishedPaste(**fields, edit_token=published.edit_token or None)
    return Status(200 if published.repeated else 201, answer)


def current_answer(request: ApiRequest, response: HttpResponse, key: str) -> PasteAnswer:
    """A paste as it is now, for its author."""
    paste = access.find_own_paste(key=key, viewer=request.viewer)
    response["ETag"] = answers.etag(paste)
    return answers.paste_answer(request, _opening(paste))


def _opening_of(published: Published) -> Opening:
    """The same of what was published, with its bytes where they are at hand and one answer carries them."""
    if published.revision is None:
        return _opening(published.paste)
    data = dict(enumerate(published.data)) if published.paste.size <= answers.INLINE_BYTES else None
    return Opening(published.paste, published.revision, list(published.files), data)


def _opening(paste: Paste) -> Opening:
    """The latest revision, opened for its author."""
    revision = reading.find_revision(paste=paste)
    return Opening(paste, revision, list(revision.files.all()))


def _find_unchanged(viewer: Viewer, key: str, if_match: str) -> Paste:
    """The viewer's own paste in the state that If-Match says.

    Raises:
        NotFound, Forbidden: as `access.find_own_paste`.
        Unconditional: when it says none.
        Changed: when it is in another.
    """
    paste = access.find_own_paste(key=key, viewer=viewer)
    if not if_match:
        raise Unconditional
    _require_match(paste, if_match)
    return paste


def _require_match(paste: Paste, if_match: str) -> None:
    if not answers.is_among(answers.etag(paste), if_match):
        raise Changed
