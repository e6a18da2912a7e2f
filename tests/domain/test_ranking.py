"""How popular: what counts, how it fades, and that neither the clock nor the order of events matters."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from accounts.models import User
from pastes.domain import ranking
from pastes.models import DailyViews, Like, Paste, Star
from tests.factories import make_paste, make_user
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

TODAY = datetime(2030, 6, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = 7 * DAY


def seen(views: int, *, ago: timedelta = timedelta(0), at: datetime = TODAY) -> Paste:
    """A paste that was looked at so often on one day."""
    paste = make_paste(name="a.txt")
    DailyViews.objects.create(paste=paste, day=(at - ago).date(), views=views)
    return paste


def ranks(*pastes: Paste, at: datetime = TODAY) -> list[tuple[float, float]]:
    ranking.rank([paste.pk for paste in pastes], at=at)
    for paste in pastes:
        paste.refresh_from_db()
    return [(paste.popularity, paste.trend) for paste in pastes]


def test_what_nothing_happened_to_has_no_rank() -> None:
    assert ranks(make_paste(name="a.txt"), seen(0)) == [(0, 0), (0, 0)]


def test_a_view_counts_twice_as_much_as_one_a_half_life_earlier() -> None:
    old, twice_as_often, new = seen(10, ago=WEEK), seen(20, ago=WEEK), seen(10)
    (older, _), (often, _), (newer, _) = ranks(old, twice_as_often, new)
    assert newer == pytest.approx(often)
    assert newer == pytest.approx(older + 1), "it is the logarithm to base 2"
    day_before, twice = seen(5, ago=DAY), seen(10, ago=DAY)
    (_, before), (_, doubled), (_, today) = ranks(day_before, twice, seen(5))
    assert [today, today] == pytest.approx([doubled, before + 1])


def test_what_happens_on_several_days_adds_up() -> None:
    paste = seen(10)
    DailyViews.objects.create(paste=paste, day=(TODAY - WEEK).date(), views=20)
    [(both, _)], [(double, _)] = ranks(paste), ranks(seen(20))
    assert both == pytest.approx(double)


def test_a_star_counts_more_than_a_like_and_a_like_more_than_a_view(bob: User) -> None:
    viewed, liked, starred = seen(1), make_paste(name="a.txt"), make_paste(name="a.txt")
    Like.objects.create(user=bob, paste=liked, created=TODAY)
    Star.objects.create(user=bob, paste=starred, created=TODAY)
    (view, _), (like, _), (star, _) = ranks(viewed, liked, starred)
    assert 0 < view < like < star


def test_authors_do_not_make_their_own_pastes_popular(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, name="a.txt")
    for kind in (Star, Like):
        kind.objects.create(user=alice, paste=paste, created=TODAY)
    assert ranks(paste) == [(0, 0)]
    Like.objects.create(user=bob, paste=paste, created=TODAY)
    assert ranks(paste)[0][0] > 0


def test_it_is_the_same_however_often_and_in_whatever_order_it_runs() -> None:
    pastes = [seen(3, ago=DAY), seen(2), seen(9, ago=WEEK)]
    first = ranks(*pastes)
    assert ranks(*pastes[::-1])[::-1] == first == ranks(*pastes, *pastes)[:3]


def test_the_order_does_not_depend_on_when_one_looks() -> None:
    pastes = [seen(100, ago=3 * WEEK), seen(9), seen(20, ago=WEEK), seen(1, ago=DAY)]
    now, later = ranks(*pastes), ranks(*pastes, at=TODAY + 10 * WEEK)
    assert now == later


def test_what_happened_long_ago_is_forgotten() -> None:
    paste = seen(1_000_000, ago=ranking.HORIZON + 2 * DAY)
    assert ranks(paste) == [(0, 0)]
    assert 2 ** -(ranking.HORIZON.days / ranking.POPULAR_HALF_LIFE) < 1e-6, "a million views are less than one of today"


@pytest.mark.parametrize("year", [2100, 9999])
def test_it_does_not_overflow_in_a_far_year(year: int) -> None:
    far = datetime(year, 6, 15, 12, tzinfo=UTC)
    (many, fast), (one, slow) = ranks(seen(2**62, at=far), seen(1, at=far), at=far)
    assert [many - one, fast - slow] == pytest.approx([62, 62])
    assert slow == (far.date() - date(2020, 1, 1)).days


def test_what_is_gone_is_skipped() -> None:
    paste = seen(1)
    ranking.rank([paste.pk, paste.pk + 1_000_000], at=TODAY)
    paste.refresh_from_db()
    assert paste.popularity > 0


def test_it_asks_as_often_for_many_pastes_as_for_one(django_assert_max_num_queries: object) -> None:
    pastes = [seen(n + 1) for n in range(20)]
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        ranking.rank([paste.pk for paste in pastes], at=TODAY)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_rank_at_once_the_last_has_seen_everything() -> None:
    people = [make_user(f"person{n}") for n in range(12)]
    paste = make_paste(name="a.txt")

    def like(user: User) -> None:
        Like.objects.create(user=user, paste=paste, created=TODAY)
        ranking.rank([paste.pk], at=TODAY)

    assert at_once([partial(like, user) for user in people]) == [None] * 12
    paste.refresh_from_db()
    raced = paste.popularity
    assert [(raced, paste.trend)] == ranks(paste)
