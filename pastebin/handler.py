"""Django's handler of a request, with two short ways in it.

A view is looked for only among those whose addresses begin as the request's does. And what programs send to publish, or
ask for to read, passes only the middleware that has something to do for it, when it brings nothing that says who asks:
there is no session to read, no form to protect, nobody to greet.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver
from django.urls.exceptions import Resolver404
from django.urls.resolvers import RoutePattern
from django.utils.module_loading import import_string

from pastebin.middleware import before_form
from pastes.urlkeys import KEY_PATTERN

FOR_PROGRAMS: Final = frozenset(
    {
        ("PUT", "upload"),
        ("POST", "upload"),
        ("PUT", "pastes:home"),
        ("POST", "pastes:home"),
        ("GET", "pastes:raw"),
        ("GET", "pastes:raw_file"),
        ("POST", "api-v1:create_paste"),
        ("GET", "api-v1:read_paste"),
    }
)
"""What programs do most, none of which looks at a session."""

FOR_PEOPLE: Final = (
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pastebin.middleware.TokensBeforeCookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "pastebin.middleware.AuthorityCsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
)
"""Middleware that has nothing to do for a request without cookies and tokens that is none for a page."""

_KEY = re.compile(KEY_PATTERN)

type _Pattern = URLPattern | URLResolver


class ShortWays(BaseHandler):
    """What the site's handler does in its own way; tests have a handler of their own that does it as well."""

    def load_middleware(self, is_async: bool = False) -> None:
        """All middleware, and beside it what is for programs."""
        super().load_middleware(is_async)
        self._for_programs = _ForPrograms()
        self._for_programs.load_middleware()

    def get_response(self, request: HttpRequest) -> Any:
        """Find the view, and decide by it and by what the request brings which way it goes."""
        try:
            match = _found(request.path_info)
        except Resolver404:  # is raised again where it is answered
            return super().get_response(request)
        request.resolver_match = match
        if (request.method, match.view_name) in FOR_PROGRAMS and _brings_nothing(request):
            request.user = AnonymousUser()
            return self._for_programs.get_response(request)
        return super().get_response(request)

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """What was found before."""
        request.resolver_match = request.resolver_match or _found(request.path_info)
        return request.resolver_match


class Handler(ShortWays, WSGIHandler):
    """Answers every request."""


class _ForPrograms(BaseHandler):
    """Answers what brings nothing, with less middleware around the view."""

    def load_middleware(self, is_async: bool = False) -> None:
        """As Django does, for middleware that has no views to look at but the one that reads forms."""
        del is_async
        self._view_middleware = [before_form]
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for path in reversed([path for path in settings.MIDDLEWARE if path not in FOR_PEOPLE]):
            middleware = import_string(path)(handler)
            if hasattr(middleware, "process_exception"):
                self._exception_middleware.append(middleware.process_exception)
            handler = convert_exception_to_response(middleware)
        self._middleware_chain = handler

    def resolve_request(self, request: HttpRequest) -> Any:
        """What was found before."""
        return request.resolver_match


def _brings_nothing(request: HttpRequest) -> bool:
    meta = request.META
    return not (
        meta.get("HTTP_COOKIE")
        or "HTTP_AUTHORIZATION" in meta
        or "HTTP_HX_REQUEST" in meta
        or "text/html" in meta.get("HTTP_ACCEPT", "")
    )


def _found(path: str) -> ResolverMatch:
    """The view at an address, as `django.urls.resolve` finds it.

    Raises:
        Resolver404: there is none.
    """
    first = path[1:].partition("/")[0]
    return _resolver(first if first in _first_words() else "", keyed=bool(_KEY.match(first))).resolve(path)


@lru_cache(maxsize=512)
def _resolver(first: str, *, keyed: bool) -> URLResolver:
    """Django's, with only those patterns that can match a path.

    Args:
        first: its first word, where some addresses begin with that; "" where none does.
        keyed: whether it begins like a key.
    """

    def those(patterns: Iterable[_Pattern]) -> Iterable[_Pattern]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver) and str(pattern.pattern) == "":
                yield _copy(pattern, [*those(pattern.url_patterns)])
            elif _first_word(pattern) in {first, None} and (keyed or not str(pattern.pattern).startswith("<key:")):
                yield pattern

    everything = get_resolver(settings.ROOT_URLCONF)
    return _copy(everything, [*those(everything.url_patterns)])


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    """All first words of addresses that begin with a fixed one."""
    return frozenset(word for word in _words(get_resolver(settings.ROOT_URLCONF).url_patterns) if word is not None)


def _words(patterns: Iterable[_Pattern]) -> Iterable[str | None]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver) and str(pattern.pattern) == "":
            yield from _words(pattern.url_patterns)
        else:
            yield _first_word(pattern)


def _first_word(pattern: _Pattern) -> str | None:
    """The fixed first word of what a pattern matches; None when it may be any."""
    if not isinstance(pattern.pattern, RoutePattern):
        return None
    word, slash, _rest = str(pattern.pattern).partition("/")
    ends = slash or isinstance(pattern, URLPattern)
    return word if ends and "<" not in word else None


def _copy(resolver: URLResolver, patterns: list[_Pattern]) -> URLResolver:
    return URLResolver(resolver.pattern, patterns, resolver.default_kwargs, resolver.app_name, resolver.namespace)
