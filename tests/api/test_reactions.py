"""Stars and likes through the API."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pastes.models import Like, Paste, Star
from tests.api.programs import as_program, links_of
from tests.factories import make_paste, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("kind", "rows"), [("star", Star), ("like", Like)])
def test_it_gives_and_takes_as_often_as_asked_and_counts_once(kind: str, rows: type[Star | Like]) -> None:
    bob, paste = make_user("bob"), make_paste(owner=make_user("alice"))
    client, url = as_program(bob), f"/api/v1/pastes/{paste.key}/{kind}"
    assert client.get(url).json() == {"given": False, "count": 0}
    for _time in range(2):
        assert client.put(url).json() == {"given": True, "count": 1}
    assert client.get(url).json() == {"given": True, "count": 1}
    assert rows._default_manager.get().user == bob
    for _time in range(2):
        assert client.delete(url).json() == {"given": False, "count": 0}
    assert not rows._default_manager.exists()


def test_it_changes_nothing_by_get() -> None:
    paste = make_paste(owner=make_user("alice"))
    as_program(make_user("bob")).get(f"/api/v1/pastes/{paste.key}/star")
    assert not Star.objects.exists()


def test_it_asks_who_it_is() -> None:
    paste = make_paste()
    response = Client().put(f"/api/v1/pastes/{paste.key}/star")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


def test_it_wants_the_scope_to_write() -> None:
    paste, bob = make_paste(), make_user("bob")
    response = as_program(bob, "paste:read", "account").put(f"/api/v1/pastes/{paste.key}/star")
    assert (response.status_code, response.json()["code"]) == (403, "missing_scope")
    assert as_program(bob, "paste:read").get(f"/api/v1/pastes/{paste.key}/star").status_code == 200


def test_it_takes_the_password_in_a_header() -> None:
    paste = make_paste(owner=make_user("alice"), password="open sesame")
    client, url = as_program(make_user("bob")), f"/api/v1/pastes/{paste.key}/star"
    refused = client.put(url)
    assert (refused.status_code, refused.json()["code"], refused.json()["needs_password"]) == (403, "locked", True)
    assert client.put(url, headers={"X-Paste-Password": "wrong"}).status_code == 403
    assert client.put(url, headers={"X-Paste-Password": "open sesame"}).json() == {"given": True, "count": 1}


def test_it_has_no_star_for_what_burns() -> None:
    paste = make_paste(owner=make_user("alice"), burn=True)
    assert as_program(make_user("bob")).put(f"/api/v1/pastes/{paste.key}/star").status_code == 403
    assert Paste.objects.get().opens == 0


def test_it_lists_stars_page_by_page_the_newest_first() -> None:
    bob = make_user("bob")
    client = as_program(bob)
    keys: list[str] = []
    for number in range(5):
        paste = make_paste(title=f"Paste {number}")
        keys.insert(0, paste.key)
        client.put(f"/api/v1/pastes/{paste.key}/star")
    pages = list(links_of(client, "/api/v1/stars?limit=2"))
    assert [[item["key"] for item in page] for page in pages] == [keys[:2], keys[2:4], keys[4:]]
    found = client.get("/api/v1/stars", {"q": "paste 3"}).json()
    assert [item["title"] for item in found["items"]] == ["Paste 3"]


def test_it_lists_no_star_of_what_has_become_private() -> None:
    bob, paste = make_user("bob"), make_paste(owner=make_user("alice"))
    client = as_program(bob)
    client.put(f"/api/v1/pastes/{paste.key}/star")
    Paste.objects.update(visibility="private")
    assert client.get("/api/v1/stars").json()["items"] == []


def test_it_takes_as_many_queries_for_many_stars_as_for_few(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    bob = make_user("bob")
    client = as_program(bob)
    for wanted in (1, 12):
        while Star.objects.count() < wanted:
            Star.objects.create(user=bob, paste=make_paste(owner=make_user(f"author{Star.objects.count()}")))
        with django_assert_num_queries(2):
            assert len(client.get("/api/v1/stars").json()["items"]) == wanted


def test_its_feed_gets_another_address_only_by_post() -> None:
    client = as_program(make_user("bob"))
    first = client.get("/api/v1/stars/feed").json()["url"]
    assert client.get("/api/v1/stars/feed").json()["url"] == first
    assert Client().get(first).status_code == 200
    second = client.post("/api/v1/stars/feed").json()["url"]
    assert second != first
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
