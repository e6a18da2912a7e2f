"""How often somebody may do something, counted in the database."""

import ipaddress
from datetime import UTC, datetime
from math import ceil

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from pastes import conf
from pastes.exceptions import TooMany
from pastes.models import RateCount


def address_hash(address: str) -> str:
    """A keyed hash of an address: of the /64 network for IPv6, where one subscriber has at least that much.

    No address is kept anywhere; an unreadable one counts like any other text.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        if parsed.version == 6 and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        network = str(ipaddress.ip_network((parsed, 64 if parsed.version == 6 else 32), strict=False))
    return salted_hmac("pastes.address", network, algorithm="sha256").hexdigest()


def subject_of(*, user: User | AnonymousUser, address: str) -> str:
    """Who is counted: the account, or else the address."""
    return f"user:{user.pk}" if user.is_authenticated else f"address:{address_hash(address)}"


def spend(*, what: str, subject: str, rate: conf.Rate, at: datetime | None = None) -> None:
    """Count one more ``what`` of ``subject`` in the current window.

    The count is added and read in one statement, so however many requests come at once, no more than the rate pass.

    Raises:
        TooMany: when the window is full already.
    """
    now = at or timezone.now()
    start = int(now.timestamp()) // rate.seconds * rate.seconds
    window = datetime.fromtimestamp(start, tz=UTC)
    count = RateCount.objects.add_one(subject=f"{what}:{subject}", window=window)
    if count > rate.count:
        raise TooMany(retry_after=max(1, ceil(start + rate.seconds - now.timestamp())))
