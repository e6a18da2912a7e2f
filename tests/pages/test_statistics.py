"""/<key>/statistics: what an author sees of the readers of a paste, and nobody else does."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from pastes.domain import counting, keys, statistics
from pastes.models import DailyViews, Paste, Referral
from tests.factories import client_for, make_paste, publish, viewer_for

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
ROW = re.compile(r'<a class="title" href="/([^"]+)">')


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, name="notes.txt")


def days_ago(days: int) -> Any:
    return timezone.now().date() - timedelta(days=days)


def see(paste: Paste, counts: dict[int, int]) -> None:
    """Let the paste have been seen so often so many days ago."""
    DailyViews.objects.bulk_create(
        DailyViews(paste=paste, day=days_ago(days), views=views) for days, views in counts.items()
    )


def fork(paste: Paste, owner: User | None, **fields: Any) -> Paste:
    forked = make_paste(owner=owner, **fields)
    Paste.objects.filter(pk=forked.pk).update(forked_from=paste)
    return forked


class TestDays:
    def test_days_without_views_are_there_and_zero(self, paste: Paste, alice: User) -> None:
        DailyViews.objects.add({(paste.pk, (NOW - timedelta(days=days)).date()): days + 1 for days in (0, 2, 29, 30)})
        found = statistics.gather(paste=paste, viewer=viewer_for(alice), at=NOW)
        assert [day.views for day in found.days] == [30, *[0] * 26, 3, 0, 1]
        assert (found.days[0].day.isoformat(), found.days[-1].day.isoformat()) == ("2026-02-09", "2026-03-10")
        assert found.views == 34
        assert found.best == found.days[0]

    @pytest.mark.parametrize("span", [30, 90, 365])
    def test_one_can_look_further_back(self, paste: Paste, alice: User, span: int) -> None:
        see(paste, {span - 1: 5, span: 7})
        html = client_for(alice).get(f"/{paste.key}/statistics?days={span}").text
        assert len(re.findall(r'<tr><th scope="row"><time', html)) == span
        assert "5 views from" in html
        assert f'?days={span}" aria-current="page"' in html

    @pytest.mark.parametrize("days", ["", "31", "x", "-1", "9" * 40, "\0"])
    def test_it_bears_every_parameter(self, paste: Paste, alice: User, days: str) -> None:
        response = client_for(alice).get(f"/{paste.key}/statistics", {"days": days})
        assert response.status_code == 200
        assert '?days=30" aria-current="page"' in response.text

    @pytest.mark.parametrize(
        ("most", "height"), [(0, 1), (1, 1), (2, 2), (3, 5), (6, 10), (10, 10), (11, 20), (51, 100), (999, 1_000)]
    )
    def test_the_plot_is_drawn_to_a_round_scale(self, paste: Paste, alice: User, most: int, height: int) -> None:
        see(paste, {0: most} if most else {})
        html = client_for(alice).get(f"/{paste.key}/statistics").text
        svg = ET.fromstring(re.findall(r"<svg viewBox=\"0 0 30.*?</svg>", html, re.DOTALL)[0])  # noqa: S314 # our own
        assert svg.attrib["viewBox"] == f"0 0 30 {height}"
        bars = [(bar.attrib["x"], bar.attrib["y"], bar.attrib["height"]) for bar in svg.findall("rect")]
        assert bars == ([("29", str(height - most), str(most))] if most else [])
        assert "style" not in {name for element in svg.iter() for name in element.attrib}

    def test_the_plot_is_said_in_words_too(self, paste: Paste, alice: User) -> None:
        see(paste, {3: 1_234})
        html = client_for(alice).get(f"/{paste.key}/statistics").text
        assert '<title id="plot-title">Views per day</title>' in html
        assert "1,234 views from" in html
        assert "The most on one day were 1,234, on " in html
        assert '<td class="num">1,234</td>' in html

    def test_it_says_when_there_is_nothing_yet(self, paste: Paste, alice: User) -> None:
        html = client_for(alice).get(f"/{paste.key}/statistics").text
        assert "Nobody has seen it in these days" in html
        assert "From no other site so far" in html
        assert "Nobody has published a fork yet" in html


class TestSources:
    def test_sites_are_listed_the_most_frequent_first_and_the_rest_last(self, paste: Paste, alice: User) -> None:
        Referral.objects.add({(paste.pk, host): views for host, views in [("b.example", 2), ("a.example", 7)]})
        Referral.objects.add({(paste.pk, counting.OTHER): 50})
        html = client_for(alice).get(f"/{paste.key}/statistics").text
        table = html[html.index('class="sources"') :]
        assert re.findall(r'<th scope="row">(.*?)</th><td class="num">(\d+)', table) == [
            ("a.example", "7"),
            ("b.example", "2"),
            ("All others", "50"),
        ]
        assert 'href="//a.example' not in html
        assert 'href="http://a.example' not in html

    def test_what_readers_do_arrives_there(self, paste: Paste, alice: User, bob: User) -> None:
        client_for(bob).post(f"/{paste.key}/view", {"from": "news.example.org"})
        client_for().post(f"/{paste.key}/view", {"from": ""})
        counting.flush_views()
        html = client_for(alice).get(f"/{paste.key}/statistics").text
        assert "2 views from" in html
        assert '<th scope="row">news.example.org</th><td class="num">1</td>' in html


class TestForks:
    def test_forks_of_others_that_are_not_public_are_not_even_counted(
        self, paste: Paste, alice: User, bob: User
    ) -> None:
        public = fork(paste, bob)
        own = fork(paste, alice, visibility="private")
        fork(paste, bob, visibility="private")
        fork(paste, None, visibility="unlisted")
        over = fork(paste, bob)
        Paste.objects.filter(pk=over.pk).update(expires_at=timezone.now())
        html = client_for(alice).get(f"/{paste.key}/statistics").text
        assert ROW.findall(html) == [own.key, public.key]
        assert '<dt>Forks</dt><dd class="num">2</dd>' in html

    def test_it_asks_the_database_a_constant_number_of_times(self, paste: Paste, alice: User, bob: User) -> None:
        client = client_for(alice)

        def ask() -> tuple[int, str]:
            with CaptureQueriesContext(connection) as queries:
                html = client.get(f"/{paste.key}/statistics?days=365").text
            return len(queries), html

        fork(paste, bob)
        see(paste, {0: 1})
        few, _html = ask()
        model = Paste.objects.get(forked_from=paste)
        columns = [field.attname for field in Paste._meta.concrete_fields if not field.primary_key]
        values = {name: getattr(model, name) for name in columns}
        Paste.objects.bulk_create(Paste(**(values | {"key": keys.new_value()})) for _ in range(1_000))
        see(paste, dict.fromkeys(range(1, 365), 9))
        Referral.objects.add({(paste.pk, f"site{number}.example"): number for number in range(counting.HOSTS)})
        many, html = ask()
        assert many == few
        assert '<dt>Forks</dt><dd class="num">1,001</dd>' in html
        assert "The newest 50 are shown." in html


class TestWho:
    def test_it_is_for_its_author_with_or_without_an_account(self, paste: Paste, alice: User, bob: User) -> None:
        address = f"/{paste.key}/statistics"
        assert client_for(alice).get(address).status_code == 200
        assert client_for(bob).get(address).status_code == client_for().get(address).status_code == 403
        own = publish()
        address = f"/{own.paste.key}/statistics"
        assert client_for().get(address, headers={"X-Edit-Token": own.edit_token}).status_code == 200
        assert client_for(alice).get(address).status_code == 403

    def test_it_is_for_no_cache_and_no_search_engine(self, paste: Paste, alice: User) -> None:
        response = client_for(alice).get(f"/{paste.key}/statistics")
        assert response["Cache-Control"] == "private, no-store"
        assert '<meta name="robots" content="noindex">' in response.text

    def test_its_author_finds_it_on_the_paste(self, paste: Paste, alice: User, bob: User) -> None:
        link = f'href="/{paste.key}/statistics"'
        assert link in client_for(alice).get(f"/{paste.key}").text
        assert link not in client_for(bob).get(f"/{paste.key}").text

    def test_htmx_gets_the_plot_alone(self, paste: Paste, alice: User) -> None:
        html = client_for(alice).get(f"/{paste.key}/statistics?days=90", headers=HTMX).text
        assert html.strip().startswith('<section class="sheet" id="readers"')
        assert "<h1" not in html

    def test_a_title_is_text(self, alice: User) -> None:
        paste = make_paste(owner=alice, title='"><script>alert(1)</script>')
        fork(paste, alice, title='"><img src=x onerror=alert(2)>')
        html = client_for(alice).get(f"/{paste.key}/statistics").text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
