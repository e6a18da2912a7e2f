"""A discussion as it is read: threads, each with its first replies, in the order that somebody wants.

However many comments there are, a page takes the same number of queries, and shows only so many.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.models import CommentOrder
from pastes.domain.access import Viewer
from pastes.models import Comment, CommentVote, Paste

THREADS = 25
REPLIES = 50
"""How many of each a page shows."""

DEEPEST = 6
"""How far replies are indented; deeper ones stand below each other."""

ORDERS = {
    CommentOrder.BEST: ("-score", "-pk"),
    CommentOrder.NEWEST: ("-pk",),
    CommentOrder.OLDEST: ("pk",),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A comment as one reader sees it.

    Attributes:
        vote: the reader's own: 1, -1 or 0.
        own: whether the reader wrote it.
        answers: the id of the comment it answers, where its place does not show that.
    """

    comment: Comment
    vote: int = 0
    own: bool = False
    answers: int | None = None

    @property
    def depth(self) -> int:
        """How far it is indented."""
        return min(self.comment.depth, DEEPEST)


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment on the paste itself, and replies to it in the order to read them in.

    Attributes:
        more: how many replies are not here; 0 when there are none, or nobody counted.
        after: the id of a reply after which the next ones begin; None when these are the last.
        earlier: whether there are replies before these.
    """

    first: Entry
    replies: list[Entry]
    more: int = 0
    after: int | None = None
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some threads, and the id of the comment after which the next page begins (None: this is the last)."""

    threads: list[Thread]
    after: int | None


def page(
    *,
    paste: Paste,
    viewer: Viewer,
    order: str = CommentOrder.BEST,
    after: int | None = None,
    size: int = THREADS,
) -> Page:
    """One page of a discussion, each thread with its first `REPLIES`, in three queries (four after the first page).

    Args:
        paste: what is discussed; see `discussion.require_readable`.
        viewer: who reads.
        order: one of `CommentOrder`.
        after: the id of the last comment of the page before.
        size: how many threads.
    """
    chosen = CommentOrder(order)
    rows = Comment.objects.filter(paste=paste, parent=None).select_related("author")
    found = list(rows.filter(_beyond(paste, chosen, after)).order_by(*ORDERS[chosen])[: size + 1])
    firsts = found[:size]
    if not firsts:
        return Page([], None)
    replies: dict[int | None, list[Any]] = defaultdict(list)
    for reply in _first_replies(firsts):
        replies[reply.root_id].append(reply)
    own = _votes(viewer, [*firsts, *(reply for several in replies.values() for reply in several)])
    shown = []
    for first in firsts:
        several = replies[first.pk]
        more = several[0].siblings - len(several) if several else 0
        last = max((reply.pk for reply in several), default=None)
        entries = list(_entries(first, several, chosen, viewer, own))
        shown.append(Thread(entries[0], entries[1:], more=more, after=last if more else None))
    return Page(shown, firsts[-1].pk if len(found) > size else None)


def thread(*, comment: Comment, viewer: Viewer, order: str = CommentOrder.BEST, after: int | None = None) -> Thread:
    """The thread with a comment, from its beginning, or so that the comment is among what is shown.

    Args:
        comment: any comment of the thread, of `discussion.find_comment`.
        viewer: who reads.
        order: how answers to one comment are ordered.
        after: the id of a reply to go on after.
    """
    first = comment.root or comment
    replies = Comment.objects.filter(root=first).select_related("author").order_by("pk")
    start = after
    if after is None and comment.root_id is not None:
        before = replies.filter(pk__lt=comment.pk).count()
        start = comment.pk - 1 if before >= REPLIES else None
    found = list(replies.filter(pk__gt=start or 0)[: REPLIES + 1])
    several = found[:REPLIES]
    entries = list(_entries(first, several, CommentOrder(order), viewer, _votes(viewer, [first, *several])))
    return Thread(
        entries[0],
        entries[1:],
        after=several[-1].pk if len(found) > REPLIES else None,
        earlier=start is not None,
    )


def latest(*, paste: Paste, size: int) -> list[Comment]:
    """What was said last, of all threads, with who said it."""
    return list(Comment.objects.filter(paste=paste, deleted=None).select_related("author").order_by("-pk")[:size])


def entry(*, comment: Comment, viewer: Viewer) -> Entry:
    """One comment as its reader sees it."""
    return _entry(comment, viewer, _votes(viewer, [comment]))


def _beyond(paste: Paste, order: CommentOrder, after: int | None) -> Q:
    """What comes after a comment in this order."""
    if after is None:
        return Q()
    if order == CommentOrder.OLDEST:
        return Q(pk__gt=after)
    if order == CommentOrder.NEWEST:
        return Q(pk__lt=after)
    score = Comment.objects.filter(paste=paste, pk=after).values_list("score", flat=True).first()
    return Q() if score is None else Q(score__lt=score) | Q(score=score, pk__lt=after)


def _first_replies(firsts: Sequence[Comment]) -> QuerySet[Any]:
    """The oldest replies of each thread, with ``siblings``: how many there are in all."""
    return (
        Comment.objects.filter(root__in=[first.pk for first in firsts])
        .annotate(
            place=Window(RowNumber(), partition_by=["root"], order_by="pk"),
            siblings=Window(Count("pk"), partition_by=["root"]),
        )
        .filter(place__lte=REPLIES)
        .select_related("author")
        .order_by("pk")
    )


def _votes(viewer: Viewer, comments: Iterable[Comment]) -> dict[int, int]:
    if viewer.account is None:
        return {}
    rows = CommentVote.objects.filter(user=viewer.account, comment__in=[comment.pk for comment in comments])
    return dict(rows.values_list("comment_id", "value"))


def _entry(comment: Comment, viewer: Viewer, votes: dict[int, int], answers: int | None = None) -> Entry:
    own = viewer.account is not None and comment.author_id == viewer.account.pk
    return Entry(comment, votes.get(comment.pk, 0), own, answers)


def _entries(
    first: Comment, replies: Sequence[Comment], order: CommentOrder, viewer: Viewer, votes: dict[int, int]
) -> Iterator[Entry]:
    """A thread in the order to read it in: each comment, then what answers it. (No recursion: it may be deep.)"""
    here = {first.pk, *(reply.pk for reply in replies)}
    answers: dict[int | None, list[Comment]] = defaultdict(list)
    for reply in replies:
        answers[reply.parent_id if reply.parent_id in here else first.pk].append(reply)
    if order == CommentOrder.BEST:
        for several in answers.values():
            several.sort(key=lambda reply: (-reply.score, reply.pk))
    waiting, above = [first], None
    while waiting:
        comment = waiting.pop()
        waiting += reversed(answers[comment.pk])
        # Indented by one more than the comment above it, it can only answer that one or stand beside it.
        plain = comment.parent_id in here and comment.depth <= DEEPEST
        evident = comment.parent_id is None or plain or comment.parent_id == above
        yield _entry(comment, viewer, votes, None if evident else comment.parent_id)
        above = comment.pk
