"""What was published last, for everybody: page by page, in a constant number of queries."""

import re

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pastes.models import Paste
from tests.access.everybody import end
from tests.factories import client_for, make_paste, make_user

pytestmark = pytest.mark.django_db

ROW = re.compile(r'<a class="title" href="/([^"]+)">')


def keys_on(url: str) -> list[str]:
    return ROW.findall(client_for().get(url).text)


def publish_many(count: int) -> list[str]:
    """Keys, the newest first; every third belongs to an account of its own."""
    owners: list[User | None] = [make_user(f"author{n}") if n % 3 == 0 else None for n in range(count)]
    return [make_paste(owner=owner, text=f"text {n}\n", name=f"{n}.txt").key for n, owner in enumerate(owners)][::-1]


def test_it_says_what_to_do_where_there_is_nothing() -> None:
    response = client_for().get("/recent")
    assert response.status_code == 200
    assert 'href="/"' in response.text
    assert keys_on("/recent") == []


def test_it_shows_every_paste_once_when_its_pages_are_followed() -> None:
    published = publish_many(60)
    seen, url = [], "/recent"
    while url:
        html = client_for().get(url).text
        seen += ROW.findall(html)
        following = re.search(r'href="(\?[^"]+)" rel="next"', html)
        url = f"/recent{following[1]}".replace("&amp;", "&") if following else ""
    assert seen == published


def test_it_neither_repeats_nor_skips_when_something_is_published_meanwhile() -> None:
    published = publish_many(30)
    html = client_for().get("/recent").text
    following = re.search(r'href="(\?[^"]+)" rel="next"', html)
    make_paste(name="new.txt")
    assert following
    assert ROW.findall(html) + keys_on(f"/recent{following[1]}") == published


def test_it_asks_the_database_a_constant_number_of_times(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    publish_many(10)
    with django_assert_num_queries(1):
        client_for().get("/recent")
    for n in range(50):
        make_paste(text=f"more {n}\n", name="a.txt")
    with django_assert_num_queries(1):
        client_for().get("/recent")


def test_it_reads_no_object(request: pytest.FixtureRequest) -> None:
    """Lists work while the object store does not (promise 24)."""
    make_paste(text="first lines of it\n", name="a.txt")
    request.getfixturevalue("store_down")
    assert "first lines of it" in client_for().get("/recent").text


def test_it_filters_by_language() -> None:
    python = make_paste(text="import os\n", name="a.py")
    make_paste(text="text\n", name="a.txt")
    assert keys_on("/recent?language=python") == [python.key]
    assert keys_on("/recent?language=cobol") == []


@pytest.mark.parametrize(
    "query",
    [
        {"after": "x"},
        {"after": "-1"},
        {"after": "9" * 40},
        {"after": "1e9"},
        {"language": "%"},
        {"language": "'\"<b>"},
        {"language": "x" * 10_000},
        {"language": "\0"},
        {"after": "0"},
    ],
)
def test_it_bears_every_parameter(query: dict[str, str]) -> None:
    make_paste(name="a.txt")
    response = client_for().get("/recent", query)
    assert response.status_code == 200
    assert "'\"<b>" not in response.text


def test_it_leaves_out_what_is_over(alice: User) -> None:
    kinds = {kind: make_paste(owner=alice, name="a.txt") for kind in ("expired", "deleted", "hidden", "shown")}
    end(kinds)
    assert keys_on("/recent") == [kinds["shown"].key]
    # Her own list tells her of what a moderator took away.
    assert ROW.findall(client_for(alice).get("/mine").text) == [kinds["shown"].key, kinds["hidden"].key]


def test_it_shows_the_latest_few_beside_the_editor() -> None:
    published = publish_many(8)
    html = client_for().get("/").text
    assert [key in html for key in published] == [True] * 5 + [False] * 3
    assert Paste.objects.count() == 8
