"""The object store, and the only module that knows it: bytes in, bytes out, by name.

Production keeps objects in S3, one machine keeps them on its disk. Both are Django storages behind the alias
``pastes``. Every failure of the store is `Unavailable`; an object that is not there is `None`.
"""

import contextlib
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import boto3
import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, storages
from storages.backends.s3 import S3Storage

from pastes.exceptions import Unavailable

log = structlog.get_logger("pastes.storage")


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a listing shows it."""

    name: str
    modified: datetime
    size: int


def new_name() -> str:
    """A name for an object: 128 random bits, in a folder of its first two characters. Nothing people wrote is in it."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token}"


def put(name: str, data: bytes) -> None:
    """Store ``data``; when this returns, a crash cannot lose it.

    Raises:
        Unavailable: when the store does not take it.
    """
    with _failures("put"):
        _store().save(name, ContentFile(data))


def get(name: str, *, size: int, start: int = 0, end: int | None = None) -> bytes | None:
    """Bytes ``start`` to ``end`` (exclusive) of the object, which holds ``size`` bytes; None when it does not exist.

    Raises:
        Unavailable: when the store does not answer, or with fewer bytes than it should.
    """
    stop = size if end is None else min(end, size)
    if start >= stop:
        return b""
    with _failures("get"):
        try:
            data = _store().read(name, start, stop)
        except FileNotFoundError:
            return None
    if len(data) != stop - start:
        log.error("object_truncated", expected=stop - start, got=len(data))
        raise Unavailable
    return data


def delete(names: Iterable[str]) -> None:
    """Remove objects; those that are gone already do not matter.

    Raises:
        Unavailable: when the store does not answer.
    """
    with _failures("delete"):
        _store().remove(list(names))


def iterate() -> Iterator[StoredObject]:
    """Every object, in the order of names, in bounded memory.

    Raises:
        Unavailable: when the store does not answer.
    """
    with _failures("list"):
        yield from _store().walk()


def check() -> None:
    """Ask the store whether it is there.

    Raises:
        Unavailable: when it is not.
    """
    with _failures("check"):
        _store().check()


@contextlib.contextmanager
def _failures(operation: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, OSError) as error:
        log.warning("object_store_failed", operation=operation, error=type(error).__name__)
        failures[operation] = failures.get(operation, 0) + 1
        raise Unavailable from error


failures: dict[str, int] = {}
"""How often each operation failed since this process started; `/metrics` shows it."""


class DiskObjects(FileSystemStorage):
    """Objects as files under one folder."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        """Write beside, sync, then rename: a reader sees all of the object or none of it."""
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}.draft")
        with draft.open("wb") as file:
            file.write(content.read())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return name

    def read(self, name: str, start: int, stop: int) -> bytes:
        """Bytes ``start`` to ``stop`` (exclusive)."""
        with Path(self.path(name)).open("rb") as file:
            file.seek(start)
            return file.read(stop - start)

    def remove(self, names: list[str]) -> None:
        """Delete files."""
        for name in names:
            Path(self.path(name)).unlink(missing_ok=True)

    def walk(self) -> Iterator[StoredObject]:
        """Every file, folder by folder."""
        self.check()  # a disk that is not mounted must not look like an empty one
        root = Path(self.base_location)
        for folder in sorted(path for path in root.iterdir() if path.is_dir()):
            for entry in sorted(os.scandir(folder), key=lambda item: item.name):
                with contextlib.suppress(FileNotFoundError):
                    stat = entry.stat()
                    yield StoredObject(
                        name=f"{folder.name}/{entry.name}",
                        modified=datetime.fromtimestamp(stat.st_mtime, tz=UTC),
                        size=stat.st_size,
                    )

    def check(self) -> None:
        """The folder can be made and written to."""
        Path(self.base_location).mkdir(parents=True, exist_ok=True)
        if not os.access(self.base_location, os.W_OK):
            raise PermissionError


class S3Objects(S3Storage):
    """Objects in an S3 bucket, each read or written in a single request on one client for the process."""

    def __init__(self, **settings: Any) -> None:
        # Names are random, so nothing can be overwritten, and asking first would cost a request for each put.
        super().__init__(file_overwrite=True, **settings)
        self._lock = threading.Lock()
        self._made: tuple[int, Any] | None = None

    @property
    def client(self) -> Any:
        """The process's own client: boto3's clients may be shared by threads, not by forks."""
        made = self._made
        if made is None or made[0] != os.getpid():
            with self._lock:
                made = self._made
                if made is None or made[0] != os.getpid():
                    made = self._made = (os.getpid(), self._make_client())
        return made[1]

    def _make_client(self) -> Any:
        session = boto3.session.Session(aws_access_key_id=self.access_key, aws_secret_access_key=self.secret_key)
        config = Config(
            connect_timeout=1,
            read_timeout=3,
            retries={"total_max_attempts": 1},
            max_pool_connections=32,
            s3={"addressing_style": self.addressing_style or "path"},
            # Older S3 servers do not know the checksums that boto3 would add.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return session.client("s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=config)

    def _save(self, name: str, content: "File[bytes]") -> str:
        body = content.read()
        self.client.put_object(Bucket=self.bucket_name, Key=name, Body=body, ContentType="application/octet-stream")
        return name

    def read(self, name: str, start: int, stop: int) -> bytes:
        """Bytes ``start`` to ``stop`` (exclusive) in one request."""
        try:
            answer = self.client.get_object(Bucket=self.bucket_name, Key=name, Range=f"bytes={start}-{stop - 1}")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}:
                raise FileNotFoundError(name) from error
            raise
        return cast(bytes, answer["Body"].read())

    def remove(self, names: list[str]) -> None:
        """Delete objects, a thousand in a request (the most S3 takes)."""
        for at in range(0, len(names), 1_000):
            keys = [{"Key": name} for name in names[at : at + 1_000]]
            self.client.delete_objects(Bucket=self.bucket_name, Delete={"Objects": keys, "Quiet": True})

    def walk(self) -> Iterator[StoredObject]:
        """Every object of the bucket, page by page."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name):
            for item in page.get("Contents", ()):
                yield StoredObject(name=item["Key"], modified=item["LastModified"], size=item["Size"])

    def check(self) -> None:
        """The bucket answers."""
        self.client.head_bucket(Bucket=self.bucket_name)


def _store() -> DiskObjects | S3Objects:
    return cast("DiskObjects | S3Objects", storages["pastes"])
