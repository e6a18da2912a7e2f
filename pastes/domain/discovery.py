"""Finding pastes: the latest, and one's own. Lists page by key, never by offset."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from pastes.models import BurnReceipt, Paste, Visibility

PAGE = 25


@dataclass(frozen=True, slots=True)
class Page:
    """Some pastes, and the id before which the next page begins (None: this is the last)."""

    pastes: list[Paste]
    before: int | None


def recent(
    *, before: int | None = None, language: str = "", tag: str = "", size: int = PAGE, at: datetime | None = None
) -> Page:
    """Public pastes, the newest first; those in a language, or with a tag, where one is given."""
    pastes = Paste.objects.listed().live(at).select_related("owner")
    if tag:
        pastes = pastes.tagged(tag)
    if language:
        pastes = pastes.filter(language=language)
    return _page(pastes, before=before, size=size)


def mine(
    *,
    user: User,
    visibility: str = "",
    expiry: str = "",
    before: int | None = None,
    size: int = PAGE,
    at: datetime | None = None,
) -> Page:
    """Somebody's own pastes, the newest first.

    Args:
        user: whose.
        visibility: one of `Visibility`, or "" for all.
        expiry: ``never``, ``some`` (it has an end), or "" for all.
        before: the id to go on from.
        size: pastes on a page.
        at: now.
    """
    pastes = Paste.objects.owned_by(user).live(at).select_related("owner")
    if visibility in Visibility.values:
        pastes = pastes.filter(visibility=visibility)
    if expiry in {"never", "some"}:
        pastes = pastes.filter(expires_at__isnull=expiry == "never")
    return _page(pastes, before=before, size=size)


def receipts(*, user: User) -> QuerySet[BurnReceipt]:
    """Somebody's burnt pastes, the last read first."""
    return BurnReceipt.objects.filter(owner=user).order_by("-read_at")[:PAGE]


def _page(pastes: QuerySet[Paste], *, before: int | None, size: int) -> Page:
    if before is not None:
        pastes = pastes.filter(pk__lt=before)
    found = list(pastes.order_by("-pk")[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)
