"""What other sites may show of a paste: lines of a file in a frame, and as a picture.

Whoever frames a paste shows it to everybody, so it is looked at here with nobody's eyes: what an anonymous reader
cannot open with its address alone has no preview, whoever asks.
"""

import re
from dataclasses import dataclass
from hashlib import blake2s
from typing import Self

import structlog
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pastes import cache, conf
from pastes.domain import access, limits, reading
from pastes.domain.access import Viewer
from pastes.exceptions import Locked, NotFound, Unavailable
from pastes.models import File, Paste, Revision
from pastes.rendering import card, languages, pool
from pastes.rendering.visible import without_hidden

log = structlog.get_logger("pastes.previews")

FRAME_LINES = 500
"""How many lines a frame shows; for more there is the page."""

CONTEXT_LINES = 2
"""How many lines a picture shows before those that were asked for."""

_LINES = re.compile(r"L?(\d{1,9})(?:-L?(\d{1,9}))?", re.IGNORECASE)
_FRAGMENT = re.compile(r"(?:F(\d{1,4})-)?L(\d{1,9})(?:-(?:F\d{1,4}-)?L(\d{1,9}))?", re.IGNORECASE)


class Elsewhere(NotFound):
    """Everybody may read the paste, and what is asked for is not in it."""

    advice = gettext_lazy("The paste may have been changed since.")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a file, from 1, both ends included."""

    first: int
    last: int

    @classmethod
    def between(cls, one: int, other: int) -> Self:
        """The lines from the smaller to the larger number; line 0 is line 1."""
        first, last = sorted((max(one, 1), max(other, 1)))
        return cls(first, last)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """``10``, ``10-20``, ``L10-L20``; None for anything else."""
        match = _LINES.fullmatch(text.strip())
        return cls.between(int(match[1]), int(match[2] or match[1])) if match else None

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def __len__(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a paste somebody points.

    Attributes:
        file: its number, from 1.
        lines: which of it; None is all of it.
        revision: the number of an older revision; None is the latest.
    """

    file: int = 1
    lines: Lines | None = None
    revision: int | None = None

    @classmethod
    def of_fragment(cls, fragment: str) -> Self | None:
        """``L10-L20`` of the first file, ``F2-L10`` of the second, as the page's own addresses end; None for others."""
        match = _FRAGMENT.fullmatch(fragment)
        if match is None:
            return None
        return cls(int(match[1] or 1), Lines.between(int(match[2]), int(match[3] or match[2])))


@dataclass(frozen=True, slots=True)
class Preview:
    """A file of a paste that everybody may read, and the lines of it that are asked for."""

    paste: Paste
    revision: Revision
    file: File
    lines: Lines | None

    @property
    def spot(self) -> Spot:
        """What was asked for, as far as it is there."""
        older = self.revision.number != self.paste.revision_count
        return Spot(self.file.position + 1, self.lines, self.revision.number if older else None)

    @property
    def title(self) -> str:
        """What the paste is called; a file has a name always. Without characters that nobody sees: it goes far."""
        return without_hidden(self.paste.title or self.file.name)


def find(*, key: str, spot: Spot) -> Preview:
    """What everybody may see of a paste at a spot. Lines end where the file does.

    Raises:
        NotFound: when there is no such paste or revision, or not for everybody.
        Elsewhere: when it has no such file or line.
        Locked: when something stands before its text.
    """
    paste = access.find_paste(key=key, viewer=Viewer())
    if not paste.is_shared_page:
        raise Locked(paste=paste, needs_password=bool(paste.password))
    revision = reading.find_revision(paste=paste, number=spot.revision)
    file = next((file for file in revision.files.all() if file.position + 1 == spot.file), None)
    if file is None:
        raise Elsewhere(_("This paste has no such file."))
    lines = spot.lines
    if lines and lines.first > file.lines:
        raise Elsewhere(_("This file has no such line."))
    return Preview(paste, revision, file, Lines(lines.first, min(lines.last, file.lines)) if lines else None)


def rows(preview: Preview, lines: Lines) -> list[str]:
    """The highlighted rows of these lines, as the page has them; none for what is no text.

    Raises:
        NotFound, Unavailable: when the text cannot be read now.
    """
    file = preview.file
    if file.encoding == "binary" or not file.lines:
        return []
    found: list[str] = []
    index = reading.part_of_line(file, lines.first)
    first = reading.line_span(file, index)[0]
    while index < reading.part_count(file) and reading.line_span(file, index)[0] <= lines.last:
        html = reading.render_part(file=file, index=index, anchor=reading.anchor_of(file)).html
        # Text is escaped and cannot look like the beginning of a row.
        found += [f'<span class="l"{row}' for row in html.split('<span class="l"')[1:]]
        index += 1
    return found[lines.first - first : lines.last - first + 1]


def card_name(preview: Preview) -> str:
    """What stands for the picture: the same name is the same picture."""
    return blake2s(repr((card.VERSION, _card(preview), preview.file.sha256)).encode(), digest_size=16).hexdigest()


def picture(preview: Preview, *, viewer: Viewer) -> bytes:
    """The lines as a PNG of 1200 by 630 pixels, from the cache where it has it.

    Raises:
        TooMany: when somebody has too many drawn.
        NotFound, Unavailable: when the text cannot be read, or nobody has the time to draw.
    """
    name = card_name(preview)
    if kept := cache.picture(name):
        return kept
    subject = limits.subject_of(user=viewer.user, address=viewer.address)
    limits.spend(what="card", subject=subject, rate=conf.rate("CARD_RATE"))
    drawn = _card(preview)
    lines = rows(preview, Lines(drawn.first, drawn.first + card.MOST_LINES - 1))
    try:
        made = card.png(drawn, lines)
    except (pool.RenderTimeout, pool.RenderFailed) as error:
        log.warning("card_failed", error=str(error))
        raise Unavailable(_("The picture cannot be drawn right now.")) from error
    cache.keep_picture(name, made)
    return made


def _card(preview: Preview) -> card.Card:
    """What the picture says, in no language: one serves the readers of all."""
    file, lines = preview.file, preview.lines
    plain = file.language in {"", "text"} or file.encoding == "binary"
    span = f"{str(lines).replace('-', '–')} / {file.lines}" if lines else ""
    return card.Card(
        title=preview.title,
        language="" if plain else languages.name_of(file.language),
        hue=None if plain else languages.hue_of(file.language),
        facts=tuple(fact for fact in (file.name if preview.paste.title else "", span) if fact),
        site=settings.SITE_NAME,
        mark=not settings.SITE_LOGO,
        first=_first_line(lines),
        total=file.lines,
        marked=(lines.first, lines.last) if lines else (0, 0),
    )


def _first_line(lines: Lines | None) -> int:
    """A little before what was asked for, where there is room for it."""
    if lines is None:
        return 1
    room = len(lines) + CONTEXT_LINES <= card.MOST_LINES
    return max(1, lines.first - CONTEXT_LINES) if room else lines.first
