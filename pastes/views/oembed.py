"""What programs learn about a paste by its address, to show it where somebody wrote that (https://oembed.com)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import escape

from pastes.domain import previews
from pastes.domain.previews import Preview
from pastes.exceptions import Locked, NotFound
from pastes.rendering import drawing
from pastes.views import snippets
from pastes.views.door import door, number_in, origin
from pastes.views.feeds import xml_text
from pastes.views.previews import card_url

WIDTH = 720
"""Pixels, where nobody says how wide a frame may be."""

CACHE_SECONDS = 3_600
"""How long a program may keep the answer. The frame in it asks for itself each time."""


@door("GET")
def oembed(request: HttpRequest) -> HttpResponse:
    """How to show what everybody may read. The errors are those of section 2.3.4; a private paste is not found."""
    form = request.GET.get("format", "json")
    if form not in {"json", "xml"}:
        return _answer(_text("This is answered as json or xml.", 501))
    try:
        key, spot = snippets.spot_of_address(request, request.GET.get("url", ""))
        preview = previews.find(key=key, spot=spot)
    except NotFound:
        return _answer(_text("There is nothing to show at this address.", 404))
    except Locked:
        refused = _text("This paste can be read only on its own page.", 401)
        # RFC 9110, section 15.5.2 wants the name of a way in. There is none for programs that show links.
        refused["WWW-Authenticate"] = "Page"
        return _answer(refused)
    facts = _facts(request, preview)
    if form == "json":
        return _answer(JsonResponse(facts))
    return _answer(HttpResponse(_xml(facts), content_type="text/xml; charset=utf-8"))


def _facts(request: HttpRequest, preview: Preview) -> dict[str, Any]:
    most_width, most_height = number_in(request, "maxwidth"), number_in(request, "maxheight")
    width = min(WIDTH, most_width or WIDTH)
    height = min(snippets.height_of(preview), most_height or 10**9)
    site, owner = origin(request), preview.paste.owner
    facts: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": preview.title,
        "provider_name": settings.SITE_NAME,
        "provider_url": f"{site}/",
        "cache_age": CACHE_SECONDS,
        "html": snippets.iframe(request, preview, width=width, height=height),
        "width": width,
        "height": height,
    }
    if owner and owner.is_shown:
        facts |= {"author_name": owner.display_name, "author_url": site + owner.get_absolute_url()}
    fits = (most_width or drawing.WIDTH) >= drawing.WIDTH and (most_height or drawing.HEIGHT) >= drawing.HEIGHT
    if fits:
        facts |= {
            "thumbnail_url": site + card_url(preview),
            "thumbnail_width": drawing.WIDTH,
            "thumbnail_height": drawing.HEIGHT,
        }
    return facts


def _text(message: str, status: int) -> HttpResponse:
    return HttpResponse(f"{message}\n", status=status, content_type="text/plain; charset=utf-8")


def _answer(response: HttpResponse) -> HttpResponse:
    """Scripts of every site may ask: the answer is what everybody gets."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-cache"
    return response


def _xml(facts: dict[str, Any]) -> str:
    """Section 2.3.4.2. What is HTML is escaped like any other text."""
    elements = "".join(f"<{name}>{escape(xml_text(str(value)))}</{name}>" for name, value in facts.items())
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{elements}</oembed>\n'
