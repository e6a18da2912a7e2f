"""Pages kept beside their rows: found when no cache has them, and never one that shows what was before a change."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from pastes import hot, release
from pastes.domain import (
    account,
    copies,
    counting,
    discussion,
    expiry,
    moderation,
    publishing,
    reactions,
    voting,
)
from pastes.domain.access import Viewer
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Comment, Like, PageCopy, Paste, Star
from pastes.rendering import pool
from tests.factories import client_for, make_paste, make_user, publish, viewer_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _has_an_address(settings: Settings) -> None:
    """Without one a page has the address of its request in it, and only that reader's cache may have it."""
    settings.SITE_URL = "http://testserver"


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, text="print('hello')\n" * 50, name="notes.py")


def cold(key: str, **headers: str) -> Any:
    """The page when no cache has it."""
    hot.clear()
    return client_for().get(f"/{key}", headers=headers)


def made_anew(key: str) -> Any:
    """The page as Django makes it."""
    PageCopy.objects.all().delete()
    return cold(key)


def shown(answer: Any) -> tuple[bytes, dict[str, str]]:
    packed = answer.get("Content-Encoding") == "gzip"
    body = gzip.decompress(answer.content) if packed else answer.content
    return body, {name: value for name, value in answer.items() if name != "X-Request-ID"}


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
def test_it_costs_one_query_and_is_the_same_page(
    visibility: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    paste = make_paste(text="some text\n", visibility=visibility)
    for accepted in ("gzip", "identity"):
        first = made_anew(paste.key) if accepted == "identity" else cold(paste.key, **{"accept-encoding": accepted})
        with django_assert_num_queries(1):
            second = cold(paste.key, **{"accept-encoding": accepted})
        assert shown(second) == shown(first)
        with django_assert_num_queries(0):
            assert shown(client_for().get(f"/{paste.key}", headers={"accept-encoding": accepted})) == shown(first)


def test_it_has_one_for_each_language(paste: Paste) -> None:
    for _ in range(2):
        for language in ("en", "ru"):
            page = cold(paste.key, **{"accept-language": language})
            assert (page["Content-Language"], f'<html lang="{language}"' in page.text) == (language, True)
    assert PageCopy.objects.filter(paste=paste).count() == 2


def revise(paste: Paste, alice: User, bob: User) -> None:
    del bob
    files = [NewFile(b"changed\n", "notes.py")]
    publishing.revise(paste=paste, draft=Draft(files=files), base=1, viewer=Viewer(user=alice))


def rename(paste: Paste, alice: User, bob: User) -> None:
    del paste, bob
    client = client_for(alice)
    client.patch("/api/v1/user", {"name": "Alicia"}, content_type="application/json")


def rename_who_talks(paste: Paste, alice: User, bob: User) -> None:
    discussion.create(paste=paste, viewer=Viewer(user=bob), body="I was Bob")
    rename(paste, bob, alice)


def count_view(paste: Paste, alice: User, bob: User) -> None:
    del alice, bob
    counting.count_view(paste=paste, viewer=viewer_for(), agent="Lynx")
    counting.flush_views()


def talk(paste: Paste, alice: User, bob: User) -> Comment:
    del alice
    return discussion.create(paste=paste, viewer=Viewer(user=bob), body="Hello **there**")


def vote(paste: Paste, alice: User, bob: User) -> None:
    voting.vote(comment=talk(paste, alice, bob), viewer=Viewer(user=alice), value=1)


def star(paste: Paste, alice: User, bob: User) -> None:
    del alice
    reactions.react(kind=Star, paste=paste, viewer=Viewer(user=bob), on=True)


def like(paste: Paste, alice: User, bob: User) -> None:
    del alice
    reactions.react(kind=Like, paste=paste, viewer=Viewer(user=bob), on=True)


def close(paste: Paste, alice: User, bob: User) -> None:
    del bob
    discussion.set_open(paste=paste, viewer=Viewer(user=alice), open=False)


def end_later(paste: Paste, alice: User, bob: User) -> None:
    del bob
    expiry.change(paste=paste, viewer=Viewer(user=alice), expires_at=timezone.now() + timedelta(days=3))


def leave(paste: Paste, alice: User, bob: User) -> None:
    del paste, bob
    account.remove(user=alice, keep_pastes=True)


CHANGES = [revise, rename, rename_who_talks, count_view, talk, vote, star, like, close, end_later, leave]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_it_is_past_with_every_change_of_what_it_shows(
    paste: Paste, alice: User, bob: User, change: Callable[[Paste, User, User], object]
) -> None:
    before = shown(cold(paste.key))
    change(paste, alice, bob)
    after = shown(cold(paste.key))
    assert after != before
    assert after == shown(made_anew(paste.key))


@pytest.mark.parametrize("action", ["edited", "deleted", "voted", "left"])
def test_it_is_past_when_what_was_said_changes(paste: Paste, alice: User, bob: User, action: str) -> None:
    comment = talk(paste, alice, bob)
    voting.vote(comment=comment, viewer=Viewer(user=alice), value=1)
    before = shown(cold(paste.key))
    if action == "edited":
        discussion.edit(comment=comment, viewer=Viewer(user=bob), body="Something else")
    elif action == "deleted":
        discussion.delete(comment=comment, viewer=Viewer(user=bob))
    elif action == "voted":
        voting.vote(comment=comment, viewer=Viewer(user=alice), value=-1)
    else:
        account.remove(user=bob, keep_pastes=True)
    after = shown(cold(paste.key))
    assert after != before
    assert after == shown(made_anew(paste.key))


@pytest.mark.parametrize("end", ["private", "locked", "deleted", "hidden", "destroyed", "expired"])
def test_it_ends_with_what_everybody_may_read(paste: Paste, alice: User, end: str) -> None:
    assert cold(paste.key).status_code == 200
    assert PageCopy.objects.exists()
    if end in {"private", "locked"}:
        settings: dict[str, Any] = {"visibility": "private"} if end == "private" else {"password": "secret"}
        draft = Draft(files=[NewFile(b"print('hello')\n" * 50, "notes.py")], **settings)
        publishing.revise(paste=paste, draft=draft, base=1, viewer=Viewer(user=alice))
    elif end == "deleted":
        publishing.remove(paste=paste, viewer=Viewer(user=alice))
    elif end == "hidden":
        moderation.hide(pastes=[paste], moderator=make_user("olga", is_staff=True, is_superuser=True), reason="Spam")
    elif end == "destroyed":
        expiry.destroy([paste.pk])
    else:
        Paste.objects.update(expires_at=timezone.now())
    answer = cold(paste.key)
    assert b"hello" not in answer.content
    assert answer.status_code == (200 if end == "locked" else 404)


def test_nothing_else_has_one(alice: User) -> None:
    private = make_paste(owner=alice, visibility="private")
    locked = make_paste(password="secret")
    once = make_paste(burn=True)
    mine = make_paste(owner=alice)
    published = publish()
    for key in (private.key, locked.key, once.key):
        cold(key)
    for key in (private.key, mine.key):
        client_for(alice).get(f"/{key}")
    for query in ("?line=1", "?published=1"):
        client_for().get(f"/{mine.key}{query}")
    client_for().get(f"/{published.paste.key}", headers={"X-Edit-Token": published.edit_token})
    client_for().get(f"/{mine.key}/1")
    assert not PageCopy.objects.exists()


def test_a_page_that_was_not_done_in_time_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    paste = make_paste(text="print('hello')\n", name="notes.py")

    def too_slow(*_arguments: object, **_options: object) -> None:
        raise pool.RenderTimeout

    with monkeypatch.context() as patched:
        patched.setattr(pool, "run", too_slow)
        assert "highlighting took too long" in made_anew(paste.key).text
    assert not PageCopy.objects.exists()


def test_it_is_made_anew_in_time(paste: Paste) -> None:
    page = shown(cold(paste.key))
    PageCopy.objects.update(made_at=timezone.now() - copies.KEPT, packed=b"old")
    assert shown(cold(paste.key)) == page
    assert bytes(PageCopy.objects.get().packed) != b"old"


def test_another_release_makes_its_own(paste: Paste, monkeypatch: pytest.MonkeyPatch) -> None:
    cold(paste.key)
    PageCopy.objects.update(packed=b"of the old one")
    monkeypatch.setattr(release, "fingerprint", lambda: "new")
    assert "hello" in cold(paste.key).text
    assert PageCopy.objects.get().made_by == "new"


def test_the_release_depends_on_the_code_and_the_settings(settings: Settings) -> None:
    fingerprint = release.fingerprint.__wrapped__
    before = fingerprint()
    assert fingerprint() == before
    settings.SITE_NAME = "Another"
    assert fingerprint() != before


def test_whoever_was_slow_keeps_what_nobody_is_sent(paste: Paste, alice: User) -> None:
    """Read before a change, kept after it."""
    read = Paste.objects.get(pk=paste.pk)
    close(paste, alice, alice)
    copies.keep(hot.squeeze(b"what was before", headers={}), paste=read, language="en")
    assert "hello" in cold(paste.key).text


@pytest.mark.django_db(transaction=True)
def test_whoever_was_slower_than_the_end_keeps_nothing() -> None:
    paste = make_paste()
    read = Paste.objects.get(pk=paste.pk)
    expiry.destroy([paste.pk])
    copies.keep(hot.squeeze(b"what was before", headers={}), paste=read, language="en")
    assert not PageCopy.objects.exists()


def test_it_is_asked_for_in_vain_when_the_database_is_away(paste: Paste, monkeypatch: pytest.MonkeyPatch) -> None:
    cold(paste.key)

    def broken(**_names: str) -> None:
        raise OperationalError

    monkeypatch.setattr(copies, "find", broken)
    assert "hello" in cold(paste.key).text


def test_old_ones_are_forgotten(paste: Paste) -> None:
    cold(paste.key)
    expiry.forget()
    assert PageCopy.objects.exists()
    expiry.forget(at=timezone.now() + copies.KEPT + timedelta(minutes=1))
    assert not PageCopy.objects.exists()


def test_a_site_without_an_address_keeps_none(paste: Paste, settings: Settings) -> None:
    settings.SITE_URL = ""
    assert cold(paste.key).status_code == 200
    assert not PageCopy.objects.exists()
