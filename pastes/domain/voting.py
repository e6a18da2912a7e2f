"""Votes on comments, and the score that they add up to."""

from math import sqrt

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from pastes import conf
from pastes.domain import expiry, limits
from pastes.domain.access import Viewer
from pastes.exceptions import Closed, Forbidden, Gone
from pastes.models import Comment, CommentVote, Paste

Z = 1.959964
"""The standard score of 95 % confidence, both tails."""


def vote(*, comment: Comment, viewer: Viewer, value: int) -> Comment:
    """Let somebody's vote on a comment be ``value``: 1 up, -1 down, 0 none. Returns the comment with its new score.

    Repeating a vote changes nothing.

    Raises:
        Forbidden: without an account, and on one's own comment.
        Closed: when the author has closed the discussion.
        Gone: when the comment was deleted.
        TooMany: too often.
        ValueError: on any other value.
    """
    if value not in {1, 0, -1}:
        raise ValueError(value)
    user = viewer.account
    if user is None:
        raise Forbidden(_("Only people with an account can vote."), _("Sign in and vote again."))
    if comment.author_id == user.pk:
        raise Forbidden(_("You cannot vote on your own comment."), _("Others decide what it is worth to them."))
    limits.spend(
        what="vote",
        subject=limits.subject_of(user=user, address=viewer.address),
        rate=conf.rate("REACTION_RATE"),
    )
    with transaction.atomic():
        # The row of the paste before that of the comment, as in a discussion.
        paste = Paste.objects.select_for_update(no_key=True).filter(pk=comment.paste_id).first()
        if paste and not paste.comments_enabled:
            raise Closed(advice=_("Your vote was not counted. What was said can still be read."))
        # Whoever holds the row counts its votes; the others wait, and then see this one.
        locked = Comment.objects.select_for_update(no_key=True).filter(pk=comment.pk, deleted=None).first()
        if locked is None:
            raise Gone(_("This comment was deleted."), _("There is nothing left to vote on."))
        votes = CommentVote.objects.filter(user=user, comment=locked)
        if value:
            CommentVote.objects.update_or_create(user=user, comment=locked, defaults={"value": value})
        else:
            votes.delete()
        counted = recount(locked)
        expiry.drop_page(comment.paste)
    return counted


def recount(comment: Comment) -> Comment:
    """Set a comment's counters and score from the rows of its votes; call it in the transaction that changed them."""
    # The one row that all who count these votes wait for.
    Comment.objects.select_for_update(no_key=True).filter(pk=comment.pk).first()
    counted = CommentVote.objects.filter(comment=comment.pk).aggregate(
        ups=Count("pk", filter=Q(value=1)), downs=Count("pk", filter=Q(value=-1))
    )
    comment.ups, comment.downs = counted["ups"], counted["downs"]
    comment.score = score(ups=comment.ups, downs=comment.downs)
    comment.save(update_fields=["ups", "downs", "score"])
    return comment


def score(*, ups: int, downs: int) -> float:
    """How good a comment is at least, with 95 % confidence: the share of votes up that all readers would give it.

    It is the lower bound of the Wilson score interval (E. B. Wilson, "Probable Inference, the Law of Succession, and
    Statistical Inference", Journal of the American Statistical Association 22, 1927, 209-212), as Evan Miller proposes
    in "How Not To Sort By Average Rating" (https://www.evanmiller.org/how-not-to-sort-by-average-rating.html): three
    votes of three say less than ninety of a hundred.

    Returns:
        from 0, which is also the score without any votes, to below 1.
    """
    count = ups + downs
    if not count:
        return 0.0
    share = ups / count
    middle = share + Z * Z / (2 * count)
    spread = Z * sqrt((share * (1 - share) + Z * Z / (4 * count)) / count)
    # Rounding leaves a hair below 0 where there is no vote up.
    return max(0.0, (middle - spread) / (1 + Z * Z / count))
