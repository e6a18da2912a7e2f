"""Lines, and the parts in which a long text is sent to the page.

A line ends at ``"\\n"`` and nowhere else: not at form feeds or U+2028, which editors and compilers do not count either.
A last line may lack its ``"\\n"``; an empty text has no line and no part.
"""

from dataclasses import dataclass

from pastes.rendering.text import BYTE_ORDER_MARK

PART_LINES = 2_000
PART_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """Where a part begins: the number of its first line, from 1, and its distance from the file's start in bytes."""

    first_line: int
    offset: int


def count_lines(text: str) -> int:
    """Return the number of lines: 0 for ``""``, 1 for ``"a"`` and ``"a\\n"``, 2 for ``"a\\nb"``."""
    return text.count("\n") + (text != "" and not text.endswith("\n"))


def display_lines(text: str) -> list[str]:
    """Return the ``count_lines(text)`` lines as they are shown: without their ends ("\\n" or "\\r\\n").

    A byte order mark at the very beginning is not shown. (A text that is nothing but one has one, empty, line.)
    """
    lines = text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").split("\n")
    if len(lines) > count_lines(text):
        lines.pop()
    return lines


def split(text: str, encoding: str) -> list[Part]:
    """Cut ``text`` at line ends into parts of at most 2,000 lines and 128 KiB, and return where each begins.

    The parts cover the text without gaps. A line over 128 KiB is a part of its own. ``encoding`` is the one of
    :func:`pastes.rendering.text.decode`, in which offsets are counted.

    Speed comes from never touching single lines: 10 MiB take about 0.1 s, whether they are one line or ten million.
    """
    parts: list[Part] = []
    position = offset = 0
    line = 1
    while position < len(text):
        end, lines = _end_of_part(text, position, encoding)
        parts.append(Part(first_line=line, offset=offset))
        offset += len(text[position:end].encode(encoding))
        line += lines
        position = end
    return parts


def _end_of_part(text: str, position: int, encoding: str) -> tuple[int, int]:
    """Return where the part that begins at ``position`` ends, in characters, and how many lines it has."""
    # Short lines first: most of the work would go into copying a long window of which only a little is used.
    window = text[position : position + PART_LINES * 8]
    pieces = window.split("\n", PART_LINES)
    if len(pieces) <= PART_LINES:
        # As many characters as a part has bytes are at least as much text as the part.
        window = text[position : position + PART_BYTES]
        pieces = window.split("\n", PART_LINES)
    used = len(window) - len(pieces[-1])
    lines = len(pieces) - 1
    if lines < PART_LINES and position + len(window) == len(text) and pieces[-1]:
        used, lines = len(window), lines + 1
    if used and len(text[position : position + used].encode(encoding)) <= PART_BYTES:
        return position + used, lines
    return _end_by_bytes(text, position, encoding)


def _end_by_bytes(text: str, position: int, encoding: str) -> tuple[int, int]:
    """As above where bytes are the limit: at the last line end within 128 KiB, or after one long line."""
    window = text[position : position + PART_BYTES].encode(encoding)[:PART_BYTES].decode(encoding, errors="ignore")
    used = window.rfind("\n") + 1
    if used:
        return position + used, window.count("\n")
    newline = text.find("\n", position + len(window))
    return (newline + 1 if newline >= 0 else len(text)), 1
