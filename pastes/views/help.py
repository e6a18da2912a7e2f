"""How to use the site from a terminal and from programs, with its own address filled in."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from pastes import conf
from pastes.domain import expiry
from pastes.exceptions import NotFound, PasteError, Text
from pastes.views.door import door, has_authority, origin
from pastes.views.submission import TEXT_FIELDS


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What can go wrong, as the API says it."""

    status: int
    code: str
    message: Text


ELSEWHERE = (
    Problem(403, "csrf_failed", _("This form is too old, or came from another site.")),
    Problem(500, "server_error", _("Something went wrong on our side.")),
)
"""What is answered where no error of the domain was raised (`pastebin.errors`)."""

SHORTCUTS = (
    ("?", _("This list")),
    ("/", _("Search")),
    ("n", _("New paste")),
    ("jk", _("The next and the one before in a list; Enter opens")),
    ("y", _("Copy the link, with the marked lines")),
    ("c", _("Copy the text")),
    ("r", _("Raw text")),
    ("l", _("Go to a line")),
    ("w", _("Wrap long lines")),
    ("e", _("Edit")),
    ("v", _("Side by side or one below the other")),
)
"""Keys and what each is for; templates put them on controls (``data-shortcut``) and rows of lists (``data-row``)."""


@door("GET")
def clients(request: HttpRequest) -> HttpResponseBase:
    """The programs that people already have."""
    address = origin(request)
    parts = urlsplit(address)
    context = {
        "origin": address,
        "host": parts.netloc,
        "host_name": parts.hostname,
        "secure": parts.scheme == "https",
        "limits": conf.limits_for(None),
        "text_fields": TEXT_FIELDS,
        "presets": expiry.PRESETS,
        "gist_file": gist_file(address),
    }
    return _page(request, "help/clients.html", context)


@door("GET")
def api(request: HttpRequest) -> HttpResponseBase:
    """The first calls, and what the codes of errors mean."""
    address = f"{origin(request)}/api/v1"
    context = {
        "api": address,
        "docs_url": "/api/v1/docs",
        "openapi_url": "/api/v1/openapi.json",
        "token_example": "pbt_…",
        "key_example": "…",
        "problems": problems(),
    }
    return _page(request, "help/api.html", context)


@door("GET")
def style(request: HttpRequest) -> HttpResponseBase:
    """Every piece that pages are made of, in every state, for those who work on the site."""
    if not (isinstance(request.user, User) and request.user.is_staff):
        raise NotFound
    return _page(request, "help/style.html", {"form": Sample.wrong(), "kinds": ("public", "unlisted", "private")})


class Sample(forms.Form):
    """A form with every kind of field."""

    line = forms.CharField(label=_("Title"), help_text=_("What readers see first."), required=False)
    wrong_line = forms.CharField(label=_("File name"))
    text = forms.CharField(label=_("Description"), widget=forms.Textarea, required=False)
    choice = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    tick = forms.BooleanField(label=_("Burn after reading"), required=False)

    @classmethod
    def wrong(cls) -> "Sample":
        """As it is shown when it cannot be taken."""
        form = cls({"line": "retry.py", "choice": "en", "tick": "on"})
        form.full_clean()
        return form


@door("GET")
def shortcuts(request: HttpRequest) -> HttpResponseBase:
    """The keys that press controls of a page."""
    return _page(request, "help/shortcuts.html", {"shortcuts": SHORTCUTS})


def problems() -> list[Problem]:
    """Every code that an error can have, by status."""
    found = {problem.code: problem for problem in ELSEWHERE}
    waiting: list[type[PasteError]] = [PasteError]
    while waiting:
        error = waiting.pop(0)
        waiting += error.__subclasses__()
        found.setdefault(error.code, Problem(error.status, error.code, error.message))
    return sorted(found.values(), key=lambda problem: (problem.status, problem.code))


def gist_file(address: str) -> str:
    """Where the gist program looks for the token of a site: in the home folder, by the site's address."""
    return ".gist." + re.sub("[^a-z0-9.-]", "", address.replace(":", "."))


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    if not has_authority(request):
        response["Cache-Control"] = "no-cache"
    return response
