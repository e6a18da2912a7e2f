"""Whoever is not plain, or not signed in any more, is left to Django, and nothing of them is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts import domain as identity
from accounts.models import User
from pastebin import signed_in
from pastes import cache
from pastes.domain import expiry, moderation, voting
from pastes.models import Paste
from tests.factories import make_paste, make_user, viewer_for
from tests.hot.signed_in.readers import browser, forget, long, say, short, stencils_of, straight, text_of, told, warm

pytestmark = pytest.mark.django_db


def owner(paste: Paste, bob: User) -> Client:
    Paste.objects.filter(pk=paste.pk).update(owner=bob)
    expiry.drop_page(paste)
    warm(f"/{paste.key}")
    return browser(bob)


def speaker(paste: Paste, bob: User) -> Client:
    say(paste, bob)
    warm(f"/{paste.key}")
    return browser(bob)


def removed(paste: Paste, bob: User) -> Client:
    moderation.remove_comments(comments=[say(paste, bob)], moderator=make_user("moderator"), reason="It was rude.")
    warm(f"/{paste.key}")
    return browser(bob)


def voter(paste: Paste, bob: User) -> Client:
    voting.vote(comment=say(paste, make_user("talker")), viewer=viewer_for(bob), value=-1)
    warm(f"/{paste.key}")
    return browser(bob)


def field(**fields: Any) -> Callable[[Paste, User], Client]:
    def change(paste: Paste, bob: User) -> Client:
        del paste
        User.objects.filter(pk=bob.pk).update(**fields)
        bob.refresh_from_db()
        return browser(bob)

    return change


def cookie(name: str, value: str) -> Callable[[Paste, User], Client]:
    def bring(paste: Paste, bob: User) -> Client:
        del paste
        client = browser(bob)
        client.cookies[name] = value
        return client

    return bring


def message(paste: Paste, bob: User) -> Client:
    storage: Any = CookieStorage(HttpRequest())
    told_once = storage._encode([Message(constants.INFO, "Saved.")])
    client = cookie("messages", told_once)(paste, bob)
    assert "Saved." in client.get(f"/{paste.key}").text
    client.cookies["messages"] = told_once
    return client


NOT_PLAIN = {
    "the author": owner,
    "who said something": speaker,
    "whose comment was removed": removed,
    "who voted": voter,
    "staff": field(is_staff=True),
    "another order of comments": field(comment_order="newest"),
    "a name that is no word": field(username="<b>bob&"),
    "a name in other letters": field(username="бобёр"),
    "something to be told": message,
    "who may edit something": cookie("edit_token", "x"),
    "a guest": cookie("share_token", "x"),
    "who has given a password": cookie("unlocked", "x"),
}


@pytest.mark.parametrize("way", NOT_PLAIN)
def test_who_is_not_plain_gets_the_page_of_django(way: str, paste: Paste, path: str, bob: User) -> None:
    client = NOT_PLAIN[way](paste, bob)
    bob.refresh_from_db()
    same = straight(bob)
    for name, morsel in client.cookies.items():
        same.cookies[name] = morsel.value
    expected = same.get(path)
    assert told(long(client, path)) == told(expected)


@pytest.mark.parametrize("way", ["owner", "speaker", "voter", "removed"])
def test_of_whoever_is_not_plain_nothing_is_kept(way: str, paste: Paste, bob: User) -> None:
    client = globals()[way](paste, bob)
    forget()
    for _ in range(2):
        long(client, f"/{paste.key}")
    assert not stencils_of(paste)


@pytest.mark.parametrize(
    "headers",
    [
        {"hx-request": "true"},
        {"authorization": "Bearer x"},
        {"x-edit-token": "x"},
        {"x-paste-password": "x"},
        {"range": "bytes=0-9"},
        {"if-modified-since": "Wed, 21 Oct 2015 07:28:00 GMT"},
    ],
)
def test_so_does_a_request_with_something_of_its_own(headers: dict[str, str], path: str, bob: User) -> None:
    long(browser(bob), path, **headers)


@pytest.mark.parametrize("end", ["?line=1", "?x", ".txt", "/raw", "/revisions/1", "/comments"])
def test_so_does_every_other_address(end: str, path: str, bob: User) -> None:
    for _ in range(2):
        assert long(browser(bob), f"{path}{end}").status_code == 200


@pytest.mark.parametrize("draft", [{"visibility": "private"}, {"password": "s"}, {"burn": True}, {"max_views": 3}])
def test_a_paste_that_is_not_for_everybody_is_not_kept(draft: dict[str, Any], author: User, bob: User) -> None:
    paste = make_paste(owner=author, **draft)
    for user in (author, bob, bob):
        long(browser(user), f"/{paste.key}")
    assert not stencils_of(paste)


def test_a_head_is_left_to_django(path: str, bob: User) -> None:
    before = cache.hits["signed_in"]
    assert browser(bob).head(path).status_code == 200
    assert cache.hits["signed_in"] == before


def sign_out(client: Client, bob: User) -> None:
    del bob
    before = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    client.cookies["sessionid"] = before


def let_it_end(client: Client, bob: User) -> None:
    del client, bob
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def forge(client: Client, bob: User) -> None:
    del bob
    row = Session.objects.get(session_key=client.cookies["sessionid"].value)
    row.session_data = f"{row.session_data[:-2]}xx"
    row.save()


def guess(client: Client, bob: User) -> None:
    del bob
    client.cookies["sessionid"] = "0123456789abcdefghijklmnopqrstuv"


def misspell(client: Client, bob: User) -> None:
    del bob
    client.cookies["sessionid"] = "%00' OR 1=1"


def change_password(client: Client, bob: User) -> None:
    del client
    bob.set_password("another")
    bob.save()


def close(client: Client, bob: User) -> None:
    del client
    identity.remove(user=bob)


def ban(client: Client, bob: User) -> None:
    del client
    moderation.ban(author=bob, moderator=make_user("moderator"), reason="Spam")


def switch_off(client: Client, bob: User) -> None:
    del client
    User.objects.filter(pk=bob.pk).update(is_active=False)


ENDS = [sign_out, let_it_end, forge, guess, misspell, change_password, close, ban, switch_off]


@pytest.mark.parametrize("remembered", [True, False])
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_who_is_not_signed_in_any_more_is_nobody(
    end: Callable[[Client, User], None], remembered: bool, path: str, bob: User
) -> None:
    quick, slow = browser(bob), straight(bob)
    short(quick, path)
    end(quick, bob)
    if not remembered:
        signed_in._guesses.clear()
    if end not in {close, ban, change_password, switch_off, let_it_end}:
        end(slow, bob)
    answer, expected = long(quick, path), slow.get(path)
    assert "data-account" not in answer.text
    assert "bob" not in answer.text
    assert text_of(answer) == text_of(expected)
    assert answer.status_code == expected.status_code == 200
