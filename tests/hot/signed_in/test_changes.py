"""A change is seen with the next request of whoever is signed in, and so it is when something fails."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from pastebin import numbers, signed_in
from pastes import hot, release
from pastes.domain import counting, discussion, expiry, moderation, notifications, plain, publishing, reactions
from pastes.hot.stores import Memcached
from pastes.models import Like, Notification, Paste, Star
from tests.factories import client_for, make_user, viewer_for
from tests.hot.signed_in.readers import (
    browser,
    forget,
    long,
    revise,
    say,
    short,
    stencils_of,
    straight,
    text_of,
    told,
    warm,
)
from tests.services.process import LOOPBACK, free_port

pytestmark = pytest.mark.django_db


def hide(paste: Paste, author: User) -> None:
    del author
    moderation.hide(pastes=[paste], moderator=make_user("moderator"), reason="Spam")


def rename(paste: Paste, author: User) -> None:
    del paste
    client_for(author).post(reverse("accounts:settings"), {"name": "Somebody Else", "mail": "off"})
    author.refresh_from_db()
    assert author.name == "Somebody Else"


def look_at(paste: Paste) -> None:
    reader = viewer_for()
    counting.count_view(paste=paste, viewer=reader, agent="Mozilla/5.0 (X11) Firefox/140.0", host="")
    assert counting.flush_views() == 1


CHANGES: dict[str, Callable[[Paste, User], object]] = {
    "edited": revise,
    "deleted": lambda paste, author: publishing.remove(paste=paste, viewer=viewer_for(author)),
    "made private": lambda paste, author: revise(paste, author, visibility="private"),
    "hidden": hide,
    "ending": lambda paste, author: expiry.change(
        paste=paste, viewer=viewer_for(author), expires_at=timezone.now() + timedelta(hours=1)
    ),
    "starred": lambda paste, _: reactions.react(kind=Star, paste=paste, viewer=viewer_for(make_user("fan")), on=True),
    "liked": lambda paste, _: reactions.react(kind=Like, paste=paste, viewer=viewer_for(make_user("fan")), on=True),
    "talked about": lambda paste, _: say(paste, make_user("talker")),
    "closed": lambda paste, author: discussion.set_open(paste=paste, viewer=viewer_for(author), open=False),
    "by somebody with another name": rename,
    "looked at": lambda paste, _: look_at(paste),
    "the author's account closed": lambda _, author: moderation.ban(
        author=author, moderator=make_user("moderator"), reason="Spam"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_with_the_next_request(change: str, paste: Paste, path: str, author: User, bob: User) -> None:
    client, slow = browser(bob), straight(bob)
    before = short(client, path)
    CHANGES[change](paste, author)
    answer, expected = long(client, path), slow.get(path)
    assert answer.status_code == expected.status_code
    assert text_of(answer) == text_of(expected) != text_of(before)


def test_where_somebody_who_spoke_is_found_is_right_with_the_next_request(paste: Paste, bob: User) -> None:
    talker, moderator, path = make_user("talker"), make_user("moderator"), f"/{paste.key}"
    say(paste, talker)
    warm(path)
    client = browser(bob)
    assert 'href="/u/talker"' in short(client, path).text
    moderation.ban(author=talker, moderator=moderator, reason="Spam")
    for ask in (long, short):
        assert 'href="/u/talker"' not in ask(client, path).text
    moderation.unban(author=talker, moderator=moderator)
    for ask in (long, short):
        assert 'href="/u/talker"' in ask(client, path).text


def test_what_the_reader_does_is_seen_with_their_next_request(paste: Paste, path: str, bob: User) -> None:
    client = browser(bob)
    short(client, path)
    client.post("/preferences", {"theme": "dark", "next": path})
    assert '<html lang="en" data-theme="dark" data-account>' in short(client, path).text
    client.post("/preferences", {"language": "ru", "next": path})
    assert '<html lang="ru" data-theme="dark" data-account>' in long(client, path).text
    assert '<html lang="ru" data-theme="dark" data-account>' in short(client, path).text
    client.post(f"{path}/star", {"on": "1"})
    for ask in (long, short):
        assert ask(client, path).text.count('aria-pressed="true"') == 2, "the star, and the language"
    client.post("/preferences", {"comment_order": "oldest", "next": path})
    long(client, path)


def test_a_notification_is_seen_with_the_next_request(paste: Paste, path: str, bob: User) -> None:
    client = browser(bob)
    assert 'aria-label="Notifications"' in short(client, path).text
    notifications.tell(users=[bob], kind=Notification.Kind.COMMENT, event="comment:0")
    assert 'aria-label="1 new notification"' in short(client, path).text
    notifications.mark_read(user=bob)
    assert 'aria-label="Notifications"' in short(client, path).text


def test_another_name_is_seen_with_the_next_request(path: str, bob: User) -> None:
    client = browser(bob)
    short(client, path)
    User.objects.filter(pk=bob.pk).update(username="bobby")
    assert '<bdi class="clip">bobby</bdi>' in (answer := short(client, path)).text
    assert 'href="/u/bobby"' in answer.text


def test_a_page_ends_with_its_paste(paste: Paste, author: User, bob: User) -> None:
    expiry.change(paste=paste, viewer=viewer_for(author), expires_at=timezone.now() + timedelta(milliseconds=900))
    warm(f"/{paste.key}")
    assert not stencils_of(paste)
    time.sleep(1)
    assert long(browser(bob), f"/{paste.key}").status_code == 404


def test_what_a_process_holds_ends_with_its_paste(paste: Paste, author: User, bob: User) -> None:
    end = timezone.now() + timedelta(minutes=5)
    expiry.change(paste=paste, viewer=viewer_for(author), expires_at=end)
    warm(path := f"/{paste.key}")
    short(browser(bob), path)
    [(label, held)] = [(label, held) for label, held in signed_in._shelf._held.items() if path in label]
    assert end.timestamp() - 2 < held.until < end.timestamp()
    hot.clear()
    short(browser(bob), path)
    signed_in._shelf.put(label, replace(held, until=time.time() - 0.001))
    long(browser(bob), path)


def test_another_release_makes_its_own(path: str, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    short(browser(bob), path)
    monkeypatch.setattr(release, "fingerprint", lambda: "0" * 64)
    long(browser(bob), path)
    short(browser(bob), path)


def test_it_is_the_same_page_when_the_cache_is_gone(path: str, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = told(short(browser(bob), path))
    nowhere = Memcached([f"{LOOPBACK}:{free_port()}"])
    monkeypatch.setattr(hot, "_store", lambda: nowhere)
    assert told(short(browser(bob), path)) == expected, "this process has it, and the database says that it is right"
    signed_in._shelf._held.clear()
    assert told(long(browser(bob), path)) == expected


def test_a_change_is_seen_when_the_cache_is_gone(
    paste: Paste, path: str, author: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(browser(bob), path)
    nowhere = Memcached([f"{LOOPBACK}:{free_port()}"])
    monkeypatch.setattr(hot, "_store", lambda: nowhere)
    revise(paste, author)
    assert "<h1><bdi>New</bdi></h1>" in long(browser(bob), path).text


def test_it_is_the_same_page_where_nothing_can_be_kept(path: str, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = told(short(browser(bob), path))
    forget()
    monkeypatch.setattr(hot, "_store", lambda: None)
    assert told(long(browser(bob), path)) == expected


def test_django_is_asked_when_the_database_does_not_answer(
    path: str, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = told(short(browser(bob), path))

    def fail(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(plain, "find", fail)
    assert told(long(browser(bob), path)) == expected


def test_they_are_counted(path: str, bob: User) -> None:
    before = numbers.hits_of("pastes:paste")._value.get()
    short(browser(bob), path)
    assert numbers.hits_of("pastes:paste")._value.get() == before + 1
