"""/<key>/claim: what was published without an account gets an owner."""

import pytest
from django.test import Client

from accounts.models import User
from pastes.domain.publishing import Published
from pastes.models import Paste
from tests.factories import client_for, make_paste, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def published() -> Published:
    return publish()


def with_token(client: Client, published: Published) -> Client:
    client.cookies["edit_token"] = published.edit_token
    return client


def test_the_browser_that_published_it_claims_it(alice: User, published: Published) -> None:
    client = with_token(client_for(alice), published)
    key = published.paste.key
    assert f'action="/{key}/claim"' in client.get(f"/{key}").content.decode()

    response = client.post(f"/{key}/claim")
    assert (response.status_code, response["Location"]) == (303, f"/{key}")
    assert Paste.objects.get().owner == alice
    assert (response.cookies["edit_token"].value, response.cookies["edit_token"]["path"]) == ("", f"/{key}")
    assert "This paste is yours now." in client.get(f"/{key}").content.decode()
    assert key in client.get("/mine").content.decode()


def test_another_browser_claims_it_with_the_token_typed(alice: User, published: Published) -> None:
    response = client_for(alice).post(f"/{published.paste.key}/claim", {"token": published.edit_token})
    assert response.status_code == 303
    assert Paste.objects.get().owner == alice


def test_the_token_ends_with_the_claim(alice: User, published: Published) -> None:
    client_for(alice).post(f"/{published.paste.key}/claim", {"token": published.edit_token})
    key = published.paste.key
    assert with_token(client_for(), published).post(f"/{key}/delete").status_code == 403
    assert Client().delete(f"/{key}", headers={"x-edit-token": published.edit_token}).status_code == 403


@pytest.mark.parametrize("token", ["", "guessed", "\0", "ж"])
def test_without_the_token_nobody_claims(bob: User, published: Published, token: str) -> None:
    assert client_for(bob).post(f"/{published.paste.key}/claim", {"token": token}).status_code == 403
    assert Paste.objects.get().owner is None


def test_without_an_account_nobody_claims(published: Published) -> None:
    client = with_token(client_for(), published)
    assert client.post(f"/{published.paste.key}/claim").status_code == 403
    assert 'action="/{published.paste.key}/claim"' not in client.get(f"/{published.paste.key}").content.decode()


def test_what_has_an_owner_cannot_be_claimed(alice: User, bob: User, published: Published) -> None:
    paste = make_paste(owner=alice)
    for token in ("", published.edit_token):
        assert client_for(bob).post(f"/{paste.key}/claim", {"token": token}).status_code == 403
    paste.refresh_from_db()
    assert paste.owner == alice


def test_a_form_of_another_site_claims_nothing(alice: User, published: Published) -> None:
    client = with_token(client_for(alice, csrf=True), published)
    assert client.post(f"/{published.paste.key}/claim").status_code == 403
    assert client.get(f"/{published.paste.key}/claim").status_code == 405
    assert Paste.objects.get().owner is None
