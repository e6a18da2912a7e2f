"""What a person wished for once and finds again wherever they sign in."""

from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User


def carry(*, user: User, session: SessionBase) -> None:
    """Put the account's language and theme into ``session``, where every request finds them without a query.

    What the account leaves open is removed, so that the browser's or the device's own preference counts again.
    """
    for name, value in (("language", user.language), ("theme", user.theme)):
        if value:
            session[name] = value
        else:
            session.pop(name, None)
