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
from pastes.models.traffic import IdempotencyKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A new paste, its first revision, the files of that, what the worker shall do, and what tells it when sent again.

    Nothing of it has an id yet, nor has the paste a key.
    """

    paste: Paste
    revision: Revision
    files: Sequence[File]
    tasks: Sequence[models.Model]
    sent: IdempotencyKey | None


def insert(publication: Publication, *, near: str, spare: str) -> bool:
    """Write all rows, in the transaction that is open; afterwards they have their ids, and the paste its key.

    On PostgreSQL no `save` is called and no signal sent.

    Args:
        publication: the rows.
        near: which of the waiting keys, as in `KeyQuerySet.take`.
        spare: the key if none waits.

    Returns:
        whether a key was waiting.
    """
    using = router.db_for_write(Paste)
    if connections[using].vendor == "postgresql":
        return _call(publication, near, spare, using)
    key = Key.objects.using(using).take(near=near)
    publication.paste.key = key or spare
    publication.paste.save(force_insert=True)
    publication.revision.save(force_insert=True)
    File.objects.bulk_create(publication.files)
    for row in (*publication.tasks, publication.sent):
        if row:
            row.save(force_insert=True)
    return key is not None


def _call(publication: Publication, near: str, spare: str, using: str) -> bool:
    """Have PostgreSQL take the key and write the rows, by a function of which it keeps the plans (migration 0009).

    It would plan statements anew each time, which takes it as long as all else, and to put them into SQL takes Django
    longer still. Prepared statements are bound to a connection, which a pooler gives to others between transactions.
    """
    paste, revision, files = publication.paste, publication.revision, publication.files
    sent = [publication.sent] if publication.sent else []
    rows = [_json(some) if some else None for some in ([paste], [revision], files, publication.tasks, sent)]
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT * FROM pastes_publish(%s, %s, %s, %s, %s, %s, %s)", [near, spare, *rows])
        paste.key, paste.pk, revision.pk, file_ids = cursor.fetchone()
    revision.paste = paste
    for file, pk in zip(files, file_ids, strict=True):
        file.pk, file.revision = pk, revision
    for row in (paste, revision, *files):
        row._state.adding, row._state.db = False, using
    return paste.key != spare


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
