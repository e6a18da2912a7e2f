"""What every kind of object store can do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a listing shows it."""

    name: str
    modified: datetime
    size: int


class ObjectStore(Protocol):
    """What the site needs of a store, which Django makes of `STORAGES`. Every failure is an `OSError`."""

    def put(self, name: str, data: bytes) -> None:
        """Store an object as a whole or not at all."""

    def read(self, name: str, start: int, stop: int) -> bytes:
        """Bytes ``start`` to ``stop`` (exclusive).

        Raises:
            FileNotFoundError: when there is no such object.
        """

    def remove(self, names: list[str]) -> None:
        """Delete objects; those that are gone already do not matter."""

    def walk(self) -> Iterator[StoredObject]:
        """Every object, in the order of names."""

    def check(self) -> None:
        """Do nothing when the store is there."""
