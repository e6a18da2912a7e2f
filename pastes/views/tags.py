"""What pastes are about."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from pastes.domain import discovery, tags
from pastes.exceptions import NotFound
from pastes.views.door import door, number_in


@door("GET")
def index(request: HttpRequest) -> HttpResponseBase:
    """All tags that lead somewhere."""
    return render(request, "pastes/tags.html", {"tags": tags.used()})


@door("GET")
def tag(request: HttpRequest, name: str) -> HttpResponseBase:
    """Public pastes with a tag, the newest first; written in capitals or with # it is the same one.

    Raises:
        NotFound: when no tag can have this name.
    """
    wanted = tags.normal(name)
    if not tags.is_name(wanted):
        raise NotFound
    page = discovery.recent(before=number_in(request, "before"), tag=wanted)
    next_url = f"?before={page.before}" if page.before else ""
    return render(request, "pastes/tag.html", {"tag": wanted, "pastes": page.pastes, "next_url": next_url})
