"""The addresses that lead to a place in a paste, and what other pages write to show it."""

from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pastes.domain.previews import Lines, Preview, Spot
from pastes.exceptions import NotFound
from pastes.urlkeys import address_of
from pastes.views.door import number_of, origin

HEAD, LEAD, AROUND = 46, 20, 38
"""Pixels of a frame: its head, each line, and what is around the lines, a scroll bar included."""

SHOWN_LINES = 25
"""A frame without a script is at most as high as so many lines, and scrolls."""

MOST_REVISIONS = 2**31 - 1
"""No database has a number beyond."""

PAGES = frozenset({"pastes:paste", "pastes:paste_as", "pastes:revision"})


def spot_in(query: QueryDict) -> Spot:
    """The place that the query of a page names: ``?file=2&line=10-20``; what cannot be read is left out."""
    return Spot(number_of(query, "file") or 1, Lines.parse(query.get("line", "")))


def page_query(spot: Spot) -> str:
    """The query that `spot_in` reads."""
    asked: dict[str, object] = {"file": spot.file} if spot.file > 1 else {}
    if spot.lines:
        asked["line"] = spot.lines
    return f"?{urlencode(asked)}" if asked else ""


def preview_query(spot: Spot, *, theme: str = "") -> str:
    """What stands behind the address of a frame or a picture (`SpotForm`)."""
    asked: dict[str, object] = {"file": spot.file if spot.file > 1 else "", "lines": spot.lines or ""}
    asked |= {"revision": spot.revision or "", "theme": theme}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"?{query}" if query else ""


def page_path(key: str, spot: Spot) -> str:
    """The page of a paste with the lines marked: the query is for servers, which never see what follows a #."""
    older = spot.revision is not None
    path = reverse("pastes:revision", args=[key, spot.revision]) if older else address_of("pastes:paste", key)
    return path + page_query(spot)


def spot_of_address(request: HttpRequest, address: str) -> tuple[str, Spot]:
    """The key of a paste, and the place in it, that an address of this site leads to.

    Raises:
        NotFound: when it is no page of a paste here.
    """
    try:
        parts = urlsplit(address)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        raise NotFound from None
    ours = {urlsplit(origin(request)).netloc, request.get_host(), ""}
    if parts.netloc not in ours or parts.scheme not in {"http", "https", ""} or match.view_name not in PAGES:
        raise NotFound
    spot, number = Spot.of_fragment(parts.fragment) or spot_in(QueryDict(parts.query)), match.kwargs.get("number")
    if number is not None and number > MOST_REVISIONS:
        raise NotFound
    return match.kwargs["key"], replace(spot, revision=number)


def frame_url(request: HttpRequest, preview: Preview, *, theme: str = "", name: str = "embed") -> str:
    """Where the frame of a place is; with ``name`` "embed_script", its script."""
    path = address_of(f"pastes:{name}", preview.paste.key)
    return origin(request) + path + preview_query(preview.spot, theme=theme)


def height_of(preview: Preview) -> int:
    """How high a frame without a script is, in pixels."""
    lines = len(preview.lines) if preview.lines else preview.file.lines
    return HEAD + AROUND + LEAD * min(max(lines, 1), SHOWN_LINES)


def iframe(
    request: HttpRequest, preview: Preview, *, theme: str = "", width: int | str = "100%", height: int | None = None
) -> SafeString:
    """The frame as HTML for another page. It fits the strictest policy there: nothing in it is script or style."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" frameborder="0" loading="lazy"></iframe>',
        frame_url(request, preview, theme=theme),
        preview.title,
        width,
        height_of(preview) if height is None else height,
    )


def script_tag(request: HttpRequest, preview: Preview, *, theme: str = "") -> SafeString:
    """The same as a script, which makes the frame as high as its text."""
    address = frame_url(request, preview, theme=theme, name="embed_script")
    return format_html('<script src="{}" data-title="{}" async></script>', address, preview.title)
