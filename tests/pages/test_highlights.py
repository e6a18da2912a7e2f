"""What the worker highlights when a paste is saved is what its readers get, without a highlighter."""

from typing import Any

import pytest
from django.core.cache import caches

from accounts.models import User
from pastes import storage
from pastes.domain import publishing, reading
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Highlight, Paste
from pastes.rendering import highlight, pool
from tests.factories import client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db

TEXT = "def hello():\n    return 42\n"
COLOURED = '<span class="k">def </span>'


def page(paste: Paste, user: User | None = None) -> str:
    caches["hot"].clear()
    return client_for(user).get(f"/{paste.key}").text


def make(**draft: Any) -> Paste:
    """A paste whose tasks are done."""
    paste = make_paste(**({"text": TEXT, "name": "hello.py"} | draft))
    reading.keep_highlights(paste.pk)
    return paste


def test_readers_signed_in_or_not_need_neither_the_highlighter_nor_the_store(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    paste = make()
    before = page(paste)
    tasks = pool.stats()["tasks"]
    monkeypatch.setattr(storage, "get", None)
    assert page(paste) == before
    assert COLOURED in before
    assert COLOURED in page(paste, bob)
    assert pool.stats()["tasks"] == tasks


def test_it_is_the_same_html_that_a_reader_would_have_waited_for() -> None:
    paste = make(files=[NewFile(TEXT.encode(), "a.py"), NewFile(b"<b>\xe2\x80\xae", "b.html"), NewFile(b"", "c")])
    kept = page(paste)
    Highlight.objects.all().delete()
    assert page(paste) == kept


@pytest.mark.parametrize("gate", [{"burn": True}, {"max_views": 3}, {"password": "secret"}])
def test_nothing_is_kept_of_what_stands_behind_a_gate(gate: dict[str, Any]) -> None:
    make(**gate)
    assert not Highlight.objects.exists()


def test_a_paste_that_gets_a_gate_is_forgotten_at_once(alice: User) -> None:
    paste = make(owner=alice)
    assert Highlight.objects.exists()
    draft = Draft(files=[NewFile(TEXT.encode(), "hello.py")], password="secret")
    publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice))
    assert not Highlight.objects.exists()


def test_a_new_text_is_shown_and_never_the_old_one(alice: User) -> None:
    paste = make(owner=alice)
    draft = Draft(files=[NewFile(b"print('new')\n", "hello.py")])
    publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice))
    for _ in ("before the task", "and after it"):
        html = page(paste)
        assert "new" in html
        assert "hello()" not in html
        reading.keep_highlights(paste.pk)
    assert COLOURED in client_for().get(f"/{paste.key}/revisions/1").text


def test_another_renderer_or_language_makes_other_html(monkeypatch: pytest.MonkeyPatch) -> None:
    paste = make()
    Highlight.objects.update(packed=b"not even packed")
    monkeypatch.setattr(highlight, "RENDERER", "2")
    assert COLOURED in page(paste)
    monkeypatch.undo()
    caches["hot"].clear()
    assert COLOURED not in client_for().get(f"/{paste.key}.txt").text


def test_what_took_too_long_is_left_to_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    paste = make_paste(text=TEXT, name="hello.py")
    Highlight.objects.all().delete()
    caches["hot"].clear()
    monkeypatch.setattr(highlight, "_coloured", lambda *_: None)
    reading.keep_highlights(paste.pk)
    assert not Highlight.objects.exists()


def test_it_goes_with_the_paste() -> None:
    paste = make()
    Paste.objects.filter(pk=paste.pk).delete()
    assert not Highlight.objects.exists()
    reading.keep_highlights(paste.pk)  # the task may come late
