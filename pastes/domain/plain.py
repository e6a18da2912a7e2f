"""Plain readers of a paste: people with an account to whom its page shows nothing of their own but their name.

A page is the same for all of them but for what `Reader` has. Everybody who may do more with a paste than read it, or
has said something about it, sees more than that and is not plain. Neither is who reads comments in their own order.
"""

import re
from typing import Any, Final, NamedTuple

from django.db.models import Exists, Subquery

from accounts import sessions
from accounts.models import CommentOrder, User
from accounts.prepared import PreparedTuples
from pastes.domain.reactions import Given
from pastes.domain.threads import Page
from pastes.models import Comment, CommentVote, Like, Paste, Star

NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
"""User names that stand in a page and in an address as they are; an operator may have given others."""


class Reader(NamedTuple):
    """Somebody who may be a plain reader, as the database has them now.

    Attributes:
        username, password, is_active, is_staff, comment_order, unread: as `User` has them.
        version: of the paste's page; None when it is theirs, or gone.
        session: what the row of the session says; None when it has ended.
        given: what they have given to the paste.
    """

    username: str
    password: str
    is_active: bool
    is_staff: bool
    comment_order: str
    unread: int
    version: int | None
    session: str | None
    given: Given

    @property
    def is_plain(self) -> bool:
        """Whether nothing else on the page is theirs."""
        return self.version is not None and not self.given.comment and is_plain(self)


def is_plain(reader: User | Reader) -> bool:
    """Whether somebody is a plain reader of pastes that they have nothing to do with."""
    return reader.comment_order == CommentOrder.BEST and not reader.is_staff and bool(NAME.fullmatch(reader.username))


def is_silent(page: Page | None) -> bool:
    """Whether nothing in a discussion is its reader's own."""
    threads = page.threads if page else []
    return not any(entry.own or entry.vote for thread in threads for entry in (thread.first, *thread.replies))


def find(*, user: int, paste: int, session: str, untouched: int | None) -> Reader | None:
    """Somebody, their session, and what they have to do with a paste, in one query.

    Args:
        user: their number.
        paste: its number.
        session: its name; whether it is theirs only what it says can tell.
        untouched: the version of the paste's page at which nobody had given it anything (`is_untouched`). Whoever has
            since has raised it, so at this version there is nothing to ask for, which is half of the query.
    """
    values: dict[str, Any] = {"user": user, "paste": paste, "session": session}
    if untouched is not None:
        for row in _asking(**values):
            reader = Reader._make((*row, Given()))
            if reader.version in {None, untouched}:
                return reader
    for row in _asking_all(**values):
        *fields, star, like, said, voted = row
        return Reader._make((*fields, Given(star=star, like=like, comment=said or voted)))
    return None


def is_untouched(paste: Paste) -> bool:
    """Whether nobody has given a paste a star or a like, or said anything about it; what was removed counts as well."""
    counted = paste.stars or paste.likes or paste.comments
    return not counted and _touching(paste=paste.pk) == [(False, False, False)]


def _columns(user: int, paste: int, session: str) -> list[Any]:
    """Numbers instead of references to the row: PostgreSQL would plan each query in two ways."""
    version = Paste.objects.filter(pk=paste).exclude(owner=user).values("page_version")
    fields = ["username", "password", "is_active", "is_staff", "comment_order", "unread"]
    return [*fields, Subquery(version), Subquery(sessions.with_key(session).values("session_data"))]


def _given(user: int, paste: int) -> list[Any]:
    return [
        Exists(Star.objects.filter(user=user, paste=paste)),
        Exists(Like.objects.filter(user=user, paste=paste)),
        Exists(Comment.objects.filter(author=user, paste=paste)),
        Exists(CommentVote.objects.filter(user=user, comment__paste=paste)),
    ]


SAMPLES: Final[dict[str, Any]] = {"user": 2_000_000_011, "paste": 2_000_000_033, "session": "sample-session"}

_asking: Final = PreparedTuples(
    lambda user, paste, session: User.objects.filter(pk=user).values_list(*_columns(user, paste, session)), **SAMPLES
)
_asking_all: Final = PreparedTuples(
    lambda user, paste, session: User.objects.filter(pk=user).values_list(
        *_columns(user, paste, session), *_given(user, paste)
    ),
    **SAMPLES,
)
_touching: Final = PreparedTuples(
    lambda paste: Paste.objects.filter(pk=paste).values_list(
        *(Exists(kind._default_manager.filter(paste=paste)) for kind in (Star, Like, Comment))
    ),
    paste=2_000_000_033,
)
