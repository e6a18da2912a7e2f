"""/<key>/delete and /<key>/restore: gone at once, and back within ten minutes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from pastes import storage
from pastes.domain import expiry
from pastes.models import Paste
from tests.factories import client_for, make_paste, publish

pytestmark = pytest.mark.django_db


def is_gone(paste: Paste, *, client: Client | None = None) -> bool:
    """Whether none of its addresses shows the paste to ``client``, or to somebody without an account."""
    addresses = ("", "/raw", "/download", "/revisions", "/edit", "/fork")
    return all((client or client_for()).get(f"/{paste.key}{rest}").status_code in {404, 410} for rest in addresses)


def test_it_asks_before_it_deletes(alice: User) -> None:
    paste = make_paste(owner=alice, title="Precious")
    response = client_for(alice).get(f"/{paste.key}/delete")
    assert response.status_code == 200
    assert "Delete <bdi>Precious</bdi>?" in response.content.decode()
    assert not is_gone(paste)


def test_it_is_gone_for_everybody_at_once_and_its_author_may_undo(alice: User) -> None:
    paste = make_paste(owner=alice)
    owner, reader = client_for(alice), client_for()
    assert reader.get(f"/{paste.key}").status_code == 200  # the page is in the cache now
    response = owner.post(f"/{paste.key}/delete")
    assert (response.status_code, response["Location"]) == (303, f"/{paste.key}")
    assert is_gone(paste)
    assert is_gone(paste, client=owner)

    page = owner.get(f"/{paste.key}")
    assert page.status_code == 410
    assert f'action="/{paste.key}/restore"' in page.content.decode()
    assert reader.get(f"/{paste.key}").status_code == 404

    assert owner.post(f"/{paste.key}/restore").status_code == 303
    assert reader.get(f"/{paste.key}/raw").content == b"Hello\n"


def test_an_author_without_an_account_deletes_and_undoes_with_the_token() -> None:
    published = publish()
    client = client_for()
    client.cookies["edit_token"] = published.edit_token
    assert client.post(f"/{published.paste.key}/delete").status_code == 303
    assert is_gone(published.paste)
    assert client.post(f"/{published.paste.key}/restore").status_code == 303
    assert not is_gone(published.paste)


def test_after_ten_minutes_it_does_not_come_back(alice: User) -> None:
    paste = make_paste(owner=alice)
    owner = client_for(alice)
    owner.post(f"/{paste.key}/delete")
    Paste.objects.update(deleted_at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert owner.get(f"/{paste.key}").status_code == 404
    assert owner.post(f"/{paste.key}/restore").status_code == 404


def test_the_worker_then_removes_rows_and_objects(
    alice: User, empty_store: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    paste = make_paste(owner=alice)
    client_for(alice).post(f"/{paste.key}/delete")
    with django_capture_on_commit_callbacks(execute=True):
        expiry.purge()
    assert Paste.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        expiry.purge(at=timezone.now() + timedelta(minutes=11))
    assert not Paste.objects.exists()
    assert not list(storage.iterate())


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_nobody_else_deletes_or_restores_it(alice: User, bob: User, visibility: str) -> None:
    paste = make_paste(owner=alice, visibility=visibility)
    status = 403 if visibility == "public" else 404
    for client in (client_for(bob), client_for()):
        for method in (client.get, client.post, client.delete):
            assert method(f"/{paste.key}/delete").status_code == status
        assert client.delete(f"/{paste.key}").status_code == status
    assert not is_gone(paste, client=client_for(alice))

    client_for(alice).post(f"/{paste.key}/delete")
    for client in (client_for(bob), client_for()):
        assert client.post(f"/{paste.key}/restore").status_code == 404
    assert is_gone(paste)


def test_deleting_again_finds_nothing(alice: User) -> None:
    paste = make_paste(owner=alice)
    client = client_for(alice)
    assert [client.post(f"/{paste.key}/delete").status_code for _ in range(2)] == [303, 404]
    assert client.post("/11111111111/delete").status_code == 404


def test_reading_deletes_and_restores_nothing(alice: User) -> None:
    paste = make_paste(owner=alice)
    client = client_for(alice)
    assert client.get(f"/{paste.key}/restore").status_code == 405
    client.get(f"/{paste.key}/delete")
    client.head(f"/{paste.key}/delete")
    assert not is_gone(paste)


def test_a_form_of_another_site_deletes_nothing(alice: User) -> None:
    paste = make_paste(owner=alice)
    published = publish()
    author = client_for(csrf=True)
    author.cookies["edit_token"] = published.edit_token
    for client, target in ((client_for(alice, csrf=True), paste), (author, published.paste)):
        assert client.post(f"/{target.key}/delete").status_code == 403
        assert not is_gone(target)
        token = str(client.get(f"/{target.key}/delete").context["csrf_token"])
        assert client.post(f"/{target.key}/delete", {"csrfmiddlewaretoken": token}).status_code == 303
        assert client.post(f"/{target.key}/restore").status_code == 403
        assert client.post(f"/{target.key}/restore", {"csrfmiddlewaretoken": token}).status_code == 303
