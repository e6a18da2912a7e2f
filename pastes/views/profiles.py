"""What a person shows: their page, and the same as a feed."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.models import User
from pastes.domain import profiles
from pastes.rendering import visible
from pastes.views import feeds
from pastes.views.door import door, viewer_of, wants_fragment
from pastes.views.lists import after_in, next_url

LISTS = {"": profiles.originals, "forks": profiles.forks, "stars": profiles.starred}
"""By what ``?show=`` says."""


@door("GET")
def profile(request: HttpRequest, name: str) -> HttpResponseBase:
    """The page of a person, with one of their lists."""
    viewer = viewer_of(request)
    person = profiles.find(name=name, viewer=viewer)
    if person.username != name:
        return _right_spelling(request, "pastes:profile", person)
    show = request.GET.get("show", "")
    show = show if show in LISTS and (show != "stars" or person.shows_stars) else ""
    page = LISTS[show](person=person, after=after_in(request))
    context = {
        "person": person,
        "bio": mark_safe(visible.visible(person.bio)),  # noqa: S308 # it escapes
        "counts": profiles.count(person=person),
        "most": profiles.MOST,
        "own": person == viewer.account,
        "show": show,
        "pastes": page.pastes,
        "next_url": next_url(page, {"show": show}),
    }
    return render(request, "pastes/profile.html#list" if wants_fragment(request) else "pastes/profile.html", context)


@door("GET")
def feed(request: HttpRequest, name: str) -> HttpResponseBase:
    """What they published last, forks included."""
    person = profiles.find(name=name, viewer=viewer_of(request))
    if person.username != name:
        return _right_spelling(request, "pastes:profile_feed", person)
    page = profiles.pastes(person=person, size=feeds.ENTRIES)
    title = _("Pastes by %(name)s") % {"name": person.display_name}
    return feeds.atom(request, title=title, link=person.get_absolute_url(), pastes=page.pastes)


def _right_spelling(request: HttpRequest, route: str, person: User) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse(route, args=[person.username]) + ("?" + query if query else ""))
