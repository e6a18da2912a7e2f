"""What an author sees of the readers of a paste."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from pastes.domain import statistics
from pastes.domain.statistics import SPANS, Day
from pastes.views.door import door, find_own, number_in, wants_fragment


@dataclass(frozen=True, slots=True)
class Bar:
    """A day of the plot, in its units: across one day is 1, upwards one view is 1, and 0 is at the top."""

    day: Day
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Plot:
    """Views by day, drawn. ``height`` is where its scale ends, in views, and ``middle`` the day half-way."""

    bars: list[Bar]
    height: int
    width: int
    first: Day
    middle: Day
    last: Day


@door("GET")
def of_paste(request: HttpRequest, key: str) -> HttpResponseBase:
    """Readers by day and by the site they come from, stars, likes, comments and forks."""
    paste, viewer = find_own(request, key)
    asked = number_in(request, "days")
    span = asked if asked in SPANS else SPANS[0]
    found = statistics.gather(paste=paste, viewer=viewer, span=span)
    context = {"paste": paste, "statistics": found, "plot": _draw(found.days), "span": span, "spans": SPANS}
    template = "pastes/statistics.html#readers" if wants_fragment(request) else "pastes/statistics.html"
    return render(request, template, context)


def _draw(days: list[Day]) -> Plot:
    height = _scale(max(day.views for day in days))
    bars = [Bar(day, left, height - day.views) for left, day in enumerate(days) if day.views]
    return Plot(bars, height, len(days), days[0], days[len(days) // 2], days[-1])


def _scale(most: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50, … that is not less than ``most``: a number people read at a glance."""
    power: int = 10 ** (len(str(most)) - 1)
    return next(step * power for step in (1, 2, 5, 10) if step * power >= most)
