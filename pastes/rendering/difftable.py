"""The rows of a comparison as HTML tables, one below the other or side by side, and their colours."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby, zip_longest

from pastes.rendering.comparing import DiffRow

_TAG = re.compile(r"<[^>]*>")
_TAG_OR_TEXT = re.compile(r"(<[^>]*>)|([^<]+)")
_NOTHING = '<td class="n"></td><td class="sign"></td><td class="x"></td>'


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in the reader's language.

    Attributes:
        added: said of an added line to those who hear the page.
        removed: the same of a removed one.
        unchanged: what a gap of so many lines says.
    """

    added: str
    removed: str
    unchanged: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Where gaps open: ``url`` answers with all lines, and ``prefix`` tells the gaps of several files apart."""

    url: str
    prefix: str


def unified_table(rows: Sequence[DiffRow], *, words: Words, gaps: Gaps) -> str:
    """Return the rows, for inside a ``<table>``, in the order of a unified diff.

    Each has four cells: the old and the new number (class ``n``), the sign (``sign``) and the text (``x``). The sign
    says what the row's colour says; the stylesheet keeps it and the numbers from being copied.
    """
    return "".join(_unified_group(kind, group, words, gaps) for kind, group in _groups(rows))


def split_table(rows: Sequence[DiffRow], *, words: Words, gaps: Gaps) -> str:
    """Return the rows, for inside a ``<table>``, with the old side on the left and the new one on the right.

    Each side has three cells: number, sign, text. A change is a ``<tbody>`` of its own, so that the stylesheet can put
    its two sides below each other where the window is narrow.
    """
    return "".join(_split_group(kind, group, words, gaps) for kind, group in _groups(rows))


def coloured(rows: Sequence[DiffRow], *, old: Sequence[str], new: Sequence[str]) -> list[DiffRow]:
    """Return the rows in the colours of ``old`` and ``new``, the highlighted lines of both texts, under their marks."""

    def colour(html: str, lines: Sequence[str], number: int | None) -> str:
        return _overlaid(lines[number - 1], html) if number and number <= len(lines) else html

    return [
        row
        if row.kind == "gap"
        else replace(
            row,
            html=colour(row.html, old if row.kind == "removed" else new, row.new_number or row.old_number),
            old_html=None if row.old_html is None else colour(row.old_html, old, row.old_number),
        )
        for row in rows
    ]


def _groups(rows: Sequence[DiffRow]) -> Iterator[tuple[str, list[DiffRow]]]:
    """Yield the rows that belong together: changes, lines of context, gaps and what was in them."""
    for kind, group in groupby(rows, key=lambda row: "change" if row.kind in {"added", "removed"} else row.kind):
        yield kind, list(group)


def _unified_group(kind: str, group: list[DiffRow], words: Words, gaps: Gaps) -> str:
    if kind == "gap":
        return (
            f'{_start(kind, group, gaps)}<tr><td class="n"></td>{_gap_link(group[0], words, gaps, span=3)}</tr></tbody>'
        )
    return _start(kind, group, gaps) + "".join(_unified_row(row, words) for row in group) + "</tbody>"


def _unified_row(row: DiffRow, words: Words) -> str:
    return (
        f'<tr class="{row.kind}"><td class="n">{row.old_number or ""}</td><td class="n">{row.new_number or ""}</td>'
        f'{_sign(row, words)}<td class="x">{row.html}\n</td></tr>'
    )


def _split_group(kind: str, group: list[DiffRow], words: Words, gaps: Gaps) -> str:
    if kind == "gap":
        return (
            f'{_start(kind, group, gaps)}<tr><td class="n"></td>{_gap_link(group[0], words, gaps, span=5)}</tr></tbody>'
        )
    if kind == "change":
        removed = [row for row in group if row.kind == "removed"]
        added = [row for row in group if row.kind == "added"]
        pairs = zip_longest(removed, added)
        rows = "".join(f"<tr>{_side(left, words)}{_side(right, words)}</tr>" for left, right in pairs)
    else:
        rows = "".join(f"<tr>{_context_sides(row)}</tr>" for row in group)
    return f"{_start(kind, group, gaps)}{rows}</tbody>"


def _side(row: DiffRow | None, words: Words) -> str:
    """Return the cells of a changed line, or empty ones opposite a line that the other side alone has."""
    if row is None:
        return _NOTHING.replace('="', '="none ')
    number = row.old_number if row.kind == "removed" else row.new_number
    return (
        f'<td class="n {row.kind}">{number}</td>{_sign(row, words, row.kind)}<td class="x {row.kind}">{row.html}\n</td>'
    )


def _context_sides(row: DiffRow) -> str:
    left = row.html if row.old_html is None else row.old_html
    return (
        f'<td class="n">{row.old_number}</td><td class="sign"></td><td class="x">{left}\n</td>'
        f'<td class="n">{row.new_number}</td><td class="sign"></td><td class="x">{row.html}\n</td>'
    )


def _start(kind: str, group: list[DiffRow], gaps: Gaps) -> str:
    """Return the start of a group. A gap and what is in it have one id: the one is exchanged for the other."""
    if kind not in {"gap", "opened"}:
        return f'<tbody class="{kind}">'
    focus = ' tabindex="-1" autofocus' if kind == "opened" else ""
    return f'<tbody class="{kind}" id="{_gap_id(group[0], gaps)}"{focus}>'


def _gap_id(row: DiffRow, gaps: Gaps) -> str:
    return f"{escape(gaps.prefix)}gap-{row.new_number}"


def _gap_link(row: DiffRow, words: Words, gaps: Gaps, *, span: int) -> str:
    url, place = escape(gaps.url), _gap_id(row, gaps)
    return (
        f'<td colspan="{span}"><a href="{url}#{place}" hx-get="{url}" hx-select="#{place}">'
        f"⋯ {escape(words.unchanged(int(row.html)))}</a></td>"
    )


def _sign(row: DiffRow, words: Words, kind: str = "") -> str:
    sign, said = {"added": ("+", words.added), "removed": ("−", words.removed)}.get(row.kind, ("", ""))
    hidden = f'<span class="hide">{escape(said)}</span>' if said else ""
    return f'<td class="{f"sign {kind}".strip()}">{sign}{hidden}</td>'


def _overlaid(coloured_html: str, marked_html: str) -> str:
    """Return the coloured line with the marks of the other; the other as it is where their texts are not the same."""
    pieces = [
        (len(text), index % 2 == 1)
        for index, part in enumerate(re.split(r"</?mark>", marked_html))
        if (text := _TAG.sub("", part))
    ]
    if _TAG.sub("", coloured_html) != _TAG.sub("", marked_html):
        return marked_html
    if not any(marked for _, marked in pieces):
        return coloured_html
    done: list[str] = []
    for tag, text in _TAG_OR_TEXT.findall(coloured_html):
        done.append(tag)
        rest = text
        while rest:
            length, marked = pieces[0]
            piece, rest = rest[:length], rest[length:]
            done.append(f"<mark>{piece}</mark>" if marked else piece)
            pieces[0] = (length - len(piece), marked)
            if not pieces[0][0]:
                pieces.pop(0)
    return "".join(done)
