"""Reading a paste: its page, the gate before it, and its parts."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from pastes.domain import access, anchors, counting, moderation, publishing, reactions, reading, showing
from pastes.domain.access import Viewer
from pastes.domain.reading import Opening
from pastes.exceptions import Locked, NotFound
from pastes.models import Paste
from pastes.rendering import languages
from pastes.urlkeys import address_of
from pastes.views import comments, editing, previews, stencils, vault
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
    seconds_left,
    share,
    viewer_of,
    wants_html,
)
from pastes.views.files import file_view, file_views, jump_url
from pastes.views.publishing import upload


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
    try:
        found, viewer = find_paste(request, key)
    except NotFound:
        return _afterlife(request, key)
    return _show(request, found, viewer)


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
    response = HttpResponseRedirect(address_of("pastes:paste", key), status=303)
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
    context = {"paste": found, "view": file_view(opening, file, number - 1, talk)}
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
) -> HttpResponse:
    try:
        opening = reading.open_paste(
            paste=found,
            viewer=viewer,
            number=number,
            password=password_in(request),
            extension=extension,
            highlighted=True,
        )
    except Locked as error:
        if not wants_html(request):
            raise
        return _gate(request, found, error)
    if "to" in request.GET and opening.data is None:
        return HttpResponseRedirect(jump_url(request, opening))
    return _render_opening(request, opening, viewer)


def _shared(request: HttpRequest, found: Paste, response: HttpResponse, *, whole: bool) -> HttpResponse:
    """Let other readers have the page, if it is the same for all of them; beside its rows if all of it was in time."""
    if not found.is_shared_page:
        return response
    headers = {name: value for name, value in response.items() if name == "X-Robots-Tag"}
    copy_of = found if whole else None
    public = found.is_listed
    return share(request, response, seconds=seconds_left(found), public=public, headers=headers, copy_of=copy_of)


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
        "encrypted": found.encrypted,
        "burns": found.burn,
        "views_left": None if found.burn else left,
        "error": error.message if error.wrong_password else "",
    }
    return render(request, "pastes/gate.html", context, status=403 if error.wrong_password else 200)


def _render_opening(request: HttpRequest, opening: Opening, viewer: Viewer) -> HttpResponse:
    found = opening.paste
    if found.encrypted:
        return vault.page(request, opening, viewer)
    author = access.is_author(paste=found, viewer=viewer)
    published = author and request.GET.get("published") == "1"
    given = reactions.given(paste=found, viewer=viewer)
    files = file_views(request, opening)
    discussion = _discussion(request, opening, viewer, spoke=given.comment)
    context: dict[str, Any] = {
        "paste": found,
        "revision": opening.revision,
        "latest": opening.revision.number == found.revision_count,
        "files": files,
        "has_errors": any(view.log and view.log.errors for view in files),
        "has_looks": any(len(showing.views(file)) > 1 for file in opening.files),
        "is_terminal": any(file.language == languages.TERMINAL for file in opening.files),
        "may_edit": author,
        "may_claim": author and found.owner_id is None and viewer.account is not None,
        "may_fork": found.max_opens is None,
        "given": given,
        "was_published": published,
        "edit_token": viewer.edit_token if published and found.owner_id is None else "",
        "only_reading": opening.data is not None,
        "discussion": discussion,
        "about": previews.head(request, opening),
    }
    page = discussion.page if discussion else None
    if not author and (lease := stencils.lease_of(request, paste=found, given=given, page=page)):
        response = stencils.respond(request, "pastes/paste.html", context, paste=found, lease=lease)
    else:
        response = render(request, "pastes/paste.html", context)
    if not found.is_listed:
        response["X-Robots-Tag"] = "noindex"
    if not found.is_shared_page or has_session(request):
        response["Cache-Control"] = "private, no-store"
    return _shared(request, found, response, whole=all(view.is_whole for view in files))


def _discussion(request: HttpRequest, opening: Opening, viewer: Viewer, *, spoke: bool) -> comments.Section | None:
    """What is said about a paste stands under its latest revision."""
    if opening.revision.number != opening.paste.revision_count:
        return None
    return comments.section(request, opening.paste, viewer, files=opening.files, spoke=spoke)
