"""The object store, and the only module that knows it: bytes in, bytes out, by name.

Production keeps objects in S3, one machine keeps them on its disk. Both are Django storages behind the alias
``pastes``. Every failure of the store is `Unavailable`; an object that is not there is `None`. A store that failed
five times in a row is left alone for five seconds: nobody waits for its timeout in vain.
"""

import contextlib
import secrets
from collections.abc import Iterable, Iterator
from typing import cast

import structlog
from django.core.files.storage import storages

from pastes.breaker import Breaker
from pastes.exceptions import Unavailable
from pastes.storage.objects import ObjectStore, StoredObject

__all__ = ["StoredObject", "check", "delete", "failures", "get", "iterate", "new_name", "put"]

log = structlog.get_logger("pastes.storage")


def new_name() -> str:
    """A name for an object: 128 random bits, in a folder of its first two characters. Nothing people wrote is in it."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token}"


def put(name: str, data: bytes) -> None:
    """Store ``data``; when this returns, a crash cannot lose it.

    Raises:
        Unavailable: when the store does not take it.
    """
    with _failures("put", writing):
        _store().put(name, data)


def get(name: str, *, size: int, start: int = 0, end: int | None = None) -> bytes | None:
    """Bytes ``start`` to ``end`` (exclusive) of the object, which holds ``size`` bytes; None when it does not exist.

    Raises:
        Unavailable: when the store does not answer, or with fewer bytes than it should.
    """
    stop = size if end is None else min(end, size)
    if start >= stop:
        return b""
    with _failures("get", reading):
        try:
            data = _store().read(name, start, stop)
        except FileNotFoundError:
            return None
        if len(data) != stop - start:
            log.error("object_truncated", expected=stop - start, got=len(data))
            raise OSError("truncated")
    return data


def delete(names: Iterable[str]) -> None:
    """Remove objects; those that are gone already do not matter.

    Raises:
        Unavailable: when the store does not answer.
    """
    with _failures("delete", writing):
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
def _failures(operation: str, breaker: Breaker | None = None) -> Iterator[None]:
    """Count failures and make them `Unavailable`; with a breaker, do not even ask while it says no."""
    if breaker and not breaker.lets_pass():
        failures["refused"] = failures.get("refused", 0) + 1
        raise Unavailable
    try:
        yield
    except OSError as error:
        log.warning("object_store_failed", operation=operation, error=type(error).__name__)
        failures[operation] = failures.get(operation, 0) + 1
        if breaker and breaker.failed():
            log.error("object_store_left_alone", operation=operation)
        raise Unavailable from error
    if breaker:
        breaker.worked()


failures: dict[str, int] = {}
"""How often each operation failed since this process started, and how often nobody was asked; `/metrics` shows it."""

# A disk that is full can still be read.
reading, writing = Breaker(), Breaker()


def _store() -> ObjectStore:
    return cast(ObjectStore, storages["pastes"])
