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


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One time more that somebody does something, to be counted by the row of ``subject`` and ``window``.

    The window ends ``seconds`` from now.
    """

    subject: str
    window: datetime
    rate: conf.Rate
    seconds: int


MOST_REFUSED = 10_000
_refused: dict[tuple[str, datetime, conf.Rate], int] = {}
"""The counts of windows in which somebody was refused by this process."""

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
        network = str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else f"{parsed}/32"
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
    taken = turn(what=what, subject=subject, rate=rate, at=at)
    settle(taken, count=RateCount.objects.add_one(subject=taken.subject, window=taken.window))


def turn(*, what: str, subject: str, rate: conf.Rate, at: datetime | None = None) -> Turn:
    """What `spend` counts, for whoever counts it in one statement with what it is for, and tells `settle`."""
    now = at or timezone.now()
    start = int(now.timestamp()) // rate.seconds * rate.seconds
    return Turn(
        subject=f"{what}:{subject}",
        window=datetime.fromtimestamp(start, tz=UTC),
        rate=rate,
        seconds=max(1, ceil(start + rate.seconds - now.timestamp())),
    )


def settle(taken: Turn, *, count: int) -> None:
    """Say what is left of a turn's window, of which this was the ``count``-th time.

    Raises:
        TooMany: when the window was full already.
    """
    if (found := _noticed.get()) is not None:
        # Only the kind: what is guessed at, for one, is nobody's business.
        kind = taken.subject.partition(":")[0]
        found.append(Allowance(kind, taken.rate, max(0, taken.rate.count - count), taken.seconds))
    if count > taken.rate.count:
        if len(_refused) >= MOST_REFUSED:
            _refused.clear()
        _refused[_name(taken)] = count
        raise TooMany(retry_after=taken.seconds)


def require_left(taken: Turn) -> None:
    """Refuse at once whom this process has refused in the same window, before anything is done for them.

    Raises:
        TooMany: when it has.
    """
    if count := _refused.get(_name(taken), 0):
        settle(taken, count=count)


def forget() -> None:
    """Let everybody ask the database again."""
    _refused.clear()


def _name(taken: Turn) -> tuple[str, datetime, conf.Rate]:
    return taken.subject, taken.window, taken.rate
