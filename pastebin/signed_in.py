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
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CsrfViewMiddleware, rotate_token

from accounts import sessions
from accounts.models import User
from pastebin import hot as anonymous
from pastebin import numbers
from pastebin.hot import Answer, Environ
from pastebin.middleware import AUTHOR_COOKIES
from pastes import cache, hot
from pastes.domain import plain
from pastes.hot.held import Held, Shelf
from pastes.views import stencils
from pastes.views.stencils import Person, Shows, Stencil

SESSION: Final = re.compile(r"[a-z0-9]{32}")
"""Names of sessions, as Django makes them."""

OWN_WORDS: Final = (*AUTHOR_COOKIES, "messages")
"""Who has a cookie with one of these words anywhere may be shown more: what they may edit, or what is told once."""

GZIP: Final = 16 + zlib.MAX_WBITS

GUESSES: Final = 10_000
"""How many sessions a process remembers."""

_guesses: dict[str, int] = {}
"""Whose session it was a moment ago, by its name and their number."""

_shelf: Final = Shelf()
"""Stencils that this process has read, unpacked; the database says each time whether they are still right."""

type Place = tuple[str, str]
"""A language and a `stencils.variant`."""


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
    secure, path = anonymous.is_secure(environ), environ["PATH_INFO"]
    origin = anonymous.origin_of(environ, secure=secure)
    places = _places()
    held = {place: one.entry for place in places if (one := _shelf.take(_label(place, path, origin)))}
    reader = _find_reader(environ, held, name, number)
    entry = _right(held, reader)
    if not entry and (reader or not held):
        lease, kept = hot.find_variants(subject=key, path=path, origin=origin, places=places)
        reader = reader or _find_reader(environ, kept, name, number)
        if not reader or not (packed := _right(kept, reader)):
            cache.misses["signed_in"] += 1
            environ[stencils.LEASE] = lease
            return None
        entry = hot.Entry(zlib.decompress(packed.packed, GZIP), packed.headers)
        _shelf.put(_label(reader.place, path, origin), Held(entry, b"", Shows.by(entry).until))
    return _filled(entry, reader, cookies, secure=secure) if entry and reader else None


def _filled(entry: hot.Entry, reader: "_Reader", cookies: dict[str, str], *, secure: bool) -> Answer:
    cache.hits["signed_in"] += 1
    numbers.observe_hit(route="pastes:paste")
    token, cookie = _csrf(cookies)
    person = Person(name=reader.user.username, unread=reader.user.unread, theme=reader.theme, token=token)
    language = reader.place[0]
    body = Stencil.of(entry.packed).fill(person, language=language)
    own = [(header, value) for header, value in entry.headers.items() if header != stencils.SHOWS]
    own += [("X-Request-ID", secrets.token_hex(8)), ("Content-Length", str(len(body))), ("Set-Cookie", cookie)]
    return Answer("200 OK", [*_headers(language, secure=secure), *own], body)


def _learn(name: str) -> int | None:
    """Whose session it is; None where nobody is signed in."""
    number = sessions.person_in(sessions.SessionStore(name).load())
    if number is not None:
        if len(_guesses) >= GUESSES:
            _guesses.clear()
        _guesses[name] = number
    return number


def _places() -> list[Place]:
    variants = [stencils.variant(given) for given in stencils.VARIANTS]
    return [(language, variant) for language, _name in settings.LANGUAGES for variant in variants]


def _label(place: Place, path: str, origin: str) -> str:
    return f"{place}{path} {origin}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """A plain reader, and what they are to see."""

    user: User
    theme: str
    place: Place
    version: int


def _find_reader(environ: Environ, shown: Mapping[Place, hot.Entry], name: str, number: int) -> _Reader | None:
    """Whoever has the session with this name, as a reader of what these stencils show; None if they are not plain."""
    if not shown:
        return None
    paste = Shows.by(next(iter(shown.values()))).paste
    found = plain.find(user=number, paste=paste, session=name)
    session = sessions.decode(found.session) if found else {}
    if found is None or not sessions.is_signed_in(found.user, session):
        _guesses.pop(name, None)
        return None
    if found.version is None or not found.is_plain:
        return None
    language = session.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = anonymous.language_of(environ)
    place = language, stencils.variant(found.given)
    return _Reader(found.user, session.get("theme", ""), place, found.version)


def _right(shown: Mapping[Place, hot.Entry], reader: _Reader | None) -> hot.Entry | None:
    """The stencil that is right for a reader at this moment."""
    entry = shown.get(reader.place) if reader else None
    return entry if entry and reader and Shows.by(entry).version == reader.version else None


@lru_cache(maxsize=64)
def _headers(language: str, *, secure: bool) -> tuple[tuple[str, str], ...]:
    """The headers that all of these answers have, as the views and Django's middleware give them."""
    own = {"Cache-Control": "private, no-store", "Vary": "Cookie, Accept-Language"}
    return tuple((dict(anonymous.common_headers(raw=False, language=language, secure=secure)) | own).items())


_middleware: Final = CsrfViewMiddleware(lambda _request: HttpResponse())


def _csrf(cookies: dict[str, str]) -> tuple[str, str]:
    """A token for the forms of the page, and the cookie that goes with it, as Django gives them."""
    request = HttpRequest()
    request.COOKIES = cookies
    _middleware.process_request(request)
    if "CSRF_COOKIE" in request.META:
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True  # it is to last from now on, as with `get_token`
    else:
        rotate_token(request)
    response = _middleware.process_response(request, HttpResponse())
    return mask(request.META["CSRF_COOKIE"]), response.cookies[settings.CSRF_COOKIE_NAME].OutputString()


def mask(secret: str) -> str:
    """The secret of a browser as forms have it, different each time (so that its length once compressed says nothing).

    It is what `django.middleware.csrf.get_token` makes of it, which draws 32 characters one by one: an eighth of all
    that an answer takes. Here they are the digits of one number.
    """
    number, pad = secrets.randbelow(_BASE ** len(secret)), []
    for _ in secret:
        number, digit = divmod(number, _BASE)
        pad.append(digit)
    masked = [(_DIGIT_OF[character] + digit) % _BASE for character, digit in zip(secret, pad, strict=True)]
    return "".join([CSRF_ALLOWED_CHARS[digit] for digit in (*pad, *masked)])


_BASE: Final = len(CSRF_ALLOWED_CHARS)
_DIGIT_OF: Final = {character: digit for digit, character in enumerate(CSRF_ALLOWED_CHARS)}
