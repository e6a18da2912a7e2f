"""/<key>/token: the edit token by hand, in a browser that does not have it."""

import pytest

from accounts.models import User
from pastes.domain import access
from pastes.models import Paste
from tests.factories import client_for, make_paste, publish, viewer_for

pytestmark = pytest.mark.django_db


def test_the_right_token_lets_this_browser_edit() -> None:
    published = publish()
    key = published.paste.key
    client = client_for()
    response = client.post(f"/{key}/token", {"token": f" {published.edit_token}\n"})
    assert (response.status_code, response["Location"]) == (303, f"/{key}/edit")
    cookie = response.cookies["edit_token"]
    assert (cookie.value, cookie["path"], cookie["httponly"]) == (published.edit_token, f"/{key}", True)
    assert client.get(f"/{key}/edit").status_code == 200


@pytest.mark.parametrize("token", ["", "guessed", "\0", "ж" * 1_000])
def test_a_wrong_token_is_said_and_sets_nothing(token: str) -> None:
    response = client_for().post(f"/{publish().paste.key}/token", {"token": token})
    assert response.status_code == 403
    assert "That is not the edit token of this paste." in response.content.decode()
    assert "edit_token" not in response.cookies


def test_the_token_of_another_paste_is_a_wrong_one() -> None:
    ours, theirs = publish(), publish()
    assert client_for().post(f"/{theirs.paste.key}/token", {"token": ours.edit_token}).status_code == 403


def test_it_says_when_an_account_owns_the_paste(alice: User) -> None:
    paste = make_paste(owner=alice)
    page = client_for().get(f"/{paste.key}/token").content.decode()
    assert "belongs to an account" in page
    assert client_for().post(f"/{paste.key}/token", {"token": ""}).status_code == 403


def test_a_private_paste_of_an_account_is_not_there(alice: User) -> None:
    paste = make_paste(owner=alice, visibility="private")
    assert client_for().get(f"/{paste.key}/token").status_code == 404


def test_tokens_are_compared_as_hashes_and_kept_as_hashes() -> None:
    first, second = publish(), publish()
    assert len({first.edit_token, second.edit_token}) == 2
    rows = str(list(Paste.objects.values()))
    for published in (first, second):
        assert published.edit_token not in rows
        assert access.is_author(paste=published.paste, viewer=viewer_for(edit_token=published.edit_token))
        assert not access.is_author(
            paste=published.paste, viewer=viewer_for(edit_token=published.paste.edit_token_hash)
        )
