"""Words and addresses that the operator does not want, at every door that takes a text."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from pastes import storage
from pastes.domain import blocking, publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Refused
from pastes.models import Paste
from tests.factories import HTML, client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def blocked(settings: Settings) -> None:
    settings.BLOCKED_WORDS = ["Cheap Watches", "STRASSE"]
    settings.BLOCKED_ADDRESSES = ["192.0.2.0/24", "2001:db8::/32"]


def draft(text: str = "fine", *, name: str = "a.txt", **fields: Any) -> Draft:
    return Draft(files=[NewFile(text.encode(), name)], **fields)


@pytest.mark.parametrize(
    "wanted",
    [
        draft("buy cheap watches now"),
        draft("hinter der Straße"),
        draft(title="CHEAP WATCHES"),
        draft(description="such cheap watches"),
        draft(name="cheap watches.txt"),
        draft("\u0436" * 50_000 + "cheap watches"),
    ],
)
def test_it_publishes_nothing_with_a_blocked_word(wanted: Draft, empty_store: None) -> None:
    with pytest.raises(Refused, match=r"cheap watches|strasse"):
        publishing.create(draft=wanted, viewer=viewer_for())
    assert not Paste.objects.exists()
    assert not list(storage.iterate()), "nothing was stored"


@pytest.mark.parametrize("word", ["cheap watch", "expensive watches", "cheap\nwatches"])
def test_it_publishes_what_only_looks_like_it(word: str) -> None:
    publishing.create(draft=draft(word), viewer=viewer_for())
    assert Paste.objects.count() == 1


def test_it_revises_and_forks_nothing_with_a_blocked_word(alice: User) -> None:
    paste = make_paste(owner=alice)
    bad = draft("cheap watches")
    with pytest.raises(Refused):
        publishing.revise(paste=paste, draft=bad, base=1, viewer=viewer_for(alice))
    with pytest.raises(Refused):
        publishing.fork(paste=paste, draft=bad, viewer=viewer_for(alice))
    paste.refresh_from_db()
    assert (Paste.objects.count(), paste.revision_count) == (1, 1)


def test_it_lets_the_operator_on_the_machine_publish_what_they_want() -> None:
    make_paste(text="cheap watches")
    assert Paste.objects.count() == 1


@pytest.mark.parametrize("address", ["192.0.2.77", "2001:db8:1::2", "::ffff:192.0.2.77"])
def test_it_takes_nothing_from_a_blocked_address(address: str) -> None:
    with pytest.raises(Refused, match="your network"):
        blocking.require_allowed(viewer=viewer_for(address=address), texts=[])


@pytest.mark.parametrize("address", ["192.0.3.1", "2001:db9::1", "", "unix:"])
def test_it_takes_everything_from_others(address: str) -> None:
    blocking.require_allowed(viewer=viewer_for(address=address), texts=["fine"])


def test_it_blocks_nobody_when_nothing_is_set(settings: Settings) -> None:
    settings.BLOCKED_WORDS = settings.BLOCKED_ADDRESSES = []
    blocking.require_allowed(viewer=viewer_for(address="192.0.2.77"), texts=["cheap watches"])


def test_it_keeps_what_was_typed_in_the_editor() -> None:
    text = "my long story about cheap watches"
    response = client_for().post("/", {"content": text, "filename": "story.txt", "title": "Story"})
    assert response.status_code == 403
    assert "does not take texts with “cheap watches”" in response.text
    assert text in response.text
    assert 'value="Story"' in response.text


def test_it_keeps_what_was_typed_over_a_paste(alice: User) -> None:
    paste = make_paste(owner=alice, name="a.txt")
    form = {"content": "cheap watches", "filename": "a.txt", "base": "1"}
    response = client_for(alice).post(f"/{paste.key}/edit", form)
    assert (response.status_code, "cheap watches</textarea>" in response.text) == (403, True)


def test_it_tells_a_program_in_one_line_which_word_it_was() -> None:
    response = Client().post("/", data="cheap watches", content_type="text/plain")
    assert (response.status_code, response["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert "“cheap watches”" in response.text


def test_it_tells_a_blocked_browser_what_to_do() -> None:
    browser = Client(REMOTE_ADDR="192.0.2.77", headers={"accept": HTML})
    response = browser.post("/", {"content": "hello"})
    assert response.status_code == 403
    assert "your network" in response.text
    assert browser.get("/").status_code == 200, "reading is not publishing"
