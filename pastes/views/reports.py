"""Reporting a paste or a comment to the moderators, with an account or without."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from pastes.domain import reading, reports
from pastes.domain.access import Viewer
from pastes.exceptions import Invalid, PasteError, TooMany
from pastes.forms import ReportForm, require_valid
from pastes.models import Comment, Paste
from pastes.views import submission
from pastes.views.door import door, find_paste, wants_html


@door("GET", "POST")
def paste(request: HttpRequest, key: str) -> HttpResponseBase:
    """Report a paste, also one behind a gate: nothing of it is shown here."""
    found, viewer = find_paste(request, key)
    return _answer(request, found, viewer)


@door("GET", "POST")
def comment(request: HttpRequest, key: str, comment_id: int) -> HttpResponseBase:
    """Report a comment of this paste."""
    found, viewer = find_paste(request, key)
    reading.require_open(paste=found, viewer=viewer)
    return _answer(request, found, viewer, comment=reports.find_comment(paste=found, comment_id=comment_id))


def _answer(request: HttpRequest, found: Paste, viewer: Viewer, *, comment: Comment | None = None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ReportForm(), found, comment, sent=request.GET.get("sent", ""))
    form = ReportForm(request.POST)
    try:
        require_valid(form, reports.NOT_REPORTED)
        category, text = form.cleaned_data["category"], form.cleaned_data["text"]
        _report, new = reports.report(paste=found, comment=comment, viewer=viewer, category=category, text=text)
    except (Invalid, TooMany) as error:
        if not wants_html(request):
            raise
        return _page(request, form, found, comment, error=error)
    if not wants_html(request):
        return HttpResponse(status=204)
    # The thanks are a page: whoever has no session can be shown no message.
    return HttpResponseRedirect(f"{request.path}?sent={'new' if new else 'known'}", status=303)


def _page(
    request: HttpRequest,
    form: ReportForm,
    found: Paste,
    comment: Comment | None,
    *,
    sent: str = "",
    error: PasteError | None = None,
) -> HttpResponse:
    if error:
        submission.show_error(form, [], error)
    context = {"form": form, "paste_key": found.key, "comment": comment, "sent": sent}
    response = render(request, "pastes/report.html", context, status=error.status if error else 200)
    response["X-Robots-Tag"] = "noindex"
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response
