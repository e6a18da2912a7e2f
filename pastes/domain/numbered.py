"""Lists by page number, for programs written for GitHub's interface, which asks for no other.

A page is found by counting rows, so no list goes further than its latest `MOST`. Where there is a choice, lists page by
key: see `pastes.domain.discovery`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from accounts.models import User
from pastes import replica
from pastes.domain.access import Viewer
from pastes.models import Comment, File, Paste, Revision, Star

MOST = 3_000
"""Rows of one list, as on GitHub (https://docs.github.com/rest/gists/gists#list-public-gists)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which part of a list: the page (from 1), how many on each, and not what was last changed before ``since``."""

    number: int = 1
    size: int = 30
    since: datetime | None = None

    @property
    def part(self) -> slice:
        """Where the page lies in the list; nothing beyond its end."""
        start = min((self.number - 1) * self.size, MOST)
        return slice(start, min(start + self.size, MOST))


@dataclass(frozen=True, slots=True)
class Page[Row]:
    """Some rows, and how many there are on all pages."""

    rows: list[Row]
    total: int


@replica.may_answer
def public(*, wanted: Wanted, at: datetime | None = None) -> Page[Paste]:
    """What everybody may find, the newest first."""
    return _newest(Paste.objects.listed().live(at), wanted)


@replica.may_answer
def public_of(*, person: User, wanted: Wanted, at: datetime | None = None) -> Page[Paste]:
    """What everybody may find of one person."""
    return _newest(Paste.objects.owned_by(person).listed().live(at), wanted)


def own(*, user: User, wanted: Wanted, at: datetime | None = None) -> Page[Paste]:
    """Everything of one's own, private pastes too."""
    return _newest(Paste.objects.owned_by(user).live(at), wanted)


def starred(*, user: User, wanted: Wanted, at: datetime | None = None) -> Page[Paste]:
    """What somebody starred and can still read without a password, the newest star first."""
    pastes = Paste.objects.open_to(user).live(at)
    if wanted.since:
        pastes = pastes.filter(updated__gte=wanted.since)
    stars = Star.objects.filter(user=user, paste__in=pastes).select_related("paste__owner").order_by("-pk")
    return Page([star.paste for star in stars[wanted.part]], stars[:MOST].count())


def forks(*, paste: Paste, viewer: Viewer, wanted: Wanted, at: datetime | None = None) -> Page[Paste]:
    """Those copies of a paste that the viewer may find."""
    return _newest(Paste.objects.filter(forked_from=paste).visible_to(viewer.account).live(at), wanted)


def source(*, paste: Paste, viewer: Viewer, at: datetime | None = None) -> Paste | None:
    """What a paste is a copy of; None when that is nothing, or nothing that the viewer may find."""
    if paste.forked_from_id is None:
        return None
    rows = Paste.objects.filter(pk=paste.forked_from_id).visible_to(viewer.account).live(at)
    return rows.select_related("owner").first()


def revisions(*, paste: Paste, wanted: Wanted) -> Page[Revision]:
    """What a paste said, the latest first."""
    rows = Revision.objects.filter(paste=paste).select_related("author").order_by("-number")
    return Page(list(rows[wanted.part]), min(paste.revision_count, MOST))


def comments(*, paste: Paste, wanted: Wanted) -> Page[Comment]:
    """What was said about a paste, in the order it was said; ask `discussion.require_readable` first."""
    rows = Comment.objects.filter(paste=paste, deleted=None).select_related("author").order_by("pk")
    return Page(list(rows[wanted.part]), min(paste.comments, MOST))


def latest_files(pastes: Iterable[Paste]) -> dict[int, list[File]]:
    """The files of the latest revision of each paste, by the paste's id, in one query."""
    found: dict[int, list[File]] = defaultdict(list)
    rows = File.objects.filter(
        revision__paste__in=[paste.pk for paste in pastes], revision__number=F("revision__paste__revision_count")
    )
    for file in rows.select_related("revision").defer("parts").order_by("position"):
        found[file.revision.paste_id].append(file)
    return found


def _newest(pastes: "QuerySet[Paste]", wanted: Wanted) -> Page[Paste]:
    """Of those that were created last; ``since`` chooses among them, so that no list is gone through to its end."""
    newest = pastes.order_by("-pk")
    if wanted.since:
        window = newest.values("pk")[:MOST]
        newest = Paste.objects.filter(pk__in=window, updated__gte=wanted.since).order_by("-pk")
    return Page(list(newest.select_related("owner")[wanted.part]), newest[:MOST].count())
