"""The discussion of a paste: its pages, its forms, and the fragments that HTMX puts in their place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import CommentOrder
from pastes.domain import access, discussion, reading, threads, voting
from pastes.domain.access import Viewer
from pastes.exceptions import Gone, Invalid, Locked, NotFound, PasteError, TooMany
from pastes.forms import CommentForm, require_valid
from pastes.models import Comment, File, Paste
from pastes.urlkeys import address_of
from pastes.views import margins, submission
from pastes.views.door import door, find_own, find_paste, number_in, sign_in_first, wants_fragment

NEW, LINES = "form-new", "form-lines"
"""The form of a discussion, and the one that opens under lines; replies and edits end in the comment's id."""


@dataclass(frozen=True, slots=True)
class Section:
    """A discussion as a page shows it.

    Attributes:
        page: the threads.
        order: how they are ordered.
        form: for a new comment; None for those who cannot write one.
        files: of the latest revision, to choose from and to link lines to.
        may_close: whether the reader decides if people may comment.
    """

    page: threads.Page
    order: str
    form: CommentForm | None
    files: Sequence[File]
    may_close: bool
    orders: list[tuple[str, Any]] = field(default_factory=lambda: list(CommentOrder.choices))


def section(
    request: HttpRequest,
    paste: Paste,
    viewer: Viewer,
    *,
    files: Sequence[File] | None = None,
    spoke: bool | None = None,
) -> Section | None:
    """The discussion for the page of a paste; None where nothing can be said.

    ``files`` saves looking them up, ``spoke`` whether the viewer has ever said anything here.
    """
    if not paste.can_be_discussed:
        return None
    order, after = _order(request, viewer), number_in(request, "after")
    # Most pastes have no comments. People with an account look: their only one may have been removed, and they see why.
    look = paste.comments or (viewer.account if spoke is None else spoke)
    nobody = threads.Page([], None)
    return Section(
        page=threads.page(paste=paste, viewer=viewer, order=order, after=after) if look else nobody,
        order=order,
        form=_form(request, NEW, paste) if viewer.account and paste.comments_enabled else None,
        files=_files(paste) if files is None else files,
        may_close=access.is_author(paste=paste, viewer=viewer),
    )


@door("GET", "POST")
def comments(request: HttpRequest, key: str) -> HttpResponseBase:
    """The discussion on a page of its own, and a new comment."""
    paste, viewer = find_paste(request, key)
    discussion.require_readable(paste=paste, viewer=viewer)
    if request.method == "POST":
        return _create(request, paste, viewer)
    if "first" in request.GET:
        if viewer.account is None:
            return sign_in_first(request, request.get_full_path())
        if wants_fragment(request):
            context = {"form": _form(request, LINES, paste), "kind": LINES, "files": _files(paste)}
            return _fragment(request, paste, "_form", **context)
    if wants_fragment(request):
        name = "_threads" if "after" in request.GET else "_section"
        return _fragment(request, paste, name, discussion=section(request, paste, viewer))
    return _page(request, paste, discussion=section(request, paste, viewer))


@door("GET")
def comment(request: HttpRequest, key: str, comment_id: int) -> HttpResponseBase:
    """One thread, with a form to answer where ``?reply`` asks for it."""
    paste, viewer, found = _find(request, key, comment_id)
    replying = "reply" in request.GET
    if replying and viewer.account is None:
        return sign_in_first(request, request.get_full_path())
    form = _form(request, f"form-reply-{found.pk}", paste, parent=found.pk) if replying else None
    if form and wants_fragment(request):
        return _fragment(request, paste, "_form", form=form, kind="reply", about=found)
    return _page(request, paste, **_thread(request, viewer, found), form=form, kind="reply", about=found)


@door("GET", "POST")
def edit(request: HttpRequest, key: str, comment_id: int) -> HttpResponseBase:
    """Change one's own comment."""
    paste, viewer, found = _find(request, key, comment_id)
    if viewer.account is None and not (request.method == "POST" and wants_fragment(request)):
        return sign_in_first(request, reverse("pastes:comment_edit", args=[key, comment_id]))
    discussion.require_own(comment=found, viewer=viewer)
    if found.deleted:
        raise Gone
    form = _form(request, f"form-edit-{found.pk}", paste, body=found.body)
    context = {"form": form, "kind": "edit", "about": found}
    if request.method != "POST":
        return _shown(request, paste, "_form", "form", context)
    try:
        require_valid(form)
        changed = discussion.edit(comment=found, viewer=viewer, body=form.cleaned_data["body"])
    except PasteError as error:
        return _refused(request, paste, form, error, context)
    return _changed(request, paste, viewer, changed)


@door("GET", "POST")
def delete(request: HttpRequest, key: str, comment_id: int) -> HttpResponseBase:
    """Ask once, then erase one's own comment."""
    paste, viewer, found = _find(request, key, comment_id)
    if viewer.account is None:
        return sign_in_first(request, reverse("pastes:comment_delete", args=[key, comment_id]))
    discussion.require_own(comment=found, viewer=viewer)
    if request.method != "POST":
        return _shown(request, paste, "_delete", "delete", {"about": found})
    return _changed(request, paste, viewer, discussion.delete(comment=found, viewer=viewer))


@door("GET", "POST")
def vote(request: HttpRequest, key: str, comment_id: int) -> HttpResponseBase:
    """Vote on a comment: ``value`` is 1, -1, or 0 for none. GET asks, for those who had to sign in first."""
    paste, viewer, found = _find(request, key, comment_id)
    value = request.POST.get("value") if request.method == "POST" else request.GET.get("value", "1")
    if value not in {"1", "0", "-1"}:
        raise Invalid({"value": [_("A vote is 1, 0 or -1.")]}, _("Nothing was changed."))
    if viewer.account is None:
        return sign_in_first(request, f"{reverse('pastes:comment_vote', args=[key, comment_id])}?value={value}")
    if request.method != "POST":
        return _page(request, paste, template="vote", about=found, value=value)
    counted = voting.vote(comment=found, viewer=viewer, value=int(value))
    if wants_fragment(request):
        return _fragment(request, paste, "_votes", entry=threads.entry(comment=counted, viewer=viewer))
    return HttpResponseRedirect(_address(paste, counted), status=303)


@door("POST")
def discuss(request: HttpRequest, key: str) -> HttpResponseBase:
    """Let people comment (``open=1``), or stop them (``open=0``)."""
    paste, viewer = find_own(request, key)
    discussion.require_readable(paste=paste, viewer=viewer)
    discussion.set_open(paste=paste, viewer=viewer, open=request.POST.get("open") != "0")
    paste.refresh_from_db(fields=["comments_enabled"])
    if wants_fragment(request):
        return _fragment(request, paste, "_section", discussion=section(request, paste, viewer))
    return HttpResponseRedirect(f"{paste.get_absolute_url()}#comments", status=303)


def _create(request: HttpRequest, paste: Paste, viewer: Viewer) -> HttpResponseBase:
    parent = request.POST.get("parent", "")
    replies = parent.isdecimal() and len(parent) < 19
    # On a page whose session has ended meanwhile, the form stays as it is and says so.
    if viewer.account is None and not wants_fragment(request):
        address = address_of("pastes:comments", paste.key)
        return sign_in_first(request, f"{address}/{parent}?reply=1" if replies else address)
    kind = "reply" if replies else (LINES if request.headers.get("HX-Trigger") == LINES else NEW)
    form = _form(request, f"form-reply-{parent}" if replies else kind, paste)
    try:
        require_valid(form)
        values = form.cleaned_data
        created = discussion.create(
            paste=paste,
            viewer=viewer,
            body=values["body"],
            parent_id=values["parent"],
            anchor=form.anchor(paste=paste),
        )
    except PasteError as error:
        return _refused(request, paste, form, error, {"form": form, "kind": kind, "files": _files(paste)})
    if not wants_fragment(request):
        return HttpResponseRedirect(_address(paste, created), status=303)
    paste.refresh_from_db(fields=["comments"])
    files = _files(paste)
    context = {
        "entry": threads.entry(comment=created, viewer=viewer),
        "form": CommentForm(auto_id=f"{NEW}-%s", label_suffix="", initial={"file": paste.file_name})
        if kind == NEW
        else None,
        "kind": kind,
        "last": _order(request, viewer) == CommentOrder.OLDEST,
        "files": files,
        "margin": margins.placed(created, paste=paste, files=files),
    }
    response = _fragment(request, paste, "_posted", **context)
    response["HX-Trigger-After-Settle"] = json.dumps({"comment-posted": {"id": created.pk}})
    return response


def _changed(request: HttpRequest, paste: Paste, viewer: Viewer, changed: Comment) -> HttpResponseBase:
    if not wants_fragment(request):
        return HttpResponseRedirect(_address(paste, changed), status=303)
    paste.refresh_from_db(fields=["comments"])
    entry = threads.entry(comment=changed, viewer=viewer)
    response = _fragment(request, paste, "_changed", entry=entry, files=_files(paste))
    response["HX-Trigger-After-Settle"] = json.dumps({"comment-changed": {"id": changed.pk}})
    return response


def _refused(
    request: HttpRequest, paste: Paste, form: CommentForm, error: PasteError, context: dict[str, Any]
) -> HttpResponseBase:
    """The form with what was typed, and why it was not taken.

    Raises:
        NotFound, Locked: as they are; there is no page to show a form on.
    """
    if isinstance(error, NotFound | Locked):
        raise error
    submission.show_error(form, [], error)
    response = _shown(request, paste, "_form", "form", context)
    response.status_code = error.status
    # The answer takes the place of the form, whatever was to change in case of success: js/comments.js.
    response["HX-Reswap"] = "outerHTML"
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def _find(request: HttpRequest, key: str, comment_id: int) -> tuple[Paste, Viewer, Comment]:
    paste, viewer = find_paste(request, key)
    discussion.require_readable(paste=paste, viewer=viewer)
    return paste, viewer, discussion.find_comment(paste=paste, comment_id=comment_id)


def _form(request: HttpRequest, name: str, paste: Paste, **initial: Any) -> CommentForm:
    """The form that was sent, or an empty one with what the address says; ``name`` begins the ids of its fields."""
    if request.method == "POST" and "body" in request.POST:
        return CommentForm(request.POST, auto_id=f"{name}-%s", label_suffix="")
    asked: dict[str, Any] = {"file": paste.file_name}
    if "first" in request.GET:
        asked |= {name: number_in(request, name) for name in ("first", "last", "revision")}
        asked |= {"file": request.GET["file"][:255]} if "file" in request.GET else {}
    return CommentForm(initial=asked | initial, auto_id=f"{name}-%s", label_suffix="")


def _order(request: HttpRequest, viewer: Viewer) -> str:
    """The order that the address asks for, else the reader's own, else the best first."""
    asked = request.GET.get("comments", "")
    if asked in CommentOrder.values:
        return asked
    return viewer.account.comment_order if viewer.account else CommentOrder.BEST.value


def _thread(request: HttpRequest, viewer: Viewer, found: Comment) -> dict[str, Any]:
    after = number_in(request, "after")
    thread = threads.thread(comment=found, viewer=viewer, order=_order(request, viewer), after=after)
    return {"thread": thread, "files": _files(found.paste), "answered": threads.entry(comment=found, viewer=viewer)}


def _files(paste: Paste) -> list[File]:
    return list(reading.find_revision(paste=paste).files.all())


def _address(paste: Paste, found: Comment) -> str:
    """Where a comment can be read, however long its discussion is."""
    return f"{reverse('pastes:comment', args=[paste.key, found.pk])}#comment-{found.pk}"


def _shown(request: HttpRequest, paste: Paste, fragment: str, page: str, context: dict[str, Any]) -> HttpResponse:
    """The same as a fragment or as a page."""
    if wants_fragment(request):
        return _fragment(request, paste, fragment, **context)
    return _page(request, paste, template=page, **context)


def _fragment(request: HttpRequest, paste: Paste, name: str, **context: Any) -> HttpResponse:
    return render(request, f"pastes/comments/{name}.html", {"paste": paste, **context})


def _page(request: HttpRequest, paste: Paste, *, template: str = "comments", **context: Any) -> HttpResponse:
    response = render(request, f"pastes/comments/{template}.html", {"paste": paste, **context})
    response["X-Robots-Tag"] = "noindex"
    return response
