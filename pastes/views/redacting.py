"""Taking a text out of a paste and all its revisions: look first, then do it."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from pastes.domain import access, redacting
from pastes.domain.leaks import NOT_REMOVED
from pastes.domain.redacting import Found
from pastes.exceptions import Conflict, Invalid, PasteError, TooLarge, TooMany
from pastes.forms import RedactForm, require_valid
from pastes.models import Paste
from pastes.views import submission
from pastes.views.door import door, find_own, number_in, number_of, wants_html


@door("GET", "POST")
def redact(request: HttpRequest, key: str) -> HttpResponseBase:
    """Ask what is to be removed, show where it is, and remove it when that is confirmed."""
    paste, viewer = find_own(request, key)
    access.require_readable(paste)
    if request.method != "POST":
        return _page(request, paste, RedactForm(), removed=number_in(request, "removed"))
    form = RedactForm(request.POST)
    try:
        require_valid(form, NOT_REMOVED)
        text, base = form.cleaned_data["text"], number_of(request.POST, "base")
        if base is None:
            return _page(request, paste, form, found=redacting.find(paste=paste, viewer=viewer, text=text))
        try:
            found = redacting.redact(paste=paste, viewer=viewer, text=text, base=base)
        except Conflict as error:
            paste, viewer = find_own(request, key)
            found = redacting.find(paste=paste, viewer=viewer, text=text)
            return _page(request, paste, form, found=found, error=error)
    except (Invalid, TooLarge, TooMany) as error:
        return _page(request, paste, form, error=error)
    if not found.count:  # a second click, or somebody else's edit took it out
        return _page(request, paste, form, found=found)
    # The answer is a page of its own: whoever has no session can be shown no message.
    return HttpResponseRedirect(f"{request.path}?removed={found.count}", status=303)


def _page(
    request: HttpRequest,
    paste: Paste,
    form: RedactForm,
    *,
    found: Found | None = None,
    removed: int | None = None,
    error: PasteError | None = None,
) -> HttpResponse:
    conflict = isinstance(error, Conflict)
    if error and not wants_html(request):
        raise error
    if error and not conflict:
        submission.show_error(form, [], error)
    context = {"paste": paste, "form": form, "found": found, "removed": removed, "conflict": conflict}
    response = render(request, "pastes/redact.html", context, status=error.status if error else 200)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response
