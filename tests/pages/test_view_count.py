"""How often a paste was seen: each reader once a day, its author never."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from pastes.domain import counting, expiry
from pastes.models import Paste, View
from tests.factories import client_for, make_paste, publish, viewer_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, name="notes.txt")


def views(paste: Paste) -> int:
    counting.flush_views()
    paste.refresh_from_db()
    return paste.views


def see(paste: Paste, user: User | None = None, *, address: str = "203.0.113.7", agent: str = "Firefox") -> None:
    client = client_for(user)
    response = client.post(f"/{paste.key}/view", REMOTE_ADDR=address, headers={"user-agent": agent})
    assert (response.status_code, response.content) == (204, b"")


def test_it_counts_a_reader_once_however_often_they_come(paste: Paste) -> None:
    for _ in range(3):
        see(paste)
    assert views(paste) == 1
    see(paste)
    assert views(paste) == 1


def test_it_counts_different_readers(paste: Paste, bob: User) -> None:
    see(paste)
    see(paste, address="203.0.113.8")
    see(paste, agent="Safari")
    see(paste, bob)
    see(paste, bob, address="203.0.113.9", agent="another browser of Bob's")
    assert views(paste) == 4


def test_it_does_not_count_the_author(paste: Paste, alice: User) -> None:
    see(paste, alice)
    client_for(alice).get(f"/{paste.key}/raw")
    published = publish(name="a.txt")
    client_for().post(f"/{published.paste.key}/view", headers={"X-Edit-Token": published.edit_token})
    assert views(paste) == 0
    assert views(published.paste) == 0


def test_it_counts_a_reader_again_the_next_day(paste: Paste) -> None:
    now = timezone.now()
    for days in (0, 1):
        counting.count_view(paste=paste, viewer=viewer_for(), agent="x", at=now + timedelta(days=days))
    assert views(paste) == 2


def test_it_counts_no_look_without_the_small_post_of_the_page(paste: Paste) -> None:
    client_for().get(f"/{paste.key}")
    client_for().head(f"/{paste.key}/raw")
    assert views(paste) == 0
    html = client_for().get(f"/{paste.key}").text
    assert f'action="/{paste.key}/view" data-view' in html


def test_it_counts_programs_on_the_server(paste: Paste) -> None:
    program = client_for(browser=False)
    program.get(f"/{paste.key}/raw")
    program.get(f"/{paste.key}/download", REMOTE_ADDR="203.0.113.8")
    assert views(paste) == 2


def test_it_counts_the_openings_of_what_may_be_opened_so_often(alice: User) -> None:
    gated = make_paste(owner=alice, name="a.txt", max_views=5)
    see(gated)
    assert views(gated) == 0
    for _ in range(2):
        client_for().post(f"/{gated.key}")
    assert views(gated) == 2


def test_it_keeps_no_address_and_forgets_who_it_was(paste: Paste) -> None:
    see(paste)
    row = str(View.objects.values().get())
    assert "203.0.113.7" not in row
    assert "Firefox" not in row
    assert views(paste) == 1
    assert expiry.forget(at=timezone.now() + timedelta(days=2)) >= 1
    assert not View.objects.exists()
    assert views(paste) == 1


def test_it_is_added_in_batches_and_only_once(paste: Paste, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "FLUSH_BATCH", 4)
    for n in range(10):
        see(paste, address=f"203.0.113.{n}")
    assert counting.flush_views(dry_run=True) == 10
    steps: list[int] = []
    assert counting.flush_views(progress=steps.append) == 10
    assert steps == [4, 4, 2]
    assert counting.flush_views() == 0
    assert views(paste) == 10


def test_it_counts_nothing_that_is_over_or_hidden(paste: Paste) -> None:
    Paste.objects.update(expires_at=timezone.now())
    assert client_for().post(f"/{paste.key}/view").status_code == 404
    assert not View.objects.exists()


@pytest.mark.parametrize(
    ("said", "kept"),
    [("news.example.org", "news.example.org"), ("testserver", ""), ("paste.example.net", ""), ("<b>", "")],
)
def test_it_keeps_the_host_of_another_site_and_nothing_else(
    paste: Paste, settings: Settings, said: str, kept: str
) -> None:
    settings.SITE_URL = "https://paste.example.net"
    assert client_for().post(f"/{paste.key}/view", {"from": said}).status_code == 204
    assert View.objects.get().host == kept
