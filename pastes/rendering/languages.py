"""The languages: Pygments' list, read from its index without importing a single lexer, and three of this site's own.

A language is known by its first alias ("python"); that is what is stored. Other aliases and names are understood by
:func:`canonical`. An alias that a later Pygments drops is shown as it is and highlighted as plain text.
"""

import re
import zlib
from functools import cache

from pygments.lexers import get_all_lexers

PLAIN = "text"
TERMINAL = "ansi"
MARKDOWN = "markdown"
TABLES = ("csv", "tsv")

HUES = 12

# What Pygments has no lexer for, and a page shows in a way of its own: (name, aliases, patterns, MIME types).
OWN: tuple["_Lexer", ...] = (
    ("Terminal output", (TERMINAL,), ("*.ansi", "*.ans"), ()),
    ("CSV", ("csv",), ("*.csv",), ("text/csv",)),
    ("TSV", ("tsv",), ("*.tsv", "*.tab"), ("text/tab-separated-values",)),
)

# Pygments files R under its ancestor's name.
_BETTER_NAMES = {"splus": "R"}
_BETTER_EXTENSIONS = {"splus": ".R", TERMINAL: ".log"}

_PLAIN_EXTENSION = re.compile(r"\*(\.[A-Za-z0-9_+-]+)")


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """Return (alias, name) of every language, sorted by name without regard to case."""
    named = ((aliases[0], _BETTER_NAMES.get(aliases[0], name)) for name, aliases, _, _ in _lexers())
    return tuple(sorted(named, key=lambda choice: choice[1].casefold()))


def is_known(alias: str) -> bool:
    """Whether ``alias`` is the stored spelling of a language."""
    return alias in _names()


def has_lexer(alias: str) -> bool:
    """Whether Pygments colours the language."""
    return is_known(alias) and alias != PLAIN and all(alias not in aliases for _, aliases, _, _ in OWN)


def name_of(alias: str) -> str:
    """Return the language's name, or ``alias`` itself where Pygments does not know it."""
    return _names().get(alias, alias)


def canonical(alias_or_name: str) -> str | None:
    """Return the stored alias for any of Pygments' aliases or names, in any case; None if there is none."""
    return _spellings().get(alias_or_name.strip().casefold())


def extension_of(alias: str) -> str:
    """Return the usual file extension with its dot; ".txt" where the language has none or is unknown."""
    return _extensions().get(alias, ".txt")


def hue_of(alias: str) -> int:
    """Return a number from 0 to 11 for the language's dot, always the same for the same alias."""
    return zlib.crc32(alias.encode()) % HUES


@cache
def file_patterns() -> dict[str, tuple[str, ...]]:
    """Return, for every file name pattern in lower case ("*.py", "makefile"), the aliases that claim it."""
    claims: dict[str, dict[str, None]] = {}
    for _, aliases, patterns, _ in _lexers():
        for pattern in patterns:
            claims.setdefault(pattern.lower(), {})[aliases[0]] = None
    return {pattern: tuple(aliases) for pattern, aliases in claims.items()}


type _Lexer = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


@cache
def _lexers() -> tuple[_Lexer, ...]:
    """Return (name, aliases, patterns, MIME types) of each lexer that can be asked for by an alias."""
    return tuple(
        (name, tuple(aliases), tuple(patterns), tuple(types))
        for name, aliases, patterns, types in (*get_all_lexers(plugins=False), *OWN)
        if aliases
    )


@cache
def _names() -> dict[str, str]:
    return dict(choices())


@cache
def _spellings() -> dict[str, str]:
    """Return every alias and name, in lower case. An alias wins over a name, an earlier lexer over a later one."""
    spellings: dict[str, str] = {}
    for _, aliases, _, _ in _lexers():
        for alias in aliases:
            spellings.setdefault(alias.casefold(), aliases[0])
    for name, aliases, _, _ in _lexers():
        spellings.setdefault(name.casefold(), aliases[0])
    return spellings


@cache
def _extensions() -> dict[str, str]:
    extensions = dict(_BETTER_EXTENSIONS)
    for _, aliases, patterns, _ in _lexers():
        for pattern in patterns:
            if match := _PLAIN_EXTENSION.fullmatch(pattern):
                extensions.setdefault(aliases[0], match[1])
    return extensions
