"""Two texts compared: what differs, and a patch for ``git apply``."""

import logging
from dataclasses import dataclass

from pastes.rendering import pool
from pastes.rendering.comparing import DiffRow, hunks, replacement_hunk, table
from pastes.rendering.parts import count_lines

logger = logging.getLogger(__name__)

DEADLINE_SECONDS = 2.0

SHORTEST_SECONDS = 0.1
"""With less time left, nothing is begun: killing a child costs more."""

MOST_LINES = 200_000
"""Lines of one text. More would cost the child more memory than a comparison is worth."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What has changed between two texts.

    Attributes:
        rows: the changed lines with their context, in the order of a unified diff; empty if the texts are equal.
        added: number of lines added.
        removed: number of lines removed.
        too_large: whether ``rows`` is not everything. It is empty where comparing took too long; all lines then count
            as removed and added.
    """

    rows: list[DiffRow]
    added: int
    removed: int
    too_large: bool


def compare(
    *,
    old: str,
    new: str,
    deadline: float = DEADLINE_SECONDS,
    context: int = 3,
    ignore_blanks: bool = False,
    whole: bool = False,
) -> Diff:
    """Compare two texts line by line, and changed lines word by word, in at most ``deadline`` seconds.

    ``context`` is the number of unchanged lines shown around each change; with ``whole`` all of them are. With
    ``ignore_blanks`` a line that differs only in blanks has not changed. Nothing is raised.
    """
    if old == new:
        return Diff(rows=[], added=0, removed=0, too_large=False)
    if deadline >= SHORTEST_SECONDS and _fits(old) and _fits(new):
        try:
            rows, added, removed, cut = pool.run(
                table, deadline, old, new, context, ignore_blanks=ignore_blanks, whole=whole
            )
        except (pool.RenderTimeout, pool.RenderFailed) as error:
            logger.info("texts of %d and %d characters were not compared: %s", len(old), len(new), error)
        else:
            return Diff(rows=rows, added=added, removed=removed, too_large=cut)
    return Diff(rows=[], added=count_lines(new), removed=count_lines(old), too_large=True)


def unified(
    *, old_name: str | None, new_name: str | None, old: str, new: str, deadline: float = DEADLINE_SECONDS
) -> str:
    """Return a patch that ``git apply`` and ``patch -p1`` turn ``old`` into ``new`` with; "" if nothing differs.

    A name is None on the side where the file does not exist; its text there is "". Where comparing takes longer than
    ``deadline`` seconds, the patch replaces the whole text: long, but as right.
    """
    if old == new and old_name == new_name:
        return ""
    before, after = old_name or new_name or "", new_name or old_name or ""
    header = f"diff --git {_quoted('a/' + before)} {_quoted('b/' + after)}\n"
    if old_name is None:
        header += "new file mode 100644\n"
    elif new_name is None:
        header += "deleted file mode 100644\n"
    elif old_name != new_name:
        header += f"rename from {_quoted(old_name)}\nrename to {_quoted(new_name)}\n"
    if old == new:
        return header
    left = _tabbed("a/" + before) if old_name is not None else "/dev/null"
    right = _tabbed("b/" + after) if new_name is not None else "/dev/null"
    return f"{header}--- {left}\n+++ {right}\n{_hunks(old, new, deadline)}"


def binary_note(*, old_name: str | None, new_name: str | None) -> str:
    """Return the line of a patch that says that two files which are not text differ.

    It has no header, so that ``git apply`` passes over it and applies the rest: the bytes are not in the patch.
    """
    left = _quoted("a/" + old_name) if old_name is not None else "/dev/null"
    right = _quoted("b/" + new_name) if new_name is not None else "/dev/null"
    return f"Binary files {left} and {right} differ\n"


def _fits(text: str) -> bool:
    return count_lines(text) <= MOST_LINES


def _hunks(old: str, new: str, deadline: float) -> str:
    if deadline >= SHORTEST_SECONDS and _fits(old) and _fits(new):
        try:
            return pool.run(hunks, deadline, old, new)
        except (pool.RenderTimeout, pool.RenderFailed) as error:
            logger.info("the patch of %d and %d characters replaces all: %s", len(old), len(new), error)
    return replacement_hunk(old, new)


def _quoted(name: str) -> str:
    """Return a file name as git writes it (quote.c): in quotes, as C has them, if anything in it could be mistaken."""
    if name.isascii() and name.isprintable() and not {'"', "\\"} & set(name):
        return name
    escapes = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\t"): "\\t", ord("\r"): "\\r"}
    data = name.encode("utf-8", "surrogateescape")
    return '"' + "".join(escapes.get(b) or (chr(b) if 0x20 <= b < 0x7F else f"\\{b:03o}") for b in data) + '"'


def _tabbed(name: str) -> str:
    """Return a name for a ``---`` or ``+++`` line, where a tab ends one that has blanks in it."""
    quoted = _quoted(name)
    return quoted + "\t" if " " in quoted and not quoted.startswith('"') else quoted
