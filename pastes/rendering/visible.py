"""Escaping, and the characters that must not stay invisible.

Hidden characters can make code read differently from what it does: https://trojansource.codes (CVE-2021-42574) turns
comments into code with direction marks; zero-width characters and fillers make two names look like one. They are
replaced by their code point in brackets, so that what is seen is all there is. The raw text keeps them.
"""

import re

LONGEST_LINE = 10_000
"""Characters of one line that are shown. Browsers need seconds to lay out longer ones; the raw text has it all."""

# Zero-width (non-)joiners belong into emoji sequences and into Arabic and Indic words; after anything else they hide.
_JOINS = "\ufe0f\U0001f000-\U0001faff\u2600-\u27bf\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af"
HIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters except tab and newline
    "\u00ad\u034f\u061c\u180e"  # soft hyphen, grapheme joiner, Arabic letter mark, Mongolian vowel separator
    "\u115f\u1160\u3164\uffa0"  # Hangul fillers: letters without a shape
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero width, direction, separators, annotation
    "\U000e0000-\U000e007f"  # tags
    "\ud800-\udfff"  # lone surrogates, which no encoding can write
    f"]|(?<![{_JOINS}])[\u200c\u200d]"
)


def visible(text: str) -> str:
    """Return ``text`` as HTML for an element's content: escaped, hidden characters written out, newlines kept."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return HIDDEN.sub(_spell, escaped)


def spell_hidden(html: str) -> str:
    """Return ``html``, whose attributes hold no such characters, with those in its text written out."""
    return HIDDEN.sub(_spell, html)


def without_hidden(text: str) -> str:
    """Return ``text`` without those characters, for where there is no room to write them out."""
    return HIDDEN.sub("", text)


def count_hidden(text: str) -> int:
    """Return how many characters :func:`visible` writes out."""
    return sum(1 for _ in HIDDEN.finditer(text))


def cut_marker(characters: int) -> str:
    """Return the HTML that ends a line of which ``characters`` are not shown. Read the same in every language."""
    return f'<span class="cut">… +{characters}</span>'


def visible_line(line: str) -> str:
    """Return one line as HTML, cut after :data:`LONGEST_LINE` characters."""
    if len(line) <= LONGEST_LINE:
        return visible(line)
    return visible(line[:LONGEST_LINE]) + cut_marker(len(line) - LONGEST_LINE)


def _spell(match: re.Match[str]) -> str:
    code = f"U+{ord(match[0]):04X}"
    return f'<span class="hid" title="{code}">[{code}]</span>'
