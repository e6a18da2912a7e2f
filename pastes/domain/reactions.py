"""Stars, which keep a paste in one's list, and likes: one row for each person and paste, and a counter of them.

An action says what is wanted (a star: yes or no), so that repeating it changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.prepared import Prepared
from pastes import conf, queue
from pastes.domain import access, deliveries, expiry, limits
from pastes.domain.access import Viewer
from pastes.exceptions import Forbidden, NotFound
from pastes.models import Comment, Like, Paste, Star

type Kind = type[Star | Like]


@dataclass(frozen=True, slots=True)
class Given:
    """What one person has given to a paste; ``comment`` is whether they said anything, be it gone by now."""

    star: bool = False
    like: bool = False
    comment: bool = False


def react(*, kind: Kind, paste: Paste, viewer: Viewer, on: bool, at: datetime | None = None) -> None:
    """Give a paste a star or a like (``on``), or take it back.

    Raises:
        Forbidden, Locked: as `require_open`.
        TooMany: when the person does so all the time.
        NotFound: when the paste is removed at this moment.
    """
    user = require_open(paste=paste, viewer=viewer)
    limits.spend(
        what="react",
        subject=limits.subject_of(user=user, address=viewer.address),
        rate=conf.rate("REACTION_RATE"),
        at=at,
    )
    with transaction.atomic():
        if not _lock(paste.pk):
            raise NotFound
        rows = kind._default_manager.filter(user=user, paste=paste)
        if not on:
            _count(kind, paste, -rows.delete()[0])
        elif not rows.exists():
            kind._default_manager.create(user=user, paste=paste)
            _count(kind, paste, 1)
            if kind is Star:
                deliveries.starred(paste=paste, user=user)


def withdraw(reaction: Star | Like) -> int:
    """Take one star or like away, whoever gave it; returns 1, or 0 when it was gone already."""
    kind = type(reaction)
    with transaction.atomic():
        if not _lock(reaction.paste_id):
            return 0
        gone: int = kind._default_manager.filter(pk=reaction.pk).delete()[0]
        _count(kind, reaction.paste, -gone)
    return gone


def require_open(*, paste: Paste, viewer: Viewer) -> User:
    """Let pass who has an account and may read the paste again and again; returns the account.

    Raises:
        Forbidden: without an account; when the paste can be opened only so often, so that there is nothing to keep.
        Locked: when its password was not given.
    """
    if viewer.account is None:
        raise Forbidden(_("Stars and likes are of people with an account."), _("Sign in and try again."))
    if paste.max_opens is not None:
        raise Forbidden(
            _("A paste that can be opened a limited number of times takes no stars and likes."),
            _("It will be gone, and nothing would be left of it to keep."),
        )
    access.require_password(paste=paste, viewer=viewer, password="")
    return viewer.account


def given(*, paste: Paste, viewer: Viewer) -> Given:
    """What the viewer has given to a paste, in one query; of people without an account there is nothing to ask."""
    if viewer.account is None or paste.max_opens is not None:
        return Given()
    for mine in _given(user=viewer.account.pk, paste=paste.pk):
        return Given(star=mine.has_star, like=mine.has_like, comment=mine.has_comment)
    return Given()


def _what_is_given(user: int, paste: int) -> QuerySet[User]:
    there = {"paste": paste}
    return (
        User.objects.filter(pk=user)
        .only("pk")
        .annotate(
            has_star=Exists(Star.objects.filter(user=OuterRef("pk"), **there)),
            has_like=Exists(Like.objects.filter(user=OuterRef("pk"), **there)),
            has_comment=Exists(Comment.objects.filter(author=OuterRef("pk"), **there)),
        )
    )


_given: Prepared[Any] = Prepared(_what_is_given, user=2_000_000_011, paste=2_000_000_033)


def feed_token(*, user: User) -> str:
    """What the address of somebody's feed of stars ends with: signed, so that nothing has to be kept of it."""
    return _feeds().sign(f"{user.pk}.{user.feed_generation}")


def renew_feed(*, user: User) -> None:
    """Make a new address, and end all earlier ones."""
    User.objects.filter(pk=user.pk).update(feed_generation=F("feed_generation") + 1)
    user.refresh_from_db(fields=["feed_generation"])


def find_feed_owner(*, token: str) -> User:
    """Whose stars a feed shows.

    Raises:
        NotFound: when the token is none, is an earlier one, or the account is closed or banned.
    """
    try:
        number, _dot, generation = _feeds().unsign(token).partition(".")
    except signing.BadSignature:
        raise NotFound from None
    owner = User.objects.filter(pk=int(number), feed_generation=int(generation), is_active=True).first()
    if owner is None:
        raise NotFound
    return owner


def _feeds() -> signing.Signer:
    return signing.Signer(salt="pastes.stars", sep=".")


def _lock(paste_id: int) -> bool:
    """Let nobody else change the counters of a paste, or remove it, until the transaction ends. False: it is gone."""
    return bool(Paste.objects.select_for_update(no_key=True).filter(pk=paste_id).values_list("pk"))


def _count(kind: Kind, paste: Paste, change: int) -> None:
    """Add to the counter in the transaction of the row it counts; what depends on it follows when that is committed."""
    if not change:
        return
    counter = "stars" if kind is Star else "likes"
    Paste.objects.filter(pk=paste.pk).update(**{counter: F(counter) + change})
    paste.refresh_from_db(fields=[counter])
    queue.later("rank", paste.pk)
    expiry.drop_page(paste)
