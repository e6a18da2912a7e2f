"""How templates write moments, sizes and languages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from django import template
from django.template import RequestContext
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from pastes import units
from pastes.models import Paste
from pastes.rendering import languages
from pastes.rendering.parts import PART_BYTES, PART_LINES
from pastes.search.excerpts import Line

register = template.Library()


class Card(Protocol):
    """One file in the editor, as typed."""

    @property
    def name(self) -> str:
        """The file's name, maybe empty."""

    @property
    def errors(self) -> Sequence[str]:
        """What is wrong with it."""


@dataclass(frozen=True, slots=True)
class Scroll:
    """What the address of the next page says, so that its answer knows, and whether it loads without being asked."""

    step: int
    by_itself: bool


SCROLLED_PAGES = 4
"""How many pages of a list load in a row as somebody scrolls."""

LONGEST_CHARACTER = 4
"""Bytes, in UTF-8."""

# The languages people paste most, offered before the full list.
COMMON_LANGUAGES = (
    "text",
    "ansi",
    "bash",
    "c",
    "cpp",
    "csharp",
    "css",
    "diff",
    "docker",
    "go",
    "html",
    "ini",
    "java",
    "javascript",
    "json",
    "kotlin",
    "markdown",
    "nginx",
    "php",
    "python",
    "ruby",
    "rust",
    "sql",
    "swift",
    "toml",
    "typescript",
    "xml",
    "yaml",
)


@register.filter
def moment(value: datetime | None) -> SafeString:
    """A ``<time>`` with the absolute moment in UTC, which a script makes relative; nothing for ``None``.

    Absolute, because one copy of a page serves readers of many hours and time zones.
    """
    if value is None:
        return mark_safe("")
    utc = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-relative>{} UTC</time>',
        utc.isoformat(timespec="seconds"),
        utc.strftime("%Y-%m-%d %H:%M"),
    )


register.filter(units.size)
register.simple_tag(units.unit_names)


@register.filter
def language_name(alias: str) -> str:
    """The name people know the language ``alias`` by; what is no language has a translated one."""
    if alias == languages.TERMINAL:
        return gettext("Terminal output")
    return gettext("Plain text") if alias in {"", languages.PLAIN} else languages.name_of(alias)


@register.filter
def hue(alias: str) -> str:
    """The class of the colour of a language's dot: ``hue-0`` … ``hue-11``; none for plain text, whose dot is grey."""
    return "" if alias in {"", "text"} else f"hue-{languages.hue_of(alias)}"


@register.filter
def digits(lines: int) -> str:
    """The class that makes room for line numbers up to ``lines``: ``digits-1`` … ``digits-8``."""
    return f"digits-{min(len(str(lines)), 8)}"


@register.filter
def card_errors(cards: Iterable[Card] | None) -> list[tuple[int, str, str]]:
    """What is wrong with the editor's cards: the card's index from 0, its name or number from 1, and the error.

    The only one needs no name to be told from others.
    """
    shown = list(cards or ())

    def label(index: int, card: Card) -> str:
        if card.name or len(shown) == 1:
            return card.name
        return gettext("File %(number)s") % {"number": index + 1}

    return [(index, label(index, card), error) for index, card in enumerate(shown) for error in card.errors]


@register.filter
def language_typed(language: str) -> str:
    """What the editor's field for a language says: the name of the one chosen, or what was typed that is none."""
    return language_name(language) if language else ""


@register.simple_tag(takes_context=True)
def next_scroll(context: RequestContext) -> Scroll:
    """How the page after this one of a list comes: after `SCROLLED_PAGES` it waits for its link to be pressed."""
    sent = context["request"].GET.get("scroll", "")
    done = int(sent) if sent.isdecimal() and len(sent) == 1 else 0
    by_itself = done < SCROLLED_PAGES
    return Scroll(step=done + 1 if by_itself else 0, by_itself=by_itself)


@register.simple_tag
def line_url(paste: Paste, line: Line) -> str:
    """The address of a line that a search found: one the page may not show at first is asked of the server."""
    anchor = f"#F{line.position + 1}-L{line.number}" if line.position else f"#L{line.number}"
    shows_lines = line.position or paste.language not in {languages.MARKDOWN, *languages.TABLES}
    if shows_lines and line.number <= PART_LINES and line.distance < PART_BYTES // LONGEST_CHARACTER:
        return paste.get_absolute_url() + anchor
    file = f"&file={line.position + 1}" if line.position else ""
    return f"{paste.get_absolute_url()}?line={line.number}{file}{anchor}"


@register.simple_tag
def language_options(chosen: str = "") -> SafeString:
    """The ``<option>`` elements of every language, the common ones first, with ``chosen`` (an alias) selected."""
    markup = _language_options(
        gettext("Common"), gettext("All languages"), gettext("Plain text"), language_name("ansi")
    )
    if chosen:
        wanted = format_html('<option value="{}"', chosen)
        markup = markup.replace(wanted, wanted + " selected", 1)
    return mark_safe(markup)  # noqa: S308 -- built by format_html below


@register.simple_tag
def language_list() -> SafeString:
    """The ``<option>`` elements of a ``<datalist>``: the name of every language, the common ones first."""
    return mark_safe(_language_list(gettext("Plain text")))  # noqa: S308 -- built by format_html_join below


@lru_cache(maxsize=16)
def _language_list(plain: str) -> str:
    names = dict(languages.choices()) | {"text": plain}
    first = [names.pop(alias) for alias in COMMON_LANGUAGES if alias in names]
    return format_html_join("", '<option value="{}">', ((name,) for name in [*first, *names.values()]))


@lru_cache(maxsize=16)
def _language_options(common: str, everything: str, plain: str, terminal: str) -> str:
    names = dict(languages.choices()) | {languages.PLAIN: plain, languages.TERMINAL: terminal}
    first = [(alias, names.pop(alias)) for alias in COMMON_LANGUAGES if alias in names]
    option = '<option value="{}">{}</option>'
    return format_html(
        '<optgroup label="{}">{}</optgroup><optgroup label="{}">{}</optgroup>',
        common,
        format_html_join("", option, first),
        everything,
        format_html_join("", option, names.items()),
    )
