"""/<key>/fork: a copy to change and publish as one's own."""

from typing import Any

import pytest

from accounts.models import User
from pastes.domain import content
from pastes.domain.content import NewFile
from pastes.models import File, Paste
from tests.factories import client_for, make_paste
from tests.pages.editor import errors_in, form, texts_in

pytestmark = pytest.mark.django_db


def test_it_shows_the_files_of_the_paste(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, title="Original", files=[NewFile(b"a\n", "a.py"), NewFile(b"b\n", "b.rs")])
    response = client_for(bob).get(f"/{paste.key}/fork")
    assert texts_in(response) == ["a\n", "b\n"]  # type: ignore[arg-type]
    page = response.content.decode()
    assert 'value="a.py"' in page
    assert 'value="Original"' in page
    assert f'action="/{paste.key}/fork"' in page


@pytest.mark.parametrize("signed_in", [True, False])
def test_it_publishes_a_copy_that_is_ones_own(alice: User, bob: User, signed_in: bool) -> None:
    paste = make_paste(owner=alice, text="theirs", name="a.txt")
    response = client_for(bob if signed_in else None).post(f"/{paste.key}/fork", form("mine", filename=["a.txt"]))
    copy = Paste.objects.get(forked_from=paste)
    assert (response.status_code, response["Location"]) == (303, f"/{copy.key}?published=1")
    assert copy.owner == (bob if signed_in else None)
    assert ("edit_token" in response.cookies) is not signed_in
    assert content.read(File.objects.get(revision__paste=copy)) == b"mine"
    assert content.read(File.objects.get(revision__paste=paste)) == b"theirs"


def test_errors_keep_the_text(bob: User) -> None:
    paste = make_paste(text="theirs", name="a.txt")
    response = client_for(bob).post(f"/{paste.key}/fork", form("mine", title="x" * 201))
    assert response.status_code == 422
    assert "Title" in errors_in(response)  # type: ignore[arg-type]
    assert texts_in(response) == ["mine"]  # type: ignore[arg-type]


@pytest.mark.parametrize("gate", [{"burn": True}, {"max_views": 3}, {"password": "open sesame"}])
def test_a_gate_is_not_passed_by_forking(bob: User, gate: dict[str, Any]) -> None:
    paste = make_paste(text="secret", **gate)
    client = client_for(bob)
    for response in (client.get(f"/{paste.key}/fork"), client.post(f"/{paste.key}/fork", form("mine"))):
        assert response.status_code == 403
        assert b"secret" not in response.content
    assert Paste.objects.count() == 1


def test_a_paste_that_is_not_for_one_cannot_be_forked(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, visibility="private")
    for client in (client_for(bob), client_for()):
        assert client.get(f"/{paste.key}/fork").status_code == 404
        assert client.post(f"/{paste.key}/fork", form("mine")).status_code == 404


def test_a_form_of_another_site_forks_nothing(bob: User) -> None:
    paste = make_paste()
    assert client_for(bob, csrf=True).post(f"/{paste.key}/fork", form("forged")).status_code == 403
    assert client_for(csrf=True).post(f"/{paste.key}/fork", form("anonymous")).status_code == 303
