"""What was before, and what differs."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from pastes.domain import access, history, reading
from pastes.domain.access import Viewer
from pastes.models import File, Paste
from pastes.urlkeys import KEY_PATTERN, key_in
from pastes.views.differences import diff_views, keep_view, look_of, total_of
from pastes.views.door import door, find_paste, number_in, password_in, viewer_of


@door("GET")
def revisions(request: HttpRequest, key: str) -> HttpResponseBase:
    """All revisions: who, when, how much; or, with ``?a=1&b=2``, the way to their difference."""
    paste, viewer = find_paste(request, key)
    reading.require_open(paste=paste, viewer=viewer)
    a, b = number_in(request, "a"), number_in(request, "b")
    if a and b:
        return HttpResponseRedirect(reverse("pastes:diff", args=[key, min(a, b), max(a, b)]))
    may_edit = access.is_author(paste=paste, viewer=viewer)
    context = {"paste": paste, "revisions": history.revisions(paste=paste), "may_edit": may_edit}
    return render(request, "pastes/revisions.html", context)


@door("GET")
def diff(request: HttpRequest, key: str, a: int, b: int) -> HttpResponseBase:
    """What changed from one revision to another."""
    paste, viewer = find_paste(request, key)
    reading.require_open(paste=paste, viewer=viewer, password=password_in(request))
    left, right = (reading.find_revision(paste=paste, number=number) for number in (a, b))
    sides = [
        {
            "label": _("Revision %(number)s") % {"number": side.number},
            "url": reverse("pastes:revision", args=[key, side.number]),
        }
        for side in (left, right)
    ]
    return _answer(request, list(left.files.all()), list(right.files.all()), sides, listed=paste.is_listed)


@door("GET")
def compare(request: HttpRequest, a: str, b: str) -> HttpResponseBase:
    """What differs between any two pastes."""
    viewer = viewer_of(request)
    found = [access.find_paste(key=key, viewer=viewer) for key in (a, b)]
    left, right = (_files(paste, viewer) for paste in found)
    sides = [{"label": str(paste), "url": paste.get_absolute_url()} for paste in found]
    return _answer(request, left, right, sides, listed=all(paste.is_listed for paste in found))


@door("GET")
def compare_form(request: HttpRequest) -> HttpResponseBase:
    """Ask for two pastes by address or key, and go to their difference."""
    a, b = request.GET.get("a", "").strip(), request.GET.get("b", "").strip()
    keys = key_in(a), key_in(b)
    if keys[0] and keys[1]:
        return HttpResponseRedirect(reverse("pastes:compare", args=keys))
    error = _("Each side needs the address of a paste, or its key.") if b or (a and "b" in request.GET) else ""
    context = {"a": a, "b": b, "error": error, "key_pattern": KEY_PATTERN}
    return render(request, "pastes/compare.html", context, status=422 if error else 200)


def _files(paste: Paste, viewer: Viewer) -> list[File]:
    reading.require_open(paste=paste, viewer=viewer)
    return list(reading.find_revision(paste=paste).files.all())


def _answer(
    request: HttpRequest, left: list[File], right: list[File], sides: list[dict[str, str]], *, listed: bool
) -> HttpResponse:
    if "patch" in request.GET:
        patch = history.patch(history.compare(old=left, new=right))
        response = HttpResponse(patch, content_type="text/plain; charset=utf-8")
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    else:
        look = look_of(request)
        diffs = history.compare(old=left, new=right, ignore_blanks=look.ignore_blanks, whole=look.opens)
        views = diff_views(diffs, look)
        context = {
            "left": sides[0],
            "right": sides[1],
            "files": views,
            "total": total_of(views),
            "look": look,
            "raw_url": f"{request.path}?patch",
        }
        response = render(request, "pastes/diff.html", context)
        if "view" in request.GET:
            keep_view(request, response, look)
    if not listed:
        response["X-Robots-Tag"] = "noindex"
    return response
