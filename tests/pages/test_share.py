"""Secret links to a private paste: made, listed and revoked by its author; kept only as hashes (promise 9)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from pastes.domain import sharing
from pastes.domain.access import hash_token
from pastes.models import Paste, ShareLink
from tests.factories import client_for, make_paste, publish, viewer_for

pytestmark = pytest.mark.django_db

TEXT = "for some eyes only"


@pytest.fixture
def private(alice: User) -> Paste:
    return make_paste(owner=alice, text=TEXT, name="notes.txt", visibility="private")


def make_link(paste: Paste, **form: str) -> str:
    """The path of a new share link, as its page shows it."""
    html = client_for(paste.owner).post(f"/{paste.key}/shares", form).text
    match = re.search(r"http://testserver(/s/[\w-]+)", html)
    assert match, html
    return match[1]


def test_a_link_lasts_a_week_unless_its_maker_says_otherwise(private: Paste, alice: User) -> None:
    assert '<option value="1w" selected>' in client_for(alice).get(f"/{private.key}/shares").text


def test_it_lets_in_whoever_has_the_link_and_nobody_else(private: Paste) -> None:
    link, guest = make_link(private), client_for()
    response = guest.get(link)
    assert (response.status_code, response["Location"]) == (302, f"/{private.key}")
    assert TEXT in guest.get(f"/{private.key}").text
    for tail in ("/raw", "/download", "/revisions", "/lines/0/1", "/fork"):
        assert guest.get(f"/{private.key}{tail}").status_code == 200, tail
    assert client_for().get(f"/{private.key}").status_code == 404


def test_it_lets_the_guest_read_and_not_write(private: Paste) -> None:
    link, guest = make_link(private), client_for()
    guest.get(link)
    for tail in ("edit", "delete", "expiry", "shares"):
        assert guest.post(f"/{private.key}/{tail}").status_code == 403
    assert Paste.objects.get().deleted_at is None


def test_it_keeps_the_token_out_of_addresses_referers_and_the_database(private: Paste) -> None:
    link, guest = make_link(private), client_for()
    token = link.rpartition("/")[2]
    response = guest.get(link)
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    cookie = guest.cookies["share_token"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/{private.key}", True, "Lax")
    shown = guest.get(f"/{private.key}")
    assert shown["Referrer-Policy"] == "same-origin"
    assert token not in shown.text
    assert ShareLink.objects.values_list("token_hash", flat=True).get() == hash_token(token)
    assert token not in str(ShareLink.objects.values().get())


def test_it_shows_the_token_this_once(private: Paste, alice: User) -> None:
    token = make_link(private, label="for Carol").rpartition("/")[2]
    html = client_for(alice).get(f"/{private.key}/shares").text
    assert "for Carol" in html
    assert token not in html
    assert hash_token(token) not in html


def test_it_ends_with_revoking_on_the_very_next_request(private: Paste, alice: User) -> None:
    link, guest = make_link(private), client_for()
    guest.get(link)
    row = ShareLink.objects.get()
    for _ in range(2):  # ending it again changes nothing
        assert client_for(alice).post(f"/{private.key}/shares/{row.pk}/revoke").status_code == 303
    assert guest.get(f"/{private.key}").status_code == 404
    assert guest.get(f"/{private.key}/raw").status_code == 404
    assert client_for().get(link).status_code == 404


def test_it_ends_at_its_own_moment(private: Paste) -> None:
    link, guest = make_link(private, expiry="1h"), client_for()
    guest.get(link)
    assert guest.get(f"/{private.key}").status_code == 200
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert guest.get(f"/{private.key}").status_code == 404
    assert client_for().get(link).status_code == 404


def test_it_does_not_outlive_its_paste(private: Paste) -> None:
    link = make_link(private)
    Paste.objects.update(expires_at=timezone.now())
    assert client_for().get(link).status_code == 404


def test_it_opens_no_other_gate(alice: User) -> None:
    """A link is a key to the door of a private paste; its password still stands behind that."""
    paste = make_paste(owner=alice, text=TEXT, name="a.txt", visibility="private", password="open sesame")
    guest = client_for()
    guest.get(make_link(paste))
    assert TEXT not in guest.get(f"/{paste.key}").text
    assert guest.get(f"/{paste.key}/raw").status_code == 403


def test_it_can_be_made_by_an_author_without_an_account() -> None:
    published = publish(text=TEXT, name="a.txt", visibility="private")
    headers = {"X-Edit-Token": published.edit_token}
    assert client_for().post(f"/{published.paste.key}/shares", headers=headers).status_code == 201


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"expiry": "date", "expires_at": "2001-01-01T00:00"}, "is over"),
        ({"expiry": "soon"}, "Select a valid choice"),
        ({"label": "x" * 81}, "at most 80"),
    ],
)
def test_it_says_what_does_not_fit(private: Paste, alice: User, form: dict[str, str], message: str) -> None:
    response = client_for(alice).post(f"/{private.key}/shares", form)
    assert response.status_code == 422
    assert message in response.text
    assert not ShareLink.objects.exists()


def test_it_has_a_limit(private: Paste, alice: User) -> None:
    for _ in range(sharing.MOST_LINKS):
        sharing.make(paste=private, viewer=viewer_for(alice))
    response = client_for(alice).post(f"/{private.key}/shares")
    assert response.status_code == 422
    assert "A paste can have 50 links." in response.text


@pytest.mark.parametrize("token", ["x", "a" * 500, "%00", "%FF", "..", "юникод"])
def test_it_bears_every_token(token: str) -> None:
    assert client_for().get(f"/s/{token}").status_code == 404
