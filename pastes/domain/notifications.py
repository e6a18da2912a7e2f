"""Telling people what happened: rows for the bell in the bar, and mails made from them."""

from collections.abc import Iterable

from django.db.models import F

from accounts.models import User
from pastes.models import Comment, Notification, Paste

Kind = Notification.Kind


def tell(
    *,
    users: Iterable[User],
    kind: Notification.Kind,
    event: str,
    paste: Paste | None = None,
    comment: Comment | None = None,
    actor: User | None = None,
    text: str = "",
) -> None:
    """Tell people of one event, each once; call it in the transaction of the event.

    Args:
        users: whom. Whoever was told of this event before hears nothing.
        kind: what happened.
        event: its name, such as ``comment:17``: a person is told once of each.
        paste: what it concerns, if there still is one.
        comment: the same.
        actor: who did it.
        text: at most 400 characters, for what the rows do not say.
    """
    for user in users:
        _row, made = Notification.objects.get_or_create(
            user=user,
            event=event,
            defaults={"kind": kind, "paste": paste, "comment": comment, "actor": actor, "text": text[:400]},
        )
        if made:
            User.objects.filter(pk=user.pk).update(unread=F("unread") + 1)
