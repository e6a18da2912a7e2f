"""Lists of pastes."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from accounts.models import User
from pastes.domain import discovery
from pastes.domain.discovery import Page
from pastes.views.door import door, number_in

__all__ = ["mine", "recent"]


@door("GET")
def recent(request: HttpRequest) -> HttpResponseBase:
    """What was published last, for everybody."""
    language = request.GET.get("language", "")[:50].replace("\0", "")
    page = discovery.recent(before=number_in(request, "before"), language=language)
    context = {"pastes": page.pastes, "next_url": _next(page, language=language), "language": language}
    return render(request, "pastes/recent.html", context)


@login_required
@door("GET")
def mine(request: HttpRequest) -> HttpResponseBase:
    """One's own pastes."""
    assert isinstance(request.user, User)
    visibility, expiry = request.GET.get("visibility", ""), request.GET.get("expiry", "")
    before = number_in(request, "before")
    page = discovery.mine(user=request.user, visibility=visibility, expiry=expiry, before=before)
    context = {
        "pastes": page.pastes,
        "next_url": _next(page, visibility=visibility, expiry=expiry),
        "visibility": visibility,
        "expiry": expiry,
        "receipts": [] if before else discovery.receipts(user=request.user),
    }
    return render(request, "pastes/mine.html", context)


def _next(page: Page, **filters: str) -> str:
    """The query of the next page, with the filters of this one; "" on the last."""
    if page.before is None:
        return ""
    return "?" + urlencode({name: value for name, value in filters.items() if value} | {"before": page.before})
