"""Who a request's Authorization header speaks for: a person's access token, or an access token of a pair (JWT)."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from accounts import pairs, tokens
from accounts.models import Scope, User


@dataclass(frozen=True, slots=True)
class Credentials:
    """The person, and what their token opens.

    Attributes:
        expires_at: when an access token ends; None is never, and a pair, which ends with its session.
    """

    user: User
    scopes: frozenset[str]
    expires_at: datetime | None = None


def find(*, authorization: str, at: datetime | None = None) -> Credentials | None:
    """What the header's value stands for; None when no token in it works at this moment.

    Args:
        authorization: ``Bearer T``, ``token T`` or ``Basic`` with T as the password, the scheme in any case.
        at: now.
    """
    token = token_in(authorization)
    if token.startswith(tokens.PREFIX):
        row = tokens.find(token=token, at=at)
        if row is None:
            return None
        tokens.note_use(token=row, at=at)
        return Credentials(row.user, frozenset(row.scope_list), row.expires_at)
    pair = pairs.find(access_token=token, at=at) if token.count(".") == 2 else None
    return Credentials(pair.session.user, frozenset(Scope)) if pair else None


def token_in(authorization: str) -> str:
    """The token in the header's value; "" when there is none, or the scheme is another."""
    scheme, _blank, rest = authorization.strip().partition(" ")
    match scheme.lower():
        case "bearer" | "token":
            return rest.strip()
        case "basic":
            try:
                return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError, ValueError):
                return ""
    return ""
