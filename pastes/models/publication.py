"""The rows of a new paste, which belong together: all are written, or none."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connections, models, router

from pastes.models.keys import Key
from pastes.models.pastes import Paste
from pastes.models.revisions import File, Revision
from pastes.models.traffic import IdempotencyKey, RateCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many an author may publish at most, in a window of time: a row of `RateCount`."""

    subject: str
    window: datetime
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A new paste, its first revision, the files of that, what the worker shall do, and what tells it when sent again.

    Nothing of it has an id yet, nor has the paste a key. Without a quota it is not counted.
    """

    paste: Paste
    revision: Revision
    files: Sequence[File]
    tasks: Sequence[models.Model]
    sent: IdempotencyKey | None
    quota: Quota | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of it: how many the author has published in the window, and whether a key was waiting.

    Of one that is one too many nothing but the count is written.
    """

    count: int = 0
    key_waited: bool = True


def is_one_statement() -> bool:
    """Whether `insert` is a transaction by itself now."""
    connection = connections[router.db_for_write(Paste)]
    return connection.vendor == "postgresql" and not connection.in_atomic_block


def insert(publication: Publication, *, near: str, spare: str) -> Written:
    """Count, and write all rows; afterwards they have their ids, and the paste its key.

    On PostgreSQL no `save` is called and no signal sent; elsewhere it wants an open transaction.

    Args:
        publication: the rows.
        near: which of the waiting keys, as in `KeyQuerySet.take`.
        spare: the key if none waits.
    """
    using = router.db_for_write(Paste)
    if connections[using].vendor == "postgresql":
        return _call(publication, near, spare, using)
    count = 0
    if quota := publication.quota:
        count = RateCount.objects.using(using).add_one(subject=quota.subject, window=quota.window)
        if count > quota.most:
            return Written(count=count)
    key = Key.objects.using(using).take(near=near)
    publication.paste.key = key or spare
    publication.paste.save(force_insert=True)
    publication.revision.save(force_insert=True)
    File.objects.bulk_create(publication.files)
    for row in (*publication.tasks, publication.sent):
        if row:
            row.save(force_insert=True)
    return Written(count=count, key_waited=key is not None)


def _call(publication: Publication, near: str, spare: str, using: str) -> Written:
    """Have PostgreSQL count, take the key and write the rows, by a function of which it keeps the plans.

    It would plan statements anew each time, which takes it as long as all else, and to put them into SQL takes Django
    longer still. Prepared statements are bound to a connection, which a pooler gives to others between transactions.
    """
    paste, revision, files, quota = publication.paste, publication.revision, publication.files, publication.quota
    sent = [publication.sent] if publication.sent else []
    rows = [_json(some) if some else None for some in ([paste], [revision], files, publication.tasks, sent)]
    counted = [quota.subject, quota.window, quota.most] if quota else [None, None, None]
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT * FROM pastes_publish_counted(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [near, spare, *rows, *counted],
        )
        key, paste_id, revision_id, file_ids, count = cursor.fetchone()
    if key is None:
        return Written(count=count)
    paste.key, paste.pk, revision.pk, revision.paste = key, paste_id, revision_id, paste
    for file, pk in zip(files, file_ids, strict=True):
        file.pk, file.revision = pk, revision
    for row in (paste, revision, *files):
        row._state.adding, row._state.db = False, using
    return Written(count=count, key_waited=key != spare)


def _json(rows: Sequence[models.Model]) -> str:
    """Rows of one table as PostgreSQL reads them: a list of objects with the columns' names and values."""
    columns = _columns(type(rows[0]))
    return _encode([{column: getattr(row, attribute) for column, attribute in columns} for row in rows])


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} has no place in a row that is published")


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_moment).encode


@cache
def _columns(model: type[models.Model]) -> list[tuple[str, str]]:
    """The columns that Django writes, and the attributes that they are of."""
    return [(str(field.column), field.attname) for field in model._meta.concrete_fields if not field.primary_key]
