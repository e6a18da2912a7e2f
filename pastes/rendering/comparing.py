"""Two texts compared: the half of :mod:`pastes.rendering.diff` that runs in a child process.

Lines are compared with their ends, so that a changed line end or a lost last newline is a change like any other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from pastes.rendering.visible import visible, visible_line

type Kind = Literal["context", "added", "removed", "gap", "opened"]

MOST_ROWS = 10_000
"""Rows that are returned. A page with more is of no use to a reader."""

# difflib is quadratic when a line is frequent. Above this many pairs of lines, frequent ones no longer start a match.
_PAIRS_COMPARED_EXACTLY = 4_000_000

# Words are compared within lines of up to this many characters, in up to this many pairs of lines.
_LONGEST_MARKED_LINE = 1_000
_MOST_MARKED_PAIRS = 1_000
# Lines less alike than this are a replacement, and marking the few letters they share would only be noise.
_ALIKE = 0.5

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_ENDS = {"": "", "\n": "\u240a", "\r\n": "\u240d\u240a"}


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A line of one or both texts, or a gap of lines that both have and that are left out.

    Numbers count from 1 and are None on the side that does not have the line; those of a gap are its first line's, and
    its ``html`` says how many lines it is. Where the whole was asked for, the lines of a gap are there and ``opened``.
    ``html`` is safe; in added and removed lines ``<mark>`` is around what differs from the line they replace.
    ``old_html`` is how the old side writes a line that both have, where blanks were ignored and differ.
    """

    kind: Kind
    old_number: int | None
    new_number: int | None
    html: str
    old_html: str | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """One step of a comparison: ``old[old_start:old_end]`` became ``new[new_start:new_end]``, or is the same."""

    equal: bool
    old_start: int
    old_end: int
    new_start: int
    new_end: int


def table(
    old: str, new: str, context: int, *, ignore_blanks: bool = False, whole: bool = False
) -> tuple[list[DiffRow], int, int, bool]:
    """Return the rows with ``context`` lines around each change, lines added, lines removed, whether rows were cut.

    With ``ignore_blanks`` lines are the same when they differ only in blanks, as for ``git diff -w``; with ``whole``
    the lines between the changes are there too.
    """
    old_lines, new_lines = _lines(old), _lines(new)
    changes = _changes(_bare(old_lines), _bare(new_lines)) if ignore_blanks else _changes(old_lines, new_lines)
    if all(change.equal for change in changes):
        return [], 0, 0, False
    rows: list[DiffRow] = []
    pairs_left = _MOST_MARKED_PAIRS
    for index, change in enumerate(changes):
        if len(rows) > MOST_ROWS:
            break
        if change.equal:
            head = context if index else 0
            tail = context if index < len(changes) - 1 else 0
            rows += _context_rows(change, old_lines, new_lines, head, tail, whole=whole)
        else:
            rows += _changed_rows(change, old_lines, new_lines, pairs_left)
            pairs_left -= change.old_end - change.old_start
    added = sum(change.new_end - change.new_start for change in changes if not change.equal)
    removed = sum(change.old_end - change.old_start for change in changes if not change.equal)
    return rows[:MOST_ROWS], added, removed, len(rows) > MOST_ROWS


def hunks(old: str, new: str, context: int = 3) -> str:
    """Return the hunks of a unified diff ("@@ -1,3 +1,4 @@" and lines), without the file header."""
    old_lines, new_lines = _lines(old), _lines(new)
    groups = _grouped(_changes(old_lines, new_lines), context)
    return "".join(_hunk(group, old_lines, new_lines) for group in groups)


def replacement_hunk(old: str, new: str) -> str:
    """Return one hunk that takes all of ``old`` away and adds all of ``new``. Takes linear time."""
    old_lines, new_lines = _lines(old), _lines(new)
    return _hunk([_Change(False, 0, len(old_lines), 0, len(new_lines))], old_lines, new_lines)


def _lines(text: str) -> list[str]:
    """Return the lines with their ends."""
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _bare(lines: list[str]) -> list[str]:
    """Return the lines without any blanks."""
    return ["".join(line.split()) for line in lines]


def _changes(old: list[str], new: list[str]) -> list[_Change]:
    """Return the steps from ``old`` to ``new``, equal and changed ones in turn."""
    # What both begin and end with is most of a usual edit, and costs nothing when it is set aside first.
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    exact = len(old_middle) * len(new_middle) <= _PAIRS_COMPARED_EXACTLY
    matcher = SequenceMatcher(None, old_middle, new_middle, autojunk=not exact)
    changes = [
        _Change(tag == "equal", start + old_start, start + old_end, start + new_start, start + new_end)
        for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes()
    ]
    if start:
        changes.insert(0, _Change(True, 0, start, 0, start))
    if end:
        changes.append(_Change(True, len(old) - end, len(old), len(new) - end, len(new)))
    return changes


def _context_rows(
    change: _Change, old: list[str], new: list[str], head: int, tail: int, *, whole: bool
) -> Iterator[DiffRow]:
    """Yield the first ``head`` and the last ``tail`` lines of an equal stretch, and a gap for what is between."""
    count = change.new_end - change.new_start
    skipped = count - head - tail
    for offset in range(count):
        old_number, new_number = change.old_start + offset + 1, change.new_start + offset + 1
        # A gap of one line would take as much room as the line.
        shown = skipped <= 1 or offset < head or offset >= count - tail
        if shown or whole:
            old_line, new_line = old[old_number - 1], new[new_number - 1]
            old_html = None if old_line == new_line else visible_line(_body(old_line))
            kind: Kind = "context" if shown else "opened"
            yield DiffRow(kind, old_number, new_number, visible_line(_body(new_line)), old_html)
        elif offset == head:
            yield DiffRow("gap", old_number, new_number, str(skipped))


def _changed_rows(change: _Change, old: list[str], new: list[str], pairs_left: int) -> list[DiffRow]:
    """Return the removed lines, then the added ones; those in the same place are compared word by word."""
    removed = [visible_line(_body(line)) for line in old[change.old_start : change.old_end]]
    added = [visible_line(_body(line)) for line in new[change.new_start : change.new_end]]
    for index in range(min(len(removed), len(added), max(0, pairs_left))):
        pair = _marked(old[change.old_start + index], new[change.new_start + index])
        if pair is not None:
            removed[index], added[index] = pair
    return [
        *(DiffRow("removed", change.old_start + n, None, html) for n, html in enumerate(removed, start=1)),
        *(DiffRow("added", None, change.new_start + n, html) for n, html in enumerate(added, start=1)),
    ]


def _marked(old: str, new: str) -> tuple[str, str] | None:
    """Return both lines with the words marked in which they differ, or None where marks would not help."""
    old_body, new_body = _body(old), _body(new)
    if old_body == new_body:
        return _with_end(old), _with_end(new)
    if max(len(old_body), len(new_body)) > _LONGEST_MARKED_LINE:
        return None
    old_words, new_words = _WORDS.findall(old_body), _WORDS.findall(new_body)
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
    if matcher.quick_ratio() < _ALIKE or matcher.ratio() < _ALIKE:
        return None
    old_html, new_html = "", ""
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        old_html += _mark("".join(old_words[old_start:old_end]), changed=tag != "equal")
        new_html += _mark("".join(new_words[new_start:new_end]), changed=tag != "equal")
    return old_html, new_html


def _mark(text: str, *, changed: bool) -> str:
    return f"<mark>{visible(text)}</mark>" if text and changed else visible(text)


def _with_end(line: str) -> str:
    """Return a line that differs only in its end, with the end written as control pictures: ␍␊, ␊, or nothing."""
    body = _body(line)
    return visible_line(body) + _mark(_ENDS[line[len(body) :]], changed=True)


def _body(line: str) -> str:
    """Return the line without its end."""
    return line[:-2] if line.endswith("\r\n") else line.removesuffix("\n")


def _grouped(changes: list[_Change], context: int) -> Iterator[list[_Change]]:
    """Yield the changes of each hunk with up to ``context`` equal lines around them."""
    group: list[_Change] = []
    for index, change in enumerate(changes):
        if not change.equal:
            group.append(change)
            continue
        count = change.old_end - change.old_start
        last = index == len(changes) - 1
        if group and (last or count > 2 * context):
            yield [*group, _part(change, 0, min(count, context))]
            group = []
        if not last:
            group.append(change if group else _part(change, max(0, count - context), count))
    if group:
        yield group


def _part(change: _Change, start: int, end: int) -> _Change:
    """Return the lines ``start`` to ``end`` of an equal stretch."""
    return _Change(
        True, change.old_start + start, change.old_start + end, change.new_start + start, change.new_start + end
    )


def _hunk(group: list[_Change], old: list[str], new: list[str]) -> str:
    """Return a hunk as text: its header, then context, removed and added lines."""
    old_range = _range(group[0].old_start, group[-1].old_end)
    new_range = _range(group[0].new_start, group[-1].new_end)
    lines = [f"@@ -{old_range} +{new_range} @@\n"]
    for change in group:
        if change.equal:
            lines += [_patch_line(" ", line) for line in old[change.old_start : change.old_end]]
        else:
            lines += [_patch_line("-", line) for line in old[change.old_start : change.old_end]]
            lines += [_patch_line("+", line) for line in new[change.new_start : change.new_end]]
    return "".join(lines)


def _patch_line(sign: str, line: str) -> str:
    return sign + line if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"


def _range(start: int, end: int) -> str:
    """Return a range of lines as POSIX writes it: an empty one is given by the line before it."""
    count = end - start
    return f"{start + 1 if count else start},{count}"
