"""How allauth's interface for programs hands out tokens on this site."""

import base64
from hashlib import sha256
from typing import Any

from allauth.core.internal.httpkit import get_authorization_credential
from allauth.headless.internal.sessionkit import lookup_session
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts import pairs


class TokenStrategy(JWTTokenStrategy):
    """allauth's pair of JSON Web Tokens, kept in `accounts.pairs`, and session tokens that are no cookies.

    allauth gives a program the key of its session, which is what a browser has in its cookie: the one could be used as
    the other, past CSRF in one direction and past the limits of the interface in the other. Here it is encrypted.
    """

    def get_session_token(self, request: HttpRequest) -> str | None:
        """The session token that the request brings, or one for the session that began with its access token.

        The access token of a pair that a browser's session was given does not lead into that session.
        """
        sent: str | None = request.headers.get("X-Session-Token")
        if sent:
            return sent
        access_token = get_authorization_credential(request, "Bearer")
        pair = pairs.find(access_token=access_token) if access_token else None
        return seal(pair.session.session_key) if pair and pair.owns_session else None

    def create_session_token(self, request: HttpRequest) -> str:
        """A token of the request's session; the one it brought, when that is of this session."""
        if not request.session.session_key:
            request.session.save()
        key = request.session.session_key
        assert key
        sent = request.headers.get("X-Session-Token", "")
        return sent if unseal(sent) == key else seal(key)

    def lookup_session(self, session_token: str) -> SessionBase | None:
        """The living session that a session token opens."""
        key = unseal(session_token)
        session: SessionBase | None = lookup_session(key) if key else None
        if session is not None:
            pairs.carry_over(session=session)
        return session

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any] | None:
        """A pair for whoever has just signed in through the interface."""
        # allauth lists a session that has no row yet, and then takes it off the list again as a dead one.
        request.session.save()
        UserSession.objects.create_from_request(request)
        session = UserSession.objects.get(session_key=request.session.session_key)
        tokens = pairs.start(session=session, owns_session=True)
        return {"access_token": tokens.access, "refresh_token": tokens.refresh, "expires_in": tokens.expires_in}

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        """The next pair."""
        tokens = pairs.refresh(refresh_token=refresh_token)
        return (tokens.access, tokens.refresh) if tokens else None


def seal(session_key: str) -> str:
    """A session's key, so that only this site can read it."""
    return _cipher().encrypt(session_key.encode()).decode()


def unseal(session_token: str) -> str | None:
    """The key that `seal` has encrypted, with the present SECRET_KEY or one of its fallbacks."""
    try:
        return _cipher().decrypt(session_token.encode()).decode()
    except (InvalidToken, ValueError):
        return None


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [sha256(f"accounts.strategy:{secret}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
