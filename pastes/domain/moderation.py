"""What a moderator does to pastes, comments and authors. All of it can be repeated."""

from collections.abc import Iterable
from itertools import batched

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import domain as accounts
from accounts.models import User
from pastes.domain import expiry
from pastes.models import Comment, CommentVote, Like, Paste, Star


def hide(*, pastes: Iterable[Paste], reason: str) -> int:
    """Take pastes away from everybody; nothing is removed. Returns how many were shown before."""
    return sum(_set_hidden(batch, hidden=True, reason=reason) for batch in batched(pastes, expiry.BATCH))


def show(*, pastes: Iterable[Paste]) -> int:
    """Undo `hide`. Returns how many were hidden before."""
    return sum(_set_hidden(batch, hidden=False, reason="") for batch in batched(pastes, expiry.BATCH))


def delete(*, pastes: Iterable[Paste]) -> int:
    """Remove pastes with their objects, for good, in batches of `expiry.BATCH`. Returns how many."""
    count = 0
    for batch in batched(pastes, expiry.BATCH):
        expiry.destroy([paste.pk for paste in batch])
        count += len(batch)
    return count


def ban_author(*, author: User) -> int:
    """Lock an author out and hide what they published; returns how many pastes that were.

    They are locked out first, so that nothing new appears behind the last batch.
    """
    accounts.ban(user=author, at=timezone.now())
    shown = Paste.objects.owned_by(author).filter(hidden_at=None)
    count = 0
    while batch := list(shown[: expiry.BATCH]):
        count += hide(pastes=batch, reason="author banned")
    return count


def remove_comments(*, comments: Iterable[Comment]) -> int:
    """Take comments away from readers; their places in the thread stay. Returns how many were there before."""
    return sum(_set_removed(comment, removed=True) for comment in comments)


def restore_comments(*, comments: Iterable[Comment]) -> int:
    """Undo `remove_comments`. Returns how many were gone before."""
    return sum(_set_removed(comment, removed=False) for comment in comments)


def withdraw(*, reactions: Iterable[Star | Like | CommentVote]) -> int:
    """Take stars, likes and votes away, each with its counter in one transaction. Returns how many there were."""
    return sum(_withdraw(reaction) for reaction in reactions)


def _set_hidden(pastes: tuple[Paste, ...], *, hidden: bool, reason: str) -> int:
    changed = Paste.objects.filter(pk__in=[paste.pk for paste in pastes], hidden_at__isnull=hidden).update(
        hidden_at=timezone.now() if hidden else None, hidden_reason=reason[:200]
    )
    for paste in pastes:
        expiry.drop_page(paste)
    return changed


@transaction.atomic
def _set_removed(comment: Comment, *, removed: bool) -> int:
    changed = Comment.objects.filter(pk=comment.pk, deleted__isnull=removed).update(
        deleted=timezone.now() if removed else None
    )
    Paste.objects.filter(pk=comment.paste_id).update(comments=F("comments") + (-changed if removed else changed))
    transaction.on_commit(lambda: expiry.drop_page(comment.paste))
    return changed


@transaction.atomic
def _withdraw(reaction: Star | Like | CommentVote) -> int:
    gone = type(reaction).objects.filter(pk=reaction.pk).delete()[0]
    if isinstance(reaction, CommentVote):
        votes = CommentVote.objects.filter(comment=reaction.comment_id)
        score = votes.aggregate(sum=Coalesce(Sum("value"), 0))["sum"]
        Comment.objects.filter(pk=reaction.comment_id).update(score=score)
        return gone
    counter = "stars" if isinstance(reaction, Star) else "likes"
    Paste.objects.filter(pk=reaction.paste_id).update(**{counter: F(counter) - gone})
    transaction.on_commit(lambda: expiry.drop_page(reaction.paste))
    return gone
