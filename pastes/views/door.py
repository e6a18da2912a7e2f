"""What the pages share: who asks, how they want the answer, and what a door lets through."""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from math import inf
from typing import Any, Concatenate
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from accounts import credentials
from accounts.models import Scope, User
from pastes import hot
from pastes.domain import access, copies
from pastes.domain.access import Viewer
from pastes.exceptions import BadCredentials, MissingScope, PasteError
from pastes.models import Paste

EDIT_COOKIE = "edit_token"
SHARE_COOKIE = "share_token"
UNLOCK_COOKIE = "unlocked"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
AUTHOR_COOKIES = (EDIT_COOKIE, SHARE_COOKIE, UNLOCK_COOKIE)
EDIT_COOKIE_SECONDS = 400 * 86_400
"""The longest that browsers keep a cookie."""
UNLOCK_COOKIE_SECONDS = 3_600


class MethodNotAllowed(PasteError):
    """The address is right and the method is not."""

    status = 405
    code = "method_not_allowed"
    message = _("This address does not take that kind of request.")

    def __init__(self, *, allowed: tuple[str, ...]) -> None:
        super().__init__()
        self.allowed = allowed


def door[**P](
    *methods: str,
    before_form: Callable[[HttpRequest], None] | None = None,
    tokens: str = "paste",
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """Let only these methods through, and mark the view for `AuthorityCsrfMiddleware`.

    What a request with authority is shown is its own, and no cache may keep it. ``before_form`` is called before
    anybody reads the form of a request.

    An access token needs the scope ``paste:read`` to read and ``paste:write`` for all other methods; with ``tokens`` as
    "account", that one; with "text", ``gist:read`` is as good for reading, because gists name addresses of their text;
    with "", nobody passes with a token.
    """
    allowed = tuple({"HEAD": None, **dict.fromkeys(methods)} if "GET" in methods else methods)

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in allowed:
                raise MethodNotAllowed(allowed=allowed)
            response = view(request, *args, **kwargs)
            if "Cache-Control" not in response:
                patch_cache_control(response, private=True, no_store=True)
            return response

        guarded.csrf_by_authority = True  # type: ignore[attr-defined]
        guarded.before_form = before_form  # type: ignore[attr-defined]
        guarded.methods = allowed  # type: ignore[attr-defined]
        guarded.token_scope = tokens  # type: ignore[attr-defined]
        return guarded

    return decorate


def identify(request: HttpRequest, *, scope: str) -> User:
    """Whose token the request brings; from here on it is their request.

    Args:
        request: one with an Authorization header.
        scope: what the token must be good for; "paste" is ``paste:read`` or ``paste:write``, as the method needs, and
            "text" is the same or ``gist:read``.

    Raises:
        BadCredentials: when it is none of ours, expired or revoked, or its person is not let in.
        MissingScope: when it was made for something else.
    """
    found = credentials.find(authorization=request.headers.get("Authorization", ""))
    if found is None:
        raise BadCredentials
    reads = request.method in SAFE
    needed = scope if scope not in {"paste", "text"} else Scope.PASTE_READ if reads else Scope.PASTE_WRITE
    also = Scope.GIST_READ if scope == "text" and reads else needed
    if found.scopes.isdisjoint({needed, also}):
        raise MissingScope(scope=needed)
    request.user = found.user
    request.credentials = found  # type: ignore[attr-defined]
    return found.user


def viewer_of(request: HttpRequest) -> Viewer:
    """Who asks. The session is looked at only when the request brings one."""
    return Viewer(
        **({"user": request.user} if has_session(request) or has_token(request) else {}),
        address=request.META.get("REMOTE_ADDR", ""),
        edit_token=request.headers.get("X-Edit-Token") or request.COOKIES.get(EDIT_COOKIE, ""),
        share_token=request.COOKIES.get(SHARE_COOKIE, ""),
        unlock_proof=request.COOKIES.get(UNLOCK_COOKIE, ""),
    )


def has_session(request: HttpRequest) -> bool:
    """Whether somebody may be signed in."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def has_token(request: HttpRequest) -> bool:
    """Whether an access token said who asks."""
    return hasattr(request, "credentials")


def has_authority(request: HttpRequest) -> bool:
    """Whether the request brings anything that sets it apart from every other anonymous reader's."""
    return (
        has_session(request)
        or "Authorization" in request.headers
        or "X-Edit-Token" in request.headers
        or any(name in request.COOKIES for name in AUTHOR_COOKIES)
    )


YES = frozenset({"1", "on", "true", "yes"})
"""What programs write in a form or a header to say so."""

NO_GZIP = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)", re.IGNORECASE)


def takes_gzip(accepted: str) -> bool:
    """Whether a header Accept-Encoding allows gzip."""
    return "gzip" in accepted and not NO_GZIP.search(accepted)


def seconds_left(*pastes: Paste) -> float:
    """How long all of these live."""
    ends = [paste.expires_at for paste in pastes if paste.expires_at]
    return (min(ends) - timezone.now()).total_seconds() if ends else inf


def share(
    request: HttpRequest,
    response: HttpResponse,
    *,
    seconds: float,
    public: bool = True,
    headers: Mapping[str, str] | None = None,
    copy_of: Paste | None = None,
) -> HttpResponse:
    """Let other readers have this answer too, where the request is one of those that are all answered alike.

    Args:
        request: one that `pastebin.hot` has looked at.
        response: its answer; changed into the form in which everybody gets it.
        seconds: how long it is true.
        public: whether it may be sent without ``headers``.
        headers: those that other answers of its kind do not have.
        copy_of: whose page it is, for one that is kept beside its rows as well.
    """
    lease = request.META.get(hot.LEASE)
    if lease is None or response.status_code != 200 or has_authority(request):
        return response
    page = hot.squeeze(response.content, headers=headers or {})
    if copy_of and not lease.origin:
        copies.keep(page, paste=copy_of, language=lease.language)
    entry = page.of(lease.generation, seconds=seconds)
    hot.keep(entry, lease, seconds=seconds, public=public)
    if zipped := takes_gzip(request.headers.get("Accept-Encoding", "")):
        response.content = entry.packed
        response["Content-Encoding"] = "gzip"
    for name, value in entry.headers_for(zipped=zipped).items():
        response[name] = value
    # A browser asks again each time: a change is seen on the next request.
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def wants_html(request: HttpRequest) -> bool:
    """Whether a person with a browser asks; programs that do not say get plain text."""
    return "text/html" in request.headers.get("Accept", "")


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks for JSON."""
    return "application/json" in request.headers.get("Accept", "") and not wants_html(request)


def wants_fragment(request: HttpRequest) -> bool:
    """Whether HTMX asks, for a part of a page. To restore a page that it no longer remembers, it needs the whole."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def go_on(request: HttpRequest, address: str) -> HttpResponse:
    """Lead somebody on to ``address`` when what they sent is done: a whole new page, though HTMX sent the form."""
    return HttpResponseClientRedirect(address) if wants_fragment(request) else HttpResponseRedirect(address, status=303)


def sign_in_first(request: HttpRequest, address: str) -> HttpResponseBase:
    """Lead somebody without an account to sign in, and then on to ``address``: what they wanted to do, by GET."""
    login = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': address})}"
    return go_on(request, login)


def origin(request: HttpRequest) -> str:
    """Scheme and host of the site: the configured ones, else the request's, which ALLOWED_HOSTS has checked."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"


def number_in(request: HttpRequest, name: str) -> int | None:
    """A whole number from the address's query; None when it is not there or not one."""
    return number_of(request.GET, name)


def number_of(query: QueryDict, name: str) -> int | None:
    """The same from any query."""
    text = query.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def allows_secrets(request: HttpRequest) -> bool:
    """Whether a program's header says that what looks like a credential is to be published."""
    return request.headers.get("X-Allow-Secrets", "").lower() in YES


def password_in(request: HttpRequest) -> str:
    """A paste's password from a program's header or a form; never from an address, which gets logged."""
    sent: Any = request.headers.get("X-Paste-Password", "")
    return sent or (request.POST.get("password", "") if request.method == "POST" else "")


def remember(response: HttpResponse, *, name: str, value: str, paste: Paste | str, seconds: int) -> None:
    """Set a cookie that only this paste's own addresses get to see."""
    key = paste if isinstance(paste, str) else paste.key
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=f"/{key}",
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def find_paste(request: HttpRequest, key: str) -> tuple[Paste, Viewer]:
    """The paste and who asks for it.

    Raises:
        NotFound: as `access.find_paste`.
    """
    viewer = viewer_of(request)
    return access.find_paste(key=key, viewer=viewer), viewer


def find_own(request: HttpRequest, key: str) -> tuple[Paste, Viewer]:
    """The same, for its author.

    Raises:
        NotFound, Forbidden: as `access.find_own_paste`.
    """
    viewer = viewer_of(request)
    return access.find_own_paste(key=key, viewer=viewer), viewer
