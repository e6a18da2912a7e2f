"""Profiles through the API."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pastes.models import Paste, Star
from tests.api.programs import as_program, links_of
from tests.factories import client_for, make_paste, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return make_user("alice")


def change(client: Client, **sent: Any) -> Any:
    return client.patch("/api/v1/user", sent, content_type="application/json")


def test_it_says_who_one_is(alice: User) -> None:
    profile = as_program(alice).get("/api/v1/user").json()
    assert (profile["username"], profile["email"], profile["comment_order"]) == ("alice", "alice@example.org", "best")


def test_it_changes_what_is_sent_and_nothing_else(alice: User) -> None:
    User.objects.update(bio="Here", unread=0)
    client = as_program(alice)
    changed = change(client, name="Alice A.", shows_stars=False, comment_order="newest", default_expiry="1w").json()
    assert changed == client.get("/api/v1/user").json()
    alice.refresh_from_db()
    assert (alice.name, alice.shows_stars, alice.comment_order, alice.default_expiry, alice.bio) == (
        "Alice A.",
        False,
        "newest",
        "1w",
        "Here",
    )


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "x" * 81}, "name"),
        ({"bio": "x" * 301}, "bio"),
        ({"bio": "\0"}, "bio"),
        ({"shows_profile": "yes"}, "shows_profile"),
        ({"language": "tlh"}, "language"),
        ({"theme": "pink"}, "theme"),
        ({"default_visibility": "secret"}, "default_visibility"),
        ({"default_expiry": "2000-01-01"}, "default_expiry"),
        ({"username": "bob"}, "username"),
        ({"email": "bob@example.org"}, "email"),
        ({"is_staff": True}, "is_staff"),
    ],
)
def test_it_says_what_does_not_fit(alice: User, sent: dict[str, Any], field: str) -> None:
    response = change(as_program(alice), **sent)
    assert (response.status_code, list(response.json()["errors"])) == (422, [field])


def test_a_session_changes_it_with_a_csrf_token_only(alice: User) -> None:
    browser = client_for(alice, csrf=True)
    assert change(browser, name="Forged").status_code == 403
    browser.get("/accounts/settings")
    token = browser.cookies["csrftoken"].value
    sent = {"name": "Mine", "theme": "dark"}
    response = browser.patch("/api/v1/user", sent, content_type="application/json", headers={"X-CSRFToken": token})
    assert response.json()["name"] == "Mine"
    assert browser.session["theme"] == "dark"


def test_everybody_reads_what_somebody_shows(alice: User) -> None:
    User.objects.update(name="Alice A.", bio="Here")
    make_paste(owner=alice, visibility="public")
    make_paste(owner=alice, visibility="unlisted")
    profile = Client().get("/api/v1/users/ALICE").json()
    assert (profile["username"], profile["name"], profile["bio"], profile["pastes"]) == ("alice", "Alice A.", "Here", 1)
    assert profile["joined"] == alice.date_joined.strftime("%Y-%m")


def test_it_shows_nothing_that_is_switched_off(alice: User) -> None:
    paste = make_paste(visibility="public")
    Star.objects.create(user=alice, paste=paste)
    assert len(Client().get("/api/v1/users/alice/stars").json()["items"]) == 1
    User.objects.update(shows_stars=False, shows_joined=False)
    profile = Client().get("/api/v1/users/alice").json()
    assert (profile["stars"], profile["joined"]) == (None, None)
    assert Client().get("/api/v1/users/alice/stars").json()["items"] == []


@pytest.mark.parametrize("rest", ["", "/pastes", "/forks", "/stars"])
def test_who_shows_no_profile_is_not_there_like_nobody(alice: User, rest: str) -> None:
    User.objects.update(shows_profile=False)
    hidden, nobody = (Client().get(f"/api/v1/users/{name}{rest}") for name in ("alice", "nobody"))
    assert hidden.status_code == nobody.status_code == 404
    assert {**hidden.json(), "request_id": ""} == {**nobody.json(), "request_id": ""}
    assert as_program(alice).get(f"/api/v1/users/alice{rest}").status_code == 200


def test_its_lists_are_public_pastes_page_by_page(alice: User) -> None:
    keys = [make_paste(owner=alice, visibility="public").key for _number in range(3)][::-1]
    fork = Paste.objects.get(key=keys[0])
    Paste.objects.filter(pk=fork.pk).update(forked_from=Paste.objects.get(key=keys[2]))
    make_paste(owner=alice, visibility="private")
    pages = list(links_of(as_program(alice), "/api/v1/users/alice/pastes?limit=2"))
    assert [[item["key"] for item in page] for page in pages] == [keys[:2], keys[2:]]
    assert [item["key"] for item in Client().get("/api/v1/users/alice/forks").json()["items"]] == [fork.key]


@pytest.mark.parametrize("name", ["x" * 1_000, "%00", "a%20b", "..%2e", "%F0%9F%90%8D"])
def test_what_is_no_name_is_nobodys(name: str) -> None:
    assert Client().get(f"/api/v1/users/{name}").status_code == 404


@pytest.mark.parametrize("name", ["pastes", "forks", "stars"])
def test_its_lists_take_as_many_queries_for_many_as_for_few(
    alice: User, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for wanted in (1, 12):
        while Paste.objects.filter(owner=alice).count() < wanted:
            paste = make_paste(owner=alice, visibility="public")
            Star.objects.create(user=alice, paste=paste)
            Paste.objects.filter(pk=paste.pk).update(forked_from=make_paste())
        with django_assert_num_queries(2):
            assert len(Client().get(f"/api/v1/users/alice/{name}").json()["items"]) == wanted
