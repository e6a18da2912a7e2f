"""A person's webhooks: the page that lists and makes them, and a page for each with what was sent there."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from pastes.domain import webhooks
from pastes.domain.webhooks import WebhookDraft
from pastes.exceptions import Invalid
from pastes.forms import ChangeWebhookForm, WebhookForm, require_valid
from pastes.models import Webhook
from pastes.views import submission
from pastes.views.door import door, number_in

PAGE = 25


@login_required
@door("GET", "POST", tokens="")
def index(request: HttpRequest) -> HttpResponseBase:
    """One's webhooks, and a new one, whose secret is shown this once."""
    user = _person(request)
    if request.method != "POST":
        return _list(request, user, form=WebhookForm(initial={"events": Webhook.Event.values}))
    form = WebhookForm(request.POST)
    try:
        made, secret = webhooks.create(user=user, draft=_draft(form))
    except Invalid as error:
        submission.show_error(form, [], error)
        return _list(request, user, form=form, status=error.status)
    return _page(request, made, new_secret=secret, status=201)


@login_required
@door("GET", "POST", tokens="")
def webhook(request: HttpRequest, webhook_id: int) -> HttpResponseBase:
    """One of them: what it is told, what was sent, and a change of it."""
    found = webhooks.find(user=_person(request), webhook_id=webhook_id)
    if request.method != "POST":
        return _page(request, found)
    form = ChangeWebhookForm(request.POST)
    try:
        webhooks.change(webhook=found, draft=_draft(form))
    except Invalid as error:
        submission.show_error(form, [], error)
        return _page(request, found, form=form, status=error.status)
    messages.success(request, _("Saved."))
    return _to(found)


@login_required
@door("POST", tokens="")
def remove(request: HttpRequest, webhook_id: int) -> HttpResponseBase:
    """End one."""
    webhooks.remove(webhook=webhooks.find(user=_person(request), webhook_id=webhook_id))
    return HttpResponseRedirect(reverse("accounts:webhooks"), status=303)


@login_required
@door("POST", tokens="")
def renew_secret(request: HttpRequest, webhook_id: int) -> HttpResponseBase:
    """Make a new secret, shown this once."""
    found = webhooks.find(user=_person(request), webhook_id=webhook_id)
    secret = webhooks.renew_secret(webhook=found)
    return _page(request, found, new_secret=secret, status=201)


@login_required
@door("POST", tokens="")
def ping(request: HttpRequest, webhook_id: int) -> HttpResponseBase:
    """Send a test."""
    found = webhooks.find(user=_person(request), webhook_id=webhook_id)
    webhooks.ping(webhook=found)
    messages.success(request, _("A test is on its way. Load this page again to see how it went."))
    return _to(found)


@login_required
@door("POST", tokens="")
def redeliver(request: HttpRequest, webhook_id: int, delivery_id: int) -> HttpResponseBase:
    """Send something again."""
    found = webhooks.find(user=_person(request), webhook_id=webhook_id)
    webhooks.redeliver(webhook=found, delivery_id=delivery_id)
    messages.success(request, _("It is sent again. Load this page again to see how it went."))
    return _to(found)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _draft(form: WebhookForm) -> WebhookDraft:
    """What the form asks for.

    Raises:
        Invalid: when something in it does not fit.
    """
    require_valid(form, _("Nothing was saved, because something does not fit."))
    return WebhookDraft(**form.cleaned_data)


def _to(found: Webhook) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("accounts:webhook", args=[found.pk]), status=303)


def _list(request: HttpRequest, user: User, *, form: WebhookForm, status: int = 200) -> HttpResponse:
    context = {"webhooks": webhooks.of(user=user), "form": form}
    return render(request, "accounts/webhooks.html", context, status=status)


def _page(
    request: HttpRequest, found: Webhook, *, form: ChangeWebhookForm | None = None, status: int = 200, **shown: Any
) -> HttpResponse:
    fields = {"name": found.name, "url": found.url, "events": found.event_list, "is_on": found.is_on}
    page = webhooks.page(webhook=found, before=number_in(request, "before"), size=PAGE)
    context = {"webhook": found, "form": form or ChangeWebhookForm(initial=fields), "page": page, **shown}
    return render(request, "accounts/webhook.html", context, status=status)
