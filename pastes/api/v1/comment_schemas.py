"""What comments look like to a program, sent and answered."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.urls import reverse
from ninja import Path
from pydantic import BaseModel, Field

from pastes.api.v1 import examples
from pastes.api.v1.answers import name_of
from pastes.api.v1.schemas import Moment, Sent, Text
from pastes.domain import discussion
from pastes.domain.threads import Entry
from pastes.models import Comment

LARGEST_LINE = 2**31 - 1
LARGEST_ID = 2**63 - 1
"""What the columns hold."""

CommentId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The `id` of the comment.", examples=[17])]
Line = Annotated[int, Field(ge=1, le=LARGEST_LINE)]
Body = Annotated[
    Text, Field(min_length=1, max_length=discussion.MAX_CHARACTERS, description="Markdown.", examples=["Well said."])
]


class SentLines(Sent):
    """Lines of a file."""

    first: Line = Field(description="From 1.")
    last: Line | None = Field(None, description="The same as `first` where it is left out.")
    file: Annotated[Text, Field(max_length=255)] = Field("", description="The first file where it is left out.")
    revision: Line | None = Field(None, description="The latest one where it is left out.")


class NewComment(Sent):
    """A comment to post."""

    body: Body
    parent: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = Field(
        None, description="The `id` of the comment it answers."
    )
    lines: SentLines | None = Field(
        None, description="The lines it is about. An answer is about those of its thread, and has none."
    )


class CommentChange(Sent):
    """Other words for a comment."""

    body: Body


class Vote(Sent):
    """What you think of a comment."""

    value: Literal[1, 0, -1] = Field(description="1 is up, -1 down, 0 no vote.")


class Discussion(Sent):
    """Whether people may comment."""

    open: bool


class Place(BaseModel):
    """Where lines are now."""

    file: str
    first: int
    last: int


class LinesInfo(Place):
    """The lines that a comment is about, as they were when somebody pointed at them."""

    revision: int | None
    quote: str = Field(description="How they begin.")
    now: Place | None = Field(description="Where they are in the latest revision; null when they are gone.")


class CommentInfo(BaseModel):
    """A comment, as you see it."""

    id: int
    url: str = Field(description="The page for people.")
    thread: int = Field(description="The `id` of the comment that the thread began with: its own, or an earlier one.")
    parent: int | None = Field(description="The `id` of the comment it answers.")
    author: str | None = Field(description="Who wrote it; null when they show no profile, or are gone.")
    author_name: str = Field(description="The name that people see; empty when they are gone.")
    created: Moment
    edited: Moment | None
    deleted: Moment | None = Field(description="Its place stays, for the answers to it.")
    body: str = Field(description="Markdown; empty when it was deleted.")
    html: str = Field(description="The same as safe HTML.")
    ups: int
    downs: int
    vote: Literal[1, 0, -1] = Field(description="Your own.")
    own: bool = Field(description="Whether you wrote it.")
    removed_reason: str = Field(description="Why a moderator removed it; only its author reads that.")
    lines: LinesInfo | None


class ThreadInfo(BaseModel):
    """A comment on the paste itself, and answers in the order to read them in."""

    comment: CommentInfo
    replies: list[CommentInfo] = Field(description="At most 50; each names its `parent`.")
    earlier: bool = Field(description="Whether there are answers before these.")
    next: str | None = Field(description="The address of the next answers; null when these are the last.")


COMMENT: dict[str, Any] = {
    "id": 17,
    "url": f"{examples.SITE}/{examples.KEY}/comments/17#comment-17",
    "thread": 17,
    "parent": None,
    "author": "bob",
    "author_name": "Bob",
    "created": examples.CREATED,
    "edited": None,
    "deleted": None,
    "body": "Why not *two* of them?",
    "html": "<p>Why not <em>two</em> of them?</p>",
    "ups": 1,
    "downs": 0,
    "vote": 1,
    "own": False,
    "removed_reason": "",
    "lines": {
        "file": "hello.py",
        "first": 1,
        "last": 1,
        "revision": 1,
        "quote": 'print("Hello")',
        "now": {"file": "hello.py", "first": 1, "last": 1},
    },
}

THREAD: dict[str, Any] = {"comment": COMMENT, "replies": [], "earlier": False, "next": None}


def comment_info(entry: Entry, *, key: str, origin: str, revisions: Mapping[int, int]) -> CommentInfo:
    """A comment as its reader sees it; of a deleted one nothing but its place.

    Args:
        entry: the comment, with its author.
        key: of its paste.
        origin: scheme and host of the site.
        revisions: the numbers of revisions by id, from `anchors.revision_numbers`.
    """
    comment, gone = entry.comment, entry.comment.deleted is not None
    author = None if gone else comment.author
    address = reverse("pastes:comment", args=[key, comment.pk])
    return CommentInfo.model_validate(
        {
            "id": comment.pk,
            "url": f"{origin}{address}#comment-{comment.pk}",
            "thread": comment.root_id or comment.pk,
            "parent": comment.parent_id,
            "author": name_of(author),
            "author_name": author.display_name if author else "",
            "created": comment.created,
            "edited": None if gone else comment.edited,
            "deleted": comment.deleted,
            "body": comment.body,
            "html": comment.html,
            "ups": comment.ups,
            "downs": comment.downs,
            "vote": entry.vote,
            "own": entry.own,
            "removed_reason": comment.removed_reason if entry.own else "",
            "lines": None if gone else _lines(comment, revisions),
        }
    )


def _lines(comment: Comment, revisions: Mapping[int, int]) -> dict[str, Any] | None:
    if not comment.is_anchored:
        return None
    now = {"file": comment.current_file, "first": comment.current_first, "last": comment.current_last}
    return {
        "file": comment.file_name,
        "first": comment.first_line,
        "last": comment.last_line,
        "revision": revisions.get(comment.revision_id or 0),
        "quote": comment.quote,
        "now": None if comment.is_outdated else now,
    }
