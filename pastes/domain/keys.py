"""The keys of links: making them, and keeping enough of them. `pastes.models.publication` takes one."""

import secrets
from collections.abc import Callable

from django.conf import settings

from pastes.models import Key
from pastes.models.keys import KEY_LENGTH

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Base58 as Bitcoin writes it: no 0, O, I or l, which people confuse."""

BITS = 64
BATCH = 10_000


def new_value() -> str:
    """A fresh key: 64 random bits in 11 base58 characters.

    With n pastes the chance that one new key is taken already is n / 2^64: for ten million pastes 5e-13.
    """
    return from_number(secrets.randbits(BITS))


def from_number(number: int) -> str:
    """Write a number under 2^64 as a key."""
    digits = ""
    for _ in range(KEY_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def to_hex(key: str) -> str:
    """The key's second spelling: its 64 bits in 16 hexadecimal digits.

    Raises:
        ValueError: when the text is not a key.
    """
    number = 0
    for char in key:
        number = number * len(ALPHABET) + ALPHABET.index(char)
    if number >= 2**BITS:
        raise ValueError("a key has 64 bits")
    return f"{number:016x}"


def from_hex(text: str) -> str:
    """The key that 16 hexadecimal digits spell.

    Raises:
        ValueError: when the text is not that.
    """
    if len(text) != BITS // 4:
        raise ValueError("a key has 16 hexadecimal digits")
    return from_number(int(text, 16))


def level() -> int:
    """How many keys wait."""
    return Key.objects.count()


def seed(*, count: int, progress: Callable[[int], object] = int) -> int:
    """Fill the table until ``count`` keys wait, and return how many were added.

    Each batch is a transaction of its own, so what an interrupted run added stays, and the next run adds the rest.

    Args:
        count: the level to reach.
        progress: called with the number of keys in each batch that was added.
    """
    missing = max(0, count - level())
    for done in range(0, missing, BATCH):
        batch = min(BATCH, missing - done)
        Key.objects.add({new_value() for _ in range(batch)})
        progress(batch)
    return missing


def top_up(*, dry_run: bool = False) -> int:
    """Add `KEYS_TOP_UP` keys when fewer than `KEYS_LOW_WATER` wait; return how many were (or would be) added."""
    # No further than needed: of ten million keys each look would take half a second.
    waiting = Key.objects.all()[: settings.KEYS_LOW_WATER].count()
    if waiting >= settings.KEYS_LOW_WATER:
        return 0
    if dry_run:
        return int(settings.KEYS_TOP_UP)
    return seed(count=waiting + settings.KEYS_TOP_UP)
