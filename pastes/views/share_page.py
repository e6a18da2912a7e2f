"""One page for all ways to pass a paste on: address, QR code, frame. Secret links are `pastes.views.sharing`'s."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override

from pastes.domain import access, previews
from pastes.domain.previews import Preview, Spot
from pastes.exceptions import Invalid, NotFound
from pastes.forms import SpotForm, require_valid
from pastes.models import Paste
from pastes.rendering import qr
from pastes.views import snippets, submission
from pastes.views.door import door, find_paste, has_authority, origin, wants_fragment
from pastes.views.previews import ALONE, card_url, title_of

MARKDOWN = re.compile(r"([\\`*_\[\]<>])")
"""What means something in the text of a link (https://spec.commonmark.org/0.31.2/#links)."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Something to copy: ``name`` is its part of an id."""

    name: str
    label: str
    text: str


@door("GET")
def share(request: HttpRequest, key: str) -> HttpResponseBase:
    """The page; for HTMX what stands in the dialog over the paste's own page.

    Raises:
        NotFound: as for the paste.
        Forbidden: when it is private, and somebody else's.
    """
    paste = _find(request, key)
    form = SpotForm(request.GET)
    context: dict[str, Any] = {"paste": paste, "form": form, "url": origin(request) + paste.get_absolute_url()}
    status = 200
    try:
        require_valid(form, _("Nothing is shown for these lines."))
        context |= _ways(request, paste, form.spot())
    except (Invalid, NotFound) as error:
        submission.show_error(form, [], error)
        context |= _ways(request, paste, Spot())
        status = 422
    fragment = wants_fragment(request)
    # HTMX shows nothing of an answer that is an error, and what is wrong with the choices is said in this one.
    return render(request, f"pastes/share.html{'#share' * fragment}", context, status=200 if fragment else status)


@csp_override(ALONE)
@door("GET")
def code(request: HttpRequest, key: str) -> HttpResponse:
    """The address of the paste as a QR code, with the lines that are asked for.

    Raises:
        NotFound, Forbidden, Invalid: as for the page.
    """
    paste = _find(request, key)
    form = SpotForm(request.GET)
    require_valid(form, _("The address of this picture is not right."))
    response = HttpResponse(
        qr.svg(origin(request) + snippets.page_path(key, form.spot())), content_type="image/svg+xml"
    )
    if paste.is_shared_page and not has_authority(request):
        response["Cache-Control"] = "no-cache"
    if not paste.is_listed:
        response["X-Robots-Tag"] = "noindex"
    return response


def _find(request: HttpRequest, key: str) -> Paste:
    paste, viewer = find_paste(request, key)
    if paste.is_private:
        # A guest has a secret link, which is not theirs to pass on, and no other address opens for anybody.
        access.require_author(paste=paste, viewer=viewer)
    return paste


def _ways(request: HttpRequest, paste: Paste, spot: Spot) -> dict[str, Any]:
    """What there is to copy. Of a text that not everybody may read there is only the address."""
    if not paste.is_shared_page:
        return {}
    preview = previews.find(key=paste.key, spot=spot)
    theme = request.GET.get("theme", "")
    theme = theme if theme in {"light", "dark"} else ""
    url = origin(request) + snippets.page_path(paste.key, preview.spot)
    return {
        "preview": preview,
        "files": list(preview.revision.files.all()),
        "url": url,
        "query": snippets.preview_query(preview.spot),
        "links": _links(title_of(preview), url),
        "frames": _frames(request, preview, theme),
        "frame_url": snippets.frame_url(request, preview, theme=theme),
        "card_url": card_url(preview),
    }


def _links(title: str, url: str) -> list[Snippet]:
    quoted = MARKDOWN.sub(r"\\\1", title)
    return [
        Snippet("text", _("Text"), f"{title}: {url}"),
        Snippet("markdown", "Markdown", f"[{quoted}]({url})"),
        Snippet("html", "HTML", format_html('<a href="{}">{}</a>', url, title)),
        Snippet("bbcode", "BBCode", f"[url={url}]{title.replace('[', '(').replace(']', ')')}[/url]"),
    ]


def _frames(request: HttpRequest, preview: Preview, theme: str) -> list[Snippet]:
    return [
        Snippet("frame", _("Frame"), snippets.iframe(request, preview, theme=theme)),
        Snippet("script", _("Script"), snippets.script_tag(request, preview, theme=theme)),
    ]
