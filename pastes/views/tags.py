"""What pastes are about."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from pastes.domain import discovery, tags
from pastes.views.door import door
from pastes.views.lists import after_in, show_list


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
    wanted = tags.require_name(name)
    page = discovery.recent(after=after_in(request), tag=wanted)
    return show_list(request, "pastes/tag.html", page, filters={}, tag=wanted)
