"""What is searched for and what is searched, in one spelling: Python decides what letters and words are.

The databases compare characters only. So PostgreSQL with any locale and SQLite, whose own idea of upper and lower case
ends with ASCII, find the same.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST_CHARACTERS = 200
MOST_TERMS = 8

INDEXED_CHARACTERS = 3
"""Both databases index every three characters that follow each other; a shorter term has none."""

MOST_BYTES = 512 * 1024
"""Of a text that is searched: its words must fit in PostgreSQL's ``tsvector``, which holds 1 MiB."""

LONGEST_WORD = 100
"""Characters. What is longer is data, not a word; it is found as a part of the text."""

WORD = re.compile(r"\w+")
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')


class TooLong(ValueError):
    """More than `MOST_CHARACTERS` or `MOST_TERMS`."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is searched for, folded: every text of ``texts`` must be there; with ``whole`` each as whole words."""

    texts: tuple[str, ...]
    whole: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The words that must be there as a whole; none unless ``whole``."""
        found = (word for text in self.texts for word in words_of(text)) if self.whole else ()
        return tuple(dict.fromkeys(found))

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts that must be there as a part of the text: those that are not one of `words` already."""
        words = set(self.words)
        return tuple(text for text in self.texts if text not in words)

    @property
    def pattern(self) -> re.Pattern[str]:
        """What to mark in a folded text, the longest term first where one is in another."""
        texts = "|".join(re.escape(text) for text in sorted(self.texts, key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{texts})(?!\w)" if self.whole else texts)


def parse(text: str, *, whole: bool = False) -> Terms:
    """Read a search: terms with blanks between them, ``"quoted ones"`` with the blanks that they have.

    Control characters count as blanks; a quote that is not closed ends with the text.

    Raises:
        TooLong: when it is more than anybody searches for.
    """
    if len(text) > MOST_CHARACTERS:
        raise TooLong
    cleaned = fold("".join(char if char.isprintable() else " " for char in text))
    found = (quoted or plain for quoted, plain in _TERM.findall(cleaned))
    texts = tuple(dict.fromkeys(term for term in found if term.strip()))
    if len(texts) > MOST_TERMS:
        raise TooLong
    return Terms(texts, whole)


def fold(text: str) -> str:
    """``text`` in lower case, character by character: the result has the same length, and positions in it hold in both.

    Final sigma is sigma. NUL and lone surrogates, which PostgreSQL cannot store, become U+FFFD.
    """
    return text.translate(_FOLDED)


def words_of(folded: str) -> list[str]:
    """The words of a folded text, each once: runs of letters, digits and ``_``, at most `LONGEST_WORD` of them."""
    return [word for word in dict.fromkeys(WORD.findall(folded)) if len(word) <= LONGEST_WORD]


def storable(text: str) -> str:
    """``text`` as both databases can hold it, of the same length."""
    return text.translate(_STORABLE)


class _Folded(dict[int, int]):
    """What each character becomes, filled as characters come."""

    def __missing__(self, code: int) -> int:
        lower = chr(code).lower()
        self[code] = ord(lower) if len(lower) == 1 else code
        return self[code]


def _as_replacement(codes: Iterable[int]) -> dict[int, int]:
    return dict.fromkeys(codes, 0xFFFD)


_STORABLE = _as_replacement([0, *range(0xD800, 0xE000)])
_FOLDED = _Folded(_STORABLE | {ord("ς"): ord("σ")})
