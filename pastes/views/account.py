"""The account page, and leaving."""

import tempfile

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import preferences
from accounts.forms import DeleteAccountForm
from accounts.models import User
from pastes.domain import account
from pastes.forms import AccountForm
from pastes.views.door import door

SPOOL_BYTES = 8 * 1024 * 1024


@login_required
@door("GET", "POST", tokens="")
def settings(request: HttpRequest) -> HttpResponseBase:
    """Name, defaults, language, theme."""
    assert isinstance(request.user, User)
    form = AccountForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        preferences.carry(user=user, session=request.session)
        with translation.override(user.language or None):
            messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("accounts:settings"), status=303)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/settings.html", {"form": form}, status=status)


@login_required
@door("GET", tokens="")
def export(request: HttpRequest) -> HttpResponseBase:
    """Everything of the account in a zip, spooled to disk when it is large."""
    assert isinstance(request.user, User)
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 # the response closes it
    account.export(user=request.user, to=file)
    file.seek(0)
    name = f"{request.user.get_username()}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@login_required
@door("GET", "POST", tokens="")
def remove(request: HttpRequest) -> HttpResponseBase:
    """End the account, when its owner confirms it."""
    user = request.user
    assert isinstance(user, User)
    form = DeleteAccountForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept = form.cleaned_data["pastes"] == DeleteAccountForm.KEEP
        account.remove(user=user, keep_pastes=kept)
        logout(request)
        return render(request, "accounts/deleted.html", {"kept": kept})
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/delete.html", {"form": form}, status=status)
