"""Pairs of JSON Web Tokens: a short-lived one for access, and one that is exchanged for the next pair.

allauth makes and signs them. They are checked here, because a token must end at once with its row, with its session and
with the person, and because one signed with an earlier SECRET_KEY works as long as that key is in SECRET_KEY_FALLBACKS.

A refresh token works once (RFC 9700, section 4.14.2). When one comes again, somebody else has a copy, and nobody can
tell who the thief is: every token of that session ends.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
import structlog
from allauth.headless import app_settings
from allauth.headless.internal.sessionkit import lookup_session
from allauth.headless.tokens.strategies.jwt import internal
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import TokenPair, User

log = structlog.get_logger("accounts.pairs")

MOST_PAIRS = 50
"""Of one session."""

RACE = timedelta(seconds=10)
"""A program that sends one refresh token twice, from two threads or after a lost answer, does it within this time."""

CLAIMS = ["exp", "jti", "sid", "sub", "token_use"]


class TooManyPairsError(Exception):
    """The session has `MOST_PAIRS` already."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a program gets.

    Attributes:
        access: for ``Authorization: Bearer``.
        refresh: for the next pair; works once.
        expires_in: seconds until the access token ends.
    """

    access: str
    refresh: str
    expires_in: int


def start(*, session: UserSession, owns_session: bool = False, at: datetime | None = None) -> Tokens:
    """A new pair for a session. With ``owns_session`` the session was made for it and ends with it.

    Raises:
        TooManyPairsError: when the session has too many already.
    """
    now = at or timezone.now()
    with transaction.atomic():
        UserSession.objects.select_for_update().get(pk=session.pk)
        TokenPair.objects.filter(session=session, expires_at__lte=now).delete()
        if TokenPair.objects.filter(session=session).count() >= MOST_PAIRS:
            raise TooManyPairsError
        pair = TokenPair(
            session=session, owns_session=owns_session, created=now, refreshed=now, expires_at=_end_of_refresh(now)
        )
        pair.save()
        tokens, pair.refresh_id = _sign(pair)
        pair.save(update_fields=["refresh_id"])
    return tokens


def find(*, access_token: str, at: datetime | None = None) -> TokenPair | None:
    """The pair of an access token that works at this moment, with its session and its person; None for other texts."""
    claims = _read(access_token, use="access", at=at)
    return _living_pair(claims) if claims else None


def refresh(*, refresh_token: str, at: datetime | None = None) -> Tokens | None:
    """The next pair; None when the token is not one, is over, or has been used.

    Of two that come at once with one token, one gets the next pair: the row changes only where that token is the one
    that works. A token that was used longer ago than `RACE`, or is older than the last one, ends every pair of the
    session.
    """
    now = at or timezone.now()
    claims = _read(refresh_token, use="refresh", at=now)
    pair = _living_pair(claims) if claims else None
    if pair is None or claims is None or pair.expires_at <= now:
        return None
    tokens, refresh_id = _sign(pair)
    pair.expires_at = _end_of_refresh(now)
    changed = TokenPair.objects.filter(pk=pair.pk, refresh_id=claims["jti"]).update(
        refresh_id=refresh_id, previous_id=claims["jti"], refreshed=now, expires_at=pair.expires_at
    )
    if changed:
        _prolong(pair)
        return tokens
    _judge_reuse(pair, claims["jti"], now)
    return None


def carry_over(*, session: SessionBase) -> None:
    """Let a session of an earlier SECRET_KEY, which is a fallback now, go on under the key that it has."""
    user = User.objects.filter(pk=session.get(SESSION_KEY, "0")).first() if settings.SECRET_KEY_FALLBACKS else None
    if user:
        _lets_in(session, user)


def of(*, user: User, at: datetime | None = None) -> QuerySet[TokenPair]:
    """The pairs of a person that can still be refreshed, the newest first."""
    UserSession.objects.purge_and_list(user)
    living = TokenPair.objects.filter(session__user=user, expires_at__gt=at or timezone.now())
    return living.select_related("session").order_by("-pk")


def revoke(*, user: User, pair_id: int) -> None:
    """End a pair of ``user``; ending it again, or one of somebody else, changes nothing."""
    pair = TokenPair.objects.select_related("session").filter(session__user=user, pk=pair_id).first()
    if pair:
        _end(pair)


def _end(pair: TokenPair) -> None:
    if pair.owns_session:
        pair.session.end()
    else:
        TokenPair.objects.filter(pk=pair.pk).delete()


def _judge_reuse(pair: TokenPair, used: str, now: datetime) -> None:
    """End all tokens of the session, unless the token was replaced only just now."""
    present = TokenPair.objects.filter(pk=pair.pk).first()
    if present and present.previous_id == used and present.refreshed > now - RACE:
        return
    log.warning("refresh_token_reused", user=pair.session.user_id)
    for each in TokenPair.objects.select_related("session").filter(session=pair.session_id):
        _end(each)


def _living_pair(claims: dict[str, Any]) -> TokenPair | None:
    """The pair that a token names, when its session and its person would be let in by the session's own cookie."""
    number = claims["sid"]
    if not number.isdecimal() or len(number) > 18:
        return None
    pair = TokenPair.objects.select_related("session__user").filter(pk=number).first()
    if pair is None or str(pair.session.user_id) != claims["sub"]:
        return None
    session = lookup_session(pair.session.session_key)
    return pair if session is not None and _lets_in(session, pair.session.user) else None


def _lets_in(session: SessionBase, user: User) -> bool:
    """Whether the session is this person's, and signed in with the password they have now.

    Django's own check gives a session another key once SECRET_KEY has changed, and its pairs would lose it. Here it
    keeps the key, and goes on under the new secret.
    """
    if not user.is_active or session.get(SESSION_KEY) != str(user.pk):
        return False
    known, present = str(session.get(HASH_SESSION_KEY, "")), user.get_session_auth_hash()
    if constant_time_compare(known, present):
        return True
    if not any(constant_time_compare(known, former) for former in user.get_session_auth_fallback_hash()):
        return False
    session[HASH_SESSION_KEY] = present
    with suppress(UpdateError):  # it ends at this very moment
        session.save()
    return True


def _prolong(pair: TokenPair) -> None:
    """Let the session that was made for a pair live as long as its refresh token.

    Only the date is written: what other requests put into the session at this moment stays.
    """
    if pair.owns_session:
        own = Session.objects.filter(session_key=pair.session.session_key, expire_date__lt=pair.expires_at)
        own.update(expire_date=pair.expires_at)


def _sign(pair: TokenPair) -> tuple[Tokens, str]:
    """A new pair of tokens for ``pair``, and the refresh token's ``jti``."""
    names = {"sub": str(pair.session.user_id), "sid": str(pair.pk)}
    seconds = app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN
    access, _claims = internal.create_token("access", **names, expires_in=seconds)
    refresh_token, claims = internal.create_token(
        "refresh", **names, expires_in=app_settings.JWT_REFRESH_TOKEN_EXPIRES_IN
    )
    return Tokens(access, refresh_token, seconds), str(claims["jti"])


def _read(token: str, *, use: str, at: datetime | None) -> dict[str, Any] | None:
    """The claims of a token that one of the site's keys has signed for this use, and that is not over."""
    for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token, key, algorithms=["HS256"], options={"require": CLAIMS, "verify_exp": False, "verify_aud": False}
            )
        except jwt.InvalidSignatureError:
            continue
        except (jwt.PyJWTError, UnicodeEncodeError):
            return None
        over = int(claims["exp"]) <= (at or timezone.now()).timestamp()
        return None if over or claims["token_use"] != use else claims
    return None


def _end_of_refresh(now: datetime) -> datetime:
    return now + timedelta(seconds=app_settings.JWT_REFRESH_TOKEN_EXPIRES_IN)
