"""Lines of a file as a picture, for sites that show what a link leads to: the half that runs in the parent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from pastes.rendering import pool
from pastes.rendering.drawing import SIZES, draw

DEADLINE_SECONDS = 2.0

VERSION = 1
"""Raised when the same card is drawn otherwise, so that no cache has the old picture."""

MOST_LINES = SIZES[-1][0]
"""As many as fit in the smallest type."""

LONGEST_LINE = 120
"""Characters of a line that have a place."""

TAB = 4

_PIECE = re.compile(r'<span class="([^"]*)"[^>]*>|(</span>)|([^<]+)')
_NUMBER = re.compile(r'<span class="l" [^>]*><a [^>]*>\d+</a>')


@dataclass(frozen=True, slots=True)
class Card:
    """What is on a card.

    Attributes:
        title: of the paste.
        language: the name people know it by; "" for none.
        hue: the number of the language's colour, None for grey.
        facts: what stands behind the language, each shown as it is.
        site: the name of the site.
        mark: whether the site's mark is the one that comes with the software.
        first: the number of the first line.
        total: how many lines the file has.
        marked: the first and the last line that were asked for, (0, 0) for none.
    """

    title: str
    language: str
    hue: int | None
    facts: tuple[str, ...]
    site: str
    mark: bool
    first: int
    total: int
    marked: tuple[int, int]


def png(card: Card, rows: Sequence[str]) -> bytes:
    """Return the picture, 1200 by 630 pixels.

    Args:
        card: what stands around the lines.
        rows: the lines, each as `pastes.rendering.highlight.rows` writes it.

    Raises:
        pool.RenderTimeout, pool.RenderFailed: as `pool.run`.
    """
    lines = [runs(row) for row in rows[:MOST_LINES]]
    return pool.run(
        draw,
        DEADLINE_SECONDS,
        title=card.title[:LONGEST_LINE],
        language=card.language,
        hue=card.hue,
        facts=card.facts,
        site=card.site,
        mark=card.mark,
        lines=lines,
        first=card.first,
        total=card.total,
        marked=card.marked,
    )


def runs(row: str) -> list[tuple[str, str]]:
    """Return the text of a row in pieces of one colour: the class of each, "" for none, and its characters."""
    found: list[tuple[str, str]] = []
    classes = [""]
    column = 0
    for opened, closed, text in _PIECE.findall(_NUMBER.sub("", row, count=1)):
        if opened:
            classes.append(opened)
        elif closed:
            classes = classes[:-1] or [""]
        else:
            shown = _expanded(unescape(text).rstrip("\n"), column)[: LONGEST_LINE - column]
            column += len(shown)
            if shown:
                found.append((classes[-1], shown))
    return found


def _expanded(text: str, column: int) -> str:
    """Tabs as the blanks up to the next stop, as the page has them."""
    return (" " * column + text).expandtabs(TAB)[column:]
