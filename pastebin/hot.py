"""The short way of a request: answers that are the same for every anonymous reader, sent before Django begins.

`before_django` stands around the WSGI application. It decides what may be answered alike, and nobody else does: a
request that may, and for which nothing is kept, carries a lease from here to its view (`pastes.views.door.share`).
nginx, where it is there, decides the same by the configuration that `manage.py nginx` writes from this module, and
leaves to this one whatever is not plain. Whoever sends an answer, it has the same headers.
"""

import gzip
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from random import getrandbits
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.core.signals import setting_changed
from django.db import DatabaseError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.middleware.security import SecurityMiddleware
from django.utils import translation
from django.utils.csp import build_policy
from prometheus_client import Counter

from pastebin import numbers
from pastebin.middleware import AUTHOR_COOKIES, is_trusted
from pastes import cache, hot
from pastes.domain import copies
from pastes.urlkeys import KEY_PATTERN
from pastes.views.door import takes_gzip
from pastes.views.raw import SANDBOX

type Environ = dict[str, Any]
type StartResponse = Callable[..., Any]
type Application = Callable[[Environ, StartResponse], Iterable[bytes]]

OWN_HEADERS: Final = frozenset(
    {
        "Authorization",
        "X-Edit-Token",
        "X-Paste-Password",
        "HX-Request",
        "Range",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Range",
        "If-Unmodified-Since",
    }
)
"""A request with one of these may be answered in its own way."""

OWN_COOKIES: Final = (settings.SESSION_COOKIE_NAME, *AUTHOR_COOKIES)
"""So may one whose cookies have one of these words anywhere."""

PATH: Final = re.compile(rf"/(?P<key>{KEY_PATTERN})(?P<raw>/raw)?|{'|'.join(hot.LIST_PATHS)}")
"""Which addresses have answers that can be kept."""

_OWN_ENVIRON = frozenset(f"HTTP_{name.upper().replace('-', '_')}" for name in OWN_HEADERS - {"If-None-Match"})
_OWN_COOKIE = re.compile("|".join(OWN_COOKIES))

_DECIDING = (
    "PATH_INFO",
    "REQUEST_METHOD",
    "QUERY_STRING",
    "SCRIPT_NAME",
    "CONTENT_LENGTH",
    "HTTP_HOST",
    "HTTP_COOKIE",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT_ENCODING",
    *sorted(_OWN_ENVIRON),
)
"""All of a request that decides what it asks for, beside its scheme."""

SAID, SAID_CHARACTERS = 1_000, 500
"""How many different requests a process knows without looking at them again, and how long they may be."""

_asked: dict[tuple[Any, ...], "Asked"] = {}


class Answer(NamedTuple):
    """What is sent."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Asked(NamedTuple):
    """What a request asks for that may be answered alike.

    Attributes:
        key: of a paste; "" for the lists.
        kind: what is counted of it.
        language: of the answer.
        origin: of the request, where answers depend on it.
        zipped: whether the answer may be compressed.
        common: the headers of all of these answers.
        hits: counts this request.
    """

    key: str
    kind: str
    language: str
    origin: str
    zipped: bool
    common: tuple[tuple[str, str], ...]
    hits: Counter


def before_django(inner: Application, *ways: Callable[[Environ], Answer | None]) -> Application:
    """Answer by the first of ``ways`` that has an answer, and let ``inner`` answer everything else."""

    def outer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        for way in ways:
            if answer := way(environ):
                start_response(answer.status, answer.headers)
                return [answer.body]
        return inner(environ, start_response)

    return outer


def find(environ: Environ) -> Answer | None:
    """The answer to a request that may be answered alike; a lease goes with the others of these."""
    if not environ.get("HTTP_AUTHORIZATION", "-"):
        del environ["HTTP_AUTHORIZATION"]  # nginx cannot tell an empty one from none, so nobody does
    if (asked := _what_asks(environ)) is None:
        return None
    key, kind = asked.key, asked.kind
    language = "" if kind == "raw" else asked.language
    found = hot.find(subject=key or hot.LISTS, path=environ["PATH_INFO"], language=language, origin=asked.origin)
    if isinstance(found, hot.Lease):
        cache.misses[kind] += 1
        copy = _find_copy(key, found) if kind == "page" else None
        if copy is None:
            environ[hot.LEASE] = found
            return None
        found = copy
    else:
        cache.hits[kind] += 1
    asked.hits.inc()
    return _answer(environ, found, asked)


def _what_asks(environ: Environ) -> Asked | None:
    """What a request asks for; None when it may not be answered alike. What was said before is not looked at again."""
    secure = is_secure(environ)
    said = (secure, *map(environ.get, _DECIDING))
    asked = _asked.get(said)
    if (
        asked is None
        and (asked := _look(environ, secure=secure))
        and sum(map(len, filter(None, said[1:]))) < SAID_CHARACTERS
    ):
        if len(_asked) >= SAID:
            _asked.clear()
        _asked[said] = asked
    return asked


def _look(environ: Environ, *, secure: bool) -> Asked | None:
    match = PATH.fullmatch(path := environ["PATH_INFO"])
    if match is None or not _is_plain(environ):
        return None
    key, raw = match.groups()
    language = language_of(environ)
    return Asked(
        key=key or "",
        kind="raw" if raw else "page" if key else "list",
        language=language,
        origin=origin_of(environ, secure=secure),
        zipped=takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")),
        common=common_headers(raw=bool(raw), language=language, secure=secure),
        hits=numbers.hits_of(f"pastes:{'raw' if raw else 'paste' if key else path[1:] or 'home'}"),
    )


@receiver(setting_changed)
def forget(**_: Any) -> None:
    """Look at each request anew."""
    _asked.clear()
    common_headers.cache_clear()


def _find_copy(key: str, lease: hot.Lease) -> hot.Entry | None:
    """The copy of a page that is kept beside its rows, which from now on is in the cache, too."""
    if lease.origin:  # then pages have it in them
        return None
    try:
        copy = copies.find(key=key, language=lease.language)
    except DatabaseError:  # Django, which is asked next, looks at the connection first
        return None
    if copy is None:
        cache.misses["copy"] += 1
        return None
    cache.hits["copy"] += 1
    page, seconds = copy
    entry = page.of(lease.generation, seconds=seconds)
    hot.keep(entry, lease, seconds=seconds, public=not page.headers)
    return entry


@lru_cache(maxsize=64)
def common_headers(*, raw: bool, language: str, secure: bool) -> tuple[tuple[str, str], ...]:
    """The headers that all of these answers have, as the views and Django's middleware give them."""
    request, response = HttpRequest(), HttpResponse(content_type=f"text/{'plain' if raw else 'html'}; charset=utf-8")
    request.is_secure = lambda: secure  # type: ignore[method-assign] # all that the middleware looks at
    response["Cache-Control"] = "no-cache"
    response["Vary"] = "Accept-Encoding" if raw else "Accept-Encoding, Accept-Language, Cookie"
    response["Content-Language"] = language
    response["Content-Security-Policy"] = SANDBOX if raw else build_policy(settings.SECURE_CSP)
    if raw:
        response["Accept-Ranges"] = "bytes"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    secured = SecurityMiddleware(lambda _request: response).process_response(request, response)
    return tuple(secured.items())


def _is_plain(environ: Environ) -> bool:
    """Whether nothing in the request sets it apart from those of other anonymous readers of its language."""
    return is_bare(environ) and not (environ.get("HTTP_COOKIE") and _OWN_COOKIE.search(environ["HTTP_COOKIE"]))


def is_bare(environ: Environ) -> bool:
    """Whether a request reads an address as it is, and nothing but its cookies can set it apart from others."""
    return (
        environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and not environ.get("QUERY_STRING")
        and not environ.get("SCRIPT_NAME")
        and environ.get("CONTENT_LENGTH") in {None, "", "0"}
        and _OWN_ENVIRON.isdisjoint(environ)
        and _is_known_host(environ.get("HTTP_HOST", "")[:100], tuple(settings.ALLOWED_HOSTS))
    )


@lru_cache(maxsize=64)
def _is_known_host(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _port = split_domain_port(host)
    return len(host) < 100 and bool(domain) and validate_host(domain, allowed)


def is_secure(environ: Environ) -> bool:
    """As `HttpRequest.is_secure`, behind `behind_proxies`."""
    said = environ.get("HTTP_X_FORWARDED_PROTO")
    if said is not None and settings.TRUSTED_PROXIES and is_trusted(environ.get("REMOTE_ADDR", "")):
        return bool(said.split(",", 1)[0].strip() == "https")
    return bool(environ["wsgi.url_scheme"] == "https")


def origin_of(environ: Environ, *, secure: bool) -> str:
    """Scheme and host that the request called the site by, where answers depend on them."""
    return "" if settings.SITE_URL else f"{'https' if secure else 'http'}://{environ['HTTP_HOST']}"


def language_of(environ: Environ) -> str:
    """The language of whoever has no session, or one that says nothing of it."""
    cookie = environ.get("HTTP_COOKIE", "")
    said = parse_cookie(cookie).get(settings.LANGUAGE_COOKIE_NAME) if settings.LANGUAGE_COOKIE_NAME in cookie else None
    # Django looks at 500 characters of either; what is remembered must not be as long as somebody likes.
    return language_for(said and said[:501], environ.get("HTTP_ACCEPT_LANGUAGE", "")[:501])


@lru_cache(maxsize=1024)
def language_for(cookie: str | None, accepted: str) -> str:
    """The language that `choose_language` gives to somebody without an account."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    if cookie is not None:
        request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = cookie
    return translation.get_language_from_request(request)


def _answer(environ: Environ, entry: hot.Entry, asked: Asked) -> Answer:
    zipped = asked.zipped
    body = entry.packed if zipped else gzip.decompress(entry.packed)
    own = entry.headers_for(zipped=zipped) if entry.headers else entry.headers
    status = "200 OK"
    if etag := entry.headers.get("ETag", ""):
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        if known and (known == "*" or etag.strip('"') in known):
            status, body = "304 Not Modified", b""
    headers = [*asked.common, *own.items(), ("X-Request-ID", f"{getrandbits(64):016x}")]
    if status[0] == "2":
        headers.append(("Content-Length", str(len(body))))
        if zipped:
            headers.append(("Content-Encoding", "gzip"))
    return Answer(status, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body)
