"""What a moderator does to pastes, comments and authors, each with a reason that the author sees.

All of it can be repeated: what is so already stays as it is. Whatever changes leaves a `ModerationAction`, in the same
transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import domain as accounts
from accounts.models import User
from pastes import validators
from pastes.domain import access, expiry, notifications, reactions, voting
from pastes.domain.access import Viewer
from pastes.exceptions import Forbidden, Invalid
from pastes.models import Comment, CommentVote, Like, ModerationAction, Paste, Report, Star

Verb = ModerationAction.Verb

MOST_REASON = 200
"""Characters."""


def hide(*, pastes: Iterable[Paste], moderator: User, reason: str) -> int:
    """Take pastes away from everybody; nothing is removed. Returns how many were shown before.

    Raises:
        Invalid: without a reason.
    """
    reason = require_reason(reason)
    return sum(
        _set_hidden(batch, Verb.HIDE, moderator=moderator, reason=reason) for batch in batched(pastes, expiry.BATCH)
    )


def show(*, pastes: Iterable[Paste], moderator: User) -> int:
    """Undo `hide`. Returns how many were hidden before."""
    return sum(_set_hidden(batch, Verb.SHOW, moderator=moderator) for batch in batched(pastes, expiry.BATCH))


def delete(*, pastes: Iterable[Paste], moderator: User, reason: str) -> int:
    """Remove pastes with their objects, for good, in batches of `expiry.BATCH`. Returns how many.

    Raises:
        Invalid: without a reason.
    """
    reason = require_reason(reason)
    return sum(_delete(batch, moderator=moderator, reason=reason) for batch in batched(pastes, expiry.BATCH))


def remove_comments(*, comments: Iterable[Comment], moderator: User, reason: str) -> int:
    """Take comments away from readers; their places in the thread stay. Returns how many were there before.

    Raises:
        Invalid: without a reason.
    """
    reason = require_reason(reason)
    return sum(_set_removed(comment, Verb.REMOVE, moderator=moderator, reason=reason) for comment in comments)


def restore_comments(*, comments: Iterable[Comment], moderator: User) -> int:
    """Undo `remove_comments`; what its author deleted stays deleted. Returns how many were gone before."""
    return sum(_set_removed(comment, Verb.RESTORE, moderator=moderator) for comment in comments)


@transaction.atomic
def ban(*, author: User, moderator: User, reason: str) -> int:
    """Lock an author out and hide what they published; returns how many pastes that were.

    Raises:
        Forbidden: for oneself, and for somebody with more power than the moderator has.
        Invalid: without a reason.
    """
    reason = require_reason(reason)
    if not bannable_by(moderator).filter(pk=author.pk).exists():
        raise Forbidden(_("You cannot ban this person."), _("Nobody bans themselves, or somebody with more power."))
    # Pastes before people: in this order rows are locked wherever both are. Those that they spoke on, too, where their
    # name leads nowhere from now on.
    expiry.drop_pages_of(author)
    count = _hide_all(author, moderator=moderator, reason=reason)
    if accounts.ban(user=author, at=timezone.now(), reason=reason):
        _log([ModerationAction(verb=Verb.BAN, person=author.username)], moderator, reason)
    # Once more, for what they published meanwhile.
    return count + _hide_all(author, moderator=moderator, reason=reason)


@transaction.atomic
def unban(*, author: User, moderator: User) -> bool:
    """Let an author sign in again; their pastes stay hidden. Returns whether they were banned."""
    expiry.drop_pages_of(author)
    changed = accounts.unban(user=author)
    if changed:
        _log([ModerationAction(verb=Verb.UNBAN, person=author.username)], moderator)
    return changed


def note_rejection(*, report: Report, moderator: User, reason: str) -> None:
    """Write down that a report was looked at and nothing had to be done. Its author never heard of it."""
    owner = report.comment.author if report.comment else report.paste.owner
    row = ModerationAction(
        verb=Verb.REJECT,
        paste_key=report.paste.key,
        comment_id=report.comment_id,
        person=owner.username if owner else "",
    )
    _log([row], moderator, require_reason(reason))


def bannable_by(moderator: User) -> QuerySet[User]:
    """Whom a moderator may ban: not themselves, and no superuser unless they are one."""
    people = User.objects.exclude(pk=moderator.pk)
    return people if moderator.is_superuser else people.filter(is_superuser=False)


def find_hidden(*, key: str, viewer: Viewer, at: datetime | None = None) -> Paste | None:
    """What its author sees where a paste was that a moderator has hidden; None when its time would be over anyway."""
    paste = Paste.objects.select_related("owner").present(at).exclude(hidden_at=None).filter(key=key).first()
    return paste if paste and access.is_author(paste=paste, viewer=viewer) else None


def earlier_actions(*, author: User | None, paste: Paste) -> QuerySet[ModerationAction]:
    """What was done to this paste, and to this author before, the last first."""
    about = Q(paste_key=paste.key)
    if author is not None:
        about |= Q(person=author.username)
    return ModerationAction.objects.select_related("moderator").filter(about).order_by("-pk")


def require_reason(reason: str) -> str:
    """The reason on one line.

    Raises:
        Invalid: when it says nothing, is longer than `MOST_REASON` characters, or holds what cannot be stored.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid({"reason": [_("Say why: the author reads it.")]}, _("Nothing was done."))
    if len(reason) > MOST_REASON:
        message = _("At most %(limit)s characters fit here.") % {"limit": MOST_REASON}
        raise Invalid({"reason": [message]}, _("Nothing was done."))
    try:
        validators.storable(reason)
    except ValidationError as error:
        raise Invalid({"reason": error.messages}, _("Nothing was done.")) from error
    return reason


def withdraw(*, reactions: Iterable[Star | Like | CommentVote]) -> int:
    """Take stars, likes and votes away, each with its counter in one transaction. Returns how many there were."""
    return sum(_withdraw(reaction) for reaction in reactions)


def _hide_all(author: User, *, moderator: User, reason: str) -> int:
    """Quietly: who is locked out cannot read what they are told, and sees the reason when they sign in."""
    shown = Paste.objects.owned_by(author).filter(hidden_at=None)
    count = 0
    while batch := tuple(shown[: expiry.BATCH]):
        count += _set_hidden(batch, Verb.HIDE, moderator=moderator, reason=reason, quietly=True)
    return count


@transaction.atomic
def _set_hidden(
    pastes: Sequence[Paste], verb: ModerationAction.Verb, *, moderator: User, reason: str = "", quietly: bool = False
) -> int:
    hidden = verb == Verb.HIDE
    found = Paste.objects.filter(pk__in=[paste.pk for paste in pastes], hidden_at__isnull=hidden)
    # Locked in one order, so that two moderators with the same list wait for each other and do it once.
    changed = list(found.select_related("owner").select_for_update(of=("self",), no_key=True).order_by("pk"))
    Paste.objects.filter(pk__in=[paste.pk for paste in changed]).update(
        hidden_at=timezone.now() if hidden else None, hidden_reason=reason
    )
    actions = _log([_about_paste(verb, paste) for paste in changed], moderator, reason)
    if not quietly:
        _tell_owners(changed, actions)
    expiry.drop_page(*pastes)
    return len(changed)


@transaction.atomic
def _delete(pastes: Sequence[Paste], *, moderator: User, reason: str) -> int:
    found = Paste.objects.filter(pk__in=[paste.pk for paste in pastes]).select_related("owner")
    doomed = list(found.select_for_update(of=("self",), no_key=True).order_by("pk"))
    actions = _log([_about_paste(Verb.DELETE, paste) for paste in doomed], moderator, reason)
    _tell_owners(doomed, actions)
    expiry.destroy([paste.pk for paste in doomed])
    return len(doomed)


@transaction.atomic
def _set_removed(comment: Comment, verb: ModerationAction.Verb, *, moderator: User, reason: str = "") -> int:
    removed = verb == Verb.REMOVE
    # The row of the paste before that of the comment, as in a discussion.
    Paste.objects.select_for_update(no_key=True).filter(pk=comment.paste_id).first()
    found = Comment.objects.filter(pk=comment.pk, deleted__isnull=removed)
    if not removed:
        found = found.exclude(removed_reason="")
    changed = found.update(deleted=timezone.now() if removed else None, removed_reason=reason)
    if changed:
        paste, author = comment.paste, comment.author
        Paste.objects.filter(pk=paste.pk).update(comments=F("comments") + (-1 if removed else 1))
        row = ModerationAction(
            verb=verb, paste_key=paste.key, comment_id=comment.pk, person=author.username if author else ""
        )
        action = _log([row], moderator, reason)[0]
        _tell(author, action, paste=paste, comment=comment)
    expiry.drop_page(comment.paste)
    return changed


def _about_paste(verb: ModerationAction.Verb, paste: Paste) -> ModerationAction:
    return ModerationAction(verb=verb, paste_key=paste.key, person=paste.owner.username if paste.owner else "")


def _log(rows: Sequence[ModerationAction], moderator: User, reason: str = "") -> list[ModerationAction]:
    for row in rows:
        row.moderator, row.reason = moderator, reason
    return ModerationAction.objects.bulk_create(rows)


def _tell_owners(pastes: Sequence[Paste], actions: Sequence[ModerationAction]) -> None:
    # In the order in which people are locked, wherever several are.
    for paste, action in sorted(zip(pastes, actions, strict=True), key=lambda pair: pair[0].owner_id or 0):
        if action.verb == Verb.DELETE:
            _tell(paste.owner, action, name=str(paste))
        else:
            _tell(paste.owner, action, paste=paste)


def _tell(
    author: User | None,
    action: ModerationAction,
    *,
    paste: Paste | None = None,
    comment: Comment | None = None,
    name: str = "",
) -> None:
    """Tell the author what was done and why: `wording` reads it from the action. Nobody is told what they did."""
    if author is not None and author.pk != action.moderator_id:
        notifications.tell(
            users=[author],
            kind=notifications.Kind.MODERATION,
            event=f"moderation:{action.pk}",
            paste=paste,
            comment=comment,
            text=name,
        )


@transaction.atomic
def _withdraw(reaction: Star | Like | CommentVote) -> int:
    if not isinstance(reaction, CommentVote):
        return reactions.withdraw(reaction)
    expiry.drop_page(reaction.comment.paste)  # whose row is locked before that of the comment
    gone = CommentVote.objects.filter(pk=reaction.pk).delete()[0]
    voting.recount(reaction.comment)
    return gone
