"""Reading a paste: its page, the gate before it, and its parts."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from pastes import cache
from pastes.domain import access, anchors, content, counting, moderation, publishing, reactions, reading
from pastes.domain.access import Viewer
from pastes.domain.anchors import Remark
from pastes.domain.reading import Opening
from pastes.exceptions import Locked, NotFound
from pastes.models import File, Paste
from pastes.views import comments, editing, margins
from pastes.views.door import (
    UNLOCK_COOKIE,
    UNLOCK_COOKIE_SECONDS,
    door,
    find_paste,
    has_authority,
    has_session,
    number_in,
    origin,
    password_in,
    remember,
    viewer_of,
    wants_html,
)
from pastes.views.publishing import upload

INLINE_BYTES = 256 * 1024
"""How much text of all files one page shows at once; the rest is a click or a scroll away."""


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as the page shows it: the part that was asked for, and the way to the others."""

    file: File
    anchor: str
    html: SafeString
    first_line: int
    last_line: int
    previous_url: str
    next_url: str
    previous_part_url: str
    next_part_url: str
    is_binary: bool
    is_plain: bool
    hidden_characters: int
    long_lines: int
    collapsed: bool
    page_url: str
    raw_url: str
    download_url: str


@door("GET", "POST", "PUT", "DELETE")
def paste(request: HttpRequest, key: str) -> HttpResponseBase:
    """The page of a paste.

    `curl -T environment` adds a name to the address that could be a key; nothing but a new text is ever put there.
    """
    if request.method == "PUT":
        return upload(request, key)
    if request.method == "DELETE":
        return editing.delete(request, key)
    if request.method == "POST":
        return open_gate(request, key)
    plain_page = not request.GET and not has_authority(request)
    if plain_page and (packed := cache.page(key, language=get_language() or "")):
        return _page_response(request, packed)
    try:
        found, viewer = find_paste(request, key)
    except NotFound:
        return _afterlife(request, key)
    return _show(request, found, viewer, keep=plain_page)


@door("GET", "PUT", "POST")
def paste_as(request: HttpRequest, key: str, extension: str) -> HttpResponseBase:
    """The page with the first file in the language that an extension stands for: ``/<key>.py``, as hastebin has it.

    It is an address for reading. What is sent there is a new text, in a file that happens to be called like this.
    """
    if request.method in {"PUT", "POST"}:
        return upload(request, f"{key}.{extension}")
    found, viewer = find_paste(request, key)
    response = _show(request, found, viewer, extension=extension)
    response["X-Robots-Tag"] = "noindex"
    return response


@door("GET")
def revision(request: HttpRequest, key: str, number: int) -> HttpResponseBase:
    """The page of an older revision."""
    found, viewer = find_paste(request, key)
    return _show(request, found, viewer, number=number)


@door("POST")
def open_gate(request: HttpRequest, key: str) -> HttpResponseBase:
    """Open a paste with its password, or for the one time it may be read."""
    found, viewer = find_paste(request, key)
    try:
        opening = reading.open_paste(paste=found, viewer=viewer, password=password_in(request), confirmed=True)
    except Locked as error:
        return _gate(request, found, error)
    if opening.data is not None:
        return _render_opening(request, opening, viewer)
    response = HttpResponseRedirect(reverse("pastes:paste", args=[key]), status=303)
    if found.password:
        proof = access.unlock_proof(found)
        remember(response, name=UNLOCK_COOKIE, value=proof, paste=found, seconds=UNLOCK_COOKIE_SECONDS)
    return response


@door("GET")
def part(request: HttpRequest, key: str, position: int, number: int) -> HttpResponseBase:
    """One part of a long file: rows for the page that shows the parts before it."""
    found, viewer = find_paste(request, key)
    opening = reading.open_paste(
        paste=found, viewer=viewer, number=number_in(request, "revision"), extension=request.GET.get("as", "")[:30]
    )
    file = next((item for item in opening.files if item.position == position), None)
    if file is None:
        raise NotFound
    talk = anchors.remarks(paste=found, revision=opening.revision)
    context = {"paste": found, "view": _file_view(opening, file, number - 1, talk)}
    response = render(request, "pastes/_file.html#part", context)
    if found.is_shared_page and not has_authority(request):
        response["Cache-Control"] = "no-cache"
    if not found.is_listed:
        response["X-Robots-Tag"] = "noindex"
    return response


@door("POST")
def view(request: HttpRequest, key: str) -> HttpResponseBase:
    """Note that a reader has the page before them."""
    found, viewer = find_paste(request, key)
    if not found.is_gated:
        own = {str(urlsplit(site).hostname) for site in (origin(request), f"//{request.get_host()}")}
        host = counting.foreign_host(request.POST.get("from", ""), own=own)
        counting.count_view(paste=found, viewer=viewer, agent=request.headers.get("User-Agent", ""), host=host)
    return HttpResponse(status=204)


def _show(
    request: HttpRequest,
    found: Paste,
    viewer: Viewer,
    *,
    number: int | None = None,
    extension: str = "",
    keep: bool = False,
) -> HttpResponse:
    try:
        opening = reading.open_paste(
            paste=found, viewer=viewer, number=number, password=password_in(request), extension=extension
        )
    except Locked as error:
        if not wants_html(request):
            raise
        return _gate(request, found, error)
    response = _render_opening(request, opening, viewer)
    if keep and found.is_shared_page and viewer.account is None:
        packed = gzip.compress(response.content, 5, mtime=0)
        left = (found.expires_at - timezone.now()).total_seconds() if found.expires_at else float("inf")
        cache.keep_page(found.key, packed, language=get_language() or "", seconds=left)
        return _page_response(request, packed)
    return response


def _page_response(request: HttpRequest, packed: bytes) -> HttpResponse:
    """A shared page, in the form it is kept in where the reader takes that."""
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(packed if zipped else gzip.decompress(packed))
    if zipped:
        response["Content-Encoding"] = "gzip"
    # A browser asks again each time: an edit is seen on the next request.
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def _afterlife(request: HttpRequest, key: str) -> HttpResponse:
    """What an author finds where their paste was.

    Raises:
        NotFound: for everybody else.
    """
    viewer = viewer_of(request)
    receipt = access.find_receipt(key=key, viewer=viewer)
    if receipt:
        return render(request, "pastes/receipt.html", {"receipt": receipt}, status=410)
    if hidden := moderation.find_hidden(key=key, viewer=viewer):
        return render(request, "pastes/hidden.html", {"paste": hidden}, status=410)
    return editing.deleted_page(request, publishing.find_deleted(key=key, viewer=viewer))


def _gate(request: HttpRequest, found: Paste, error: Locked) -> HttpResponse:
    left = None if found.max_opens is None else found.max_opens - found.opens
    context = {
        "paste_key": found.key,
        "needs_password": bool(found.password),
        "burns": found.burn,
        "views_left": None if found.burn else left,
        "error": error.message if error.wrong_password else "",
    }
    return render(request, "pastes/gate.html", context, status=403 if error.wrong_password else 200)


def _render_opening(request: HttpRequest, opening: Opening, viewer: Viewer) -> HttpResponse:
    found = opening.paste
    author = access.is_author(paste=found, viewer=viewer)
    published = author and request.GET.get("published") == "1"
    context: dict[str, Any] = {
        "paste": found,
        "revision": opening.revision,
        "latest": opening.revision.number == found.revision_count,
        "files": _file_views(request, opening),
        "may_edit": author,
        "may_claim": author and found.owner_id is None and viewer.account is not None,
        "may_fork": found.max_opens is None,
        "given": reactions.given(paste=found, viewer=viewer),
        "was_published": published,
        "edit_token": viewer.edit_token if published and found.owner_id is None else "",
        "only_reading": opening.data is not None,
        "discussion": _discussion(request, opening, viewer),
    }
    response = render(request, "pastes/paste.html", context)
    if not found.is_listed:
        response["X-Robots-Tag"] = "noindex"
    if not found.is_shared_page or has_session(request):
        response["Cache-Control"] = "private, no-store"
    if found.is_private:
        response["Referrer-Policy"] = "no-referrer"
    return response


def _discussion(request: HttpRequest, opening: Opening, viewer: Viewer) -> comments.Section | None:
    """What is said about a paste stands under its latest revision."""
    if opening.revision.number != opening.paste.revision_count:
        return None
    return comments.section(request, opening.paste, viewer, files=opening.files)


def _file_views(request: HttpRequest, opening: Opening) -> list[FileView]:
    """All files: the first part of each while the page has room, and the part with the line that was asked for."""
    wanted_line, wanted_file = number_in(request, "line"), number_in(request, "file") or 1
    talk = anchors.remarks(paste=opening.paste, revision=opening.revision)
    views = []
    room = INLINE_BYTES
    for file in opening.files:
        if opening.data is not None:
            views.append(_whole_view(opening, file))
            continue
        asked = file.position + 1 == wanted_file and (wanted_line is not None or "file" in request.GET)
        index = reading.part_of_line(file, wanted_line or 1) if asked else 0
        start, end = content.part_range(file, index)
        # The first is always shown: only a very long line makes its part this large, and that is cut.
        shown = asked or not views or end - start <= room
        room -= (end - start) if shown else 0
        views.append(_file_view(opening, file, index, talk, collapsed=not shown))
    return views


def _file_view(
    opening: Opening, file: File, index: int, talk: Mapping[str, Sequence[Remark]], *, collapsed: bool = False
) -> FileView:
    anchor = reading.anchor_of(file)
    binary = file.encoding == "binary"
    show = not collapsed and not binary
    part = reading.render_part(file=file, index=index, anchor=anchor) if show else None
    first, last = reading.line_span(file, index)
    has_next = show and index + 1 < reading.part_count(file)
    return FileView(
        file=file,
        anchor=anchor,
        html=margins.insert(
            part.html if part else "",
            talk.get(file.name, []) if show else [],
            paste=opening.paste,
            anchor=anchor,
            first=first,
            last=last,
        ),
        first_line=first,
        last_line=last,
        previous_url=_page_url(opening, file, reading.line_span(file, index - 1)[0]) if show and index else "",
        next_url=_page_url(opening, file, last + 1) if has_next else "",
        previous_part_url=_part_url(opening, file, index) if show and index else "",
        next_part_url=_part_url(opening, file, index + 2) if has_next else "",
        is_binary=binary,
        is_plain=part.plain if part else False,
        hidden_characters=part.hidden if part else 0,
        long_lines=part.cut if part else 0,
        collapsed=collapsed and not binary,
        page_url=_page_url(opening, file, 1),
        raw_url=_file_url("raw_file", opening, file),
        download_url=_file_url("download_file", opening, file),
    )


def _whole_view(opening: Opening, file: File) -> FileView:
    """All of a file at once: there is no second request for a text that may be read only now."""
    data = opening.read(file)
    binary = file.encoding == "binary"
    count = 0 if binary else reading.part_count(file)
    anchor = reading.anchor_of(file)
    parts = [reading.render_part(file=file, index=index, anchor=anchor, data=data) for index in range(count)]
    return FileView(
        file=file,
        anchor=anchor,
        html=mark_safe("".join(part.html for part in parts)),  # noqa: S308 # rendering/ escapes
        first_line=1,
        last_line=file.lines,
        previous_url="",
        next_url="",
        previous_part_url="",
        next_part_url="",
        is_binary=binary,
        is_plain=any(part.plain for part in parts),
        hidden_characters=sum(part.hidden for part in parts),
        long_lines=sum(part.cut for part in parts),
        collapsed=False,
        page_url="",
        raw_url="",
        download_url="",
    )


def _page_url(opening: Opening, file: File, line: int) -> str:
    at = f"?file={file.position + 1}" if file.position else "?"
    joiner = "&" if file.position else ""
    return f"{_base_url(opening)}{at}{joiner}line={line}#{reading.anchor_of(file)}L{line}"


def _part_url(opening: Opening, file: File, number: int) -> str:
    address = reverse("pastes:part", args=[opening.paste.key, file.position, number])
    query = {}
    if opening.revision.number != opening.paste.revision_count:
        query["revision"] = str(opening.revision.number)
    if opening.extension and not file.position:
        query["as"] = opening.extension
    return f"{address}?{urlencode(query)}" if query else address


def _file_url(name: str, opening: Opening, file: File) -> str:
    several = len(opening.files) > 1
    key = opening.paste.key
    address = (
        reverse(f"pastes:{name}", args=[key, file.name]) if several else reverse(f"pastes:{name[:-5]}", args=[key])
    )
    latest = opening.revision.number == opening.paste.revision_count
    return address if latest else f"{address}?revision={opening.revision.number}"


def _base_url(opening: Opening) -> str:
    key = opening.paste.key
    if opening.extension:
        return reverse("pastes:paste_as", args=[key, opening.extension])
    if opening.revision.number == opening.paste.revision_count:
        return reverse("pastes:paste", args=[key])
    return reverse("pastes:revision", args=[key, opening.revision.number])
