"""Pages with blanks: made once for all plain readers of a paste, and filled in for each.

A stencil is right as long as `Paste.page_version` is what it was and this is the site that made it, as a copy of the
page for anonymous readers is (`pastes.domain.copies`); it is kept in the cache only.

**Nothing of a person is in what is kept.** A stencil is rendered for somebody who does not exist: a request made up for
the purpose, whose user, theme and token are words that were drawn a moment ago. Where these words stand are the blanks.
What the view found out goes into it as well, which `plain` says has nothing of its reader. If a blank is missing, or a
word is left over, nothing is kept.
"""

import secrets
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, NamedTuple

import structlog
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape

from accounts.models import User
from pastes import hot, release
from pastes.domain import copies, plain
from pastes.domain.reactions import Given
from pastes.domain.threads import Page
from pastes.hot import joined
from pastes.models import Paste
from pastes.views.door import seconds_left

log = structlog.get_logger("pastes.stencils")

LEASE: Final = "pastebin.signed_in"
"""Where a request carries the lease to keep the stencil that its answer is made of."""

BLANK: Final = "\0"
"""Stands around the name of a blank, and nowhere in a page."""

SHOWS: Final = "Shows"
"""What is kept as a header of a stencil and not sent: `Shows`."""

PARTS: Final = "Parts"
"""So is how long the parts of its file are."""

NOT_SENT: Final = {SHOWS, PARTS}

GZIP: Final = 16 + zlib.MAX_WBITS

NOBODY: Final = 0
"""A number that no account has. (None is the author of what people said who have left.)"""


class Shows(NamedTuple):
    """What a stencil shows.

    Attributes:
        paste: by its number.
        version: of its page.
        until: the second in which it ends.
        untouched: 1 where nobody had given the paste anything (`plain.is_untouched`), else 0.
    """

    paste: int
    version: int
    until: int
    untouched: int

    def __str__(self) -> str:
        """As it is kept."""
        return " ".join(map(str, self))

    @classmethod
    def by(cls, entry: hot.Entry) -> "Shows":
        """What a kept stencil shows."""
        return cls(*map(int, entry.headers[SHOWS].split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is filled in: everything that pages of plain readers differ by."""

    name: str
    unread: int
    theme: str
    token: str


@dataclass(frozen=True, slots=True)
class Stencil:
    """A page with blanks: text, the name of a blank, text, ..., text. The texts are compressed as well."""

    parts: list[joined.Part]

    @classmethod
    def of(cls, page: bytes) -> "Stencil":
        """What a page is, in which each blank is its name between two `BLANK`."""
        pieces = page.split(BLANK.encode())
        return cls([joined.stored(piece) if at % 2 else joined.compressed(piece) for at, piece in enumerate(pieces)])

    @classmethod
    def read(cls, entry: hot.Entry) -> "Stencil":
        """The one that was kept so."""
        texts = zlib.decompress(entry.packed, GZIP).split(BLANK.encode())
        packed = joined.split(entry.packed, [int(length) for length in entry.headers[PARTS].split()])
        return cls([joined.Part(*part) for part in zip(texts, packed, strict=True)])

    def keep(self, shows: Shows, headers: Mapping[str, str]) -> hot.Page:
        """As it is kept."""
        parts = [
            joined.stored(BLANK.encode() + part.text + BLANK.encode()) if at % 2 else part
            for at, part in enumerate(self.parts)
        ]
        own = {SHOWS: str(shows), PARTS: " ".join(str(len(part.packed)) for part in parts), **headers}
        return hot.Page(joined.join(parts)[len(joined.HEAD) :], own)

    def fill(self, person: Person, *, language: str) -> list[joined.Part]:
        """The page of a person, which `joined.join` compresses."""
        values = {
            b"bell": bell(person.unread, language),
            b"name": escape(person.name).encode(),
            b"theme": _theme(escape(person.theme)).encode(),
            b"token": person.token.encode(),
        }
        filled = {name: joined.stored(value) for name, value in values.items()}
        parts = self.parts.copy()
        parts[1::2] = [filled[blank.text] for blank in parts[1::2]]
        return parts


def text_of(page: Sequence[joined.Part]) -> bytes:
    """A filled page as somebody gets it who takes nothing that is compressed."""
    return b"".join([part.text for part in page])


VARIANTS: Final = {Given(star=star, like=like): f"{star:d}{like:d}" for star in (False, True) for like in (False, True)}
"""What a plain reader may have given to the paste; each has a stencil of its own."""


def respond(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, paste: Paste, lease: hot.Lease
) -> HttpResponse:
    """The page for a plain reader, which from now on others of them get, too."""
    stencil = _make(request, template, context)
    if stencil is None:
        log.error("page_without_blanks", template=template)
        return render(request, template, dict(context))
    seconds = min(seconds_left(paste), copies.KEPT.total_seconds())
    shows = Shows(paste.pk, paste.page_version, int(time.time() + seconds), int(plain.is_untouched(paste)))
    headers = {} if paste.is_listed else {"X-Robots-Tag": "noindex"}
    entry = stencil.keep(shows, headers).of(lease.generation)
    hot.keep(entry, lease, seconds=seconds, public=False, most=seconds)
    user: Any = request.user
    person = Person(
        name=user.username,
        unread=user.unread,
        theme=request.session.get("theme", ""),
        token=get_token(request),
    )
    return HttpResponse(text_of(stencil.fill(person, language=translation.get_language())))


def lease_of(request: HttpRequest, *, paste: Paste, given: Given, page: Page | None) -> hot.Lease | None:
    """The lease to keep the stencil of a page, where its reader is plain; who it is was read after it was made.

    Args:
        request: the one that reads the newest revision of ``paste``, by somebody who is not its author.
        paste: what is read.
        given: what its reader has given to it.
        page: what is said about it, as they see it.
    """
    lease: hot.Lease | None = request.META.get(LEASE)
    if lease is None or not lease.generation or not paste.is_shared_page:
        return None
    user = request.user
    if not isinstance(user, User) or not plain.is_plain(user) or not plain.is_silent(page) or given not in VARIANTS:
        return None
    if len(get_messages(request)):
        return None
    return replace(lease, language=translation.get_language(), variant=variant(given))


def variant(given: Given) -> str:
    """The word for the stencil of whoever has given this, made by this site and no other release."""
    return f"{release.fingerprint()[:16]}{VARIANTS[given]}"


@lru_cache(maxsize=512)
def bell(unread: int, language: str) -> bytes:
    """The way to what somebody was told, as it stands in the bar of every page but that one."""
    with translation.override(language):
        return render_to_string("_bell.html", {"user": {"unread": unread}, "request": {"path": ""}}).encode()


def _make(request: HttpRequest, template: str, context: Mapping[str, Any]) -> Stencil | None:
    word, unread = secrets.token_hex(16), 10**17 + secrets.randbelow(10**17)
    name, theme, token = f"name{word}", f"theme{word}", f"token{word}"
    reader = HttpRequest()
    reader.method, reader.path, reader.resolver_match = "GET", request.path, request.resolver_match
    reader.COOKIES = {settings.SESSION_COOKIE_NAME: word}
    reader.session = {"theme": theme}  # type: ignore[assignment] # all that a page asks of it
    reader.user = User(pk=NOBODY, username=name, unread=unread)
    page = render(reader, template, {**context, "csrf_token": token}).text
    whole_bell = bell.__wrapped__(unread, translation.get_language()).decode()
    cut = page
    for words, blank in ((whole_bell, "bell"), (_theme(theme), "theme"), (name, "name"), (token, "token")):
        if words not in cut:
            return None
        cut = cut.replace(words, f"{BLANK}{blank}{BLANK}")
    if BLANK in page or word in cut or str(unread) in cut:
        return None
    return Stencil.of(cut.encode())


def _theme(theme: str) -> str:
    return f' data-theme="{theme}"' if theme else ""
