"""Lists of pastes."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from accounts.models import User
from pastes.domain import discovery
from pastes.domain.discovery import Page
from pastes.hot import LIST_SECONDS
from pastes.views.door import door, seconds_left, share, wants_fragment

__all__ = ["after_in", "language_in", "mine", "next_url", "popular", "recent", "show_list", "trending"]


@door("GET")
def recent(request: HttpRequest) -> HttpResponseBase:
    """What was published last, for everybody."""
    language = language_in(request)
    page = discovery.recent(after=after_in(request), language=language)
    return show_list(request, "pastes/recent.html", page, filters={"language": language})


@door("GET")
def popular(request: HttpRequest) -> HttpResponseBase:
    """What is read and liked most."""
    language = language_in(request)
    page = discovery.popular(after=after_in(request), language=language)
    return show_list(request, "pastes/popular.html", page, filters={"language": language})


@door("GET")
def trending(request: HttpRequest) -> HttpResponseBase:
    """What is read and liked most these days."""
    language = language_in(request)
    page = discovery.trending(after=after_in(request), language=language)
    return show_list(request, "pastes/trending.html", page, filters={"language": language})


@login_required
@door("GET")
def mine(request: HttpRequest) -> HttpResponseBase:
    """One's own pastes."""
    assert isinstance(request.user, User)
    visibility, expiry, after = request.GET.get("visibility", ""), request.GET.get("expiry", ""), after_in(request)
    page = discovery.mine(user=request.user, visibility=visibility, expiry=expiry, after=after)
    filters = {"visibility": visibility[:10], "expiry": expiry[:10]}
    receipts = [] if after else discovery.receipts(user=request.user)
    return show_list(request, "pastes/mine.html", page, filters=filters, guarded=True, receipts=receipts)


def show_list(
    request: HttpRequest, template: str, page: Page, *, filters: Mapping[str, str], **context: Any
) -> HttpResponse:
    """A page of a list; of a further page, which HTMX adds to those above, the rows only.

    Args:
        request: who asks.
        template: the page, which includes ``pastes/_list.html``.
        page: what it shows.
        filters: what else the address says; they stay in the address of the next page and are names in the template.
        context: what else the templates use: ``guarded`` and ``starred``, as `_row.html` explains, and the page's own.
    """
    shown = {"pastes": page.pastes, "next_url": next_url(page, filters), **filters, **context}
    further = wants_fragment(request) and after_in(request)
    response = render(request, "pastes/_list.html" if further else template, shown)
    return share(request, response, seconds=min(LIST_SECONDS, seconds_left(*page.pastes)))


def next_url(page: Page, filters: Mapping[str, str]) -> str:
    """The query of the next page, with the filters of this one; "" on the last."""
    if not page.next:
        return ""
    return "?" + urlencode({name: value for name, value in filters.items() if value} | {"after": page.next})


def after_in(request: HttpRequest) -> str:
    """Where in a list the page begins."""
    return request.GET.get("after", "")[: discovery.CURSOR_LENGTH]


def language_in(request: HttpRequest) -> str:
    """The language a list is filtered by; one that does not exist has no pastes."""
    return request.GET.get("language", "")[:50].replace("\0", "")
