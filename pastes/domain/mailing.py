"""Who gets a mail about what happened, and when: at once, once a day, or never.

A notification is claimed before its mail is sent, and given back when sending fails, so a mail never goes out twice
because two workers look at the same moment. A process that is killed in between loses that one mail; the notification
is still on the site, and that does less harm than a mail that comes again and again.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import batched

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Mail, User
from pastes import queue
from pastes.exceptions import NotFound
from pastes.models import Notification

TASK = 20
"""Mails of one task: it has 120 seconds, and a slow server takes a few for each."""

PATIENCE = timedelta(days=1)
"""How long a mail that could not be sent at once is tried again."""

GRACE = timedelta(minutes=5)
"""How long its own task has for it before."""

DIGESTED = timedelta(days=2)
"""What is older is in no daily mail: whoever asks for them today does not want last month's."""

MOST_AT_ONCE = 50
"""Notifications in one daily mail; what is beyond waits for the next."""

_signer = Signer(salt="pastes.mail", sep=".")


def is_possible() -> bool:
    """Whether the site sends such mails: without `SITE_URL` a worker does not know what to link to."""
    return bool(settings.SITE_URL)


def enqueue(*, notifications: Iterable[Notification], people: Mapping[int, User]) -> None:
    """Have the mails sent that are wanted at once; call it in the transaction that writes the notifications."""
    if not is_possible():
        return
    due = [row.pk for row in notifications if _is_wanted_now(row, people[row.user_id])]
    for ids in batched(due, TASK):
        queue.later("mail_notifications", list(ids))


def overdue(*, at: datetime | None = None, limit: int = 500) -> list[int]:
    """The ids of notifications whose mail should be out and is not: the mail server was away, or the worker."""
    if not is_possible():
        return []
    now = at or timezone.now()
    rows = _waiting().filter(created__gt=now - PATIENCE, created__lt=now - GRACE).exclude(user__mail=Mail.OFF)
    at_once = rows.filter(Q(user__mail=Mail.AT_ONCE) | Q(kind=Notification.Kind.EXPIRY))
    return list(at_once.order_by("pk").values_list("pk", flat=True)[:limit])


def enqueue_digests(*, at: datetime | None = None) -> int:
    """Have the daily mails sent; returns to how many people."""
    if not is_possible():
        return 0
    people = _for_digests(at).order_by("user").values_list("user", flat=True).distinct()
    total, rest = 0, people
    while ids := list(rest[:TASK]):
        queue.later("mail_digest", ids)
        total += len(ids)
        rest = people.filter(user__gt=ids[-1])
    return total


def digest_of(*, user_id: int, at: datetime | None = None) -> list[int]:
    """The ids of what somebody's daily mail tells, the oldest first."""
    rows = _for_digests(at).filter(user=user_id)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def claim(notification_ids: Iterable[int], *, at: datetime | None = None) -> list[int]:
    """Take notifications for sending; returns the ids of those that nobody else has taken and nobody has read."""
    now = at or timezone.now()
    # Only this row's own columns: a condition on another table would not be looked at again after waiting for a lock.
    free = Notification.objects.filter(mailed_at=None, read_at=None)
    return [pk for pk in notification_ids if free.filter(pk=pk).update(mailed_at=now)]


def give_back(notification_ids: Collection[int]) -> None:
    """Undo `claim`: the mail could not be sent, and will be tried again."""
    Notification.objects.filter(pk__in=notification_ids).update(mailed_at=None)


def token_for(user: User) -> str:
    """What lets whoever has somebody's mail choose how often they get one, without signing in; it does not expire."""
    return _signer.sign(str(user.pk))


def find_by_token(token: str) -> User:
    """Whose mails a link is about.

    Raises:
        NotFound: when the token was not made here, or the account is gone.
    """
    try:
        user = User.objects.filter(pk=int(_signer.unsign(token))).first()
    except (BadSignature, ValueError):
        user = None
    if user is None:
        raise NotFound
    return user


def choose(*, user: User, mail: Mail) -> None:
    """Let somebody have mails so often from now on."""
    User.objects.filter(pk=user.pk).update(mail=mail)


def _waiting() -> QuerySet[Notification]:
    return Notification.objects.filter(mailed_at=None, read_at=None, user__is_active=True)


def _for_digests(at: datetime | None) -> QuerySet[Notification]:
    since = (at or timezone.now()) - DIGESTED
    return _waiting().filter(user__mail=Mail.DAILY, created__gt=since)


def _is_wanted_now(row: Notification, user: User) -> bool:
    """A daily mail might come after the end of the paste it speaks of, so that one does not wait."""
    return user.mail == Mail.AT_ONCE or (user.mail == Mail.DAILY and row.kind == Notification.Kind.EXPIRY)
