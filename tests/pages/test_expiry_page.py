"""/<key>/expiry: a new end for a paste."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from pastes.models import Paste
from tests.factories import client_for, make_paste, publish

pytestmark = pytest.mark.django_db


def test_it_shows_when_the_paste_ends(alice: User) -> None:
    paste = make_paste(owner=alice, expires_at=datetime(2099, 12, 31, 18, tzinfo=UTC))
    page = client_for(alice).get(f"/{paste.key}/expiry").content.decode()
    assert 'value="2099-12-31T18:00"' in page
    assert '<option value="date" selected>' in page


def test_it_gives_more_time(alice: User) -> None:
    paste = make_paste(owner=alice, expires_at=timezone.now() + timedelta(minutes=5))
    response = client_for(alice).post(f"/{paste.key}/expiry", {"expiry": "1d"})
    assert (response.status_code, response["Location"]) == (303, f"/{paste.key}")
    end = Paste.objects.get().expires_at
    assert end is not None
    assert abs(end - timezone.now() - timedelta(days=1)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({"expiry": "never"}, None),
        ({"expiry": "date", "expires_at": "2099-12-31T18:00"}, datetime(2099, 12, 31, 18, tzinfo=UTC)),
        ({"expiry": "date", "expires_at": "2099-12-31 18:00"}, datetime(2099, 12, 31, 18, tzinfo=UTC)),
    ],
)
def test_it_takes_a_date_and_never(alice: User, fields: dict[str, str], end: datetime | None) -> None:
    paste = make_paste(owner=alice, expires_at=timezone.now() + timedelta(minutes=5))
    client_for(alice).post(f"/{paste.key}/expiry", fields)
    assert Paste.objects.get().expires_at == end


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"expiry": "soon"}, "Select a valid choice"),
        ({"expiry": "date"}, "Say when"),
        ({"expiry": "date", "expires_at": "2001-01-01T00:00"}, "That moment is over"),
        ({"expiry": "date", "expires_at": "9999-99-99"}, "Write a date and time"),
    ],
)
def test_it_says_what_is_wrong(alice: User, fields: dict[str, str], said: str) -> None:
    paste = make_paste(owner=alice)
    response = client_for(alice).post(f"/{paste.key}/expiry", fields)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Paste.objects.get().expires_at is None


def test_the_token_is_enough_for_a_paste_of_nobody() -> None:
    published = publish()
    client = client_for()
    client.cookies["edit_token"] = published.edit_token
    assert client.post(f"/{published.paste.key}/expiry", {"expiry": "1h"}).status_code == 303


def test_others_change_nothing(alice: User, bob: User) -> None:
    public, private = make_paste(owner=alice), make_paste(owner=alice, visibility="private")
    for client in (client_for(bob), client_for()):
        for paste, status in ((public, 403), (private, 404)):
            assert client.get(f"/{paste.key}/expiry").status_code == status
            assert client.post(f"/{paste.key}/expiry", {"expiry": "10m"}).status_code == status
    assert client_for(alice, csrf=True).post(f"/{public.key}/expiry", {"expiry": "10m"}).status_code == 403
    assert set(Paste.objects.values_list("expires_at", flat=True)) == {None}


def test_an_expired_paste_cannot_be_prolonged(alice: User) -> None:
    paste = make_paste(owner=alice, expires_at=timezone.now() - timedelta(seconds=1))
    assert client_for(alice).post(f"/{paste.key}/expiry", {"expiry": "never"}).status_code == 404
