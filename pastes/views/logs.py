"""A log as its page shows it: how many errors it has, the way from one to the next, and what is folded away."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from pastes.domain.logbook import Errors
from pastes.rendering.logs import FRAME, Fold


@dataclass(frozen=True, slots=True)
class LogView:
    """What the header of a log says.

    Attributes:
        errors: how many there are.
        warnings: likewise.
        lines: on which lines the first errors begin.
        previous_line: the error before the line that was asked for, or the last one.
        next_line: the error after it, or the first one.
    """

    errors: int
    warnings: int
    lines: str
    previous_line: int
    next_line: int


def log_view(found: Errors, *, line: int) -> LogView | None:
    """The header of a log, seen from ``line`` (0: from before the first); None where nothing is wrong."""
    if not found.errors and not found.warnings:
        return None
    lines = found.lines
    return LogView(
        errors=found.errors,
        warnings=found.warnings,
        lines=",".join(map(str, lines)),
        previous_line=lines[bisect_left(lines, line) - 1] if lines else 0,
        next_line=lines[bisect_right(lines, line) % len(lines)] if lines else 0,
    )


def fold(html: str, folds: Sequence[Fold], *, anchor: str) -> SafeString:
    """The rows of a part with some of them folded away; a fold with a comment in it is open.

    As for comments (`pastes.views.margins`) the beginning of a row is looked for, and text cannot look like one.
    """
    pieces, done = [], 0
    for lines in folds:
        start = html.find(_row(anchor, lines.first), done)
        end = html.find(_row(anchor, lines.last + 1), start)
        end = len(html) if end < 0 else end
        folded = html[start:end]
        is_open = mark_safe(" open") if '<span class="talk"' in folded else ""
        head = format_html('<details class="fold"{}><summary>{}</summary>', is_open, _label(lines))
        pieces += [html[done:start], head, folded, "</details>"]
        done = end
    return mark_safe("".join([*pieces, html[done:]]))  # noqa: S308 # rows of rendering/, and what is escaped here


def _row(anchor: str, number: int) -> str:
    return f'<span class="l" id="{escape(anchor)}L{number}"'


def _label(lines: Fold) -> str:
    count = lines.last - lines.first + 1
    if lines.kind == FRAME:
        text = ngettext("%(shown)s line of a stack trace", "%(shown)s lines of a stack trace", count)
    else:
        text = ngettext("%(shown)s similar line", "%(shown)s similar lines", count)
    return f"{text % {'shown': intcomma(count)}} · {intcomma(lines.first)}–{intcomma(lines.last)}"
