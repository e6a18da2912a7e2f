"""The page between an action and what it does: it says what would happen, and asks why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse

from accounts.models import User
from pastes.domain import moderation
from pastes.exceptions import Invalid

SHOWN = 100
"""Rows that the page names; of more it only says that there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the page says.

    Attributes:
        action: the name of the action to go on with; "" on the page of one row.
        title: the question.
        text: what happens, and whether it can be undone.
        rows: to what, by the label of each.
        count: how many these are, in words.
    """

    action: str
    title: str
    text: str
    count: str
    rows: Sequence[tuple[Model, str]] = field(default_factory=list)


def reason_in(request: HttpRequest) -> str:
    """The reason that was given; "" when there is none yet, or none that can be taken."""
    try:
        return moderation.require_reason(request.POST.get("reason", ""))
    except Invalid:
        return ""


def ask(of: "admin.ModelAdmin[Any]", request: HttpRequest, question: Question) -> TemplateResponse:
    """The page; with an error when it was sent without a reason, and then with what was typed."""
    typed = request.POST.get("reason", "")
    error = ""
    if "confirmed" in request.POST:
        try:
            moderation.require_reason(typed)
        except Invalid as invalid:
            error = " ".join(invalid.errors["reason"])
    context = {
        **of.admin_site.each_context(request),
        "opts": of.model._meta,
        "media": of.media,
        "title": question.title,
        "question": question,
        "shown": question.rows[:SHOWN],
        "more": len(question.rows) > SHOWN,
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
        "error": error,
        "reason": typed,
        "longest": moderation.MOST_REASON,
    }
    return TemplateResponse(request, "admin/asking.html", context, status=422 if error else 200)


def moderator_of(request: HttpRequest) -> User:
    """Who asks: the admin lets nobody in without an account."""
    assert isinstance(request.user, User)
    return request.user
