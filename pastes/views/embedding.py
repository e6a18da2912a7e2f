"""A paste on the pages of other sites, in a frame."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override

from pastes.domain import counting, previews
from pastes.domain.access import Viewer
from pastes.domain.previews import FRAME_LINES, Elsewhere, Lines, Preview
from pastes.exceptions import Invalid, Locked, PasteError
from pastes.forms import SpotForm, require_valid
from pastes.rendering import languages
from pastes.urlkeys import address_of
from pastes.views import snippets
from pastes.views.door import door, origin

POLICY = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "img-src": settings.SECURE_CSP["img-src"],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}
"""A frame shows itself on any site and does nothing else: there is nothing in it to be clicked by mistake."""

SCRIPT_SECONDS = 3_600


@csp_override(POLICY)
@door("GET")
def embed(request: HttpRequest, key: str) -> HttpResponseBase:
    """Lines of a file, alone on a page that every site may frame. It is the same for everybody."""
    form = SpotForm(request.GET)
    theme = request.GET.get("theme", "")
    context: dict[str, Any] = {"theme": theme if theme in {"light", "dark"} else "", "site_name": settings.SITE_NAME}
    context |= {"home_url": origin(request) + "/", "site_logo": settings.SITE_LOGO}
    listed, status = False, 200
    try:
        require_valid(form, _("The address of this frame is not right."))
        preview = previews.find(key=key, spot=form.spot())
        context |= _frame(request, preview)
        listed = preview.paste.is_listed
        _count(request, preview)
    except PasteError as error:
        context |= _instead(request, key, error)
        status = 400 if isinstance(error, Invalid) else error.status
    response = HttpResponse(render_to_string("pastes/embed.html", context), status=status)
    response.xframe_options_exempt = True
    response["Cache-Control"] = "no-cache" if status == 200 else "no-store"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if not listed:
        response["X-Robots-Tag"] = "noindex"
    return response


@door("GET")
def script(request: HttpRequest, key: str) -> HttpResponse:
    """The script that puts the frame where it stands, and makes it as high as its text; the same for every paste."""
    del request, key
    response = HttpResponse(render_to_string("pastes/embed.js"), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _frame(request: HttpRequest, preview: Preview) -> dict[str, Any]:
    """What the page in the frame shows."""
    file, key, number = preview.file, preview.paste.key, preview.spot.revision
    asked = preview.lines or Lines.between(1, file.lines)
    shown = Lines(asked.first, min(asked.last, asked.first + FRAME_LINES - 1))
    raw = reverse("pastes:raw_file", args=[key, file.name]) + (f"?revision={number}" if number else "")
    return {
        "preview": preview,
        "file": file,
        "is_terminal": file.language == languages.TERMINAL,
        "rows": mark_safe("".join(previews.rows(preview, shown))),  # noqa: S308 # rendering/ escapes
        "hidden": max(0, len(asked) - len(shown)) if file.lines else 0,
        "page_url": origin(request) + snippets.page_path(key, preview.spot),
        "raw_url": origin(request) + raw,
    }


def _instead(request: HttpRequest, key: str, error: PasteError) -> dict[str, Any]:
    """What it shows where there is nothing to show. A private paste looks like none."""
    page = {"page_url": origin(request) + address_of("pastes:paste", key)}
    if isinstance(error, Locked):
        return page | {"message": _("This paste can be read only on its own page.")}
    return {"message": error.message} | (page if isinstance(error, Elsewhere) else {})


def _count(request: HttpRequest, preview: Preview) -> None:
    """Count a reader on another site. A frame on a page of this one is part of that page."""
    own = {str(urlsplit(site).hostname) for site in (origin(request), f"//{request.get_host()}")}
    if host := counting.foreign_host(_host_in(request.headers.get("Referer", "")), own=own):
        viewer = Viewer(address=request.META.get("REMOTE_ADDR", ""))
        counting.count_view(paste=preview.paste, viewer=viewer, agent=request.headers.get("User-Agent", ""), host=host)


def _host_in(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
