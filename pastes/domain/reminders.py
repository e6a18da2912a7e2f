"""Telling authors that a paste is about to expire, and keeping it longer at one click.

The link in the mail works without signing in. It names the end that it was made for, so a second click, or one after
the author has chosen another end, changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pastes.domain import expiry, notifications
from pastes.exceptions import NotFound
from pastes.models import Notification, Paste

BEFORE = timedelta(days=1)
"""How long before its end the author of a paste is told."""

SHORTEST = timedelta(days=2)
"""Whoever chooses a life no longer than this knows when it ends."""

LONGER = timedelta(days=30)
BATCH = 200

_signer = Signer(salt="pastes.extend", sep=".")


@dataclass(frozen=True, slots=True)
class Offer:
    """A paste, and whether it still has the end that it can be kept beyond."""

    paste: Paste
    is_open: bool


def remind(*, at: datetime | None = None, batch: int = BATCH) -> int:
    """Tell of every paste that ends within `BEFORE`, once for each end; returns how many were looked at.

    Left out are those that were to live for a short time only, and those whose author changed them within that last
    day, and so has just seen when they end.
    """
    now = at or timezone.now()
    due = (
        Paste.objects.live(now)
        .filter(owner__is_active=True, expires_at__lte=now + BEFORE)
        .filter(expires_at__gt=F("created") + SHORTEST)
        .filter(expires_at__gt=F("updated") + BEFORE)
        .order_by("expires_at", "pk")
    )
    total, rest = 0, due
    while pastes := list(rest[:batch]):
        notifications.add(
            Notification(user_id=paste.owner_id, kind=Notification.Kind.EXPIRY, event=event_of(paste), paste=paste)
            for paste in pastes
            if paste.owner_id is not None
        )
        total += len(pastes)
        last = pastes[-1]
        rest = due.filter(Q(expires_at__gt=last.expires_at) | Q(expires_at=last.expires_at, pk__gt=last.pk))
    return total


def event_of(paste: Paste) -> str:
    """The name of the end that a paste has now."""
    return f"expiry:{paste.pk}:{_end(paste)}"


def token_for(paste: Paste) -> str:
    """What lets whoever has it keep this paste longer, as long as it has the end that it has now."""
    return _signer.sign(f"{paste.key}.{_end(paste)}")


def find_by_token(token: str, *, at: datetime | None = None) -> Offer:
    """What a link in a mail offers.

    Raises:
        NotFound: when the token was not made here, or its paste is gone; whoever has a real one is told so.
    """
    try:
        key, end = _signer.unsign(token).split(".")
    except (BadSignature, ValueError):
        raise NotFound from None
    paste = Paste.objects.live(at).filter(key=key).first()
    if paste is None:
        raise NotFound(_("This paste is gone."), _("It has expired or was deleted, and cannot be had back."))
    return Offer(paste, is_open=paste.expires_at is not None and str(_end(paste)) == end)


@transaction.atomic
def extend(*, token: str, at: datetime | None = None) -> Paste:
    """Keep a paste for `LONGER` than its end; doing so again changes nothing.

    Raises:
        NotFound: as `find_by_token`.
    """
    now = at or timezone.now()
    offer = find_by_token(token, at=now)
    paste = Paste.objects.select_for_update().get(pk=offer.paste.pk)
    if not offer.is_open or paste.expires_at is None or paste.expires_at != offer.paste.expires_at:
        return paste
    event = event_of(paste)
    paste.expires_at += LONGER
    paste.updated = now
    paste.save(update_fields=["expires_at", "updated"])
    if paste.owner is not None:
        notifications.mark_read(user=paste.owner, event=event, at=now)
    expiry.drop_page(paste)
    return paste


def _end(paste: Paste) -> int:
    """Its end in seconds since 1970; 0 is never."""
    return int(paste.expires_at.timestamp()) if paste.expires_at else 0
