"""Values separated by commas, semicolons, tabs or bars as rows of an HTML table, some hundred at a time.

RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180) as it is met in the wild: cells in quotes may hold line ends, rows may
have more or fewer cells than the first one, which names the columns. `csv` reads; its `Sniffer` does not guess: on a
wrong guess it needs minutes for a megabyte.
"""

import csv
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice
from typing import NamedTuple

from pastes.rendering import pool
from pastes.rendering.parts import display_lines
from pastes.rendering.visible import cut_marker, visible

logger = logging.getLogger(__name__)

DEADLINE_SECONDS = 2.0

MOST_ROWS = 500
MOST_COLUMNS = 100
MOST_CELLS = 10_000
"""Of one page."""

FEWEST_ROWS = 20
LONGEST_CELL = 1_000
"""Characters that are shown of one cell."""

MOST_LINES = 200
"""Lines of one cell. One that goes on longer began with a quote that nobody closed: then quotes are characters."""

DELIMITERS = ",;\t|"
SAMPLE_CHARACTERS = 64 * 1024
SAMPLE_ROWS = 50

_NUMBER = re.compile(r"[-+−]?[$€£¥]?\d[\d.,' \u00a0\u202f]*(?:e[-+]?\d+)?\s?%?", re.IGNORECASE)


class Page(NamedTuple):
    """Some rows of a table.

    Attributes:
        head: HTML for inside a ``<thead>``.
        body: HTML for inside a ``<tbody>``.
        first: the number of the first row shown, from 1; the one with the names of columns is not counted.
        last: the number of the last one.
        total: how many rows there are.
        columns: how many columns the widest row has.
    """

    head: str
    body: str
    first: int
    last: int
    total: int
    columns: int


class _Row(NamedTuple):
    line: int
    cells: list[str]


class _OpenQuote(Exception):
    """A quote was opened and not closed."""


def render(text: str, *, first: int = 1, anchor: str = "", query: str = "") -> Page | None:
    """Return the page of a table that begins with row ``first``, or None where it takes too long.

    Args:
        text: of any length.
        first: the number of a row.
        anchor: what stands before ``L10`` in the ids of lines.
        query: what links to lines say of the file ("&file=2").
    """
    try:
        return Page(*pool.run(render_here, DEADLINE_SECONDS, text, first, anchor, query))
    except (pool.RenderTimeout, pool.RenderFailed) as error:
        logger.info("a table of %d characters was not rendered: %s", len(text), error)
        return None


def render_here(text: str, first: int, anchor: str, query: str) -> Page:
    """Do the work of `render`, without a deadline."""
    lines = display_lines(text)
    delimiter = dialect(text)
    try:
        rows = list(_rows(lines, delimiter, quoted=True))
    except _OpenQuote:
        rows = list(_rows(lines, delimiter, quoted=False))
    if not rows:
        return Page("", "", 1, 0, 0, 0)
    names, *records = rows
    columns = max(len(row.cells) for row in rows)
    shown = min(columns, MOST_COLUMNS)
    size = max(FEWEST_ROWS, min(MOST_ROWS, MOST_CELLS // max(1, shown)))
    start = max(1, min(first, len(records))) - 1
    part = records[start : start + size]
    numeric = [_is_numeric(records[:SAMPLE_ROWS], column) for column in range(shown)]
    return Page(
        head=_head(names, shown, numeric, more=columns - shown),
        body="".join(_body_row(row, shown, numeric, f"?view=code{query}&line=", anchor) for row in part),
        first=start + 1,
        last=start + len(part),
        total=len(records),
        columns=columns,
    )


def dialect(text: str) -> str:
    """Return the delimiter by which the beginning of ``text`` falls into rows of the same number of cells."""
    sample = text[:SAMPLE_CHARACTERS]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1] or sample
    lines = display_lines(sample)[: 4 * SAMPLE_ROWS]

    def score(delimiter: str) -> tuple[float, int]:
        try:
            widths = Counter(len(row.cells) for row in islice(_rows(lines, delimiter, quoted=True), SAMPLE_ROWS))
        except _OpenQuote:
            widths = Counter(line.count(delimiter) + 1 for line in lines[:SAMPLE_ROWS])
        width, times = widths.most_common(1)[0] if widths else (1, 0)
        return (times / widths.total(), width) if width > 1 else (0, 0)

    return max(DELIMITERS, key=score)


def _rows(lines: Sequence[str], delimiter: str, *, quoted: bool) -> Iterator[_Row]:
    """Yield the rows with the numbers of the lines they begin on. Empty lines are none.

    Raises:
        _OpenQuote: when a row has more lines than anybody writes.
    """
    csv.field_size_limit(2**31 - 1)
    # A carriage return that ends no line would be an error to the reader.
    source = (line.replace("\r", " ") + "\n" for line in lines)
    reader = csv.reader(source, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    line = 1
    for cells in reader:
        if quoted and reader.line_num - line >= MOST_LINES:
            raise _OpenQuote
        if cells:
            yield _Row(line, cells)
        line = reader.line_num + 1


def _is_numeric(rows: Sequence[_Row], column: int) -> bool:
    """Whether a column has numbers, and nothing else but gaps."""
    values = [row.cells[column].strip() for row in rows if column < len(row.cells)]
    filled = [value[:50] for value in values if value]
    return bool(filled) and all(_NUMBER.fullmatch(value) for value in filled)


def _head(names: _Row, shown: int, numeric: Sequence[bool], *, more: int) -> str:
    cells = [*names.cells[:shown], *[""] * (shown - len(names.cells))]
    row = "".join(_cell("th", text, right=right) for text, right in zip(cells, numeric, strict=True))
    return f'<tr><td class="at"></td>{row}' + (f'<td class="cut">… +{more}</td>' if more else "") + "</tr>"


def _body_row(row: _Row, shown: int, numeric: Sequence[bool], address: str, anchor: str) -> str:
    cells = [*row.cells[:shown], *[""] * (shown - len(row.cells))]
    html = "".join(_cell("td", text, right=right) for text, right in zip(cells, numeric, strict=True))
    link = escape(f"{address}{row.line}#{anchor}L{row.line}")
    more = len(row.cells) - shown
    return (
        f'<tr><td class="at"><a href="{link}">{row.line}</a></td>{html}'
        + (f'<td class="cut">… +{more}</td>' if more > 0 else "")
        + "</tr>"
    )


def _cell(kind: str, text: str, *, right: bool) -> str:
    shown = visible(text[:LONGEST_CELL]) + (cut_marker(len(text) - LONGEST_CELL) if len(text) > LONGEST_CELL else "")
    attributes = (' scope="col"' if kind == "th" else "") + (' class="right"' if right else ' dir="auto"')
    return f"<{kind}{attributes}>{shown}</{kind}>"
