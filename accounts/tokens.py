"""Personal access tokens: what a person gives a program instead of a password."""

import secrets
import zlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import AccessToken, AccessTokenQuerySet, Scope, User

PREFIX = "pbt_"
"""Begins every token, so that a person, and a scanner for leaked secrets, sees what it is."""

RANDOM_CHARACTERS = 43
"""Of 62 each: 256 bits."""

CHECKSUM_CHARACTERS = 6
"""CRC32 in base62, as in GitHub's tokens: a scanner tells a token from a word that looks like one without asking.
https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/"""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MOST_TOKENS = 50
"""Of one person."""

USE_NOTED_EVERY = timedelta(minutes=1)
"""A program that asks a hundred times a second does not write a hundred times."""


class TooManyTokensError(Exception):
    """The person has `MOST_TOKENS` already."""


def create(
    *, user: User, name: str, scopes: Collection[Scope], expires_at: datetime | None = None
) -> tuple[AccessToken, str]:
    """A new token: its row, and the token itself, which is not kept and cannot be shown again.

    Raises:
        TooManyTokensError: when there are too many already.
    """
    body = "".join(secrets.choice(ALPHABET) for _character in range(RANDOM_CHARACTERS))
    token = f"{PREFIX}{body}{_checksum(body)}"
    with transaction.atomic():
        # Whoever creates two at once counts one after the other.
        User.objects.select_for_update().get(pk=user.pk)
        if AccessToken.objects.filter(user=user).count() >= MOST_TOKENS:
            raise TooManyTokensError
        row = AccessToken.objects.create(
            user=user,
            name=name,
            token_hash=_hash(token),
            scopes=" ".join(scope.value for scope in Scope if scope in scopes),
            expires_at=expires_at,
        )
    return row, token


def find(*, token: str, at: datetime | None = None) -> AccessToken | None:
    """The row of a token that works at this moment, with its user; None for every other text.

    The database looks for a hash, so the time it takes says nothing about how much of a guessed token is right.
    """
    if not looks_like_one(token):
        return None
    return AccessToken.objects.working(at).select_related("user").filter(token_hash=_hash(token)).first()


def looks_like_one(text: str) -> bool:
    """Whether ``text`` has a token's form and checksum."""
    body, checksum = text[len(PREFIX) : -CHECKSUM_CHARACTERS], text[-CHECKSUM_CHARACTERS:]
    return text.startswith(PREFIX) and len(body) == RANDOM_CHARACTERS and text.isascii() and checksum == _checksum(body)


def note_use(*, token: AccessToken, at: datetime | None = None) -> None:
    """Remember that it was used, at most once in `USE_NOTED_EVERY`."""
    now = at or timezone.now()
    if token.last_used_at is None or token.last_used_at <= now - USE_NOTED_EVERY:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
        AccessToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)


def of(*, user: User) -> AccessTokenQuerySet:
    """All tokens of a person, the newest first; those that have expired as well, until they are revoked."""
    return AccessToken.objects.filter(user=user).order_by("-pk")


def working(*, user: User, at: datetime | None = None) -> AccessTokenQuerySet:
    """Those of them that open something."""
    return of(user=user).working(at)


def revoke(*, user: User, token_id: int) -> None:
    """End a token of ``user``; ending it again, or one of somebody else, changes nothing."""
    AccessToken.objects.filter(user=user, pk=token_id).delete()


def scopes_of(names: Iterable[str]) -> list[Scope]:
    """The scopes with these names, in the order of `Scope`.

    Raises:
        ValueError: when there is none of that name.
    """
    wanted = {Scope(name) for name in names}
    return [scope for scope in Scope if scope in wanted]


def _hash(token: str) -> str:
    """What is kept: tokens are random and long, so a plain hash cannot be searched backwards."""
    return sha256(token.encode()).hexdigest()


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode(errors="replace")), ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits.rjust(CHECKSUM_CHARACTERS, ALPHABET[0])
