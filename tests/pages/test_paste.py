"""The page of a paste: what it shows, to whom, and what it never lets through."""

import time
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pastes.domain.content import NewFile
from pastes.models import Paste
from pastes.rendering import pool
from tests.factories import client_for, make_paste, publish
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

BOMB = '"' + "\\" * 48
"""49 bytes that keep Pygments' lexer for Smithy busy for hours."""


def page(paste: Paste, user: User | None = None, **query: str) -> str:
    return client_for(user).get(f"/{paste.key}", query).text


def test_it_shows_title_author_description_and_text(alice: User) -> None:
    paste = make_paste(owner=alice, text="the text\n", name="notes.txt", title="A title", description="What it is")
    html = page(paste)
    for shown in ("A title", "What it is", "the text", "notes.txt", "alice", f"/{paste.key}/raw"):
        assert shown in html


def test_it_escapes_everything_people_write(alice: User) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    User.objects.filter(pk=alice.pk).update(name=evil)
    paste = make_paste(owner=alice, text=evil, name="evil<b>.txt", title=evil, description=evil)
    for path in (
        f"/{paste.key}",
        "/recent",
        f"/{paste.key}/revisions",
        f"/{paste.key}/fork",
        f"/{paste.key}/diff/1..1",
    ):
        html = client_for().get(path).text
        assert "<script>alert" not in html, path
        assert "<img src=x" not in html, path
        assert "evil<b>" not in html, path


def test_it_marks_hidden_characters_and_leaves_them_in_the_raw_text() -> None:
    text = "if (admin\u202e) {\u2066 // zero\u200bwidth\n"
    paste = make_paste(text=text, name="a.txt")
    html = page(paste)
    assert "3 hidden characters are written out below" in html
    assert "[U+202E]" in html
    assert "\u202e" not in html
    assert client_for().get(f"/{paste.key}/raw").content == text.encode()


def test_it_offers_a_binary_file_and_shows_nothing_of_it() -> None:
    paste = make_paste(text=bytes(range(256)) * 4, name="data.bin")
    html = page(paste)
    assert "This file is not text." in html
    assert f"/{paste.key}/download" in html


def test_it_offers_editing_to_the_author_alone(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, name="notes.txt")
    assert f"/{paste.key}/edit" in page(paste, alice)
    assert f"/{paste.key}/edit" not in page(paste, bob)
    assert f"/{paste.key}/edit" not in page(paste)


def test_it_shows_a_fresh_edit_token_once_to_the_browser_that_published() -> None:
    published = publish(name="notes.txt")
    client = client_for()
    client.cookies["edit_token"] = published.edit_token
    address = f"/{published.paste.key}"
    shown = client.get(f"{address}?published=1")
    assert published.edit_token in shown.text
    assert "no-store" in shown["Cache-Control"]
    assert published.edit_token not in client.get(address).text
    assert published.edit_token not in client_for().get(f"{address}?published=1").text


def test_it_is_the_same_for_every_anonymous_reader_and_has_nothing_that_runs_inline() -> None:
    paste = make_paste(name="notes.txt")
    fresh = page(paste)
    caches["hot"].clear()
    assert page(paste) == fresh
    assert "<style" not in fresh
    assert " style=" not in fresh
    assert " onclick=" not in fresh
    assert "<script>" not in fresh


def test_it_asks_the_database_a_constant_number_of_times(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    one = make_paste(name="a.txt")
    many = make_paste(files=[NewFile(b"text\n", f"{n}.txt") for n in range(20)])
    for paste in (one, many):
        with django_assert_num_queries(2):
            page(paste)
        with django_assert_num_queries(0):
            page(paste)


def test_it_writes_moments_absolutely_and_in_utc() -> None:
    paste = make_paste(name="a.txt", expires_at=timezone.now() + timedelta(days=2))
    assert f'<time datetime="{paste.created.isoformat(timespec="seconds")}"' in page(paste)


@pytest.mark.parametrize("accept", ["text/html", "*/*", "application/json"])
def test_it_speaks_the_askers_language_where_there_is_nothing(accept: str) -> None:
    response = client_for().get("/11111111111", headers={"accept": accept, "accept-language": "en"})
    assert response.status_code == 404
    assert "There is no paste at this address." in response.text


@pytest.mark.django_db(transaction=True)
class TestHighlighterBombs:
    """Promise 18: a text that hangs a lexer is shown plain in time, costs nobody else, and costs its time once."""

    def test_it_shows_a_bomb_plain_while_others_are_served_and_does_not_try_again(self) -> None:
        bomb = make_paste(files=[NewFile(BOMB.encode(), "bomb.smithy", "smithy")])
        harmless = make_paste(files=[NewFile(b"x = 1\n", "a.py", "python")])
        page(harmless)  # starts the children
        caches["hot"].clear()
        kills = pool.stats()["kills"]

        began = time.monotonic()
        answers = at_once([lambda: (page(bomb), time.monotonic()), lambda: (page(harmless), time.monotonic())])
        (slow, slow_at), (quick, quick_at) = answers  # type: ignore[misc]  # no exception is expected
        assert "Shown without colours: highlighting took too long." in slow
        assert '<span class="m">1</span>' in quick
        assert quick_at - began < 1.5 < slow_at - began < 6
        began = time.monotonic()
        assert "Shown without colours" in page(bomb, line="1")
        assert time.monotonic() - began < 1.5
        assert pool.stats()["kills"] == kills + 1
