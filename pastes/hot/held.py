"""Answers that this process has read from the store, so that they need not travel again: only their generation does."""

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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


class Shelf:
    """Answers by their names; the oldest go first. Whoever takes one asks whether its generation is still the one."""

    def __init__(self, *, most: int = HELD_BYTES) -> None:
        self._held: dict[str, Held] = {}
        self._lock = threading.Lock()
        self._bytes, self._most = 0, most

    def take(self, name: str) -> Held | None:
        """What is held under a name, and has not ended."""
        held = self._held.get(name)
        return held if held and held.until > time.time() else None

    def put(self, name: str, held: Held) -> None:
        """Hold an answer instead of the one that was there."""
        with self._lock:
            self._remove(name)
            self._held[name] = held
            self._bytes += len(held.entry.packed)
            while self._bytes > self._most:
                self._remove(next(iter(self._held)))

    def _remove(self, name: str) -> None:
        if old := self._held.pop(name, None):
            self._bytes -= len(old.entry.packed)
