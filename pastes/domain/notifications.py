"""Telling people what happened, on the site; `pastes.domain.mailing` knows who hears of it by mail too.

`User.unread` is the number in the bar. Whoever adds, reads or removes rows of a person holds that person's row locked,
so the number and the rows change together; people are locked in the order of their ids, after the paste's row.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Upper
from django.utils import timezone

from accounts.models import User
from pastes.domain import mailing
from pastes.models import Comment, Notification, Paste

Kind = Notification.Kind

PAGE = 25
MOST_MENTIONS = 20
"""How many people one comment may call."""

KEPT = timedelta(days=90)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Some notifications, and the id before which the next page begins (None: this is the last)."""

    rows: list[Notification]
    before: int | None


def tell(
    *,
    users: Iterable[User],
    kind: Notification.Kind,
    event: str,
    paste: Paste | None = None,
    comment: Comment | None = None,
    actor: User | None = None,
    text: str = "",
) -> None:
    """Tell people of one event, each once; call it in the transaction of the event.

    Args:
        users: whom. Whoever was told of this event before hears nothing, and neither does an account that is off.
        kind: what happened.
        event: its name, such as ``comment:17``: a person is told once of each.
        paste: what it concerns, if there still is one.
        comment: the same.
        actor: who did it.
        text: at most 400 characters, for what the rows do not say.
    """
    add(
        Notification(
            user_id=user.pk, kind=kind, event=event, paste=paste, comment=comment, actor=actor, text=text[:400]
        )
        for user in users
    )


@transaction.atomic
def add(rows: Iterable[Notification]) -> None:
    """Write new rows, and enqueue the mails of those who want them at once; `tell` for many events.

    Args:
        rows: not saved yet. Those of an event that the person was told of before, and of accounts that are off, are
            left out.
    """
    wanted = {(row.user_id, row.event): row for row in rows}
    if not wanted:
        return
    people = {user.pk: user for user in _lock({user_id for user_id, event in wanted}) if user.is_active}
    told = set(
        Notification.objects.filter(user__in=people, event__in={event for user_id, event in wanted}).values_list(
            "user", "event"
        )
    )
    new = Notification.objects.bulk_create(
        row for key, row in wanted.items() if row.user_id in people and key not in told
    )
    _count(Counter(row.user_id for row in new))
    mailing.enqueue(notifications=new, people=people)


def commented(*, comment: Comment, mentioned: Iterable[str] = ()) -> None:
    """Tell of a new comment: whom it answers, whose paste it is on, and whom it names. Call it in its transaction.

    Each person hears of it once, for the first of these reasons, and nobody of their own comment.

    Args:
        comment: the new one.
        mentioned: user names in it, as `rendering.markdown.mentions` finds them.
    """
    paste = comment.paste
    kinds: dict[int | None, Notification.Kind] = {}
    for user_id in _mentioned(paste, mentioned):
        kinds[user_id] = Kind.MENTION
    kinds[paste.owner_id] = Kind.COMMENT
    if comment.parent is not None and (not paste.is_private or comment.parent.author_id == paste.owner_id):
        kinds[comment.parent.author_id] = Kind.REPLY
    event = f"comment:{comment.pk}"
    add(
        Notification(user_id=user_id, kind=kind, event=event, paste=paste, comment=comment, actor_id=comment.author_id)
        for user_id, kind in kinds.items()
        if user_id is not None and user_id != comment.author_id
    )


def page(*, user: User, before: int | None = None, size: int = PAGE) -> Page:
    """What somebody was told, the newest first.

    Args:
        user: whom.
        before: the id to go on from.
        size: rows on a page.
    """
    rows = with_subjects(Notification.objects.filter(user=user)).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)


def with_subjects(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """The same rows, with what they are about in the same query."""
    return rows.select_related("user", "actor", "comment", "paste")


def find(*, user: User, notification_id: int) -> Notification | None:
    """One of somebody's notifications; None when it is gone or somebody else's."""
    return with_subjects(Notification.objects.filter(user=user, pk=notification_id)).first()


@transaction.atomic
def mark_read(
    *, user: User, only: int | None = None, up_to: int | None = None, event: str = "", at: datetime | None = None
) -> int:
    """Note that somebody has seen what they were told; returns how many of these were new.

    Args:
        user: who.
        only: the id of one notification.
        up_to: the newest id that they saw: what has come since stays new.
        event: the name of what happened.
        at: now.
    """
    _lock([user.pk])
    rows = Notification.objects.filter(user=user, read_at=None)
    if only is not None:
        rows = rows.filter(pk=only)
    if up_to is not None:
        rows = rows.filter(pk__lte=up_to)
    if event:
        rows = rows.filter(event=event)
    count = rows.update(read_at=at or timezone.now())
    _count({user.pk: -count})
    return count


@transaction.atomic
def drop(*, paste_ids: Collection[int]) -> None:
    """Remove what was told about pastes that are about to be deleted; call it before, in the same transaction."""
    # Two questions: for one with both in it the database reads everything that anybody was told.
    about = [Q(paste__in=paste_ids), Q(comment__paste__in=paste_ids)]
    ids = {pk for q in about for pk in Notification.objects.filter(q).values_list("pk", flat=True)}
    _remove(Notification.objects.filter(pk__in=ids))


def forget(*, at: datetime | None = None, batch: int = BATCH) -> int:
    """Remove what is older than `KEPT`, read or not, and return how many that were."""
    old = Notification.objects.filter(created__lt=(at or timezone.now()) - KEPT).order_by("pk")
    total = 0
    while ids := list(old.values_list("pk", flat=True)[:batch]):
        with transaction.atomic():
            total += _remove(Notification.objects.filter(pk__in=ids))
    return total


def _remove(rows: QuerySet[Notification]) -> int:
    _lock(rows.order_by().values_list("user", flat=True).distinct())
    unread = Counter(rows.filter(read_at=None).values_list("user", flat=True))
    count = rows.order_by().delete()[1].get(Notification._meta.label, 0)
    _count({user_id: -number for user_id, number in unread.items()})
    return count


def _lock(user_ids: Iterable[int]) -> list[User]:
    """Hold these people's rows until the transaction ends. Rows that only name them are not in the way."""
    return list(User.objects.select_for_update(no_key=True).filter(pk__in=list(user_ids)).order_by("pk"))


def _count(changes: Mapping[int, int]) -> None:
    """Add to the numbers of unread notifications; one statement for each different change."""
    by_change: dict[int, list[int]] = {}
    for user_id, change in changes.items():
        by_change.setdefault(change, []).append(user_id)
    for change, user_ids in by_change.items():
        if change:
            User.objects.filter(pk__in=user_ids).update(unread=F("unread") + change)


def _mentioned(paste: Paste, names: Iterable[str]) -> list[int]:
    """The ids of those who are named and may read the paste; a private one is nobody's but its owner's.

    Whoever has said something about a paste with a password has opened it; others are not told that there is one.
    """
    wanted = sorted({name.upper() for name in names})[:MOST_MENTIONS]
    if not wanted or paste.is_private:
        return []
    people = User.objects.annotate(upper=Upper("username")).filter(upper__in=wanted)
    if paste.password:
        people = people.filter(pk__in=Comment.objects.filter(paste=paste).values("author"))
    return list(people.values_list("pk", flat=True))
