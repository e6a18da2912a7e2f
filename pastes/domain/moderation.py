"""What a moderator does to pastes and authors."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import domain as accounts
from accounts.models import User
from pastes.domain import expiry
from pastes.models import Paste


def hide(*, pastes: Iterable[Paste], reason: str) -> int:
    """Take pastes away from everybody; nothing is removed. Returns how many were shown before."""
    return _set_hidden(pastes, hidden=True, reason=reason)


def show(*, pastes: Iterable[Paste]) -> int:
    """Undo `hide`. Returns how many were hidden before."""
    return _set_hidden(pastes, hidden=False, reason="")


def delete(*, pastes: Iterable[Paste]) -> int:
    """Remove pastes with their objects, at once and for good."""
    keys = [paste.pk for paste in pastes]
    expiry.destroy(keys)
    return len(keys)


def ban_author(*, author: User) -> int:
    """Lock an author out and hide what they published; returns how many pastes that were."""
    with transaction.atomic():
        accounts.ban(user=author, at=timezone.now())
        return hide(pastes=list(Paste.objects.owned_by(author).filter(hidden_at=None)), reason="author banned")


def _set_hidden(pastes: Iterable[Paste], *, hidden: bool, reason: str) -> int:
    chosen = list(pastes)
    changed = Paste.objects.filter(pk__in=[paste.pk for paste in chosen], hidden_at__isnull=hidden).update(
        hidden_at=timezone.now() if hidden else None, hidden_reason=reason[:200]
    )
    for paste in chosen:
        expiry.drop_page(paste)
    return changed
