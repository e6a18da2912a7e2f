"""What happens to every request before and after its view."""

import ipaddress
import secrets
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from pastebin import metrics, numbers
from pastebin.errors import answer
from pastes.exceptions import PasteError
from pastes.views.door import identify

log = structlog.get_logger("pastebin.request")

type Handler = Callable[[HttpRequest], HttpResponseBase]

AUTHOR_COOKIES = ("edit_token", "share_token", "unlocked")


def carries_authority(request: HttpRequest) -> bool:
    """Whether the request brings a session or an author's or guest's cookie: the only ones with something to abuse."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or any(name in request.COOKIES for name in AUTHOR_COOKIES)


def request_context(get_response: Handler) -> Handler:
    """Give each request an id, in its log lines, its error page and its answer, and log one line when it is done.

    The line has the route, never the path: a path may be an unlisted paste or a share link.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.request_id = secrets.token_hex(8)  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        started = time.perf_counter()
        response = get_response(request)
        seconds = time.perf_counter() - started
        match = request.resolver_match
        route = match.view_name if match else ""
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        metrics.listen()
        numbers.observe_request(route=route, method=request.method or "", status=response.status_code, seconds=seconds)
        if route not in {"healthz", "readyz", "metrics"}:
            log.info(
                "request", method=request.method, route=route, status=response.status_code, ms=round(seconds * 1000, 1)
            )
        return response

    return middleware


@lru_cache(maxsize=8)
def _networks(ranges: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text.strip(), strict=False) for text in ranges)


@lru_cache(maxsize=1024)
def is_trusted(address: str) -> bool:
    """Whether what comes from an address may say whom it comes from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        # A Unix socket has no address: only this machine can be at its other end.
        return address == ""
    return any(parsed in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))


def behind_proxies(get_response: Handler) -> Handler:
    """Put the reader's address in ``REMOTE_ADDR``: the last one in X-Forwarded-For that is not a trusted proxy.

    What an untrusted peer says in X-Forwarded-For or X-Forwarded-Proto is dropped.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        forwarded = meta.pop("HTTP_X_FORWARDED_FOR", "")
        if settings.TRUSTED_PROXIES and is_trusted(meta.get("REMOTE_ADDR", "")):
            for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
                try:
                    ipaddress.ip_address(hop)
                except ValueError:
                    break
                meta["REMOTE_ADDR"] = hop
                if not is_trusted(hop):
                    break
        else:
            meta.pop("HTTP_X_FORWARDED_PROTO", None)
        return get_response(request)

    return middleware


def private_by_default(get_response: Handler) -> Handler:
    """Let nothing be stored on the way to the reader unless its view says that it may."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def choose_language(get_response: Handler) -> Handler:
    """The account's language, else the cookie's, else the browser's; said in Content-Language and Vary."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        wanted = request.session.get("language", "") if settings.SESSION_COOKIE_NAME in request.COOKIES else ""
        known = dict(settings.LANGUAGES)
        language = wanted if wanted in known else translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return middleware


class TokensBeforeCookies:
    """Let a request with an Authorization header be whose the token in it is, and nobody else's.

    Its cookies are not looked at, on any address: a token that does not work must not turn into whoever is signed in by
    a cookie, nor into somebody anonymous. Views say what a token must be good for (`door`); those that take none, such
    as the pages of an account, see a request that nobody has signed in for.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Leave the cookies out, before anybody reads them."""
        if "Authorization" in request.headers:
            request.COOKIES = {}
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Find the token's person before the view, or answer that it does not work."""
        del args, kwargs
        scope = getattr(view, "token_scope", "")
        if scope and "Authorization" in request.headers:
            try:
                identify(request, scope=scope)
            except PasteError as error:
                return answer(request, error)
        return None


class AuthorityCsrfMiddleware(CsrfViewMiddleware):
    """Django's CSRF check, spared where there is nothing to forge.

    A view marked with ``csrf_by_authority`` serves pages that are the same for everybody and so hold no token. When the
    request brings neither a session nor an author's cookie, it carries no authority a foreign page could abuse. Every
    other view, signing in included, is checked always.
    """

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        """Check as Django does, unless the view and the request say that there is no need.

        A form is read only once, and may be read here: a view that wants it read in its own way gets its say before.
        """
        before_form(request, callback)
        spared = getattr(callback, "csrf_by_authority", False)
        if spared and not carries_authority(request) and not _browser_remembers_password(request):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


def before_form(request: HttpRequest, callback: Callable[..., HttpResponseBase], *_: object) -> None:
    """Let a view that wants forms read in its own way have its say before anybody reads one."""
    if own := getattr(callback, "before_form", None):
        own(request)


def _browser_remembers_password(request: HttpRequest) -> bool:
    """Whether the token may be there because a browser sends it by itself, as it does with passwords of HTTP Basic.

    Every other Authorization header is written by whoever sends the request, which no foreign page can do.
    """
    basic = request.headers.get("Authorization", "").lower().startswith("basic")
    return basic and ("Sec-Fetch-Site" in request.headers or "Origin" in request.headers)


def csrf_by_authority[**P, R: HttpResponseBase](view: Callable[P, R]) -> Callable[P, R]:
    """Mark ``view``: its POST needs a CSRF token only from requests that carry authority."""
    view.csrf_by_authority = True  # type: ignore[attr-defined]
    return view
