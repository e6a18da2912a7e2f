"""Text to lines of safe HTML, highlighted where that is possible in time, and the rows of a page made from them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import pygments

from pastes.rendering import languages, pool, terminal
from pastes.rendering.lexing import lex
from pastes.rendering.parts import display_lines
from pastes.rendering.text import BYTE_ORDER_MARK
from pastes.rendering.visible import LONGEST_LINE, count_hidden, visible, visible_line

logger = logging.getLogger(__name__)

RENDERER = f"2 {pygments.__version__}"
"""What makes the HTML that is kept. The number is raised when the same tokens become other HTML."""

DEADLINE_SECONDS = 2.0

LONGEST_TEXT = 1024 * 1024
"""Characters. Longer texts (only a single line can make a part that long) are not worth a child's whole deadline."""


@dataclass(frozen=True, slots=True)
class Highlighted:
    """Lines of HTML, each complete in itself, without line ends.

    Attributes:
        lines: as many as :func:`pastes.rendering.parts.count_lines` counts.
        plain: whether the text is only escaped although a language was asked for.
        cut: how many lines are longer than what is shown of them.
        hidden: how many characters of the text are hidden ones, written out as ``[U+202E]``.
    """

    lines: list[str]
    plain: bool
    cut: int
    hidden: int


def highlight(
    *, text: str, language: str, deadline: float = DEADLINE_SECONDS, before: Sequence[int] = ()
) -> Highlighted:
    """Return ``text`` as HTML, line by line, coloured as ``language`` (an alias that `languages` knows).

    Nothing is left out or added but line ends, a first byte order mark, and what lines have after 10,000 characters.
    The text is escaped and not coloured where the language is unknown, its lexer fails, is not done within
    ``deadline`` seconds, or changes the text. Nothing is raised.

    What a program wrote to a terminal is what the terminal would show (`pastes.rendering.terminal`); ``before`` is the
    style that is on when the text begins.
    """
    if language == languages.TERMINAL and (shown := _shown(text, before, deadline)):
        return Highlighted(shown.lines, plain=False, cut=shown.cut, hidden=shown.hidden)
    lines = display_lines(text)
    coloured = _coloured(text, language, deadline)
    return Highlighted(
        lines=plain_lines(lines) if coloured is None else coloured,
        plain=coloured is None and language not in {languages.PLAIN, *languages.TABLES},
        cut=sum(len(line) > LONGEST_LINE for line in lines),
        hidden=count_hidden(text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n")),
    )


LEVELS = {"E": "error", "e": "error", "w": "warning"}
"""What `pastes.rendering.logs` makes of a line, as the row's data-level."""


def rows(lines: Sequence[str], *, first: int, anchor: str, levels: str = "") -> str:
    """Return the lines of one file, or of a part of it that begins at line ``first``, for inside a ``<pre>``.

    Each line is ``<span class="l" id="{anchor}L{n}"><a …>{n}</a>{line}\\n</span>``. The newline is inside the
    element: a block that ends with one is not made taller by it, an empty line gets its height from it, and a selection
    copied from the page has every line end exactly once. The stylesheet sets ``.l { display: block }`` and
    ``.l > a { user-select: none }``, so that numbers are not copied.

    ``anchor`` tells several files of a page apart (``"f2-"``); it is empty for the first. ``levels`` has a character
    for each line of a log; rows of errors and warnings say so in ``data-level``, behind the id.
    """
    prefix = escape(anchor)
    marks = [f' data-level="{LEVELS[level]}"' if level in LEVELS else "" for level in levels] or [""] * len(lines)
    numbered = enumerate(zip(lines, marks, strict=True), start=first)
    return "".join(
        f'<span class="l" id="{prefix}L{n}"{mark}><a href="#{prefix}L{n}" tabindex="-1">{n}</a>{line}\n</span>'
        for n, (line, mark) in numbered
    )


def plain_lines(lines: list[str]) -> list[str]:
    """Return lines of text as lines of HTML without colours."""
    if any(len(line) > LONGEST_LINE for line in lines):
        return [visible_line(line) for line in lines]
    # All at once: a million short lines would need a million calls. Newlines are kept and nothing adds one.
    return visible("\n".join(lines)).split("\n") if lines else []


def _coloured(text: str, language: str, deadline: float) -> list[str] | None:
    """Return the highlighted lines, or None where plain ones must do."""
    if not text or len(text) > LONGEST_TEXT or not languages.has_lexer(languages.canonical(language) or ""):
        return None
    return _in_child(lex, text, language, language=language, deadline=deadline)


def _shown(text: str, before: Sequence[int], deadline: float) -> terminal.Rendered | None:
    """Return what a terminal shows, or None where plain lines must do."""
    if len(text) > LONGEST_TEXT:
        return None
    return _in_child(terminal.render, text, tuple(before), language=languages.TERMINAL, deadline=deadline)


def _in_child[A, T](work: Callable[[str, A], T], text: str, how: A, *, language: str, deadline: float) -> T | None:
    try:
        return pool.run(work, deadline, text, how)
    except (pool.RenderTimeout, pool.RenderFailed) as error:
        logger.info("%s text of %d characters is shown plain: %s", language, len(text), error)
        return None
