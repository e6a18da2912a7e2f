"""Search through the API."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pastes.domain import indexing
from pastes.models import Paste
from tests.api.programs import as_program, links_of
from tests.factories import make_paste, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/search"


def make_found(**draft: Any) -> Paste:
    """A paste that the worker has read."""
    paste = make_paste(**draft)
    indexing.index(paste.pk)
    return paste


def found(client: Client, **asked: Any) -> list[str]:
    response = client.get(URL, asked)
    assert response.status_code == 200, response.content
    return [item["paste"]["title"] for item in response.json()["items"]]


def test_it_finds_a_text_and_marks_it() -> None:
    make_found(text="first\nsay <hello>\n", name="a.txt", title="Hello, you", visibility="public")
    [item] = Client().get(URL, {"q": "HELLO"}).json()["items"]
    assert item["title_html"] == "<mark>Hello</mark>, you"
    assert item["lines"] == [{"file": "a.txt", "line": 2, "html": "say &lt;<mark>hello</mark>&gt;"}]


def test_it_finds_what_is_public_and_ones_own() -> None:
    alice = make_user("alice")
    for visibility in ("public", "unlisted", "private"):
        make_found(owner=alice, text="needle", title=visibility, visibility=visibility)
    assert found(Client(), q="needle") == ["public"]
    assert found(as_program(make_user("bob")), q="needle") == ["public"]
    assert found(as_program(alice), q="needle") == ["private", "unlisted", "public"]
    assert found(as_program(alice), q="needle", mine="true") == ["private", "unlisted", "public"]
    assert found(Client(), q="needle", mine="true") == []


def test_it_filters() -> None:
    make_found(owner=make_user("alice"), text="needle", title="a", visibility="public", tags="sewing")
    make_found(owner=make_user("bob"), text="needles", title="b", visibility="public")
    Paste.objects.filter(title="b").update(language="rust")
    assert found(Client(), q="needle", author="ALICE") == ["a"]
    assert found(Client(), q="needle", tag="sewing") == ["a"]
    assert found(Client(), q="needle", language="rust") == ["b"]
    assert found(Client(), q="needle", words="true") == ["a"]
    assert found(Client(), q="needle", since="2000-01-01", until="2001-01-01") == []
    assert found(Client(), q="needle", since="2000-01-01") == ["b", "a"]


def test_it_finds_page_by_page() -> None:
    titles = [make_found(text="needle", title=str(number), visibility="public").title for number in range(5)][::-1]
    pages = list(links_of(Client(), f"{URL}?q=needle&limit=2"))
    assert [item["paste"]["title"] for page in pages for item in page] == titles


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "x" * 10_000}, "q"),
        ({"q": "a\0b"}, "q"),
        ({"q": " ".join("abcdefghijklmnopqrstuvwxyz")}, "q"),
        ({"q": "x", "since": "0"}, "since"),
        ({"q": "x", "until": "2030-02-31"}, "until"),
        ({"q": "x", "mine": "perhaps"}, "mine"),
        ({"q": "x", "words": "1"}, "words"),
        ({"q": "x", "author": "a\0"}, "author"),
    ],
)
def test_it_says_what_does_not_fit(asked: dict[str, str], field: str) -> None:
    response = Client().get(URL, asked)
    assert (response.status_code, list(response.json()["errors"])) == (422, [field])


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "\\", "; drop table", "[a-", "(", "*"])
def test_it_takes_every_character_for_itself(text: str) -> None:
    make_found(text="plain", visibility="public")
    assert found(Client(), q=text) == []


def test_it_says_when_it_is_too_often(settings: Any) -> None:
    settings.SEARCH_RATE = "1/m"
    assert '"search";q=1;w=60' in Client().get(URL, {"q": "x"})["RateLimit-Policy"]
    refused = Client().get(URL, {"q": "x"})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")


def test_it_takes_as_many_queries_for_many_as_for_few(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    counts = set()
    for wanted in (1, 12):
        while Paste.objects.count() < wanted:
            author = make_user(f"author{Paste.objects.count()}")
            make_found(owner=author, text="needle", visibility="public")
        with django_assert_max_num_queries(12) as queries:
            assert len(Client().get(URL, {"q": "needle"}).json()["items"]) == wanted
        counts.add(len(queries))
    assert len(counts) == 1
