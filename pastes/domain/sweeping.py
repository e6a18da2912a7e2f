"""Removing objects: those whose rows were deleted, and those that never had one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from pastes import queue, storage
from pastes.models import File

log = structlog.get_logger("pastes.sweeping")

SWEEP_BATCH = 500
SWEEP_GRACE = timedelta(hours=1)
"""An object this young may belong to a transaction that is not committed yet."""


def remove_objects(names: Iterable[str]) -> None:
    """Have the worker remove objects once the rows that named them are gone for good."""
    batch = sorted(set(names))
    for at in range(0, len(batch), SWEEP_BATCH):
        queue.later("remove_objects", batch[at : at + SWEEP_BATCH])


def remove_unreferenced(names: Sequence[str]) -> None:
    """Remove those of the objects that no row names; safe to repeat.

    Raises:
        Unavailable: when the store does not answer; the queue tries again.
    """
    storage.delete(sorted(set(names) - _referenced(names)))


@dataclass(slots=True)
class Swept:
    """What a sweep found: objects without a row (removed), and rows without an object (reported)."""

    objects: int = 0
    orphans: int = 0
    orphan_bytes: int = 0
    missing: int = 0


def sweep(
    *, dry_run: bool = False, at: datetime | None = None, progress: Callable[[int], object] | None = None
) -> Swept:
    """Compare the object store and the rows, both ways, in bounded memory.

    Objects and rows are both walked in the order of names. An orphan is removed once it is older than an hour; a row
    whose object is missing is logged as an error, since nothing can bring it back but a backup.

    Raises:
        Unavailable: when the store does not answer.
    """
    oldest = (at or timezone.now()) - SWEEP_GRACE
    found = Swept()
    batch: list[storage.StoredObject] = []
    previous = ""
    for item in storage.iterate():
        batch.append(item)
        if len(batch) == SWEEP_BATCH:
            _sweep_batch(batch, after=previous, oldest=oldest, found=found, dry_run=dry_run)
            previous = batch[-1].name
            if progress:
                progress(len(batch))
            batch = []
    _sweep_batch(batch, after=previous, oldest=oldest, found=found, dry_run=dry_run, last=True)
    return found


def _sweep_batch(
    batch: Sequence[storage.StoredObject],
    *,
    after: str,
    oldest: datetime,
    found: Swept,
    dry_run: bool,
    last: bool = False,
) -> None:
    names = {item.name for item in batch}
    rows = File.objects.filter(object_name__gt=after, revision__created__lt=oldest)
    if not last:
        rows = rows.filter(object_name__lte=batch[-1].name)
    referenced = _referenced(names)
    orphans = [item for item in batch if item.modified < oldest and item.name not in referenced]
    found.objects += len(batch)
    found.orphans += len(orphans)
    found.orphan_bytes += sum(item.size for item in orphans)
    # One after the other: where a store has lost much, no set of names in memory says how much.
    for name in rows.values_list("object_name", flat=True).distinct().order_by("object_name").iterator():
        # What came since the batch was listed is there: a text of old that something was taken out of.
        if name not in names and storage.get(name, size=1) is None:
            found.missing += 1
            log.error("object_missing", object=name)
    if orphans and not dry_run:
        storage.delete([item.name for item in orphans])


def _referenced(names: Iterable[str]) -> set[str]:
    return set(File.objects.filter(object_name__in=list(names)).values_list("object_name", flat=True))
