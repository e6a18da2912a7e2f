"""Stars and likes: giving them, taking them back, and the list of what one starred."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from pastes.domain import discovery, reactions
from pastes.domain.reactions import Kind
from pastes.exceptions import Invalid
from pastes.models import Like, Paste, Star
from pastes.urlkeys import address_of
from pastes.views import feeds
from pastes.views.door import door, find_paste, origin, sign_in_first, wants_fragment
from pastes.views.lists import after_in, show_list

NAMES: dict[Kind, str] = {Star: "star", Like: "like"}
"""The routes, and the partials in ``pastes/_reactions.html``."""

FEED_ENTRIES = 50


@door("GET", "POST")
def star(request: HttpRequest, key: str) -> HttpResponseBase:
    """Keep a paste in one's list, or take it out."""
    return _react(request, key, Star)


@door("GET", "POST")
def like(request: HttpRequest, key: str) -> HttpResponseBase:
    """Like a paste, or no longer."""
    return _react(request, key, Like)


def _react(request: HttpRequest, key: str, kind: Kind) -> HttpResponseBase:
    """Do what ``on`` says. GET asks first: it is where people come back to who had to sign in."""
    paste, viewer = find_paste(request, key)
    on = _wanted(request)
    if viewer.account is None:
        return sign_in_first(request, f"{address_of(f'pastes:{NAMES[kind]}', key)}?on={on:d}")
    if request.method != "POST":
        reactions.require_open(paste=paste, viewer=viewer)
        return render(request, "pastes/react.html", {"paste": paste, "kind": NAMES[kind], "on": on})
    reactions.react(kind=kind, paste=paste, viewer=viewer, on=on)
    from_list = request.POST.get("from") == "stars"
    if wants_fragment(request):
        return _button(request, paste, kind, on=on, from_list=from_list)
    address = reverse("pastes:stars") if from_list else paste.get_absolute_url()
    return HttpResponseRedirect(address, status=303)


def _wanted(request: HttpRequest) -> bool:
    """What ``on`` asks for; an address without it asks for the thing itself.

    Raises:
        Invalid: when it says neither 1 nor 0.
    """
    on = request.POST.get("on", "") if request.method == "POST" else request.GET.get("on", "1")
    if on not in {"0", "1"}:
        raise Invalid(
            {"on": [_("It takes on=1 to give it, and on=0 to take it back.")]},
            _("Nothing was changed."),
            _("Go back to the paste and press the button there."),
        )
    return on == "1"


def _button(request: HttpRequest, paste: Paste, kind: Kind, *, on: bool, from_list: bool) -> HttpResponse:
    name = NAMES[kind]
    return render(request, f"pastes/_reactions.html#{name}", {"paste": paste, name: on, "from_list": from_list})


@login_required
@door("GET")
def stars(request: HttpRequest) -> HttpResponseBase:
    """What one starred, the newest star first."""
    assert isinstance(request.user, User)
    text = request.GET.get("q", "").strip()[: discovery.SEARCH_LENGTH]
    page = discovery.starred(user=request.user, text=text, after=after_in(request))
    address = origin(request) + reverse("pastes:stars_feed", args=[reactions.feed_token(user=request.user)])
    return show_list(request, "pastes/stars.html", page, filters={"q": text}, starred=True, feed_url=address)


@login_required
@door("POST", tokens="account")
def renew_feed(request: HttpRequest) -> HttpResponseBase:
    """Give the feed of one's stars a new address, for when the old one came into other hands."""
    assert isinstance(request.user, User)
    reactions.renew_feed(user=request.user)
    messages.success(request, _("The feed of your stars has a new address. The old one does not work any more."))
    return HttpResponseRedirect(reverse("pastes:stars"), status=303)


@door("GET")
def stars_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """What one starred, for one's own feed reader, which cannot sign in: whoever has the address may read it."""
    owner = reactions.find_feed_owner(token=token)
    page = discovery.starred(user=owner, size=FEED_ENTRIES)
    title = _("Stars of %(name)s") % {"name": owner.display_name}
    response = feeds.atom(request, title=title, link=reverse("pastes:stars"), pastes=page.pastes, by_time=False)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
