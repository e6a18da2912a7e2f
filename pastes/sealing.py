"""Secrets that the site itself needs again, and so cannot keep as hashes: encrypted with a key made from `SECRET_KEY`.

Whoever has only the database, or a backup of it, has none of them. What was sealed with a former key opens as long as
`SECRET_KEY_FALLBACKS` has that key; `reseal` carries it over to the present one.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(secret: str) -> str:
    """What to keep."""
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str | None:
    """The secret; None when its key is gone."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def reseal(sealed: str) -> str | None:
    """The same secret under the present key; None when it is under that already, or its key is gone."""
    try:
        _key(settings.SECRET_KEY).decrypt(sealed.encode())
    except InvalidToken:
        secret = unseal(sealed)
        return None if secret is None else seal(secret)
    return None


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    """A key of its own for this purpose: what else is signed with the same secret says nothing about it."""
    derived = hmac.digest(secret.encode(), b"pastes.sealing", hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(derived))
