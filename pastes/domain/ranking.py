"""How popular a paste is: what happens to it counts, and counts half as much after each half-life.

The sum is kept as if all of it were seen from one fixed day in the past: something that happens on day ``d`` adds
``weight · 2^((d - EPOCH) / half-life)``. Seen from today every paste's sum would be divided by the same number, so the
order is the same and no row has to change because time passes ("forward decay": Cormode, Shkapenyuk, Srivastava, Xu,
ICDE 2009, https://doi.org/10.1109/ICDE.2009.65). Stored is the logarithm to base 2, which a float holds for centuries.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import batched
from math import log2

from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import TruncDate
from django.utils import timezone

from pastes.models import DailyViews, Like, Paste, Star

EPOCH = date(2020, 1, 1)

POPULAR_HALF_LIFE = 7.0
TREND_HALF_LIFE = 1.0
"""Days."""

VIEW, LIKE, STAR = 1, 3, 5
"""What each counts: to keep something says more about it than to look at it."""

HORIZON = timedelta(days=20 * POPULAR_HALF_LIFE)
"""What is older counts less than a millionth of today's, and is left out, so that a paste's rows are read in bounded
number however old it is."""

BATCH = 200


@dataclass(frozen=True, slots=True)
class _Event:
    day: date
    weight: int


def rank(paste_ids: Iterable[int], *, at: datetime | None = None) -> None:
    """Count pastes anew from the rows of what happened to them; however often this runs, the result is the same.

    Stars and likes that authors give themselves do not count.

    Args:
        paste_ids: whose ranks; those that are gone are skipped.
        at: now.
    """
    now = at or timezone.now()
    for ids in batched(sorted(set(paste_ids)), BATCH):
        _rank(ids, now)


@transaction.atomic
def _rank(ids: tuple[int, ...], now: datetime) -> None:
    # Locked before the rows are read, in one order: of two that rank a paste, the later one writes, and has seen all
    # that the earlier one saw.
    pastes = list(Paste.objects.select_for_update(no_key=True).filter(pk__in=ids).only("pk").order_by("pk"))
    events = _events(ids, now - HORIZON)
    for paste in pastes:
        paste.popularity = _score(events[paste.pk], POPULAR_HALF_LIFE)
        paste.trend = _score(events[paste.pk], TREND_HALF_LIFE)
    Paste.objects.bulk_update(pastes, ["popularity", "trend"])


def _events(ids: tuple[int, ...], since: datetime) -> defaultdict[int, list[_Event]]:
    """What happened to pastes, by their ids."""
    events: defaultdict[int, list[_Event]] = defaultdict(list)
    seen = DailyViews.objects.filter(paste__in=ids, day__gte=since.date(), views__gt=0)
    for paste_id, day, count in seen.values_list("paste", "day", "views"):
        events[paste_id].append(_Event(day, VIEW * count))
    for model, weight in ((Star, STAR), (Like, LIKE)):
        given = model.objects.filter(paste__in=ids, created__gte=since).exclude(user=F("paste__owner"))
        by_day = given.annotate(day=TruncDate("created", tzinfo=UTC)).values_list("paste", "day")
        for paste_id, day, count in by_day.annotate(count=Count("pk")).order_by("paste"):
            events[paste_id].append(_Event(day, weight * count))
    return events


def _score(events: list[_Event], half_life: float) -> float:
    """The logarithm of the sum; 0 for nothing. (Any event gives far more: the epoch is many half-lives ago.)"""
    if not events:
        return 0.0
    # Shifted by the largest power, which alone would overflow.
    powers = [(event.day - EPOCH).days / half_life for event in events]
    largest = max(powers)
    total = sum(event.weight * 2 ** (power - largest) for event, power in zip(events, powers, strict=True))
    return largest + log2(total)
