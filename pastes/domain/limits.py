"""How often somebody may do something, counted in the database."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import ceil

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from pastes import conf
from pastes.exceptions import TooMany
from pastes.models import RateCount


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often somebody may do ``what`` yet: ``left`` times in the ``seconds`` until the window ends."""

    what: str
    rate: conf.Rate
    left: int
    seconds: int


_noticed: ContextVar[list[Allowance] | None] = ContextVar("noticed", default=None)


@contextmanager
def noticed() -> Iterator[list[Allowance]]:
    """Notice what is spent inside, so that a door can say how much is left without another query."""
    found: list[Allowance] = []
    before = _noticed.set(found)
    try:
        yield found
    finally:
        _noticed.reset(before)


@lru_cache(maxsize=1_024)
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
    seconds = max(1, ceil(start + rate.seconds - now.timestamp()))
    if (found := _noticed.get()) is not None:
        # Only the kind: what is guessed at, for one, is nobody's business.
        found.append(Allowance(what.partition(":")[0], rate, max(0, rate.count - count), seconds))
    if count > rate.count:
        raise TooMany(retry_after=seconds)
