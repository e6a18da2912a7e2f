"""What somebody was told, how often they get mails about it, and keeping a paste that is about to expire."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.models import Mail, User
from pastes.domain import mailing, notifications, reminders, wording
from pastes.exceptions import Invalid, NotFound
from pastes.forms import MailForm, require_valid
from pastes.views.door import door, number_in, wants_fragment

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a mail program posts when somebody presses its own button (RFC 8058, section 3.2)."""


@login_required
@door("GET", "POST", tokens="account")
def notifications_page(request: HttpRequest) -> HttpResponseBase:
    """The list; a POST marks as read what it showed."""
    user = cast(User, request.user)
    if request.method == "POST":
        up_to = request.POST.get("up_to", "")
        if up_to.isdecimal() and len(up_to) < 19:
            notifications.mark_read(user=user, up_to=int(up_to))
        return HttpResponseRedirect(reverse("pastes:notifications"), status=303)
    page = notifications.page(user=user, before=number_in(request, "before"))
    fragment = wants_fragment(request)
    context = {
        "items": wording.items(page.rows),
        "fragment": fragment,
        "sends_mails": mailing.is_possible(),
        "newest": page.rows[0].pk if page.rows else None,
        "next_url": f"?before={page.before}" if page.before else "",
    }
    template = "pastes/notifications.html#list" if fragment else "pastes/notifications.html"
    return render(request, template, context)


@login_required
@door("POST", tokens="account")
def follow(request: HttpRequest, notification_id: int) -> HttpResponseBase:
    """Mark one as read, and go where it leads."""
    user = cast(User, request.user)
    row = notifications.find(user=user, notification_id=notification_id)
    if row is None:
        raise NotFound
    notifications.mark_read(user=user, only=row.pk)
    url = wording.items([row])[0].url or reverse("pastes:notifications")
    return HttpResponseRedirect(url, status=303)


@door("GET", "POST")
def mail(request: HttpRequest, token: str) -> HttpResponseBase:
    """How often somebody gets mails: for whoever has one of them, without signing in."""
    user = mailing.find_by_token(token)
    if request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1]:
        mailing.choose(user=user, mail=Mail.OFF)
        return _secret(HttpResponse(status=204))
    form = MailForm(request.POST if request.method == "POST" else None, initial={"mail": user.mail})
    status = 200
    if request.method == "POST":
        try:
            require_valid(form)
        except Invalid as error:
            status = error.status
        else:
            mailing.choose(user=user, mail=Mail(form.cleaned_data["mail"]))
            return _secret(HttpResponseRedirect(reverse("pastes:mail", args=[token]) + "?saved=1", status=303))
    context = {"form": form, "token": token, "person": user, "saved": "saved" in request.GET}
    return _secret(render(request, "pastes/mail.html", context, status=status))


@door("GET", "POST")
def extend(request: HttpRequest, token: str) -> HttpResponseBase:
    """Offer to keep a paste longer, and keep it."""
    if request.method == "POST":
        reminders.extend(token=token)
        return _secret(HttpResponseRedirect(reverse("pastes:extend", args=[token]), status=303))
    context = {"offer": reminders.find_by_token(token), "token": token, "days": reminders.LONGER.days}
    return _secret(render(request, "pastes/extend.html", context))


def _secret(response: HttpResponse) -> HttpResponse:
    """Let the token in this address go nowhere else: a Referer names the site and no page.

    With ``no-referrer`` a browser would send these pages' own forms as if they came from nowhere, and CSRF stops that.
    """
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
