"""The limits and rates that an operator sets, as values with units."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one paste may hold: bytes over all its files, and how many files."""

    bytes: int
    files: int


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``count`` times in each window of ``seconds``."""

    count: int
    seconds: int


def limits_for(user: "AbstractBaseUser | AnonymousUser | None", *, trusted: bool = False) -> Limits:
    """The limits of an account, or of somebody without one, who is not an operator (``trusted``)."""
    known = trusted or (user is not None and user.is_authenticated)
    return Limits(
        bytes=settings.MAX_BYTES_ACCOUNT if known else settings.MAX_BYTES_ANONYMOUS,
        files=settings.MAX_FILES,
    )


@lru_cache(maxsize=32)
def parse_rate(text: str) -> Rate:
    """Read ``30/m``: a count, a slash, and one of s, m, h, d.

    Raises:
        ImproperlyConfigured: when the text is anything else.
    """
    count, _, unit = text.partition("/")
    if not count.isdigit() or unit not in SECONDS:
        raise ImproperlyConfigured(f"A rate is written like 30/m (s, m, h or d), not {text!r}.")
    return Rate(count=int(count), seconds=SECONDS[unit])


def rate(name: str) -> Rate:
    """The rate in the setting ``name``."""
    value: Any = getattr(settings, name)
    return parse_rate(value)


def largest() -> int:
    """Bytes that no paste of anybody may exceed."""
    return int(max(settings.MAX_BYTES_ANONYMOUS, settings.MAX_BYTES_ACCOUNT))
