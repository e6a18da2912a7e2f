"""Who asks, what passes, and what every answer has."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

from accounts import credentials
from accounts.models import Scope, User
from pastes.domain import access
from pastes.domain.access import Viewer
from pastes.exceptions import BadCredentials, MissingScope, NotFound, Unauthorized
from pastes.models import Paste
from pastes.urlkeys import key_in
from pastes.views.door import MethodNotAllowed

SAFE = frozenset({"GET", "HEAD"})


class GistRequest(HttpRequest):
    """What views get: the request, after `endpoint` has looked at it."""

    viewer: Viewer
    scopes: frozenset[str]


type View = Callable[..., HttpResponse]


def endpoint(*, account: bool = False, any_scope: bool = False, **views: View) -> Callable[..., HttpResponseBase]:
    """One address.

    Sessions and cookies mean nothing here, so there is nothing to forge and no CSRF token; only a token says who asks.
    It needs ``gist:read`` to read and ``gist:write`` for everything else.

    Args:
        account: whether reading takes an account, too. Everything else always does.
        any_scope: whether any token is good enough, as to ask whose it is.
        views: by the method that they are for.
    """
    allowed = tuple(views) + (("HEAD",) if "GET" in views else ())

    @csrf_exempt
    def view(request: GistRequest, /, **kwargs: Any) -> HttpResponseBase:
        method = request.method or ""
        if method not in allowed:
            raise MethodNotAllowed(allowed=allowed)
        _identify(request)
        if request.viewer.account and not any_scope:
            require_scope(request, Scope.GIST_READ if method in SAFE else Scope.GIST_WRITE)
        if account or method not in SAFE:
            require_account(request)
        response = views["GET" if method == "HEAD" else method](request, **kwargs)
        if request.viewer.account:
            response["X-OAuth-Scopes"] = ", ".join(scope for scope in Scope if scope in request.scopes)
        return _conditional(request, response) if method in SAFE else response

    return view


def answer(data: Any, *, status: int = 200, location: str = "") -> HttpResponse:
    """JSON, whatever the client says that it accepts."""
    response = JsonResponse(data, safe=False, status=status, content_type="application/json; charset=utf-8")
    if location:
        response["Location"] = location
    return response


def nothing() -> HttpResponse:
    """Done, and nothing to say."""
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response


def find_paste(request: GistRequest, key: str) -> Paste:
    """The paste with this key.

    Raises:
        NotFound: as `access.find_paste`, and for what cannot be a key.
    """
    if key_in(key) != key:
        raise NotFound
    return access.find_paste(key=key, viewer=request.viewer)


def find_own(request: GistRequest, key: str) -> Paste:
    """The same, for its author. GitHub says of others' gists that there is nothing to change.

    Raises:
        NotFound: also for everybody else.
    """
    paste = find_paste(request, key)
    if not access.is_author(paste=paste, viewer=request.viewer):
        raise NotFound
    return paste


def number_in(text: str) -> int:
    """An id in an address.

    Raises:
        NotFound: when it cannot be one.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise NotFound
    return int(text)


def require_account(request: GistRequest) -> User:
    """The account that asks.

    Raises:
        Unauthorized: when there is none.
    """
    if request.viewer.account is None:
        raise Unauthorized
    return request.viewer.account


def require_scope(request: GistRequest, scope: Scope) -> None:
    """Let a token pass that is good for this.

    Raises:
        MissingScope: when it was made for something else.
    """
    if scope not in request.scopes:
        raise MissingScope(scope=scope)


def _identify(request: GistRequest) -> None:
    """Find out who asks.

    Raises:
        BadCredentials: when a token was sent that does not work, or what is none.
    """
    address = request.META.get("REMOTE_ADDR", "")
    sent = request.headers.get("Authorization")
    if sent is None:
        request.viewer, request.scopes = Viewer(address=address), frozenset()
        return
    # A password of HTTP Basic that a browser remembers goes with forged requests, too.
    browser = "Sec-Fetch-Site" in request.headers or "Origin" in request.headers
    remembered = browser and sent.lower().startswith("basic")
    found = None if remembered else credentials.find(authorization=sent)
    if found is None:
        raise BadCredentials
    request.viewer, request.scopes = Viewer(user=found.user, address=address), found.scopes


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """The answer with a tag of its content, or 304 for a client that has it already."""
    if response.status_code != 200:
        return response
    etag = f'W/"{hashlib.sha256(response.content).hexdigest()}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
