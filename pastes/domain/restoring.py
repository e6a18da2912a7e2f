"""A backup becomes a site again: its tables as they were, then migrated to this release; its objects in the store.

Everything is compared with the SHA-256 that the backup gives for it. Objects come first, rows second, as ever: what is
broken off in the middle can be repeated. What was over when the backup was made, or is over by now, does not come back.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import batched
from typing import Any, cast

import structlog
from django.contrib.auth import get_user_model
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from pastes import archive, storage
from pastes.domain import backing_up, expiry
from pastes.domain.backing_up import ListedObject, Manifest, Progress, Table
from pastes.exceptions import PasteError
from pastes.models import Paste

log = structlog.get_logger("pastes.restoring")

BATCH = 1_000


class NotRestored(PasteError):
    """The backup cannot be restored, or not here; nothing was changed unless the message says so."""

    code = "not_restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back.

    Attributes:
        pastes: that are there now.
        objects: that were put into the store.
        over: pastes that were left out, because they are expired, deleted or read since.
        countdown: pastes that open only so often, of which nobody knows whether they were read since.
    """

    pastes: int
    objects: int
    over: int
    countdown: int


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup of an archive."""

    source: archive.Archive
    name: str
    manifest: Manifest

    def objects(self) -> Iterator[ListedObject]:
        """What it needs."""
        with self.source.read(f"{self.name}/{backing_up.OBJECT_LIST}") as file:
            yield from backing_up.read_list(file)


def find(source: archive.Archive, *, name: str = "") -> Backup:
    """The backup with this name, the latest by default.

    Raises:
        NotRestored: there is none, or it is of another release that this one does not know.
    """
    names = source.backups()
    if not names or (name and name not in names):
        raise NotRestored(_("There is no such backup that was finished."), ", ".join(names))
    name = name or names[-1]
    with source.read(f"{name}/{archive.MANIFEST}") as file:
        content: dict[str, Any] = json.load(file)
    if content["format"] != backing_up.FORMAT:
        raise NotRestored(_("The backup was made by a newer release."), _("Install that one, or a later one."))
    tables = [Table(**table) for table in content.pop("tables")]
    return Backup(source, name, Manifest(**content, tables=tables))


def verify(backup: Backup, *, progress: Progress = int) -> None:
    """Read all of a backup and compare it with its SHA-256.

    Raises:
        NotRestored: something is missing or is not what was written.
    """
    _verify_tables(backup)
    for item in backup.objects():
        _read_object(backup, item)
        progress(1)


def restore(
    backup: Backup, *, replace: bool = False, countdown: bool = True, rows: Progress = int, objects: Progress = int
) -> Restored:
    """Put a backup in place of what is here.

    Args:
        backup: from `find`.
        replace: whether pastes, people and objects that are here may be removed.
        countdown: whether pastes that open only so often come back although they may have been read since.
        rows, objects: told how many more are done.

    Raises:
        NotRestored: the backup is damaged or of a newer release, or something is here and may not be replaced.
        Unavailable: the object store does not answer.
    """
    executor = MigrationExecutor(connection)
    targets = _targets(executor, backup)
    if not replace:
        _require_empty()
    _verify_tables(backup)
    put = _put_objects(backup, objects)
    _drop_tables()
    executor = MigrationExecutor(connection)
    state = executor.migrate(targets)
    _load(backup, state.apps, rows)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    over = _leave_out(backup, countdown=countdown)
    left = Paste.objects.counted_down().count()
    return Restored(pastes=Paste.objects.count(), objects=put, over=over, countdown=left)


def _targets(executor: MigrationExecutor, backup: Backup) -> list[tuple[str, str]]:
    targets = list(backup.manifest.migrations.items())
    if unknown := [f"{app} {name}" for app, name in targets if (app, name) not in executor.loader.graph.nodes]:
        raise NotRestored(
            _("The backup was made by a release that this one does not know: %(unknown)s.")
            % {"unknown": ", ".join(unknown)},
            _("Install the release that made it, or a later one, and restore with that."),
        )
    return targets


def _require_empty() -> None:
    """Refuse to touch anything that somebody may miss."""
    try:
        with transaction.atomic():
            found = Paste.objects.exists() or get_user_model()._default_manager.exists()
    except DatabaseError:
        found = False  # there are no tables, or older ones, which a look at the pastes would have found
    if found or next(storage.iterate(), None):
        raise NotRestored(
            _("There are pastes, people or objects here already. Nothing was changed."),
            _("Restore into an empty database and an empty object store, or say --replace."),
        )


def _verify_tables(backup: Backup) -> None:
    for name, sha256 in [
        (backing_up.OBJECT_LIST, backup.manifest.objects_sha256),
        *((table.name, table.sha256) for table in backup.manifest.tables),
    ]:
        try:
            with backup.source.read(f"{backup.name}/{name}") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # it reads
        except FileNotFoundError:
            found = ""
        if found != sha256:
            raise NotRestored(_("The backup is damaged: %(name)s is not what was written.") % {"name": name})


def _read_object(backup: Backup, item: ListedObject) -> bytes | None:
    """The bytes of an object; None for one that was gone or lost already when the backup was made."""
    try:
        with backup.source.read(item.path) as file:
            data = file.read()
    except FileNotFoundError:
        data = b""
    if hashlib.sha256(data).hexdigest() == item.sha256:
        return data
    if item.name in backup.manifest.gone or item.name in backup.manifest.lost:
        return None
    raise NotRestored(_("The backup is damaged: %(name)s is not what was written.") % {"name": item.path})


def _put_objects(backup: Backup, progress: Progress) -> int:
    """Put all objects; read by this thread, stored by several."""
    put = 0
    with ThreadPoolExecutor(backing_up.THREADS) as pool:
        for batch in batched(backup.objects(), backing_up.THREADS * 4):
            read = [(item.name, data) for item in batch if (data := _read_object(backup, item)) is not None]
            for _done in pool.map(lambda pair: storage.put(*pair), read):
                put += 1
            progress(len(batch))
    return put


def _drop_tables() -> None:
    """Remove the site's tables, whichever release made them; others of the same database stay."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        known = {"django_migrations", *connection.introspection.django_table_names(only_existing=False)}
        ours = [name for name in there if name in known or name.startswith("pastes_searchtext_fts")]
        quote = connection.ops.quote_name
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
            # The table of the index goes first, and takes those that it is made of with it.
            for name in sorted(ours, key=lambda name: (name != "pastes_searchtext_fts", name)):
                cursor.execute(f"DROP TABLE IF EXISTS {quote(name)}")
            cursor.execute("PRAGMA foreign_keys = ON")
        elif ours:
            cursor.execute(f"DROP TABLE {', '.join(map(quote, ours))} CASCADE")


def _load(backup: Backup, apps: Any, progress: Progress) -> None:
    """Write all rows, in one transaction, at whose end every reference must lead somewhere."""
    with transaction.atomic():
        loaded: list[type[models.Model]] = []
        for table in backup.manifest.tables:
            model = cast("type[models.Model]", apps.get_model(*table.model.split(".")))
            _load_table(backup, table, model, progress)
            loaded.append(model)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), loaded):
                cursor.execute(statement)


def _load_table(backup: Backup, table: Table, model: type[models.Model], progress: Progress) -> None:
    """Write the rows of one table as they were: no default, no ``auto_now`` touches them."""
    by_name = {column.attname: column for column in model._meta.concrete_fields}
    columns = [by_name[name] for name in table.columns]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(column.column)) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    insert = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 # names of columns
    with (
        backup.source.read(f"{backup.name}/{table.name}") as packed,
        gzip.open(packed) as lines,
        connection.cursor() as cursor,
    ):
        # Whatever data migrations wrote into empty tables, such as types of content, is in the backup as well.
        cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")  # noqa: S608 # as above
        for batch in batched(lines, BATCH):
            cursor.executemany(insert, [_prepared(columns, json.loads(line)) for line in batch])
            progress(len(batch))


def _prepared(columns: "Sequence[models.Field[Any, Any]]", row: list[Any]) -> list[Any]:
    return [
        column.get_db_prep_save(column.to_python(value) if value is not None else None, connection)
        for column, value in zip(columns, row, strict=True)
    ]


def _leave_out(backup: Backup, *, countdown: bool) -> int:
    """Remove what is over, or was removed while the backup was made; how many pastes that are."""
    gone: set[int] = set()
    for names in batched(backup.manifest.gone, BATCH):
        gone.update(Paste.objects.with_objects(names).values_list("pk", flat=True))
    if not countdown:
        gone.update(Paste.objects.counted_down().values_list("pk", flat=True))
    for keys in batched(sorted(gone), expiry.BATCH):
        expiry.destroy(list(keys))
    return len(gone) + expiry.purge(at=timezone.now())
