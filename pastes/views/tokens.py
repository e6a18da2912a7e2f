"""Access tokens: the page that lists, makes and revokes them."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import pairs, tokens
from accounts.models import AccessToken, Scope, User
from pastes.domain import tokens as making
from pastes.exceptions import Invalid
from pastes.forms import TokenForm, require_valid
from pastes.views import submission
from pastes.views.door import door, wants_json

INITIAL = {"expiry": "1y", "scopes": [Scope.PASTE_READ, Scope.PASTE_WRITE]}


@login_required
@door("GET", "POST", tokens="")
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator] # allauth has no types
def index(request: HttpRequest) -> HttpResponseBase:
    """One's tokens, and a new one, which is shown this once."""
    user = _person(request)
    if request.method != "POST":
        return _page(request, user, form=TokenForm(initial=INITIAL))
    form = TokenForm(request.POST)
    try:
        row, token = _make(user, form)
    except Invalid as error:
        submission.show_error(form, [], error)
        return _page(request, user, form=form, status=error.status)
    announce(row)
    return _page(request, user, form=TokenForm(initial=INITIAL), new_token=token, status=201)


@login_required
@door("POST", tokens="")
def revoke(request: HttpRequest, token_id: int) -> HttpResponseBase:
    """End a token."""
    tokens.revoke(user=_person(request), token_id=token_id)
    return HttpResponseRedirect(reverse("accounts:tokens"), status=303)


@login_required
@door("POST", tokens="")
@reauthentication_required  # type: ignore[untyped-decorator] # allauth has no types
def make_pair(request: HttpRequest) -> HttpResponseBase:
    """A pair of JSON Web Tokens for the browser's session, as JSON for a script of this site's pages."""
    user = _person(request)
    UserSession.objects.create_from_request(request)
    session = UserSession.objects.get(session_key=request.session.session_key)
    try:
        pair = pairs.start(session=session)
    except pairs.TooManyPairsError as error:
        message = _("A session can have %(limit)s pairs. Revoke one first.") % {"limit": pairs.MOST_PAIRS}
        raise Invalid({"": [message]}, _("No token was made.")) from error
    if wants_json(request):
        body = {"access_token": pair.access, "refresh_token": pair.refresh, "expires_in": pair.expires_in}
        return JsonResponse(body | {"token_type": "Bearer"}, status=201)
    return _page(request, user, form=TokenForm(initial=INITIAL), new_pair=pair, status=201)


@login_required
@door("POST", tokens="")
def revoke_pair(request: HttpRequest, pair_id: int) -> HttpResponseBase:
    """End a pair; a session that began with it ends too."""
    pairs.revoke(user=_person(request), pair_id=pair_id)
    return HttpResponseRedirect(reverse("accounts:tokens"), status=303)


def announce(row: AccessToken) -> None:
    """Write to its owner that there is a new token: whoever made it in their name does not go unnoticed."""
    get_adapter().send_notification_mail("account/email/token_made", row.user, {"name": row.name})


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _make(user: User, form: TokenForm) -> tuple[AccessToken, str]:
    """The token that the form asks for.

    Raises:
        Invalid: when something in it does not fit, or there are too many tokens.
    """
    require_valid(form)
    scopes = tokens.scopes_of(form.cleaned_data["scopes"])
    return making.create(user=user, name=form.cleaned_data["name"], scopes=scopes, expires_at=form.moment())


def _page(request: HttpRequest, user: User, *, status: int = 200, **shown: Any) -> HttpResponse:
    context = {"tokens": tokens.of(user=user), "pairs": pairs.of(user=user), **shown}
    return render(request, "accounts/tokens.html", context, status=status)
