"""Plain readers of a paste: people with an account to whom its page shows nothing of their own but their name.

A page is the same for all of them but for what `Reader` has. Everybody who may do more with a paste than read it, or
has said something about it, sees more than that and is not plain. Neither is who reads comments in their own order.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts import sessions
from accounts.models import CommentOrder, User
from accounts.prepared import Prepared
from pastes.domain.reactions import Given
from pastes.domain.threads import Page
from pastes.models import Comment, CommentVote, Like, Paste, Star

NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
"""User names that stand in a page and in an address as they are; an operator may have given others."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be a plain reader, as the database has them now.

    Attributes:
        user: with the fields that are looked at here and by `accounts.sessions`.
        given: what they have given to the paste.
        version: of the paste's page; None when it is theirs, or gone.
        session: what the row of the session says, "" when it has ended.
    """

    user: User
    given: Given
    version: int | None
    session: str

    @property
    def is_plain(self) -> bool:
        """Whether nothing else on the page is theirs."""
        return self.version is not None and not self.given.comment and is_plain(self.user)


def is_plain(user: User) -> bool:
    """Whether somebody is a plain reader of pastes that they have nothing to do with."""
    return user.comment_order == CommentOrder.BEST and not user.is_staff and bool(NAME.fullmatch(user.username))


def is_silent(page: Page | None) -> bool:
    """Whether nothing in a discussion is its reader's own."""
    threads = page.threads if page else []
    return not any(entry.own or entry.vote for thread in threads for entry in (thread.first, *thread.replies))


def find(*, user: int, paste: int, session: str) -> Reader | None:
    """Somebody, their session, and what they have to do with a paste, in one query.

    Args:
        user: their number.
        paste: its number.
        session: its name; whether it is theirs only what it says can tell.
    """
    for found in _asking(user=user, paste=paste, session=session):
        given = Given(star=found.has_star, like=found.has_like, comment=found.has_said or found.has_voted)
        return Reader(found, given, found.paste_version, found.session_says or "")
    return None


def _reading(user: int, paste: int, session: str) -> QuerySet[User]:
    version = Paste.objects.filter(pk=paste).exclude(owner=OuterRef("pk")).values("page_version")
    return (
        User.objects.filter(pk=user)
        .only("username", "password", "is_active", "is_staff", "comment_order", "unread")
        .annotate(
            paste_version=Subquery(version),
            session_says=Subquery(sessions.with_key(session).values("session_data")),
            has_star=Exists(Star.objects.filter(user=OuterRef("pk"), paste=paste)),
            has_like=Exists(Like.objects.filter(user=OuterRef("pk"), paste=paste)),
            has_said=Exists(Comment.objects.filter(author=OuterRef("pk"), paste=paste)),
            has_voted=Exists(CommentVote.objects.filter(user=OuterRef("pk"), comment__paste=paste)),
        )
    )


_asking: Prepared[Any] = Prepared(_reading, user=2_000_000_011, paste=2_000_000_033, session="sample-session")
