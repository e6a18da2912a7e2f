"""Secret links to a private paste."""

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pastes.domain import sharing
from pastes.exceptions import Invalid
from pastes.forms import ShareForm, require_valid
from pastes.urlkeys import address_of
from pastes.views import submission
from pastes.views.door import SHARE_COOKIE, door, find_own, origin, remember

SHARE_COOKIE_SECONDS = 30 * 86_400


@door("GET", "POST")
def shares(request: HttpRequest, key: str) -> HttpResponseBase:
    """The links of a paste, and a new one, whose address is shown this once."""
    paste, viewer = find_own(request, key)
    form = ShareForm(request.POST if request.method == "POST" else None)
    new_url, status = "", 200
    if request.method == "POST":
        try:
            require_valid(form)
            _link, token = sharing.make(
                paste=paste, viewer=viewer, label=form.cleaned_data["label"], expires_at=form.moment()
            )
            new_url = origin(request) + reverse("pastes:shared", args=[token])
            form, status = ShareForm(), 201
        except Invalid as error:
            submission.show_error(form, [], error)
            status = error.status
    context = {"paste": paste, "links": sharing.links(paste=paste, viewer=viewer), "new_url": new_url, "form": form}
    return render(request, "pastes/shares.html", context, status=status)


@door("POST")
def revoke(request: HttpRequest, key: str, link_id: int) -> HttpResponseBase:
    """End a link."""
    paste, viewer = find_own(request, key)
    sharing.revoke(paste=paste, viewer=viewer, link_id=link_id)
    return HttpResponseRedirect(address_of("pastes:shares", key), status=303)


@door("GET")
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """Let the browser with a link in: it keeps the token for the paste's own addresses, and reads there.

    The token leaves the address bar with that, and no Referer carries it on.
    """
    del request
    paste = sharing.find_by_token(token=token)
    response = HttpResponseRedirect(address_of("pastes:paste", paste.key))
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    remember(response, name=SHARE_COOKIE, value=token, paste=paste, seconds=SHARE_COOKIE_SECONDS)
    return response
