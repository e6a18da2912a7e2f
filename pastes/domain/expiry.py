"""How long a paste lives, and the end of it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from pastes import hot
from pastes.domain import access, copies, notifications, sweeping
from pastes.exceptions import Invalid, Text
from pastes.models import BurnReceipt, Comment, File, IdempotencyKey, PageCopy, Paste, RateCount, View

DAY = timedelta(days=1)

PRESETS: dict[str, tuple[Text, timedelta | None]] = {
    "10m": (gettext_lazy("10 minutes"), timedelta(minutes=10)),
    "1h": (gettext_lazy("1 hour"), timedelta(hours=1)),
    "1d": (gettext_lazy("1 day"), DAY),
    "1w": (gettext_lazy("1 week"), 7 * DAY),
    "2w": (gettext_lazy("2 weeks"), 14 * DAY),
    "1M": (gettext_lazy("1 month"), 30 * DAY),
    "6M": (gettext_lazy("6 months"), 182 * DAY),
    "1y": (gettext_lazy("1 year"), 365 * DAY),
    "never": (gettext_lazy("Never"), None),
}
"""What people choose from: a month is 30 days, a year 365."""

UNDO = timedelta(minutes=10)
"""How long an author can take a deletion back."""

BATCH = 200


def moment(*, choice: str, date: datetime | None = None, at: datetime | None = None) -> datetime | None:
    """When a paste with this choice expires; None is never.

    Args:
        choice: a name in `PRESETS`, or ``date``.
        date: the moment itself, with a time zone, for ``date``.
        at: now.

    Raises:
        Invalid: when the choice is unknown, or the date is missing or not in the future.
    """
    now = at or timezone.now()
    if choice == "date":
        if date is None:
            raise Invalid({"expires_at": [_("Say when: a date and a time.")]})
        if date <= now:
            raise Invalid({"expires_at": [_("That moment is over. Choose one in the future.")]})
        return date
    if choice not in PRESETS:
        raise Invalid({"expiry": [_("Choose one of: %(choices)s.") % {"choices": ", ".join([*PRESETS, "date"])}]})
    span = PRESETS[choice][1]
    return None if span is None else now + span


def after_days(days: int, *, at: datetime | None = None) -> datetime:
    """The moment so many days from now."""
    return (at or timezone.now()) + days * DAY


def change(*, paste: Paste, viewer: access.Viewer, expires_at: datetime | None) -> None:
    """Give a paste a new end, by its author.

    Raises:
        Forbidden: when the viewer is not its author.
    """
    access.require_author(paste=paste, viewer=viewer)
    with transaction.atomic():
        Paste.objects.filter(pk=paste.pk).update(expires_at=expires_at, updated=timezone.now())
        drop_page(paste)


def drop_page(*pastes: Paste) -> None:
    """Let nobody be sent a page or text of these, or a list with them, as they were before now.

    Call it in the transaction of the change: a copy that is kept beside the rows is as good as the version it shows.
    """
    _raise_versions(Paste.objects.filter(pk__in=[paste.pk for paste in pastes]), several=len(pastes) > 1)
    _forget(pastes)


def drop_pages_of(user: User) -> None:
    """The same for every page that shows somebody's name as its author or in its discussion."""
    spoken = Comment.objects.filter(author=user).values("paste")
    with transaction.atomic():
        _raise_versions(Paste.objects.filter(Q(owner=user) | Q(pk__in=spoken)), several=True)
    drop_lists()


def drop_lists() -> None:
    """The same for home and the lists alone: a paste is new there, or its author shows something else."""
    _drop(hot.drop_lists)


def _raise_versions(pastes: QuerySet[Paste], *, several: bool) -> None:
    if several:  # locked in one order, as everybody does: none waits for another who waits for it
        list(pastes.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    pastes.update(page_version=F("page_version") + 1)


def _forget(pastes: Iterable[Paste]) -> None:
    for paste in pastes:
        _drop(partial(hot.drop_paste, paste.key))
    drop_lists()


def _drop(drop: Callable[[], None]) -> None:
    """Inside a transaction again when it is committed: until then others read, and keep, what was before."""
    drop()
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(drop)


def purge(
    *,
    at: datetime | None = None,
    batch: int = BATCH,
    dry_run: bool = False,
    progress: Callable[[int], object] = int,
) -> int:
    """Remove expired and deleted pastes for good, and return how many.

    Each batch is a transaction: rows first, then the task that removes their objects. Whoever stops this in the middle
    loses nothing; the next run goes on.
    """
    now = at or timezone.now()
    doomed = Paste.objects.expired(now) | Paste.objects.deleted_before(now - UNDO)
    if dry_run:
        return doomed.count()
    total = 0
    while keys := list(doomed.order_by("pk").values_list("pk", flat=True)[:batch]):
        destroy(keys)
        total += len(keys)
        progress(len(keys))
    return total


def destroy(primary_keys: list[int]) -> None:
    """Delete pastes with all their rows, pages and objects."""
    with transaction.atomic():
        # Locked first and in order, as counting does: the two never wait for each other.
        pastes = list(Paste.objects.select_for_update().filter(pk__in=primary_keys).order_by("pk"))
        names = list(File.objects.filter(revision__paste__in=primary_keys).values_list("object_name", flat=True))
        notifications.drop(paste_ids=primary_keys)
        Paste.objects.filter(pk__in=primary_keys).delete()
        sweeping.remove_objects(names)
    _forget(pastes)


def forget(*, at: datetime | None = None, dry_run: bool = False) -> int:
    """Remove rows that were kept for a while only: rates, counted views, repeated requests, old receipts, pages."""
    now = at or timezone.now()
    old = (
        RateCount.objects.filter(window__lt=now - 2 * DAY),
        View.objects.filter(counted=True, seen_at__lt=now - DAY),
        IdempotencyKey.objects.filter(created__lt=now - DAY),
        BurnReceipt.objects.filter(read_at__lt=now - settings.BURN_RECEIPT_DAYS * DAY),
        PageCopy.objects.filter(made_at__lt=now - copies.KEPT),
    )
    if dry_run:
        return sum(rows.count() for rows in old)
    return sum(rows.delete()[0] for rows in old)
