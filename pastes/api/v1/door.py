"""Who asks the API, and what passes on the way in and out."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import HttpResponseNotAllowed
from django.utils.translation import gettext_lazy as _
from ninja.utils import check_csrf

from accounts.credentials import Credentials
from accounts.models import User
from pastes.domain import access, limits
from pastes.domain.access import Viewer
from pastes.domain.limits import Allowance
from pastes.exceptions import Forbidden, Unauthorized
from pastes.models import Paste
from pastes.views.door import SAFE, MethodNotAllowed, has_session, identify


class ApiRequest(HttpRequest):
    """What operations get: the request, after `Authority` has looked at it."""

    viewer: Viewer
    credentials: Credentials
    """Set only where a token says who asks (`pastes.views.door.has_token`)."""


class CrossSite(Forbidden):
    """A session wants to change something, and perhaps a page of another site made it."""

    code = "csrf_failed"
    message = _("A session needs a CSRF token to change anything.")
    advice = _("Send it as X-CSRFToken, or use an access token instead of a browser's cookies.")


class Authority:
    """Who may ask: django-ninja calls it before an operation, which then finds `ApiRequest.viewer`.

    Attributes:
        scope: what an access token needs for this (`accounts.models.Scope`). Sessions and edit tokens have no scopes.
        account: whether somebody without an account is turned away.
    """

    def __init__(self, scope: str, *, account: bool = False) -> None:
        self.scope = scope
        self.account = account

    def __call__(self, request: ApiRequest) -> Viewer:
        """Find out who asks.

        Raises:
            BadCredentials, MissingScope: as `identify`; a session beside a token does not count.
            CrossSite: when a session asks without its CSRF token.
            Unauthorized: when nobody has signed in and somebody must have.
        """
        user: User | AnonymousUser = AnonymousUser()
        if "Authorization" in request.headers:
            user = identify(request, scope=self.scope)
        elif has_session(request):
            if request.method not in SAFE:
                require_same_site(request)
            user = request.user
        request.viewer = Viewer(
            user=user,
            address=request.META.get("REMOTE_ADDR", ""),
            edit_token=request.headers.get("X-Edit-Token", ""),
            share_token=request.headers.get("X-Share-Token", ""),
        )
        if self.account and request.viewer.account is None:
            raise Unauthorized
        return request.viewer


def require_same_site(request: HttpRequest) -> None:
    """Let a session's request change something only with the CSRF token that pages of this site have.

    Raises:
        CrossSite: without.
    """
    # Kept first: the check looks into forms, and what it reads of one nobody could read again.
    _kept = request.body
    if check_csrf(request) is not None:
        raise CrossSite


def account_of(request: ApiRequest) -> User:
    """Who asks, where `Authority` has turned away whoever has no account."""
    assert request.viewer.account is not None, "the endpoint takes an account"
    return request.viewer.account


def find_unlocked(request: ApiRequest, key: str) -> tuple[Paste, Viewer]:
    """The paste and who asks for it, who has shown its password where the request brings the right one.

    Raises:
        NotFound: as `access.find_paste`.
        Locked, TooMany: when the password is wrong.
    """
    paste = access.find_paste(key=key, viewer=request.viewer)
    if not (password := password_of(request)):
        return paste, request.viewer
    access.require_password(paste=paste, viewer=request.viewer, password=password)
    return paste, replace(request.viewer, unlock_proof=access.unlock_proof(paste))


def password_of(request: HttpRequest) -> str:
    """A paste's password; never from an address, which gets logged."""
    return request.headers.get("X-Paste-Password", "")


def guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What goes around every operation: HEAD, the error for a wrong method, and how much is left of a rate."""

    @wraps(view)
    def around(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "HEAD":
            # The server leaves the body out; an operation has one way to be read.
            request.method = "GET"
        with limits.noticed() as allowances:
            response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = set(response["Allow"].split(", "))
            raise MethodNotAllowed(allowed=tuple(sorted(allowed | ({"HEAD"} if "GET" in allowed else set()))))
        if isinstance(response, HttpResponse) and allowances:
            show_allowances(response, allowances)
        return response

    return around


def show_allowances(response: HttpResponseBase, allowances: list[Allowance]) -> None:
    """Say how often something may be done, and how often it may yet (draft-ietf-httpapi-ratelimit-headers-10)."""
    policies = [f'"{one.what}";q={one.rate.count};w={one.rate.seconds}' for one in allowances]
    response["RateLimit-Policy"] = ", ".join(policies)
    response["RateLimit"] = ", ".join(f'"{one.what}";r={one.left};t={one.seconds}' for one in allowances)
