"""Sessions and their people, as Django and allauth have them, found by queries that are put into SQL once."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.core.signals import setting_changed
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.dispatch import receiver
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.prepared import Prepared

_with_key = Prepared(lambda key: Session.objects.filter(session_key=key), key="sample-key")
_with_number = Prepared(lambda number: User.objects.filter(pk=number), number=2_000_000_011)


class SessionStore(db.SessionStore):
    """Sessions in the database (``SESSION_ENGINE``)."""

    def _get_session_from_db(self) -> Session | None:
        for found in _with_key(key=self.session_key or ""):
            if found.expire_date > timezone.now():
                return found
        self._session_key = None
        return None


class Backend(AuthenticationBackend):
    """Who a session says is signed in, and how they signed in (``AUTHENTICATION_BACKENDS``)."""

    def get_user(self, user_id: Any) -> User | None:
        """The person with a number, unless they are not let in any more."""
        for found in _with_number(number=user_id):
            return found if self.user_can_authenticate(found) else None
        return None


def with_key(key: str) -> QuerySet[Session]:
    """The session with a name that has not ended, for a query that asks for more."""
    return Session.objects.filter(session_key=key, expire_date__gt=Now())


@lru_cache(maxsize=1_024)
def decode(data: str) -> Mapping[str, Any]:
    """What the row of a session says; nothing, when there is none or it is not what this site wrote."""
    return MappingProxyType(SessionStore().decode(data) if data else {})


def person_in(session: Mapping[str, Any]) -> int | None:
    """The number of whoever a session says is signed in."""
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    return int(session[SESSION_KEY])


def is_signed_in(user: User, session: Mapping[str, Any]) -> bool:
    """Whether what a session says is that it is this person's, and that their password is still the one it began with.

    `django.contrib.auth.get_user` looks at the same, and at passwords signed with an earlier `SECRET_KEY`, too.
    """
    said = str(session.get(HASH_SESSION_KEY, ""))
    return (
        person_in(session) == user.pk
        and Backend().user_can_authenticate(user)
        and constant_time_compare(said, user.get_session_auth_hash())
    )


@lru_cache(maxsize=1_024)
def is_of(data: str, *, user: int, password: str, is_active: bool) -> bool:
    """`is_signed_in` by what the rows of a session and of a user say; nothing else decides it, so it is remembered."""
    return is_signed_in(User(pk=user, password=password, is_active=is_active), decode(data))


@receiver(setting_changed)
def forget(**_: Any) -> None:
    """Read and check each session anew: another key may have signed it."""
    decode.cache_clear()
    is_of.cache_clear()
