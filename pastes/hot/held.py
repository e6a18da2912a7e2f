"""Answers that this process has read from the store, so that they need not travel again: only their generation does."""

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from pastes.hot import Entry

HELD_BYTES: Final = 3 * 1024 * 1024
"""How much of them a process holds."""


@dataclass(frozen=True, slots=True)
class Held:
    """An answer, its generation, and the second in which it ends."""

    entry: "Entry"
    generation: bytes
    until: float

    @property
    def size(self) -> int:
        """How much of the process's memory it takes."""
        return len(self.entry.packed)


class Holdable(Protocol):
    """What a shelf has room for."""

    @property
    def until(self) -> float:
        """The second in which it ends."""

    @property
    def size(self) -> int:
        """How many bytes it takes."""


class Shelf[Kind: Holdable]:
    """Answers by their names; the oldest go first. Whoever takes one asks whether it is still the right one."""

    def __init__(self, *, most: int = HELD_BYTES) -> None:
        self._held: dict[str, Kind] = {}
        self._lock = threading.Lock()
        self._bytes, self._most = 0, most

    def take(self, name: str) -> Kind | None:
        """What is held under a name, and has not ended."""
        held = self._held.get(name)
        return held if held and held.until > time.time() else None

    def put(self, name: str, held: Kind) -> None:
        """Hold an answer instead of the one that was there."""
        with self._lock:
            self._remove(name)
            self._held[name] = held
            self._bytes += held.size
            while self._bytes > self._most:
                self._remove(next(iter(self._held)))

    def _remove(self, name: str) -> None:
        if old := self._held.pop(name, None):
            self._bytes -= old.size
