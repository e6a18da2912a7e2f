"""The discussion of a paste, and votes on what was said."""

from collections.abc import Sequence
from typing import Annotated

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from accounts.models import CommentOrder
from pastes.api.v1 import examples
from pastes.api.v1.comment_schemas import (
    COMMENT,
    THREAD,
    CommentChange,
    CommentId,
    CommentInfo,
    Discussion,
    NewComment,
    SentLines,
    ThreadInfo,
    Vote,
    comment_info,
)
from pastes.api.v1.door import ApiRequest, find_unlocked
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paging import CURSOR_LENGTH, LINK, Page, Paging, next_link
from pastes.api.v1.schemas import Key
from pastes.domain import access, anchors, discovery, discussion, threads, voting
from pastes.domain.access import Viewer
from pastes.domain.anchors import Anchor
from pastes.domain.threads import Entry, Thread
from pastes.models import Comment, Paste
from pastes.views.door import origin

router = Router(tags=["Comments"])

LOCATION = {"Location": "The address of the comment in this API."}


class Order(BaseModel):
    """How comments are ordered."""

    order: CommentOrder | None = Field(None, description="Your own order where it is left out, or the best first.")

    def of(self, viewer: Viewer) -> str:
        """The order that is asked for, else the reader's own, else the best first."""
        if self.order is not None:
            return self.order
        return viewer.account.comment_order if viewer.account else CommentOrder.BEST


class Replies(Order):
    """Which answers of a thread."""

    after: str = Field("", max_length=CURSOR_LENGTH, description="Where they go on; take the whole `next` instead.")


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/comments",
    scope="paste:read",
    answers={200: Page[ThreadInfo]},
    fails=(404,),
    example=examples.page(THREAD),
    headers={200: LINK},
)
def list_comments(
    request: ApiRequest, response: HttpResponse, key: Key, window: Paging, wanted: Annotated[Order, Query()]
) -> Page[ThreadInfo]:
    """List the threads of a discussion.

    Each with its first answers; `next` of a thread has the others.
    """
    paste, viewer = _find_paste(request, key)
    after = discovery.number(window.after)
    page = threads.page(paste=paste, viewer=viewer, order=wanted.of(viewer), after=after, size=window.limit)
    cursor = str(page.after) if page.after else ""
    return Page[ThreadInfo](
        items=_threads(request, key, page.threads, wanted.order), next=next_link(request, response, cursor)
    )


@endpoint(
    router,
    "POST",
    "/pastes/{key:key}/comments",
    scope="paste:write",
    account=True,
    answers={201: CommentInfo},
    fails=(404, 410),
    sends={"body": "Why not *two* of them?", "lines": {"file": "hello.py", "first": 1}},
    example=COMMENT,
    headers={201: LOCATION},
)
def create_comment(request: ApiRequest, response: HttpResponse, key: Key, body: NewComment) -> Status[CommentInfo]:
    """Comment on a paste.

    On all of it, on some of its lines, or in answer to another comment. The same words sent again within a minute are
    the first ones.
    """
    paste, viewer = _find_paste(request, key)
    created = discussion.create(
        paste=paste,
        viewer=viewer,
        body=body.body,
        parent_id=body.parent,
        anchor=_anchor(paste, body.lines) if body.lines else None,
    )
    response["Location"] = origin(request) + reverse("api-v1:read_comment", args=[key, created.pk])
    return Status(201, _answer(request, key, viewer, created))


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/comments/{int:comment_id}",
    scope="paste:read",
    answers={200: CommentInfo},
    fails=(404,),
    example=COMMENT,
)
def read_comment(request: ApiRequest, key: Key, comment_id: CommentId) -> CommentInfo:
    """Read a comment."""
    viewer, comment = _find(request, key, comment_id)
    return _answer(request, key, viewer, comment)


@endpoint(
    router,
    "GET",
    "/pastes/{key:key}/comments/{int:comment_id}/thread",
    scope="paste:read",
    answers={200: ThreadInfo},
    fails=(404,),
    example=THREAD,
    headers={200: LINK},
)
def read_thread(
    request: ApiRequest, response: HttpResponse, key: Key, comment_id: CommentId, wanted: Annotated[Replies, Query()]
) -> ThreadInfo:
    """Read the thread of a comment.

    From its beginning, or, when it is long, from the comment on.
    """
    viewer, comment = _find(request, key, comment_id)
    after = discovery.number(wanted.after)
    thread = threads.thread(comment=comment, viewer=viewer, order=wanted.of(viewer), after=after)
    [found] = _threads(request, key, [thread], wanted.order)
    found.next = next_link(request, response, str(thread.after) if thread.after else "")
    return found


@endpoint(
    router,
    "PATCH",
    "/pastes/{key:key}/comments/{int:comment_id}",
    scope="paste:write",
    account=True,
    answers={200: CommentInfo},
    fails=(404, 410),
    sends={"body": "Why not *three* of them?"},
    example=COMMENT | {"edited": examples.CREATED},
)
def change_comment(request: ApiRequest, key: Key, comment_id: CommentId, body: CommentChange) -> CommentInfo:
    """Change the words of your comment.

    It is marked as edited. The same words again change nothing.
    """
    viewer, comment = _find(request, key, comment_id)
    return _answer(request, key, viewer, discussion.edit(comment=comment, viewer=viewer, body=body.body))


@endpoint(
    router,
    "DELETE",
    "/pastes/{key:key}/comments/{int:comment_id}",
    scope="paste:write",
    account=True,
    answers={204: None},
    fails=(404,),
)
def delete_comment(request: ApiRequest, key: Key, comment_id: CommentId) -> Status[None]:
    """Delete your comment.

    Its words are gone; its place stays, so that the answers to it hang together. Deleting it again changes nothing.
    """
    viewer, comment = _find(request, key, comment_id)
    discussion.delete(comment=comment, viewer=viewer)
    return Status(204, None)


@endpoint(
    router,
    "PUT",
    "/pastes/{key:key}/comments/{int:comment_id}/vote",
    scope="paste:write",
    account=True,
    answers={200: CommentInfo},
    fails=(404, 410),
    sends={"value": 1},
    example=COMMENT,
)
def vote_on_comment(request: ApiRequest, key: Key, comment_id: CommentId, body: Vote) -> CommentInfo:
    """Vote on a comment.

    What you send is your vote from now on; sending it again changes nothing. Nobody votes on their own.
    """
    viewer, comment = _find(request, key, comment_id)
    voting.vote(comment=comment, viewer=viewer, value=body.value)
    return _answer(request, key, viewer, discussion.find_comment(paste=comment.paste, comment_id=comment_id))


@endpoint(
    router,
    "PUT",
    "/pastes/{key:key}/discussion",
    scope="paste:write",
    answers={200: Discussion},
    fails=(404,),
    sends={"open": False},
    example={"open": False},
)
def set_discussion(request: ApiRequest, key: Key, body: Discussion) -> Discussion:
    """Open or close the discussion of your paste.

    What was said stays.
    """
    paste = access.find_own_paste(key=key, viewer=request.viewer)
    discussion.require_readable(paste=paste, viewer=request.viewer)
    discussion.set_open(paste=paste, viewer=request.viewer, open=body.open)
    return body


def _find_paste(request: ApiRequest, key: str) -> tuple[Paste, Viewer]:
    paste, viewer = find_unlocked(request, key)
    discussion.require_readable(paste=paste, viewer=viewer)
    return paste, viewer


def _find(request: ApiRequest, key: str, comment_id: int) -> tuple[Viewer, Comment]:
    paste, viewer = _find_paste(request, key)
    return viewer, discussion.find_comment(paste=paste, comment_id=comment_id)


def _anchor(paste: Paste, lines: SentLines) -> Anchor:
    return anchors.point(paste=paste, file_name=lines.file, first=lines.first, last=lines.last, revision=lines.revision)


def _answer(request: ApiRequest, key: str, viewer: Viewer, comment: Comment) -> CommentInfo:
    return _infos(request, key, [threads.entry(comment=comment, viewer=viewer)])[0]


def _infos(request: ApiRequest, key: str, entries: Sequence[Entry]) -> list[CommentInfo]:
    revisions = anchors.revision_numbers(comments=[entry.comment for entry in entries])
    return [comment_info(entry, key=key, origin=origin(request), revisions=revisions) for entry in entries]


def _threads(request: ApiRequest, key: str, found: Sequence[Thread], order: CommentOrder | None) -> list[ThreadInfo]:
    """Threads as answers; the next replies of each are at its own address, in the order that was asked for."""
    infos = iter(_infos(request, key, [entry for thread in found for entry in (thread.first, *thread.replies)]))
    shown = []
    for thread in found:
        first = next(infos)
        replies = [next(infos) for _reply in thread.replies]
        rest = reverse("api-v1:read_thread", args=[key, first.id], query=_query(thread, order))
        shown.append(
            ThreadInfo(
                comment=first,
                replies=replies,
                earlier=thread.earlier,
                next=origin(request) + rest if thread.after else None,
            )
        )
    return shown


def _query(thread: Thread, order: CommentOrder | None) -> dict[str, str]:
    return {"after": str(thread.after)} | ({"order": order.value} if order else {})
