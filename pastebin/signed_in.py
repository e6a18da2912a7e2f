"""The short way of a request by somebody signed in: the page of a paste, filled in before Django begins.

Somebody to whom the page of a paste shows nothing of their own but their name (`pastes.domain.plain`) gets what others
like them get, with their name filled in (`pastes.views.stencils`). Who they are is looked up in the database with each
request, and whether the page is still right as well: its version is compared there. Whoever is not plain, and every
request with anything unusual, is left to Django, which carries a lease to keep what it makes.

The database says all that in one query if it is known whose session to expect, so a process remembers that. It is a
guess: what is sent is what the session says now. It holds the stencils that it has read, too, since the same query says
whether they are right.
"""

import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Final

from django.conf import settings
from django.core.signals import setting_changed
from django.db import Error
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, CsrfViewMiddleware, rotate_token

from accounts import sessions
from pastebin import hot as anonymous
from pastebin import numbers
from pastebin.hot import Answer, Environ
from pastebin.middleware import AUTHOR_COOKIES
from pastes import cache, hot, release
from pastes.domain import plain
from pastes.hot import joined
from pastes.hot.held import Shelf
from pastes.views import stencils
from pastes.views.door import takes_gzip
from pastes.views.stencils import Person, Shows, Stencil

SESSION: Final = re.compile(r"[a-z0-9]{32}")
"""Names of sessions, as Django makes them."""

OWN_WORDS: Final = (*AUTHOR_COOKIES, "messages")
"""Who has a cookie with one of these words anywhere may be shown more: what they may edit, or what is told once."""

GUESSES: Final = 10_000
"""How many sessions a process remembers."""

_guesses: dict[str, int] = {}
"""Whose session it was a moment ago, by its name and their number."""

type Place = tuple[str, str]
"""A language and a `stencils.variant`."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A stencil as it was read, what it shows, and the headers of its answers that are its own."""

    stencil: Stencil
    shows: Shows
    headers: tuple[tuple[str, str], ...]
    until: float

    @classmethod
    def of(cls, entry: hot.Entry) -> "_Kept":
        """What is kept in the cache."""
        own = tuple((name, value) for name, value in entry.headers.items() if name not in stencils.NOT_SENT)
        return cls(Stencil.read(entry), shows := Shows.by(entry), own, shows.until)

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return sum(part.size for part in self.stencil.parts)


_shelf: Final = Shelf[_Kept]()
"""Stencils that this process has read; the database says each time whether they are still right."""


def find(environ: Environ) -> Answer | None:
    """The page that a plain reader asks for; a lease goes with requests for which none is kept."""
    cookies = _cookies_of(environ)
    match = anonymous.PATH.fullmatch(environ["PATH_INFO"]) if cookies else None
    if match is None or not match["key"] or match["raw"] or environ["REQUEST_METHOD"] != "GET":
        return None
    if not anonymous.is_bare(environ):
        return None
    try:
        return _answer(environ, match["key"], cookies)
    except Error:  # Django, which is asked next, looks at the connection first
        return None


def _cookies_of(environ: Environ) -> dict[str, str]:
    """The cookies of somebody who may be signed in, with nothing about the paste in them; else none."""
    said = environ.get("HTTP_COOKIE", "")
    if settings.SESSION_COOKIE_NAME not in said or not said.isascii() or any(word in said for word in OWN_WORDS):
        return {}
    cookies = parse_cookie(said)
    return cookies if SESSION.fullmatch(cookies.get(settings.SESSION_COOKIE_NAME, "")) else {}


def _answer(environ: Environ, key: str, cookies: dict[str, str]) -> Answer | None:
    name = cookies[settings.SESSION_COOKIE_NAME]
    number = _guesses.get(name) or _learn(name)
    if number is None:
        return None
    path, origin = environ["PATH_INFO"], anonymous.origin_of(environ, secure=anonymous.is_secure(environ))
    labels = _labels(path, origin, release.fingerprint())
    held = {place: kept for place, label in labels.items() if (kept := _shelf.take(label))}
    reader = _find_reader(environ, (kept.shows for kept in held.values()), name, number)
    if reader and (kept := held.get(reader.place)) and kept.shows.version == reader.version:
        return _filled(environ, kept, reader, cookies)
    if held and not reader:
        return None
    lease, entries = hot.find_variants(subject=key, path=path, origin=origin, places=labels)
    reader = reader or _find_reader(environ, map(Shows.by, entries.values()), name, number)
    entry = entries.get(reader.place) if reader else None
    if not reader or not entry or Shows.by(entry).version != reader.version:
        cache.misses["signed_in"] += 1
        environ[stencils.LEASE] = lease
        return None
    kept = _Kept.of(entry)
    _shelf.put(labels[reader.place], kept)
    return _filled(environ, kept, reader, cookies)


def _filled(environ: Environ, kept: _Kept, reader: "_Reader", cookies: dict[str, str]) -> Answer:
    cache.hits["signed_in"] += 1
    numbers.observe_hit(route="pastes:paste")
    secret, secure = _secret_of(cookies), anonymous.is_secure(environ)
    person = Person(name=reader.name, unread=reader.unread, theme=reader.theme, token=mask(secret))
    language, zipped = reader.place[0], takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    page = kept.stencil.fill(person, language=language)
    body = joined.join(page) if zipped else stencils.text_of(page)
    own = [("X-Request-ID", secrets.token_hex(8)), ("Content-Length", str(len(body))), ("Set-Cookie", _cookie(secret))]
    return Answer("200 OK", [*_headers(language, secure=secure, zipped=zipped), *kept.headers, *own], body)


def _learn(name: str) -> int | None:
    """Whose session it is; None where nobody is signed in."""
    number = sessions.person_in(sessions.SessionStore(name).load())
    if number is not None:
        if len(_guesses) >= GUESSES:
            _guesses.clear()
        _guesses[name] = number
    return number


@lru_cache(maxsize=1_024)
def _labels(path: str, origin: str, release_: str) -> dict[Place, str]:
    """What a process calls the stencils of a page, each by its place; every release has its own."""
    del release_  # which the variants have in them
    variants = [stencils.variant(given) for given in stencils.VARIANTS]
    places = [(language, variant) for language, _name in settings.LANGUAGES for variant in variants]
    return {place: f"{place}{path} {origin}" for place in places}


@dataclass(frozen=True, slots=True)
class _Reader:
    """A plain reader, what they are to see, and the version of it."""

    name: str
    unread: int
    theme: str
    place: Place
    version: int


def _find_reader(environ: Environ, shown: Iterable[Shows], name: str, number: int) -> _Reader | None:
    """Whoever has the session with this name, as a reader of what stencils show; None if they are not plain."""
    shows = max(shown, key=attrgetter("version"), default=None)
    if shows is None:
        return None
    found = plain.find(
        user=number, paste=shows.paste, session=name, untouched=shows.version if shows.untouched else None
    )
    if not found or not sessions.is_of(
        found.session or "", user=number, password=found.password, is_active=found.is_active
    ):
        _guesses.pop(name, None)
        return None
    if found.version is None or not found.is_plain:
        return None
    session = sessions.decode(found.session or "")
    language = session.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = anonymous.language_of(environ)
    place = language, stencils.variant(found.given)
    return _Reader(found.username, found.unread, session.get("theme", ""), place, found.version)


@lru_cache(maxsize=64)
def _headers(language: str, *, secure: bool, zipped: bool) -> tuple[tuple[str, str], ...]:
    """The headers that all of these answers have, as the views and Django's middleware give them."""
    own = {"Cache-Control": "private, no-store", "Vary": "Cookie, Accept-Language"}
    if zipped:
        own |= {"Vary": f"{own['Vary']}, Accept-Encoding", "Content-Encoding": "gzip"}
    return tuple((dict(anonymous.common_headers(raw=False, language=language, secure=secure)) | own).items())


_middleware: Final = CsrfViewMiddleware(lambda _request: HttpResponse())

_SECRET: Final = re.compile(f"[{CSRF_ALLOWED_CHARS}]{{{CSRF_SECRET_LENGTH}}}")
_ANY_SECRET: Final = CSRF_ALLOWED_CHARS[0] * CSRF_SECRET_LENGTH


def _secret_of(cookies: dict[str, str]) -> str:
    """What the forms of a browser are checked by. Django reads what is not plain, and makes one where there is none."""
    said = cookies.get(settings.CSRF_COOKIE_NAME, "")
    if _SECRET.fullmatch(said):
        return said
    request = HttpRequest()
    request.COOKIES = cookies
    _middleware.process_request(request)
    if "CSRF_COOKIE" not in request.META:
        rotate_token(request)
    return str(request.META["CSRF_COOKIE"])


def _cookie(secret: str) -> str:
    """The cookie of a secret that lasts from now on, as Django gives it with each form."""
    before, after = _around_secret(int(time.time()))
    return f"{before}{secret}{after}"


@lru_cache(maxsize=1)
def _around_secret(second: int) -> tuple[str, str]:
    """What Django's cookie says before and after the secret in this second, which is the same for all."""
    del second
    request = HttpRequest()
    request.META |= {"CSRF_COOKIE": _ANY_SECRET, "CSRF_COOKIE_NEEDS_UPDATE": True}
    response = _middleware.process_response(request, HttpResponse())
    before, _, after = response.cookies[settings.CSRF_COOKIE_NAME].OutputString().partition(_ANY_SECRET)
    return before, after


@receiver(setting_changed)
def forget(**_: object) -> None:
    """Make headers anew."""
    _headers.cache_clear()
    _around_secret.cache_clear()


def mask(secret: str) -> str:
    """The secret of a browser as forms have it, different each time (so that its length once compressed says nothing).

    It is what `django.middleware.csrf.get_token` makes of it, which draws 32 characters one by one: an eighth of all
    that an answer takes. Here they are bytes of one draw, those left out that would make some characters likelier.
    """
    pad = b""
    while len(pad) < len(secret):
        pad += secrets.token_bytes(2 * len(secret)).translate(None, _UNFAIR)
    drawn = [byte % _BASE for byte in pad[: len(secret)]]
    masked = [(_DIGIT_OF[character] + digit) % _BASE for character, digit in zip(secret, drawn, strict=True)]
    return "".join([CSRF_ALLOWED_CHARS[digit] for digit in (*drawn, *masked)])


_BASE: Final = len(CSRF_ALLOWED_CHARS)
_DIGIT_OF: Final = {character: digit for digit, character in enumerate(CSRF_ALLOWED_CHARS)}
_UNFAIR: Final = bytes(range(256 // _BASE * _BASE, 256))
