"""What everybody finds, through the API."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pastes.models import Paste
from tests.api.programs import as_program, links_of
from tests.factories import make_paste, make_user

pytestmark = pytest.mark.django_db

LISTS = ("recent", "popular", "trending", "tags/python")


def make_listed(**draft: Any) -> Paste:
    """A paste that is in all of the lists."""
    paste = make_paste(tags="python", visibility="public", **draft)
    Paste.objects.filter(pk=paste.pk).update(popularity=1.5, trend=2.5, language="python", views=3)
    return paste


@pytest.mark.parametrize("name", LISTS)
def test_it_lists_public_pastes_page_by_page(name: str) -> None:
    keys = [make_listed().key for _number in range(5)][::-1]
    pages = list(links_of(Client(), f"/api/v1/{name}?limit=2"))
    assert [[item["key"] for item in page] for page in pages] == [keys[:2], keys[2:4], keys[4:]]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_it_lists_nothing_that_is_not_public_not_even_to_its_author(name: str, visibility: str) -> None:
    alice = make_user("alice")
    make_listed(owner=alice)
    Paste.objects.update(visibility=visibility)
    assert as_program(alice).get(f"/api/v1/{name}").json()["items"] == []


@pytest.mark.parametrize("name", LISTS)
def test_it_takes_as_many_queries_for_many_as_for_few(
    name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for wanted in (1, 12):
        while Paste.objects.count() < wanted:
            make_listed(owner=make_user(f"author{Paste.objects.count()}"))
        with django_assert_num_queries(1):
            assert len(Client().get(f"/api/v1/{name}").json()["items"]) == wanted


@pytest.mark.parametrize("name", LISTS[:3])
def test_it_lists_by_language(name: str) -> None:
    make_listed()
    assert len(Client().get(f"/api/v1/{name}?language=python").json()["items"]) == 1
    assert Client().get(f"/api/v1/{name}?language=rust").json()["items"] == []


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("after", ["x", "-1", "1e999_1", "9" * 200, "0x1p0_1", "nan_1"])
def test_it_begins_at_the_start_where_the_place_cannot_be_read(name: str, after: str) -> None:
    make_listed()
    assert Client().get(f"/api/v1/{name}", {"after": after}).status_code == 200


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", "9" * 30])
def test_it_says_how_many_items_a_page_can_have(limit: str) -> None:
    response = Client().get("/api/v1/recent", {"limit": limit})
    assert (response.status_code, list(response.json()["errors"])) == (422, ["limit"])


@pytest.mark.parametrize("name", ["python", "Python", "%23python"])
def test_it_finds_a_tag_however_it_is_written(name: str) -> None:
    make_listed()
    assert len(Client().get(f"/api/v1/tags/{name}").json()["items"]) == 1


def test_it_has_an_empty_list_for_a_tag_that_nobody_uses_and_none_for_what_is_no_tag() -> None:
    assert Client().get("/api/v1/tags/rust").json() == {"items": [], "next": None}
    assert Client().get("/api/v1/tags/a%20b").status_code == 404


def test_it_lists_the_tags_that_lead_somewhere() -> None:
    make_listed()
    make_paste(tags="secret", visibility="unlisted")
    assert [tag["name"] for tag in Client().get("/api/v1/tags").json()["items"]] == ["python"]


def test_it_proves_to_an_author_that_a_paste_was_read() -> None:
    alice = make_user("alice")
    paste = make_paste(owner=alice, burn=True)
    assert as_program(alice).get("/api/v1/receipts").json()["items"] == []
    opened = Client().post(f"/api/v1/pastes/{paste.key}/open", {}, content_type="application/json")
    assert opened.status_code == 200
    [receipt] = as_program(alice).get("/api/v1/receipts").json()["items"]
    assert (receipt["key"], receipt["read_at"] > receipt["created"]) == (paste.key, True)
    assert as_program(make_user("bob")).get("/api/v1/receipts").json()["items"] == []


def test_it_names_no_author_who_shows_no_profile() -> None:
    alice = make_user("alice")
    paste = make_listed(owner=alice)
    assert [item["author"] for item in Client().get("/api/v1/recent").json()["items"]] == ["alice"]
    User.objects.update(shows_profile=False)
    for path in ("recent", f"pastes/{paste.key}", f"pastes/{paste.key}/revisions"):
        assert b'"alice"' not in Client().get(f"/api/v1/{path}").content
