"""A copy of everything that cannot be made again: the rows at one moment, and the objects that they name.

The rows come first, from a single snapshot of the database, then the objects. An object is stored before its row and
removed after it, so what the rows of a moment name is there, unless the paste was removed since.

Left out is what the site makes by itself: unused keys (a key from an old backup may have become a link since), the
queue, the index of the search, what the highlighter made, and whatever is cached. The form is the same for every
database.
"""

import base64
import gzip
import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from itertools import batched
from typing import Any, BinaryIO, cast

from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from pastes import archive, storage
from pastes.exceptions import Unavailable
from pastes.models import File, Highlight, Key, PageCopy, SearchText

FORMAT = 1
OBJECT_LIST = "objects.tsv.gz"
CHUNK = 2_000
THREADS = 8
RETRY_SECONDS = (1, 3, 6, 10)
"""Longer together than a store is left alone after it failed."""

LEFT_OUT = {model._meta.label for model in (Key, SearchText, Highlight, PageCopy)}
LEFT_OUT_APPS = {"django_q"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a backup: its columns in the order of the file, and the SHA-256 of that file."""

    model: str
    columns: list[str]
    rows: int
    sha256: str

    @property
    def name(self) -> str:
        """Of the file."""
        return f"tables/{self.model}.jsonl.gz"


@dataclass(slots=True, kw_only=True)
class Manifest:
    """What a backup holds.

    Attributes:
        created: the moment of its rows.
        migrations: the last one of each app that the database had.
        tables: in no order that matters.
        objects, size: how many there are, and their bytes.
        objects_sha256: of the list of objects.
        gone: objects whose pastes were removed between the copy of the rows and that of the object.
        lost: objects that rows name and the store does not have, or not as they were stored.
    """

    format: int = FORMAT
    created: str
    migrations: dict[str, str]
    tables: list[Table]
    objects: int = 0
    size: int = 0
    objects_sha256: str = ""
    gone: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    copied: int = 0

    def to_json(self) -> bytes:
        """As it stands in the archive."""
        return json.dumps(asdict(self), indent=1).encode()


type Progress = Callable[[int], object]


def back_up(target: archive.Archive, *, rows: Progress = int, objects: Progress = int) -> Manifest:
    """Make a backup, and return what is in it; ``lost`` must be looked at.

    Args:
        target: where to; objects that are there already are not copied again.
        rows, objects: told how many more are done.

    Raises:
        Unavailable: the object store did not answer in half a minute.
        OSError: the target could not be written.
    """
    name = f"{timezone.now():%Y-%m-%dT%H%M%SZ}"
    with tempfile.TemporaryFile() as listed:
        with _snapshot():
            manifest = Manifest(created=timezone.now().isoformat(), migrations=_migrations(), tables=[])
            for model in saved_models():
                manifest.tables.append(_copy_table(model, target, name, rows))
            _write_list(listed)
        manifest.objects_sha256 = _sha256_of(listed)
        target.write_from(f"{name}/{OBJECT_LIST}", listed)
        listed.seek(0)
        with ThreadPoolExecutor(THREADS) as pool:
            for batch in batched(read_list(listed), THREADS * 8):
                _copy_objects(batch, target, manifest, pool)
                objects(len(batch))
    target.write(f"{name}/{archive.MANIFEST}", manifest.to_json())
    return manifest


def count() -> tuple[int, int]:
    """How many rows and how many objects a backup would have now."""
    rows = sum(model._base_manager.count() for model in saved_models())
    return rows, File.objects.values("object_name").distinct().count()


def saved_models() -> list[type[models.Model]]:
    """Every model whose rows a backup holds."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.label not in LEFT_OUT
        and model._meta.app_label not in LEFT_OUT_APPS
    ]


def forget_old(target: archive.FolderArchive, *, keep: int) -> tuple[int, int]:
    """Remove all backups but the last ``keep``, and objects that none of those needs; how many of each that were."""
    old = target.backups()[:-keep]
    for name in old:
        target.remove_backup(name)
    needed: set[str] = set()
    for name in target.backups():
        with target.read(f"{name}/{OBJECT_LIST}") as file:
            needed.update(item.name for item in read_list(file))
    over = [name for name in target.objects() if name not in needed]
    for name in over:
        target.remove_object(name)
    return len(old), len(over)


@dataclass(frozen=True, slots=True)
class ListedObject:
    """An object as rows name it."""

    name: str
    sha256: str
    size: int

    @property
    def path(self) -> str:
        """In the archive."""
        return f"{archive.OBJECTS}/{self.name}"


def read_list(file: BinaryIO) -> Iterator[ListedObject]:
    """The objects that a backup needs, in the order of names."""
    with gzip.open(file, "rt") as lines:
        for line in cast("Iterator[str]", lines):
            name, sha256, size = line.rstrip("\n").split("\t")
            yield ListedObject(name, sha256, int(size))


def encode(value: Any) -> Any:
    """What JSON has no type for, as text that the column's own `to_python` reads."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return str(value)


@contextmanager
def _snapshot() -> Iterator[None]:
    """See the database as it is at this moment, without keeping anybody from writing."""
    if connection.vendor == "sqlite":
        # Not `atomic`: the site's own transactions take the lock of the one writer at once.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _migrations() -> dict[str, str]:
    """The last migration of each app that this database has."""
    applied = MigrationLoader(connection).applied_migrations
    last: dict[str, str] = {}
    for app, migration in applied:
        last[app] = max(last.get(app, ""), migration)
    return last


def _copy_table(model: type[models.Model], target: archive.Archive, backup: str, progress: Progress) -> Table:
    columns = [column.attname for column in model._meta.concrete_fields]
    rows = 0
    with tempfile.TemporaryFile() as file:
        with gzip.open(file, "wb", compresslevel=3) as lines:
            for row in model._base_manager.order_by("pk").values_list(*columns).iterator(chunk_size=CHUNK):
                lines.write(json.dumps(row, default=encode, ensure_ascii=False).encode() + b"\n")
                rows += 1
                if not rows % CHUNK:
                    progress(CHUNK)
        progress(rows % CHUNK)
        table = Table(model=model._meta.label, columns=columns, rows=rows, sha256=_sha256_of(file))
        target.write_from(f"{backup}/{table.name}", file)
    return table


def _write_list(file: BinaryIO) -> None:
    """Every object that a row names, once."""
    named = File.objects.order_by("object_name").values_list("object_name", "sha256", "size").distinct()
    with gzip.open(file, "wb", compresslevel=3) as lines:
        for name, sha256, size in named.iterator(chunk_size=CHUNK):
            lines.write(f"{name}\t{sha256}\t{size}\n".encode())


def _sha256_of(file: BinaryIO) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # it is a file


def _copy_objects(
    batch: Sequence[ListedObject], target: archive.Archive, manifest: Manifest, pool: ThreadPoolExecutor
) -> None:
    """Copy those that the archive does not have; read by several threads, written by this one."""
    missing = [item for item in batch if target.size(item.path) != item.size]
    manifest.objects += len(batch)
    manifest.size += sum(item.size for item in batch)
    bad: list[str] = []
    for item, data in zip(missing, pool.map(_fetch, missing), strict=True):
        if data is None:
            bad.append(item.name)
        else:
            target.write(item.path, data)
            manifest.copied += 1
    if bad:
        named = set(File.objects.filter(object_name__in=bad).values_list("object_name", flat=True))
        manifest.lost += [name for name in bad if name in named]
        manifest.gone += [name for name in bad if name not in named]


def _fetch(item: ListedObject) -> bytes | None:
    """An object as it was stored; None when it is not there, or not that.

    Raises:
        Unavailable: the store did not answer, however often it was asked.
    """
    for pause in (*RETRY_SECONDS, None):
        try:
            data = storage.get(item.name, size=item.size)
        except Unavailable:
            if pause is None:
                raise
            time.sleep(pause)
        else:
            return data if data is not None and hashlib.sha256(data).hexdigest() == item.sha256 else None
    return None
