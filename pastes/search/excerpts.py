"""Matches shown where they are: lines of a text, with what was searched for marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from pastes.rendering.visible import visible
from pastes.search.terms import Terms, fold

LINES = 3
"""Of one paste."""

WIDTH = 160
"""Characters of a line that are shown."""

LEAD = 50
"""Characters before the first match of a line that is cut."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with a match.

    Attributes:
        position: of its file in the paste, from 0.
        name: of its file.
        number: of the line in its file, from 1.
        distance: characters from the start of the file.
        html: the line, safe, with each match in a ``<mark>``.
    """

    position: int
    name: str
    number: int
    distance: int
    html: SafeString


def lines(*, text: str, folded: str, files: Sequence[tuple[int, str, int]], terms: Terms) -> list[Line]:
    """The first line with each term, then the first lines with any, at most `LINES` of them, in their order.

    Args:
        text: the files, one after the other.
        folded: ends with ``text`` in lower case, which takes as many characters.
        files: the position, name and start in ``text`` of each.
        terms: what was searched for.
    """
    haystack = folded[len(folded) - len(text) :]
    starts: dict[int, re.Match[str]] = {}
    for match in _candidates(haystack, terms):
        starts.setdefault(haystack.rfind("\n", 0, match.start()) + 1, match)
        if len(starts) == LINES:
            break
    return [_line(text, haystack, files, start, starts[start], terms) for start in sorted(starts)]


def marked(text: str, terms: Terms) -> SafeString:
    """A short text as safe HTML, with each match in a ``<mark>``; where it is long, cut around the first one."""
    haystack = fold(text)
    match = terms.pattern.search(haystack)
    return _cut(text, haystack, 0, len(text), match.start() if match else 0, terms)


def holds(text: str, terms: Terms) -> bool:
    """Whether any of the terms is in a short text."""
    return terms.pattern.search(fold(text)) is not None


def _candidates(haystack: str, terms: Terms) -> Iterator[re.Match[str]]:
    """The first match of each term, and then the first of each line."""
    for text in terms.texts:
        if match := Terms((text,), terms.whole).pattern.search(haystack):
            yield match
    end = 0
    while match := terms.pattern.search(haystack, end):
        yield match
        end = _end_of_line(haystack, match.start())


def _line(
    text: str, haystack: str, files: Sequence[tuple[int, str, int]], start: int, match: re.Match[str], terms: Terms
) -> Line:
    position, name, begin = max((file for file in files if file[2] <= start), key=lambda file: file[2])
    end = _end_of_line(text, start)
    html = _cut(text, haystack, start, end - text[start:end].endswith("\r"), match.start(), terms)
    return Line(position, name, text.count("\n", begin, start) + 1, start - begin, html)


def _cut(text: str, haystack: str, start: int, end: int, match: int, terms: Terms) -> SafeString:
    """``text`` from ``start`` to ``end`` as HTML, if it is long only what is around ``match``."""
    first = start if end - start <= WIDTH else max(start, min(match - LEAD, end - WIDTH))
    last = min(end, first + WIDTH)
    html, done = ["…" if first > start else ""], first
    for found in terms.pattern.finditer(haystack, first, end):
        if found.start() >= last:
            break
        html += visible(text[done : found.start()]), "<mark>", visible(text[found.start() : found.end()]), "</mark>"
        done = found.end()
    html += visible(text[done:last]), "…" if last < end else ""
    return mark_safe("".join(html))  # noqa: S308 -- `visible` has escaped every part of it


def _end_of_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end
