"""Views become sums: of the paste, of each day, of each site readers come from."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from pastes.domain import counting, expiry
from pastes.models import DailyViews, Paste, Referral, View
from tests.factories import client_for, make_paste, viewer_for
from tests.parallel import at_once

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def see(paste: Paste, number: int = 0, *, host: str = "", at: datetime = NOON) -> None:
    """Let the reader with this number see a paste."""
    viewer = viewer_for(address=f"2001:db8::{number:x}")
    counting.count_view(paste=paste, viewer=viewer, agent="Firefox", host=host, at=at)


def days(paste: Paste) -> dict[str, int]:
    return {f"{row.day}": row.views for row in DailyViews.objects.filter(paste=paste)}


def hosts(paste: Paste) -> dict[str, int]:
    return dict(Referral.objects.filter(paste=paste).values_list("host", "views"))


def views(paste: Paste) -> int:
    return Paste.objects.get(pk=paste.pk).views


@pytest.mark.django_db
class TestDays:
    def test_a_view_counts_on_its_day_in_utc(self) -> None:
        paste = make_paste()
        moscow = datetime.fromisoformat("2026-03-02T01:30:00+03:00")
        see(paste, at=moscow)
        see(paste, 1, at=NOON)
        see(paste, at=NOON + timedelta(days=1))
        counting.flush_views()
        assert days(paste) == {"2026-03-01": 2, "2026-03-02": 1}
        assert views(paste) == 3

    def test_what_comes_later_is_added(self) -> None:
        paste, other = make_paste(), make_paste()
        for number in range(3):
            see(paste, number)
            counting.flush_views()
        see(other)
        counting.flush_views()
        assert (days(paste), views(paste)) == ({"2026-03-01": 3}, 3)
        assert (days(other), views(other)) == ({"2026-03-01": 1}, 1)

    def test_an_opening_counts_on_its_day(self, alice: User) -> None:
        paste = make_paste(owner=alice, max_views=5)
        for _ in range(2):
            client_for().post(f"/{paste.key}")
        assert (days(paste), views(paste)) == ({f"{timezone.now():%Y-%m-%d}": 2}, 2)

    def test_the_paste_is_ranked_with_it(self) -> None:
        paste, unseen = make_paste(), make_paste()
        see(paste, at=timezone.now())
        counting.flush_views()
        paste.refresh_from_db()
        unseen.refresh_from_db()
        assert paste.popularity > 0 < paste.trend
        assert unseen.popularity == 0


@pytest.mark.django_db
class TestHosts:
    def test_readers_are_counted_by_the_site_they_come_from(self) -> None:
        paste = make_paste()
        for number, host in enumerate(["example.org", "example.org", "news.example.com", "", ""]):
            see(paste, number, host=host)
        counting.flush_views()
        assert hosts(paste) == {"example.org": 2, "news.example.com": 1}
        assert views(paste) == 5

    def test_a_hundred_sites_have_a_name_and_further_ones_none(self) -> None:
        paste, quiet = make_paste(), make_paste()
        for number in range(150):
            see(paste, number, host=f"spam{number}.example")
        see(quiet, host="example.org")
        counting.flush_views()
        assert len(hosts(paste)) == counting.HOSTS + 1
        assert hosts(paste)[counting.OTHER] == 50
        assert hosts(quiet) == {"example.org": 1}
        see(paste, 200, host="spam0.example")
        see(paste, 201, host="one-more.example")
        counting.flush_views()
        assert (hosts(paste)["spam0.example"], hosts(paste)[counting.OTHER]) == (2, 51)
        assert len(hosts(paste)) == counting.HOSTS + 1

    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            ("example.org", "example.org"),
            ("News.Example.ORG", "news.example.org"),
            ("example.org.", "example.org"),
            ("xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
            ("intranet", "intranet"),
            ("192.0.2.1", "192.0.2.1"),
            ("", ""),
            ("paste.example.net", ""),
            ("https://example.org/secret?q=1", ""),
            ("example.org/secret", ""),
            ("example.org:8000", ""),
            ("user@example.org", ""),
            ("-a.example", ""),
            ("a..b", ""),
            (".", ""),
            ("a b", ""),
            ("<b>", ""),
            ("пример.рф", ""),
            ("example.org\n", ""),
            ("\0", ""),
            ("a." * 50 + "b", ""),
            ("a" * 64, ""),
            ("x" * 100_000, ""),
        ],
    )
    def test_only_what_can_be_a_host_is_kept(self, said: str, kept: str) -> None:
        assert counting.foreign_host(said, own={"paste.example.net"}) == kept


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_workers_count_each_view_once(self) -> None:
        pastes = [make_paste() for _ in range(3)]
        for number in range(60):
            see(pastes[number % 3], number, host="example.org")
        counted = at_once([counting.flush_views] * 4)
        assert sum(count for count in counted if isinstance(count, int)) == 60
        assert [views(paste) for paste in pastes] == [20, 20, 20]
        assert [days(paste) for paste in pastes] == [{"2026-03-01": 20}] * 3
        assert [hosts(paste) for paste in pastes] == [{"example.org": 20}] * 3
        assert not View.objects.filter(counted=False).exists()

    def test_a_batch_that_fails_is_counted_the_next_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        paste = make_paste()
        see(paste, host="example.org")
        with monkeypatch.context() as patch:
            patch.setattr("pastes.domain.ranking.rank", _fail)
            with pytest.raises(ConnectionError):
                counting.flush_views()
        assert (views(paste), days(paste), hosts(paste)) == (0, {}, {})
        assert counting.flush_views() == 1
        assert (views(paste), days(paste), hosts(paste)) == (1, {"2026-03-01": 1}, {"example.org": 1})

    def test_pastes_may_end_while_they_are_counted(self) -> None:
        pastes = [make_paste() for _ in range(20)]
        for number, paste in enumerate(pastes):
            see(paste, number, host="example.org")
        gone = [paste.pk for paste in pastes[::2]]
        calls: list[Callable[[], object]] = [counting.flush_views, lambda: expiry.destroy(gone[::-1])]
        assert [outcome for outcome in at_once(calls) if isinstance(outcome, Exception)] == []
        assert Paste.objects.count() == DailyViews.objects.count() == 10
        assert not View.objects.filter(counted=False).exists()


def _fail(_ids: object) -> None:
    assert transaction.get_connection().in_atomic_block
    raise ConnectionError("the worker was killed")
