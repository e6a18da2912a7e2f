"""Finding pastes by their text."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from pastes.domain import search as finding
from pastes.domain.discovery import Page
from pastes.domain.search import Query
from pastes.exceptions import Invalid, TooMany
from pastes.forms import SearchForm, require_valid
from pastes.views import submission
from pastes.views.door import door, viewer_of, wants_fragment
from pastes.views.lists import after_in, next_url


@door("GET")
def search(request: HttpRequest) -> HttpResponseBase:
    """What was asked for, and what was found; for HTMX, which adds it to the pages above, the rows only."""
    viewer, form = viewer_of(request), SearchForm(request.GET)
    context: dict[str, Any] = {"form": form, "hits": [], "page": Page([], "")}
    try:
        query = query_in(form)
        page = finding.find(query=query, viewer=viewer, after=after_in(request))
    except Invalid as error:
        submission.show_error(form, [], error)
        return _answer(request, context, status=error.status)
    except TooMany as error:
        form.add_error("q", f"{error.message} {error.advice}")
        return _answer(request, context, status=error.status, retry_after=error.retry_after)
    hits = finding.show(query=query, pastes=page.pastes)
    address = {name: request.GET.get(name, "").replace("\0", " ") for name in form.fields}
    shown = {"hits": hits, "page": page, "next_url": next_url(page, address), "query": query, "filters": address}
    return _answer(request, context | shown, status=200)


def query_in(form: SearchForm) -> Query:
    """What an address asks for.

    Raises:
        Invalid: when it cannot be read.
    """
    require_valid(form)
    asked = form.cleaned_data
    return Query(
        text=asked["q"],
        words=asked["words"],
        language=asked["language"],
        author=asked["author"],
        tag=asked["tag"],
        since=asked["since"],
        until=asked["until"],
        mine=asked["mine"],
    )


def _answer(request: HttpRequest, context: dict[str, Any], *, status: int, retry_after: int = 0) -> HttpResponse:
    template = "pastes/search.html#hits" if wants_fragment(request) and status == 200 else "pastes/search.html"
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex"
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response
