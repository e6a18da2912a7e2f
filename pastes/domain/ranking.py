"""How popular a paste is: what happens to it counts, and counts half as much after each half-life.

The sum is kept as if all of it were seen from one fixed day in the past: something that happens on day ``d`` adds
``weight · 2^((d - EPOCH) / half-life)``. Seen from today every paste's sum would be divided by the same number, so the
order is the same and no row has to change because time passes ("forward decay": Cormode, Shkapenyuk, Srivastava, Xu,
ICDE 2009, https://doi.org/10.1109/ICDE.2009.65). Stored is the logarithm to base 2, which a float holds for centuries.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log2

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

HORIZON = timedelta(days=70)
"""What is older counts less than a thousandth of today's, and is left out."""


@dataclass(frozen=True, slots=True)
class _Event:
    day: date
    weight: int


def rank(paste_ids: Iterable[int], *, at: datetime | None = None) -> None:
    """Count pastes anew from the rows of what happened to them; however often this runs, the result is the same.

    Stars and likes that authors give themselves do not count.
    """
    ids = list(paste_ids)
    since = (at or timezone.now()) - HORIZON
    events: dict[int, list[_Event]] = defaultdict(list)
    seen = DailyViews.objects.filter(paste__in=ids, day__gte=since.date())
    for paste_id, day, count in seen.values_list("paste", "day", "views"):
        events[paste_id].append(_Event(day, VIEW * count))
    for model, weight in ((Star, STAR), (Like, LIKE)):
        given = model.objects.filter(paste__in=ids, created__gte=since).exclude(user=F("paste__owner"))
        by_day = given.annotate(day=TruncDate("created")).values_list("paste", "day").annotate(count=Count("pk"))
        for paste_id, day, count in by_day.order_by("paste"):
            events[paste_id].append(_Event(day, weight * count))
    pastes = list(Paste.objects.filter(pk__in=ids).only("pk"))
    for paste in pastes:
        paste.popularity = _score(events[paste.pk], POPULAR_HALF_LIFE)
        paste.trend = _score(events[paste.pk], TREND_HALF_LIFE)
    Paste.objects.bulk_update(pastes, ["popularity", "trend"], batch_size=500)


def _score(events: list[_Event], half_life: float) -> float:
    """The logarithm of the sum; 0 for nothing. (Any event gives far more: the epoch is many half-lives ago.)"""
    if not events:
        return 0.0
    # Shifted by the largest power, which alone would overflow.
    powers = [(event.day - EPOCH).days / half_life for event in events]
    largest = max(powers)
    total = sum(event.weight * 2 ** (power - largest) for event, power in zip(events, powers, strict=True))
    return largest + log2(total)
