"""The gate before a paste with a password: who passes, for how long, and how often one may guess."""

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from pastes.domain import publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Paste
from tests.factories import client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db

PASSWORD = " open sesame "
TEXT = "behind the gate"


@pytest.fixture
def locked(alice: User) -> Paste:
    return make_paste(owner=alice, text=TEXT, name="notes.txt", title="For Bob", password=PASSWORD)


def unlock(paste: Paste, password: str = PASSWORD) -> Client:
    client = client_for()
    client.post(f"/{paste.key}/open", {"password": password})
    return client


def test_it_shows_a_form_and_nothing_of_the_paste(locked: Paste) -> None:
    response = client_for().get(f"/{locked.key}")
    assert response.status_code == 200
    assert 'type="password"' in response.text
    assert TEXT not in response.text
    assert "For Bob" not in response.text
    assert response["Cache-Control"] == "private, no-store"


def test_it_opens_every_address_of_the_paste_after_the_right_password(locked: Paste) -> None:
    client = client_for()
    response = client.post(f"/{locked.key}/open", {"password": PASSWORD})
    assert (response.status_code, response["Location"]) == (303, f"/{locked.key}")
    cookie = client.cookies["unlocked"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/{locked.key}", True, "Lax")
    assert PASSWORD not in cookie.value
    for tail in ("", "/raw", "/download", "/revisions", "/fork", "/lines/0/1"):
        assert client.get(f"/{locked.key}{tail}").status_code == 200, tail


def test_its_author_sees_that_it_has_a_password_on_its_page_and_in_the_list(locked: Paste, alice: User) -> None:
    chip = '<span class="chip">Password</span>'
    assert chip in client_for(alice).get(f"/{locked.key}").text
    assert chip in client_for(alice).get("/mine").text
    assert chip not in client_for(alice).get(f"/{make_paste(owner=alice, text=TEXT).key}").text


def test_it_says_that_a_password_is_wrong_and_asks_again(locked: Paste) -> None:
    response = client_for().post(f"/{locked.key}/open", {"password": PASSWORD.strip()})
    assert response.status_code == 403
    assert "The password is not right." in response.text
    assert 'type="password"' in response.text
    assert "unlocked" not in response.cookies


def test_it_takes_the_password_of_a_program_from_a_header_or_a_form_and_never_from_the_address(locked: Paste) -> None:
    program = client_for(browser=False)
    assert program.get(f"/{locked.key}/raw", headers={"X-Paste-Password": PASSWORD}).content == TEXT.encode()
    assert program.post(f"/{locked.key}/raw", {"password": PASSWORD}).content == TEXT.encode()
    refused = program.get(f"/{locked.key}/raw", {"password": PASSWORD})
    assert refused.status_code == 403
    assert refused["Content-Type"].startswith("text/plain")


def test_it_lets_the_author_in_without(locked: Paste, alice: User) -> None:
    assert TEXT in client_for(alice).get(f"/{locked.key}").text


def test_it_keeps_only_a_hash_of_the_password(locked: Paste) -> None:
    row = Paste.objects.get()
    assert PASSWORD not in row.password
    assert identify_hasher(row.password).verify(PASSWORD, row.password)


@pytest.mark.parametrize(("new", "status"), [("changed", 403), ("", 200), (None, 200)], ids=["changed", "none", "kept"])
def test_it_forgets_who_was_let_in_when_the_password_changes(locked: Paste, new: str | None, status: int) -> None:
    client = unlock(locked)
    draft = Draft(files=[NewFile(TEXT.encode(), "notes.txt")], password=new)
    publishing.revise(paste=locked, draft=draft, base=1, viewer=viewer_for(locked.owner))
    assert client.get(f"/{locked.key}/raw").status_code == status


class TestGuessing:
    """Ten guesses a minute for each paste and address."""

    @pytest.fixture(autouse=True)
    def few(self, settings: Settings) -> None:
        settings.GUESS_RATE = "3/d"

    def test_it_stops_whoever_guesses_even_when_the_next_guess_is_right(self, locked: Paste) -> None:
        client = client_for(browser=False)
        statuses = [client.post(f"/{locked.key}/raw", {"password": f"guess {n}"}).status_code for n in range(5)]
        assert statuses == [403, 403, 403, 429, 429]
        response = client.post(f"/{locked.key}/raw", {"password": PASSWORD})
        assert response.status_code == 429
        assert int(response["Retry-After"]) > 0

    def test_it_counts_guesses_at_every_door_together(self, locked: Paste) -> None:
        client = client_for()
        client.post(f"/{locked.key}", {"password": "1"})
        client.post(f"/{locked.key}/open", {"password": "2"})
        client.get(f"/{locked.key}/raw", headers={"X-Paste-Password": "3"})
        assert client.get(f"/{locked.key}/diff/1..1", headers={"X-Paste-Password": "4"}).status_code == 429

    def test_it_stops_nobody_else(self, locked: Paste, bob: User) -> None:
        for n in range(5):
            client_for().post(f"/{locked.key}", {"password": f"guess {n}"})
        other = client_for()
        assert other.post(f"/{locked.key}", {"password": PASSWORD}, REMOTE_ADDR="203.0.113.9").status_code == 303
        assert client_for(bob).post(f"/{locked.key}", {"password": PASSWORD}).status_code == 303

    def test_it_counts_no_look_at_the_gate_as_a_guess(self, locked: Paste) -> None:
        client = client_for()
        for _ in range(5):
            client.get(f"/{locked.key}")
            client.post(f"/{locked.key}/open", {"password": ""})
        assert client.post(f"/{locked.key}/open", {"password": PASSWORD}).status_code == 303
