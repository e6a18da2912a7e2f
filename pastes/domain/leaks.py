"""A text that should never have been published: where it stands in other texts, and what stands there without it."""

import re
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pastes import validators
from pastes.exceptions import Invalid
from pastes.spotting import REDACTED

MARK = REDACTED
"""What stands where it was: the same as where a credential was taken out before anything was published."""

FEWEST = 4
"""Characters, blanks not counted: nobody shall take every “e” out of a paste by mistake."""

MOST = 20_000
"""Characters. The longest keys that people keep in files have a fifth of that."""

SHOWN = 60
"""Characters on each side of the mark, when a line is shown."""

LINE_END = re.compile(r"\r\n?|\n")
NOT_REMOVED = gettext_lazy("Nothing was removed.")


class Leak:
    """A text as somebody typed it, without blanks around it.

    It is in no log, and in no traceback that shows values: nothing but its own methods knows it.
    """

    __slots__ = ("__dict__", "_text")

    def __init__(self, typed: str) -> None:
        """Take it, if it can be looked for.

        Raises:
            Invalid: with ``text``, when it is too short or too long, cannot be in a text, or is in the mark.
        """
        self._text = LINE_END.sub("\n", typed).strip()
        if error := self._error():
            raise Invalid({"text": [error]}, NOT_REMOVED)

    def __repr__(self) -> str:
        return "Leak(…)"

    def lines_in(self, text: str, encoding: str = "utf-8") -> list[int]:
        """The number of the line, from 1, at which it begins, for each time that it is there."""
        lines, line, at = [], 1, 0
        for match in self._pattern(encoding).finditer(text) if self.may_be_in(text, encoding) else ():
            line += text.count("\n", at, match.start())
            at = match.start()
            lines.append(line)
        return lines

    def is_in(self, text: str) -> bool:
        """Whether it is there."""
        return bool(self.lines_in(text))

    def is_in_tag(self, name: str) -> bool:
        """The same for a tag, which is in small letters."""
        return self._text.lower() in name

    def removed_from(self, text: str, encoding: str = "utf-8") -> str:
        """The text with the mark instead; line ends stay, so that each line has the number that it had."""
        return self._pattern(encoding).sub(_mark, text)

    @cached_property
    def probe(self) -> str:
        """The longest of its lines, by which a database finds rows that may have it."""
        return max(self._text.split("\n"), key=len)

    def may_be_in(self, text: str, encoding: str = "utf-8") -> bool:
        """Whether it is worth looking for: this takes no time."""
        return any(max(form.split("\n"), key=len) in text for form in self._forms(encoding))

    def _error(self) -> str:
        letters = sum(not character.isspace() for character in self._text)
        if not letters:
            return _("Say what is to be removed.")
        if letters < FEWEST:
            return _("This is too short: it takes %(limit)s characters, else too much would go.") % {"limit": FEWEST}
        if len(self._text) > MOST:
            return _("This is too long: %(limit)s characters can be looked for at most.") % {"limit": MOST}
        if self._text in MARK:
            return _("This is a part of %(mark)s, which stands where something was removed.") % {"mark": MARK}
        try:
            validators.storable(self._text)
        except ValidationError as error:
            return str(error.messages[0])
        return ""

    def _forms(self, encoding: str) -> set[str]:
        """How it can be written in a text of an encoding.

        The bytes of a binary file are looked at as Latin-1, in which each is a character. So may a text have been whose
        UTF-8 is broken in one place.
        """
        as_bytes = self._text.encode().decode("latin-1")
        if encoding == "binary":
            return {as_bytes}
        return {self._text, as_bytes} if encoding == "latin-1" else {self._text}

    def _pattern(self, encoding: str) -> re.Pattern[str]:
        return _compiled(tuple(sorted(self._forms(encoding))))


def shown(line: str) -> str:
    """A line around its first mark, not too long."""
    before, _, after = line.partition(MARK)
    head = f"…{before[-SHOWN:]}" if len(before) > SHOWN else before
    tail = f"{after[:SHOWN]}…" if len(after) > SHOWN else after
    return f"{head}{MARK}{tail}"


def _compiled(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the forms, whichever line ends are between its lines."""
    ways = [r"(?:\r\n?|\n)".join(map(re.escape, form.split("\n"))) for form in forms]
    return re.compile("|".join(ways))


def _mark(match: re.Match[str]) -> str:
    return re.sub(r"[^\r\n]+", MARK, match[0])
