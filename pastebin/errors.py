"""Errors as HTTP, in one place: a page, a fragment for HTMX, JSON, or plain text, as the asker speaks."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.encoding import iri_to_uri
from django.utils.html import escape
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _

from pastebin.nginx import MARGIN_BYTES
from pastes import conf
from pastes.api import haste, privatebin
from pastes.api.gist import errors as gist
from pastes.api.v1.signing_in import SignInRefused
from pastes.domain import content
from pastes.exceptions import (
    Forbidden,
    HasSecrets,
    Invalid,
    Locked,
    MissingScope,
    NotFound,
    PasteError,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
)
from pastes.views import submission
from pastes.views.door import MethodNotAllowed, wants_html, wants_json

log = structlog.get_logger("pastebin.errors")

DATABASE_AWAY = (OperationalError, InterfaceError)
"""What is raised when the database does not answer, or ends a query or a connection."""


WORTH_ANOTHER_TRY = {429, 500, 503}
"""Statuses of pages that may come when they are asked for once more."""


READING = {"GET", "HEAD"}

TRIED = {"/help": "pastes:help_clients", "/api": "api-v1:openapi-view"}
"""Addresses that people try. They are no routes, because a file may be sent under such a name: `curl -T help …`."""


class DomainErrors:
    """Middleware that turns the domain's errors into answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing to do unless something is raised."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what the domain raised, and requests too large to be read."""
        if isinstance(exception, NotFound) and request.method in READING and request.path_info in TRIED:
            return HttpResponseRedirect(reverse(TRIED[request.path_info]))
        if isinstance(exception, PasteError):
            return answer(request, exception)
        if isinstance(exception, DATABASE_AWAY):
            return database_away(request, exception)
        if isinstance(exception, SocialApp.DoesNotExist):
            # The address of a login provider that this site does not use.
            return answer(request, NotFound())
        return answer(request, too_large) if (too_large := _too_large(exception)) else None


def limit_body(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse a body that is larger than any paste before any of it is kept: Django lets files in forms be endless."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        # nginx keeps what is much larger, and says how large it was.
        refused = request.META.get("HTTP_X_REFUSED_LENGTH")
        length = refused or request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and (more := int(length) - settings.DATA_UPLOAD_MAX_MEMORY_SIZE) > 0:
            if more <= MARGIN_BYTES and not refused:  # nginx answers 502 where nobody hears it out
                while request.read(65_536):
                    pass
            return answer(request, content.too_many_bytes(limit=conf.largest(), actual=int(length)))
        return get_response(request)

    return middleware


def answer(request: HttpRequest, error: PasteError) -> HttpResponse:
    """An error in the asker's own form."""
    details: dict[str, Any] = dict(error.details) if isinstance(error, SignInRefused) else {}
    if isinstance(error, Invalid):
        details["errors"] = error.errors
    if isinstance(error, HasSecrets):
        details |= _findings(error)
    if isinstance(error, TooLarge):
        details |= {"limit": error.limit, "actual": error.actual}
    if isinstance(error, Locked) and wants_problem(request):
        details["needs_password"] = error.needs_password
    headers: dict[str, str] = {}
    if retry_after := getattr(error, "retry_after", None):
        headers["Retry-After"] = str(retry_after)
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    if isinstance(error, Unauthorized | MissingScope):
        headers["WWW-Authenticate"] = error.challenge
    return respond(
        request,
        status=error.status,
        code=error.code,
        heading=str(error.message),
        advice=str(error.advice),
        details=details,
        headers=headers,
    )


def respond(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    heading: str,
    advice: str = "",
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """One error, as a fragment, a page, JSON (RFC 9457) or plain text."""
    request_id = getattr(request, "request_id", "")
    details = details or {}
    response: HttpResponse
    in_one_line = " ".join([heading, *_flat(details), advice]).strip()
    if haste.says(request):
        response = haste.error(status=status, text=in_one_line)
    elif privatebin.says(request):
        response = privatebin.error(status=status, text=in_one_line)
    elif gist.speaks_gist(request):
        response = gist.response(request, status=status, code=code, message=heading, details=details)
    elif wants_problem(request):
        # RFC 9457. The type is an address of this site, where the code is explained.
        problem = {"type": f"/help/api#{code}", "status": status, "code": code, "title": heading, "detail": advice}
        problem |= {"request_id": request_id} | dict(details)
        response = JsonResponse(problem, status=status, content_type="application/problem+json")
    elif _wants_fragment(request) or wants_html(request):
        response = _page(request, status=status, heading=heading, message=" ".join(_flat(details)), advice=advice)
    else:
        lines = [heading, *_flat(details), advice, f"id: {request_id}" if request_id else ""]
        text = "\n".join(line for line in lines if line) + "\n"
        response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    for name, value in (headers or {}).items():
        response[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _page(request: HttpRequest, *, status: int, heading: str, message: str, advice: str) -> HttpResponse:
    """An error for a person, as a page or as the part of one that HTMX asked for."""
    context = {
        "status": status,
        "heading": heading,
        "message": message,
        "advice": advice,
        "request_id": getattr(request, "request_id", ""),
        "kept": _kept(request, status),
        "again": request.get_full_path() if request.method == "GET" and status in WORTH_ANOTHER_TRY else "",
    }
    template = "errors/fragment.html" if _wants_fragment(request) else "errors/page.html"
    return HttpResponse(render_to_string(template, context, request), status=status)


def wants_problem(request: HttpRequest) -> bool:
    """Whether the answer is JSON: for who asks for it, and for every address of the API."""
    return wants_json(request) or request.path_info.startswith("/api/v1/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, and 413 where the request was too large to be read."""
    if too_large := _too_large(exception):
        return answer(request, too_large)
    return respond(request, status=400, code="bad_request", heading=_("This request cannot be understood."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    del exception
    return answer(request, Forbidden())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same whether the address is none or the paste is not there; a slash too many or too few is put right."""
    del exception
    if meant := _meant(request):
        return HttpResponseRedirect(meant)
    return answer(request, NotFound())


def database_away(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503, as for every other part that does not answer; with nobody signed in, for nobody can be looked up."""
    log.error("database_failed", exc_info=error)
    request.user = AnonymousUser()
    if (session := getattr(request, "session", None)) is not None:
        vars(session).setdefault("_session_cache", {})  # what was not read yet is not asked for again
    request._messages = CookieStorage(request)  # type: ignore[attr-defined] # those in the session are out of reach
    return answer(request, Unavailable())


def server_error(request: HttpRequest) -> HttpResponse:
    """500: nothing here may fail again, so a page without a template is the last resort."""
    # Middleware fails outside of `DomainErrors`, such as when it looks for the session.
    if isinstance(error := sys.exc_info()[1], DATABASE_AWAY):
        return database_away(request, error)
    heading = _("Something went wrong on our side.")
    advice = _("It is written down and will be looked at. Try again in a minute.")
    try:
        if request.method == "POST" and wants_html(request):
            advice = _(
                "It is written down and will be looked at. Your text is still in your browser: go back and try again."
            )
        return respond(request, status=500, code="server_error", heading=heading, advice=advice)
    except Exception:
        log.exception("error_page_failed")
        page = f"<!doctype html><title>500</title><h1>{escape(heading)}</h1><p>{escape(advice)}</p>"
        return HttpResponse(page, status=500)


def too_many(request: HttpRequest) -> HttpResponse:
    """429 of allauth's own limits, which count within a minute."""
    return answer(request, TooMany(retry_after=60))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from another site, or one that outlived its session; what was typed is shown again."""
    log.info("csrf_refused", reason=reason)
    return respond(
        request,
        status=403,
        code="csrf_failed",
        heading=_("This form is too old, or came from another site."),
        advice=_("Nothing was changed. Reload the page and send it again."),
    )


def _meant(request: HttpRequest) -> str:
    """The address that is there with a slash more or less at its end, for whoever reads; "" when there is none."""
    path = request.path_info
    if request.method not in READING or path.startswith("/api/"):
        return ""
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    if other in TRIED:
        return reverse(TRIED[other])
    try:
        if resolve(other).view_name == "upload":  # where anything fits
            return ""
    except Resolver404:
        return ""
    query = request.META.get("QUERY_STRING", "")
    return escape_leading_slashes(iri_to_uri(other)) + (f"?{query}" if query else "")


def _wants_fragment(request: HttpRequest) -> bool:
    """Whether HTMX asks. Not `request.htmx`: an error may come before the middleware that sets it."""
    return request.headers.get("HX-Request") == "true"


def _too_large(exception: Exception) -> TooLarge | None:
    if isinstance(exception, RequestDataTooBig):
        return content.too_many_bytes(limit=conf.largest(), actual=None)
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        limit = conf.limits_for(None).files
        return TooLarge(_("One paste can have %(limit)s files.") % {"limit": limit}, limit=limit, actual=None)
    return None


def _kept(request: HttpRequest, status: int) -> dict[str, Any] | None:
    """What was typed into the editor or as a comment, so that an error never eats it."""
    if request.method != "POST" or status in {400, 413} or request.encoding == submission.LOSSLESS:
        return None
    try:
        cards = [card for card in submission.cards_in(request.POST) if card.content]
    except (PermissionDenied, ValueError, OSError):
        return None
    if comment := request.POST.get("body", ""):
        cards.append(submission.Card(content=comment))
    return {"title": request.POST.get("title", ""), "cards": cards} if cards else None


def _findings(error: HasSecrets) -> dict[str, Any]:
    """What was found for programs, and the same by field for who reads sentences."""
    errors: dict[str, list[str]] = {}
    for found in error.findings:
        name = found.field if found.index is None else f"files.{found.index}.content"
        errors.setdefault(name, []).append(f"{found.file or found.field}: {found}")
    names = ("field", "file", "line", "kind", "preview")
    return {"errors": errors, "findings": [{name: getattr(found, name) for name in names} for found in error.findings]}


def _flat(details: Mapping[str, Any]) -> list[str]:
    errors = details.get("errors", {})
    return [str(text) for texts in errors.values() for text in texts]
