"""Which line of a text is which line of the text it became, in time that grows with their length and nothing else.

Lines at the beginning and the end that both texts share are the same lines. In between, a line that stands there once
before and once after is the same line too, and so are its equal neighbours up and down, as far as nobody else's. (The
idea of unique lines as landmarks is Bram Cohen's patience diff, https://bramcohen.livejournal.com/73318.html; because
nothing is drawn here, blocks need not keep their order, and a block that moved is found where it is.) difflib would
need a child process and a deadline; this needs dictionaries.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import islice

NOBODY = -1

TRIES = 50_000
"""Places that are compared for all passages of one text together, the nearest first. In texts made to be hard (10 MB,
10,000 passages of which each almost fits at thousands of places) that takes two seconds; in others, nothing."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines to find.

    Attributes:
        count: how many they are.
        at: the index, from 0, of the first in the old text; None when they are not in it.
        known: their text when they are not in the old one, or that of the first of them when no more was kept.
        digest: `digest` of all of them, where ``known`` has not all.
        near: where to look first when ``at`` is None.
    """

    count: int
    at: int | None = None
    known: list[str] = field(default_factory=list)
    digest: str = ""
    near: int = 0


def digest(lines: Sequence[str]) -> str:
    """The SHA-256 of lines, in hex, whatever their ends were."""
    return sha256("\n".join(lines).encode()).hexdigest()


class Alignment:
    """Two texts, as lines without their ends."""

    def __init__(self, old: list[str], new: list[str]) -> None:
        self.old, self.new = old, new
        self._head = _common(old, new, most=min(len(old), len(new)))
        most = min(len(old), len(new)) - self._head
        self._tail = _common(_backwards(old, most), _backwards(new, most), most=most)

    def find(self, passages: Sequence[Passage]) -> list[int | None]:
        """The index, from 0, at which each passage begins in the new text; None when it is gone."""
        found = [self._settled(passage) for passage in passages]
        open_ = [index for index, place in enumerate(found) if place is None]
        for index, places in zip(open_, self.places([passages[index] for index in open_], most=1), strict=True):
            found[index] = places[0] if places else None
        return found

    def places(self, passages: Sequence[Passage], *, most: int) -> list[list[int]]:
        """For each passage up to ``most`` places of the new text that have its lines, the one nearest to where it is
        expected first. A place that belongs to other lines of the old text is none."""
        if not passages or len(self.new) == 0:
            return [[] for passage in passages]
        counts = self._counts
        rarest = [_rarest(self.lines_of(passage), counts) for passage in passages]
        wanted = {line for line, offset in rarest if counts[line]}
        index: dict[str, list[int]] = {line: [] for line in wanted}
        for position, line in enumerate(self.new if wanted else ()):
            if line in wanted:
                index[line].append(position)
        tries = max(TRIES // len(passages), 5)
        return [
            list(islice(self._matches(passage, index.get(line, []), offset, tries), most))
            for passage, (line, offset) in zip(passages, rarest, strict=True)
        ]

    def lines_of(self, passage: Passage) -> list[str]:
        """The text of a passage, as far as it is known."""
        return passage.known if passage.at is None else self.old[passage.at : passage.at + passage.count]

    def _settled(self, passage: Passage) -> int | None:
        """Where a passage is that lies within one block of lines that stayed together."""
        if passage.at is None:
            return None
        if passage.at + passage.count <= self._head:
            return passage.at  # without a look at what was changed
        if passage.at >= len(self.old) - self._tail:
            return passage.at + len(self.new) - len(self.old)
        block = bisect_right(self._blocks, (passage.at, len(self.old), 0)) - 1
        if block < 0:
            return None
        start, length, new_start = self._blocks[block]
        inside = passage.at + passage.count <= start + length
        return new_start + passage.at - start if inside else None

    def _matches(self, passage: Passage, positions: list[int], offset: int, tries: int) -> Iterator[int]:
        expected = self._expected(passage) + offset
        for position in islice(_outwards(positions, expected), tries):
            place = position - offset
            if self._has(passage, place) and self._is_free(passage, place):
                yield place

    def _has(self, passage: Passage, place: int) -> bool:
        if place < 0 or place + passage.count > len(self.new):
            return False
        lines = self.lines_of(passage)
        if self.new[place : place + len(lines)] != lines:
            return False
        return len(lines) == passage.count or digest(self.new[place : place + passage.count]) == passage.digest

    def _is_free(self, passage: Passage, place: int) -> bool:
        """Whether a place is not other lines' own.

        Lines that were in the old text may not take the place of others that were; lines that were not in it are not
        where it had such lines already.
        """
        owners = self._owners[place : place + passage.count]
        if passage.at is None:
            return owners[0] == NOBODY or owners != array("i", range(owners[0], owners[0] + passage.count))
        return all(owner in {NOBODY, own} for own, owner in enumerate(owners, start=passage.at))

    def _expected(self, passage: Passage) -> int:
        """Where a passage would be if it had moved as the block nearest to it."""
        at = passage.at
        if at is None:
            return passage.near
        after = bisect_right(self._blocks, (at, len(self.old), 0))
        around = self._blocks[max(after - 1, 0) : after + 1]
        # Of the block before the distance to its end counts, of the one after that to its beginning.
        nearest = min(around, key=lambda block: max(block[0] - at, at - block[0] - block[1] + 1), default=(at, 0, at))
        return at + nearest[2] - nearest[0]

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(self.new)

    @cached_property
    def _aligned(self) -> tuple[list[tuple[int, int, int]], "array[int]"]:
        return self._align()

    @property
    def _blocks(self) -> list[tuple[int, int, int]]:
        """Lines that stayed together: first in the old text, how many, first in the new one; in the old one's order."""
        return self._aligned[0]

    @property
    def _owners(self) -> "array[int]":
        """For each line of the new text the line of the old one that it is, or `NOBODY`."""
        return self._aligned[1]

    def _align(self) -> tuple[list[tuple[int, int, int]], "array[int]"]:
        old, new = self.old, self.new
        old_end, new_end = len(old) - self._tail, len(new) - self._tail
        owners = array("i", [NOBODY]) * len(new)
        blocks: list[tuple[int, int, int]] = []

        def join(start: int, length: int, new_start: int) -> None:
            if length:
                blocks.append((start, length, new_start))
                owners[new_start : new_start + length] = array("i", range(start, start + length))

        join(0, self._head, 0)
        landmarks = _landmarks(old[self._head : old_end], new[self._head : new_end], shift=self._head)
        floor = position = self._head
        while position < old_end:
            there = landmarks.get(old[position], NOBODY)
            if there == NOBODY or owners[there] != NOBODY:
                position += 1
                continue
            start, new_start = position, there
            while start > floor and new_start > 0 and _same_free(old, new, owners, start - 1, new_start - 1):
                start, new_start = start - 1, new_start - 1
            end, new_stop = position + 1, there + 1
            while end < old_end and new_stop < new_end and _same_free(old, new, owners, end, new_stop):
                end, new_stop = end + 1, new_stop + 1
            join(start, end - start, new_start)
            floor = position = end
        join(old_end, self._tail, new_end)
        return blocks, owners


def _same_free(old: Sequence[str], new: Sequence[str], owners: "array[int]", here: int, there: int) -> bool:
    return old[here] == new[there] and owners[there] == NOBODY


def _landmarks(old: Sequence[str], new: Sequence[str], *, shift: int) -> dict[str, int]:
    """Lines that each of the two has once, and where they are in the new one."""
    once_before = {line for line, count in Counter(old).items() if count == 1}
    counts = Counter(new)
    return {
        line: position for position, line in enumerate(new, start=shift) if line in once_before and counts[line] == 1
    }


def _common(one: Sequence[str], other: Sequence[str], *, most: int) -> int:
    """How many lines from the first on are equal."""
    pairs = zip(one, other, strict=False)
    return next((count for count, (a, b) in enumerate(islice(pairs, most)) if a != b), most)


def _backwards(lines: Sequence[str], most: int) -> Sequence[str]:
    """The last ``most`` lines, the last first."""
    return lines[len(lines) - most :][::-1]


def _rarest(lines: Sequence[str], counts: Counter[str]) -> tuple[str, int]:
    """The line of a passage that the text has least often, and its index in the passage."""
    best, at = lines[0], 0
    for offset, line in enumerate(lines):
        if counts[line] < counts[best]:
            best, at = line, offset
        if counts[best] <= 1:
            break  # at most one place to look at
    return best, at


def _outwards(positions: Sequence[int], expected: int) -> Iterator[int]:
    """Sorted positions, the nearest to ``expected`` first."""
    after = bisect_left(positions, expected)
    before = after - 1
    while before >= 0 or after < len(positions):
        if before < 0 or (after < len(positions) and positions[after] - expected <= expected - positions[before]):
            yield positions[after]
            after += 1
        else:
            yield positions[before]
            before -= 1
