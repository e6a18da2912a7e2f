"""The short way of a request by somebody signed in: the page of a paste, filled in before Django begins.

Somebody to whom the page of a paste shows nothing of their own but their name (`pastes.domain.plain`) gets what others
like them get, with their name filled in (`pastes.views.stencils`). Who they are is looked up in the database with each
request, and whether the page is still right as well: its version is compared there. Whoever is not plain, and every
request with anything unusual, is left to Django, which carries a lease to keep what it makes.
"""

import re
import secrets
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.middleware.csrf import CsrfViewMiddleware, get_token

from accounts import sessions
from pastebin import hot as anonymous
from pastebin import numbers
from pastebin.hot import Answer, Application, Environ, StartResponse
from pastebin.middleware import AUTHOR_COOKIES
from pastes import cache, hot, release
from pastes.domain import plain
from pastes.views import stencils
from pastes.views.stencils import Person, Stencil

SESSION: Final = re.compile(r"[a-z0-9]{32}")
"""Names of sessions, as Django makes them."""

OWN_WORDS: Final = (*AUTHOR_COOKIES, "messages")
"""Who has a cookie with one of these words anywhere may be shown more: what they may edit, or what is told once."""

GZIP: Final = 16 + zlib.MAX_WBITS


def before_django(inner: Application) -> Application:
    """Answer plain readers, and let ``inner`` answer everybody else."""

    def outer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if (answer := find(environ)) is None:
            return inner(environ, start_response)
        start_response(answer.status, answer.headers)
        return [answer.body]

    return outer


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
    session = sessions.SessionStore(cookies[settings.SESSION_COOKIE_NAME]).load()
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None  # nobody is signed in
    secure, language = anonymous.is_secure(environ), session.get("language")
    if language not in dict(settings.LANGUAGES):
        language = anonymous.language_of(environ)
    lease, kept = hot.find_variants(
        subject=key,
        path=environ["PATH_INFO"],
        language=language,
        origin=anonymous.origin_of(environ, secure=secure),
        variants=stencils.VARIANTS.values(),
    )
    found = _find_stencil(kept, session)
    if found is None:
        cache.misses["signed_in"] += 1
        environ[stencils.LEASE] = lease
        return None
    cache.hits["signed_in"] += 1
    numbers.observe_hit(route="pastes:paste")
    entry, stencil, reader = found
    token, cookie = _csrf(cookies)
    theme = session.get("theme", "")
    person = Person(name=reader.user.username, unread=reader.user.unread, theme=theme, token=token)
    body = stencil.fill(person, language=language)
    own = [("X-Request-ID", secrets.token_hex(8)), ("Content-Length", str(len(body))), ("Set-Cookie", cookie)]
    return Answer("200 OK", [*_headers(language, secure=secure), *entry.headers.items(), *own], body)


def _find_stencil(
    kept: dict[str, hot.Entry], session: dict[str, Any]
) -> tuple[hot.Entry, Stencil, plain.Reader] | None:
    """The stencil that is right for the person of a session at this moment, if one is kept."""
    stencil_of = {name: Stencil.of(zlib.decompress(entry.packed, GZIP)) for name, entry in kept.items()}
    for some in stencil_of.values():
        reader = plain.find(user=int(session[SESSION_KEY]), paste=some.paste)
        if reader is None or not reader.is_plain or not sessions.is_signed_in(reader.user, session):
            return None
        name = stencils.VARIANTS[reader.given]
        stencil = stencil_of.get(name)
        right = stencil and (stencil.version, stencil.made_by) == (reader.version, release.fingerprint())
        return (kept[name], stencil, reader) if stencil and right else None
    return None


@lru_cache(maxsize=64)
def _headers(language: str, *, secure: bool) -> tuple[tuple[str, str], ...]:
    """The headers that all of these answers have, as the views and Django's middleware give them."""
    own = {"Cache-Control": "private, no-store", "Vary": "Cookie, Accept-Language"}
    return tuple((dict(anonymous.common_headers(raw=False, language=language, secure=secure)) | own).items())


_middleware: Final = CsrfViewMiddleware(lambda _request: HttpResponse())


def _csrf(cookies: dict[str, str]) -> tuple[str, str]:
    """A token for the forms of the page, and the cookie that goes with it: Django's own."""
    request = HttpRequest()
    request.COOKIES = cookies
    _middleware.process_request(request)
    token = get_token(request)
    response = _middleware.process_response(request, HttpResponse())
    return token, response.cookies[settings.CSRF_COOKIE_NAME].OutputString()
