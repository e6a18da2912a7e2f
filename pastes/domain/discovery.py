"""Finding pastes: the latest, the most popular, what somebody starred, and one's own.

Lists page by key, never by offset: a page goes on after the last row of the one before, wherever that stands by then.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleLessThan

from accounts.models import User
from pastes import replica
from pastes.models import BurnReceipt, Paste, Star, Visibility
from pastes.models.pastes import PasteQuerySet

PAGE = 25

SEARCH_LENGTH = 200
SEARCH_WORDS = 10
"""What is read of a search in one's stars: characters, and words."""

CURSOR_LENGTH = 64
"""Characters that no place in a list needs."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some pastes with their owners, and the ``after`` that the next page begins with ("": this is the last)."""

    pastes: list[Paste]
    next: str


@replica.may_answer
def recent(*, after: str = "", language: str = "", tag: str = "", size: int = PAGE, at: datetime | None = None) -> Page:
    """Public pastes, the newest first; those in a language, or with a tag, where one is given.

    Args:
        after: where the page begins, from `Page.next`. What cannot be read as a place is the start of the list, here
            and in all other lists.
        language: an alias, as in `Paste.language`.
        tag: a tag's name.
        size: pastes on a page.
        at: now.
    """
    pastes = _public(language, at)
    return newest(pastes.tagged(tag) if tag else pastes, after=after, size=size)


@replica.may_answer
def popular(*, after: str = "", language: str = "", size: int = PAGE, at: datetime | None = None) -> Page:
    """Public pastes that are read and liked, the most popular first; arguments as in `recent`."""
    return _ranked(_public(language, at).popular(), by="popularity", after=after, size=size)


@replica.may_answer
def trending(*, after: str = "", language: str = "", size: int = PAGE, at: datetime | None = None) -> Page:
    """The same for the last few days."""
    return _ranked(_public(language, at).trending(), by="trend", after=after, size=size)


def mine(
    *,
    user: User,
    visibility: str = "",
    expiry: str = "",
    after: str = "",
    size: int = PAGE,
    at: datetime | None = None,
) -> Page:
    """Somebody's own pastes, the newest first; what a moderator has hidden too, so that they learn of it.

    Args:
        user: whose.
        visibility: one of `Visibility`, or "" for all.
        expiry: ``never``, ``some`` (it has an end), or "" for all.
        after: where the page begins.
        size: pastes on a page.
        at: now.
    """
    pastes = Paste.objects.owned_by(user).present(at)
    if visibility in Visibility.values:
        pastes = pastes.filter(visibility=visibility)
    if expiry in {"never", "some"}:
        pastes = pastes.filter(expires_at__isnull=expiry == "never")
    return newest(pastes, after=after, size=size)


def own(
    *, user: User, public: bool | None = None, after: str = "", size: int = PAGE, at: datetime | None = None
) -> Page:
    """The same for a program: what can be read, all of it, or only what is (or is not) public."""
    pastes = Paste.objects.owned_by(user).live(at)
    if public is not None:
        is_public = Q(visibility=Visibility.PUBLIC)
        pastes = pastes.filter(is_public if public else ~is_public)
    return newest(pastes, after=after, size=size)


def starred(*, user: User, text: str = "", after: str = "", size: int = PAGE, at: datetime | None = None) -> Page:
    """What somebody starred and can still read without a password, the newest star first.

    Args:
        user: whose stars.
        text: words that are all somewhere in the title, the description or the file's name, in whatever case.
        after: where the page begins.
        size: pastes on a page.
        at: now.
    """
    pastes = Paste.objects.open_to(user).live(at)
    for word in text[:SEARCH_LENGTH].replace("\0", " ").split()[:SEARCH_WORDS]:
        # A regular expression of plain characters, because LIKE of SQLite knows upper and lower case of ASCII only.
        plain = re.escape(word)
        pastes = pastes.filter(Q(title__iregex=plain) | Q(description__iregex=plain) | Q(file_name__iregex=plain))
    return newest_stars(pastes, user=user, after=after, size=size)


def receipts(*, user: User) -> QuerySet[BurnReceipt]:
    """Somebody's burnt pastes, the last read first."""
    return BurnReceipt.objects.filter(owner=user).order_by("-read_at")[:PAGE]


def newest(pastes: QuerySet[Paste], *, after: str = "", size: int = PAGE) -> Page:
    """A page of any pastes, the newest first."""
    if (last := number(after)) is not None:
        pastes = pastes.filter(pk__lt=last)
    found = list(pastes.select_related("owner").order_by("-pk")[: size + 1])
    return Page(found[:size], str(found[size - 1].pk) if len(found) > size else "")


def newest_stars(pastes: QuerySet[Paste], *, user: User, after: str = "", size: int = PAGE) -> Page:
    """A page of those of ``pastes`` that somebody starred, the newest star first."""
    stars = Star.objects.filter(user=user, paste__in=pastes).select_related("paste__owner").order_by("-pk")
    if (last := number(after)) is not None:
        stars = stars.filter(pk__lt=last)
    found = list(stars[: size + 1])
    return Page([star.paste for star in found[:size]], str(found[size - 1].pk) if len(found) > size else "")


def number(text: str) -> int | None:
    """An id, of at most as many digits as the database can compare."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def _public(language: str, at: datetime | None) -> PasteQuerySet:
    pastes = Paste.objects.listed().live(at)
    return pastes.filter(language=language) if language else pastes


def _ranked(pastes: QuerySet[Paste], *, by: str, after: str, size: int) -> Page:
    """A page of pastes in the order of a float column and then the id.

    Many have the same rank (whatever was read once on one day), so a page begins after a pair of both, which the
    database finds in the index as it finds one value. In the cursor the float is in hex: not a bit of it may be lost.
    """
    if place := _place(after):
        pastes = pastes.filter(TupleLessThan((F(by), F("pk")), place))
    found = list(pastes.select_related("owner")[: size + 1])
    if len(found) <= size:
        return Page(found, "")
    last = found[size - 1]
    return Page(found[:size], f"{getattr(last, by).hex()}_{last.pk}")


def _place(text: str) -> tuple[float, int] | None:
    rank, _, digits = text[:CURSOR_LENGTH].partition("_")
    last = number(digits)
    try:
        value = float.fromhex(rank)
    except (ValueError, OverflowError):
        return None
    return (value, last) if last is not None and isfinite(value) else None
