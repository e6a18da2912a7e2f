"""What an author sees of the readers of a paste: when they came, from where, and what they made of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from pastes.domain import access
from pastes.domain.access import Viewer
from pastes.domain.counting import OTHER
from pastes.models import DailyViews, Paste, Referral

SPANS = (30, 90, 365)
"""How many days, the last of them today, somebody can look back."""

SHOWN_FORKS = 50


@dataclass(frozen=True, slots=True)
class Day:
    """A day (UTC) and how often the paste was seen on it."""

    day: date
    views: int


@dataclass(frozen=True, slots=True)
class Source:
    """Another site, and how many readers came from there; all that have no name here are ``other``."""

    host: str
    views: int
    other: bool


@dataclass(frozen=True, slots=True)
class Statistics:
    """The numbers of one paste.

    Attributes:
        days: every day of the span, the first one first; those without views have 0.
        views: of all these days.
        best: the day with the most views, the last of several; None without views.
        sources: the most frequent first, since the paste was published.
        forks: the newest `SHOWN_FORKS` of those that everybody can find, and the author's own.
        fork_count: how many of these there are in all.
    """

    days: list[Day]
    views: int
    best: Day | None
    sources: list[Source]
    forks: list[Paste]
    fork_count: int


def gather(*, paste: Paste, viewer: Viewer, span: int = SPANS[0], at: datetime | None = None) -> Statistics:
    """The statistics of a paste, for its author.

    A fork that is unlisted or private and somebody else's is neither shown nor counted: already the number would tell
    that somebody works on it.

    Args:
        paste: theirs.
        viewer: who asks.
        span: how many days back, today included.
        at: now.

    Raises:
        Forbidden: when the viewer is not its author.
    """
    access.require_author(paste=paste, viewer=viewer)
    now = at or timezone.now()
    days = _days(paste, span, now.astimezone(UTC).date())
    seen = [day for day in days if day.views]
    forks = Paste.objects.visible_to(viewer.account).live(now).filter(forked_from=paste)
    return Statistics(
        days=days,
        views=sum(day.views for day in seen),
        best=max(seen, key=lambda day: (day.views, day.day), default=None),
        sources=_sources(paste),
        forks=list(forks.select_related("owner").newest()[:SHOWN_FORKS]),
        fork_count=forks.count(),
    )


def _days(paste: Paste, span: int, today: date) -> list[Day]:
    first = today - timedelta(days=span - 1)
    found = DailyViews.objects.filter(paste=paste, day__gte=first, day__lte=today).values_list("day", "views")
    views = dict(found)
    days = [first + timedelta(days=number) for number in range(span)]
    return [Day(day, views.get(day, 0)) for day in days]


def _sources(paste: Paste) -> list[Source]:
    """At most `counting.HOSTS` and one more; that one stands last."""
    found = Referral.objects.filter(paste=paste).values_list("host", "views")
    sources = [Source(host, views, host == OTHER) for host, views in found]
    return sorted(sources, key=lambda source: (source.other, -source.views, source.host))
