"""What a program wrote to a terminal, as lines of HTML: colours are classes, an overwritten line is its last state.

ECMA-48 (https://ecma-international.org/publications-and-standards/standards/ecma-48/) as xterm reads it, as far as text
that is not on a screen any more has a meaning: SGR colours and emphasis, carriage returns and backspaces, moves within
a line and erasing in it. Every other sequence is dropped; what a hyperlink (OSC 8) stands around stays as text.

An element's classes, which ``static/css/terminal.css`` draws (the policy of the site allows no inline style):

========= ==================================================================================
class     what it says
========= ==================================================================================
a0 … a255 the colour of the text, in xterm's palette; 24-bit colours are the nearest of it
b0 … b255 the colour behind it
bo di it  bold, dim, italic
un st     underlined, struck through
iv        inverse: the colour of the text is behind it
========= ==================================================================================
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pastes.rendering.parts import display_lines
from pastes.rendering.visible import LONGEST_LINE, count_hidden, cut_marker, visible

DEFAULT = -1
"""The colour that the page has anyway."""

WIDEST = 400
"""Columns. A cursor is not moved beyond them over blanks: three bytes could ask for a billion."""

MOST_BLANKS = 100_000
"""Characters that moves of the cursor may add to one text."""

EMPHASIS = {1: "bo", 2: "di", 3: "it", 4: "un", 7: "iv", 9: "st"}
"""The class of each SGR parameter that switches something on."""

_OFF = {21: (4,), 22: (1, 2), 23: (3,), 24: (4,), 27: (7,), 29: (9,)}
_UNDERLINE_TWICE = 21
_ALL = 2
"""What erases a whole line."""

_SEQUENCE = (
    r"\x1b\[(?P<parameters>[0-?]*+)[ -/]*+(?P<final>[@-~])"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c\n]*+(?:\x07|\x9c|\x1b\\)"  # strings: hyperlinks, titles; up to their terminator
    r"|\x1b[ -/]*+[0-OQ-WYZ\\`-~]"
)
_CONTROL = re.compile(_SEQUENCE + r"|(?P<move>[\r\b]+)|\x07+")
_SGR = re.compile(r"\x1b\[([0-9:;]*+)m")
SEQUENCES = re.compile(_SEQUENCE)

_LEVELS = (0, 95, 135, 175, 215, 255)
"""Of the six steps of red, green and blue in colours 16 to 231."""


class Style(NamedTuple):
    """How what comes next looks: two colours of the palette, and the SGR numbers of its emphasis, each as a bit."""

    text: int = DEFAULT
    behind: int = DEFAULT
    emphasis: int = 0


class Rendered(NamedTuple):
    """Lines of HTML; how many are cut; how many hidden characters are written out in them."""

    lines: list[str]
    cut: int
    hidden: int


def render(text: str, before: Sequence[int] = ()) -> Rendered:
    """Return the lines of ``text``; ``before`` is the style that what stands before the text has left on."""
    style = Style(*before)
    screen = _Screen()
    lines: list[str] = []
    cut = hidden = 0
    for line in display_lines(text):
        style = screen.write(line, style)
        lines.append(screen.html())
        cut += screen.length > LONGEST_LINE
        hidden += screen.hidden
    return Rendered(lines, cut, hidden)


def style_after(text: str, before: Sequence[int] = ()) -> Style:
    """Return the style that ``text`` leaves on."""
    style = Style(*before)
    for match in _SGR.finditer(text):
        style = _changed(style, match[1])
    return style


def stripped(text: str) -> str:
    """Return ``text`` without any sequence."""
    return SEQUENCES.sub("", text) if "\x1b" in text else text


class _Screen:
    """One line at a time: runs of one style while text is only added; single characters once some is overwritten."""

    def __init__(self) -> None:
        self._blanks = MOST_BLANKS

    def write(self, line: str, style: Style) -> Style:
        """Draw a new line, and return the style that is on at its end."""
        self._runs: list[tuple[Style, str]] = []
        self._cells: list[tuple[Style, str]] | None = None
        self._position = self.length = self.hidden = 0
        done = 0
        for match in _CONTROL.finditer(line):
            if match.start() > done:
                self._put(line[done : match.start()], style)
            done = match.end()
            if match["final"] == "m":
                style = _changed(style, match["parameters"])
            elif match["final"] or match["move"]:
                self._act(match["final"] or "", match["parameters"] or "", match["move"] or "")
        if done < len(line):
            self._put(line[done:], style)
        return style

    def html(self) -> str:
        """Return the line, up to the longest that is shown."""
        pieces: list[str] = []
        left = LONGEST_LINE
        for style, text in self._merged():
            shown = text[:left]
            if not shown:
                break
            left -= len(shown)
            html = visible(shown)
            self.hidden += count_hidden(shown) if html != shown else 0
            classes = _classes(style)
            pieces.append(f'<span class="{classes}">{html}</span>' if classes else html)
        if self.length > LONGEST_LINE:
            pieces.append(cut_marker(self.length - LONGEST_LINE))
        return "".join(pieces)

    def _merged(self) -> Iterator[tuple[Style, str]]:
        style, texts = Style(), list[str]()
        for own, text in self._runs if self._cells is None else self._cells:
            if own != style and texts:
                yield style, "".join(texts)
                texts = []
            style = own
            texts.append(text)
        if texts:
            yield style, "".join(texts)

    def _put(self, text: str, style: Style) -> None:
        if self._cells is None:
            self._runs.append((style, text))
        else:
            self._pad()
            self._cells[self._position : self._position + len(text)] = [(style, char) for char in text]
        self._position += len(text)
        self.length = max(self.length, self._position)

    def _act(self, final: str, parameters: str, move: str) -> None:
        """Move within the line, or erase in it; other actions mean nothing to a line on a page."""
        if final not in "CDGKJ" or (not move and not final):
            return
        count = _number(parameters)
        if move:
            self._position = 0 if "\r" in move else max(0, self._position - len(move))
        elif final == "C":
            self._position = self._bounded(self._position + max(1, count))
        elif final == "D":
            self._position = max(0, self._position - max(1, count))
        elif final == "G":
            self._position = self._bounded(max(1, count) - 1)
        elif count == 0 or (final == "K" and count == _ALL):
            self._erase(0 if count else self._position)
        if self._cells is None and self._position != self.length:
            self._cells = [(style, char) for style, text in self._runs for char in text]

    def _bounded(self, column: int) -> int:
        return min(column, max(WIDEST, self.length))

    def _erase(self, start: int) -> None:
        """Erase the line from a column on. (Up to the cursor is not done: nobody does, and it would not be linear.)"""
        if self._cells is None:
            self._cells = [(style, char) for style, text in self._runs for char in text]
        del self._cells[start:]
        self.length = len(self._cells)

    def _pad(self) -> None:
        assert self._cells is not None, "only moves make gaps, and they are made in cells"
        gap = self._position - len(self._cells)
        if gap > 0:
            gap = min(gap, self._blanks)
            self._blanks -= gap
            self._cells += [(Style(), " ")] * gap
            self._position = len(self._cells)


def _number(parameters: str) -> int:
    """The first of the parameters; 0 where it is missing, private or absurd."""
    first = parameters.partition(";")[0]
    return int(first) if first.isdecimal() and len(first) <= 5 else 0  # more digits than any column


@lru_cache(maxsize=1_024)
def _changed(style: Style, parameters: str) -> Style:
    """Return the style after an SGR sequence."""
    text, behind, emphasis = style
    numbers = iter(parameters.split(";"))
    for written in numbers:
        code, *details = written.split(":")
        number = int(code) if code.isdecimal() and len(code) <= 3 else 0 if not code else DEFAULT
        if number == 0:
            text, behind, emphasis = Style()
        elif number in {38, 48, 58}:
            colour = _chosen(details) if details else _chosen_next(numbers)
            text = colour if number == 38 and colour is not None else text  # SGR's own number
            behind = colour if number == 48 and colour is not None else behind  # the same
        elif number in EMPHASIS or number == _UNDERLINE_TWICE:
            on = details != ["0"]
            bit = 1 << (4 if number == _UNDERLINE_TWICE else number)
            emphasis = emphasis | bit if on else emphasis & ~bit
        elif number in _OFF:
            emphasis &= ~sum(1 << bit for bit in _OFF[number])
        else:
            text, behind = _plain_colours(number, text, behind)
    return Style(text, behind, emphasis)


def _plain_colours(number: int, text: int, behind: int) -> tuple[int, int]:
    """The two colours after a number that stands for one of the sixteen, or for none."""
    for first, colour in ((30, 0), (90, 8)):
        if first <= number < first + 8:
            return number - first + colour, behind
        if first + 10 <= number < first + 18:
            return text, number - first - 10 + colour
    return (DEFAULT if number == 39 else text), (DEFAULT if number == 49 else behind)  # SGR's own


def _chosen(details: Sequence[str]) -> int | None:
    """The colour in ``5:n`` or ``2:r:g:b``, with or without the colour space before the red."""
    values = [int(value) if value.isdecimal() and len(value) <= 3 else 0 for value in details]
    match values:
        case [5, index, *_] if index < 256:  # the palette's size
            return index
        case [2, _, red, green, blue, *_] | [2, red, green, blue]:
            return nearest(red, green, blue)
    return None


def _chosen_next(numbers: Iterator[str]) -> int | None:
    """The same with semicolons, where the numbers after it belong to it."""
    kind = next(numbers, "")
    wanted = {"5": 1, "2": 3}.get(kind, 0)
    return _chosen([kind, *(next(numbers, "") for _ in range(wanted))]) if wanted else None


@lru_cache(maxsize=4_096)
def nearest(red: int, green: int, blue: int) -> int:
    """Return the colour of the palette that is nearest: of its cube of 216, or of its 24 greys."""
    wanted = tuple(min(255, value) for value in (red, green, blue))
    steps = [min(range(6), key=lambda step: abs(_LEVELS[step] - value)) for value in wanted]
    cube = 16 + 36 * steps[0] + 6 * steps[1] + steps[2]
    shade = max(0, min(23, round((sum(wanted) / 3 - 8) / 10)))
    distance = sum((_LEVELS[step] - value) ** 2 for step, value in zip(steps, wanted, strict=True))
    return 232 + shade if sum((8 + 10 * shade - value) ** 2 for value in wanted) < distance else cube


@lru_cache(maxsize=1_024)
def _classes(style: Style) -> str:
    """Return the classes of a style. Inverse trades the colours where there is one behind."""
    text, behind, emphasis = style
    names = [name for bit, name in EMPHASIS.items() if emphasis & 1 << bit]
    if "iv" in names and behind != DEFAULT:
        names.remove("iv")
        text, behind = behind, text
    if text != DEFAULT:
        names.append(f"a{text}")
    if behind != DEFAULT:
        names.append(f"b{behind}")
    return " ".join(names)
