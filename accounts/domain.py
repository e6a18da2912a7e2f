"""What the site does with an identity: close it, ban it, let it back in. Its pastes are not known here."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import User


@transaction.atomic
def remove(*, user: User) -> None:
    """Delete ``user`` with everything that identifies them: sessions, addresses, authenticators, social accounts.

    A view that removes the person who asks must call ``django.contrib.auth.logout`` afterwards: their session's row is
    gone, and saving it again would fail.
    """
    end_sessions(user=user)
    user.delete()


@transaction.atomic
def ban(*, user: User, at: datetime, reason: str = "") -> bool:
    """Shut ``user`` out from ``at`` (now, aware): no signing in, and every session ends.

    The reason, up to 200 characters, is shown to whoever signs in with their password. False: they were banned before.
    """
    changed = User.objects.filter(pk=user.pk, banned_at=None).update(banned_at=at, ban_reason=reason, is_active=False)
    if changed:
        end_sessions(user=user)
    user.refresh_from_db(fields=["banned_at", "ban_reason", "is_active"])
    return bool(changed)


@transaction.atomic
def unban(*, user: User) -> bool:
    """Let ``user`` sign in again; the sessions from before stay ended. False: they were not banned."""
    changed = User.objects.filter(pk=user.pk, banned_at__isnull=False).update(
        banned_at=None, ban_reason="", is_active=True
    )
    user.refresh_from_db(fields=["banned_at", "ban_reason", "is_active"])
    return bool(changed)


def end_sessions(*, user: User) -> None:
    """Sign ``user`` out everywhere.

    A session that is not listed (none is made on the site's own pages) ends as well while the person is inactive or
    gone, because it is the person that is looked up with each request.
    """
    for session in UserSession.objects.filter(user=user):
        session.end()
