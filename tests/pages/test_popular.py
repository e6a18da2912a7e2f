"""Popular and trending: everything public by its rank, page by page, in a constant number of queries."""

import html as html_of
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from pastes.domain import ranking
from pastes.models import DailyViews, Paste
from tests.access.everybody import end
from tests.factories import client_for, make_paste, make_user

pytestmark = pytest.mark.django_db

ROW = re.compile(r'<a class="title" href="/([^"]+)">')
NEXT = re.compile(r'href="(\?[^"]+)" rel="next"')
LISTS = {"/popular": "popularity", "/trending": "trend"}
HTMX = {"HX-Request": "true"}


def keys_on(url: str) -> list[str]:
    return ROW.findall(client_for().get(url).text)


def seen(views: int, *, days_ago: int = 0, owner: User | None = None, name: str = "a.txt", **draft: str) -> Paste:
    """A paste that was looked at so often on one day."""
    paste = make_paste(owner=owner, name=name, **draft)
    day = (timezone.now() - timedelta(days=days_ago)).date()
    DailyViews.objects.create(paste=paste, day=day, views=views)
    ranking.rank([paste.pk])
    return paste


@pytest.mark.parametrize("url", LISTS)
def test_it_says_what_to_do_where_there_is_nothing(url: str) -> None:
    make_paste(name="a.txt")
    response = client_for().get(url)
    assert response.status_code == 200
    assert keys_on(url) == []
    assert 'class="button primary" href="/recent"' in response.text


def test_the_most_popular_comes_first_and_of_two_alike_the_newer() -> None:
    some, many, alike = seen(3), seen(30), seen(3)
    for url in LISTS:
        assert keys_on(url) == [many.key, alike.key, some.key]


def test_popular_remembers_longer_than_trending() -> None:
    last_week, today = seen(100, days_ago=5), seen(10)
    assert keys_on("/popular") == [last_week.key, today.key]
    assert keys_on("/trending") == [today.key, last_week.key]


@pytest.mark.parametrize("url", LISTS)
def test_it_shows_every_paste_once_when_its_pages_are_followed(url: str) -> None:
    """Many have one rank, so that a page ends in the middle of them."""
    ranks = {make_paste(name="a.txt").key: 2000 + 1 / 3 if n % 3 else 2000 + n / 7 for n in range(60)}
    for key, rank in ranks.items():
        Paste.objects.filter(key=key).update(popularity=rank, trend=rank)
    shown, address = [], url
    while address:
        page = client_for().get(address).text
        shown += ROW.findall(page)
        following = NEXT.search(page)
        address = url + html_of.unescape(following[1]) if following else ""
    assert len(shown) == 60
    assert shown == list(Paste.objects.order_by(f"-{LISTS[url]}", "-pk").values_list("key", flat=True))


@pytest.mark.parametrize("url", [*LISTS, "/recent"])
def test_it_leaves_out_what_is_not_for_everybody(alice: User, url: str) -> None:
    """Promises 7 and 8; the worker does not run."""
    pastes = {kind: seen(5, owner=alice) for kind in ("public", "expired", "deleted", "hidden", "encrypted")}
    Paste.objects.filter(pk=pastes["encrypted"].pk).update(encrypted=True)
    end(pastes)
    for visibility in ("unlisted", "private"):
        seen(5, owner=alice, visibility=visibility)
    seen(5, owner=alice, password="x")
    for client in (client_for(), client_for(alice)):
        assert ROW.findall(client.get(url).text) == [pastes["public"].key]


@pytest.mark.parametrize("url", LISTS)
def test_it_filters_by_language_and_keeps_the_filter(url: str) -> None:
    python = seen(2, name="a.py")
    seen(5)
    assert keys_on(f"{url}?language=python") == [python.key]
    assert keys_on(f"{url}?language=cobol") == []
    page = client_for().get(f"{url}?language=python").text
    assert [f'href="{other}?language=python"' in page for other in ("/recent", "/popular", "/trending")] == [True] * 3


@pytest.mark.parametrize("url", [*LISTS, "/recent"])
@pytest.mark.parametrize(
    "after",
    [
        "x", "-1", "9" * 40, "1_", "_1", "_", "nan_1", "inf_1", "-inf_1", "0x1p+99999_1", "1e999_1", "0x1.8p+1_1e9",
        "0x1.8p+1_" + "9" * 19, "0x1.8p+1_-5", "²_²", "\0", "'", "%", "x" * 10_000,
    ],
)  # fmt: skip
def test_a_place_that_cannot_be_read_is_the_start(url: str, after: str) -> None:
    """Promise 21."""
    paste = seen(1)
    response = client_for().get(url, {"after": after})
    assert response.status_code == 200
    assert ROW.findall(response.text) == [paste.key]


@pytest.mark.parametrize("url", LISTS)
def test_a_place_behind_the_end_leads_to_the_start(url: str) -> None:
    seen(1)
    page = client_for().get(url, {"after": "0x0.0p+0_1"}).text
    assert ROW.findall(page) == []
    assert f'href="{url}">To its start' in page


@pytest.mark.parametrize("url", [*LISTS, "/recent"])
def test_it_asks_the_database_once_for_many_as_for_few(url: str) -> None:
    """Each with an author and tags of its own; the sessionless page asks nothing else."""
    asked = []
    for count in (3, 30):
        for _ in range(count):
            number = Paste.objects.count()
            paste = make_paste(owner=make_user(f"author{number}"), name="a.txt", tags=f"tag{number}")
            Paste.objects.filter(pk=paste.pk).update(popularity=2000, trend=2000, stars=1, likes=2, comments=3)
        with CaptureQueriesContext(connection) as queries:
            client_for().get(url)
        asked.append(len(queries))
    assert asked == [1, 1]


def test_a_row_says_what_people_gave_and_leads_to_author_and_tags(alice: User) -> None:
    paste = make_paste(owner=alice, name="a.txt", tags="networking")
    Paste.objects.filter(pk=paste.pk).update(stars=1234, likes=1, comments=2)
    page = client_for().get("/recent").text
    for text in ("1,234 stars", "1 like", "2 comments", 'href="/u/alice"', 'href="/tags/networking"'):
        assert text in page
    assert client_for(alice).post("/accounts/settings", {"mail": "daily"}).status_code == 303
    assert 'href="/u/alice"' not in client_for().get("/recent").text


def test_htmx_gets_the_rows_and_not_the_page() -> None:
    for _ in range(30):
        make_paste(name="a.txt")
    page = client_for().get("/recent").text
    loading = re.search(r'hx-get="(\?[^"]+)"', page)
    assert loading
    assert 'hx-trigger="intersect once, click"' in page
    fragment = client_for().get("/recent" + html_of.unescape(loading[1]), headers=HTMX).text
    assert "<html" not in fragment
    assert len(ROW.findall(page) + ROW.findall(fragment)) == 30
    assert 'rel="next"' not in fragment


def test_after_some_pages_the_next_one_waits_to_be_asked_for() -> None:
    """Otherwise nobody would ever reach the foot of the page."""
    for _ in range(30):
        make_paste(name="a.txt")
    triggers = {
        scroll: re.search(r'hx-get="[^"]*scroll=(\d)" hx-trigger="([^"]+)"', client_for().get(f"/recent?{scroll}").text)
        for scroll in ("", "scroll=1", "scroll=3", "scroll=4", "scroll=x", "scroll=99")
    }
    assert {scroll: found.groups() for scroll, found in triggers.items() if found} == {
        "": ("1", "intersect once, click"),
        "scroll=1": ("2", "intersect once, click"),
        "scroll=3": ("4", "intersect once, click"),
        "scroll=4": ("0", "click"),
        "scroll=x": ("1", "intersect once, click"),
        "scroll=99": ("1", "intersect once, click"),
    }
