"""Access tokens through the API."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import AccessToken, Scope, User
from pastes.api.v1.tokens import ScopeName
from tests.api.programs import as_program
from tests.factories import client_for, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/tokens"


@pytest.fixture
def alice() -> User:
    return make_user("alice")


def make(client: Client, **sent: Any) -> Any:
    return client.post(URL, {"name": "backup", "scopes": ["paste:read"]} | sent, content_type="application/json")


def test_it_knows_the_sites_scopes() -> None:
    assert list(get_args(ScopeName)) == Scope.values


def test_it_makes_a_token_that_works_and_shows_it_once(alice: User) -> None:
    client = as_program(alice)
    made = make(client, expires_in="1y").json()
    assert tokens.find(token=made["token"]) is not None
    reader = Client(headers={"Authorization": f"Bearer {made['token']}"})
    assert reader.get("/api/v1/pastes").status_code == 200
    assert reader.get(URL).status_code == 403
    listed = client.get(URL)
    assert made["token"].encode() not in listed.content
    assert [item["name"] for item in listed.json()["items"]] == ["backup", "test"]
    assert AccessToken.objects.get(pk=made["id"]).token_hash not in listed.content.decode()


def test_its_owner_gets_a_mail(alice: User) -> None:
    make(as_program(alice))
    assert [message.to for message in mail.outbox] == [["alice@example.org"]]


def test_a_token_gives_another_one_no_more_than_it_has(alice: User) -> None:
    client = as_program(alice, "account")
    refused = make(client, scopes=["paste:write"])
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["scopes"])
    assert make(client, scopes=["account"]).status_code == 201


def test_a_token_makes_none_that_outlives_it(alice: User) -> None:
    client = as_program(alice)
    AccessToken.objects.update(expires_at=timezone.now() + timedelta(days=2))
    for end in ({}, {"expires_in": "1w"}):
        refused = make(client, **end)
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["expires_at"])
    assert make(client, expires_in="1d").status_code == 201


def test_a_browsers_session_makes_none_here(alice: User) -> None:
    """On the page of the account the password is asked for; here a browser left alone would be enough."""
    assert make(client_for(alice)).status_code == 403
    assert not AccessToken.objects.exists()


def test_it_ends_at_once_when_it_is_revoked(alice: User) -> None:
    client = as_program(alice)
    made = make(client).json()
    other = Client(headers={"Authorization": f"Bearer {made['token']}"})
    for _time in range(2):
        assert client.delete(f"{URL}/{made['id']}").status_code == 204
    assert other.get("/api/v1/pastes").status_code == 401


def test_somebody_elses_token_is_not_there(alice: User) -> None:
    """Promise 5."""
    row, _token = tokens.create(user=alice, name="hers", scopes=list(Scope))
    bob = as_program(make_user("bob"))
    assert bob.delete(f"{URL}/{row.pk}").status_code == bob.delete(f"{URL}/{2**40}").status_code == 204
    assert AccessToken.objects.filter(pk=row.pk).exists()
    assert [item["name"] for item in bob.get(URL).json()["items"]] == ["test"]


def test_it_says_when_there_are_too_many(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 1)
    response = make(as_program(alice))
    assert (response.status_code, list(response.json()["errors"])) == (422, [""])


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["admin"]}, "scopes.0"),
        ({"expires_at": "2000-01-01T00:00:00Z"}, "expires_at"),
    ],
)
def test_it_says_what_does_not_fit(alice: User, sent: dict[str, Any], field: str) -> None:
    response = make(as_program(alice), **sent)
    assert (response.status_code, list(response.json()["errors"])) == (422, [field])


def test_a_pair_is_listed_and_revoked(alice: User) -> None:
    alice.set_password("correct horse battery")
    alice.save()
    signed_in = Client().post(
        "/api/v1/auth/login",
        {"username": "alice", "password": "correct horse battery"},
        content_type="application/json",
    )
    access = signed_in.json()["meta"]["access_token"]
    client = Client(headers={"Authorization": f"Bearer {access}"})
    [pair] = client.get(f"{URL}/jwt").json()["items"]
    bob = as_program(make_user("bob"))
    assert bob.delete(f"{URL}/jwt/{pair['id']}").status_code == 204
    assert client.get(f"{URL}/jwt").status_code == 200
    assert client.delete(f"{URL}/jwt/{pair['id']}").status_code == 204
    assert client.get(f"{URL}/jwt").status_code == 401
