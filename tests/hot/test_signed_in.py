"""What plain readers who are signed in get before Django begins: what Django would have sent to each of them."""

import re
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.middleware.csrf import _unmask_cipher_token  # type: ignore[attr-defined] # how forms are checked
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import domain as identity
from accounts.models import User
from pastebin import numbers, signed_in
from pastes import cache, hot, release
from pastes.domain import counting, discussion, expiry, moderation, notifications, plain, publishing, reactions, voting
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.domain.reactions import Given
from pastes.hot.stores import Memcached
from pastes.models import Comment, Like, Notification, Paste, Star
from pastes.views import stencils
from pastes.views.stencils import Stencil
from tests.factories import HTML, client_for, make_paste, make_user, viewer_for
from tests.services.process import LOOPBACK, free_port

pytestmark = pytest.mark.django_db

SECRET = "abcdefghABCDEFGH0123456789abcdef"
"""Of a browser that has had a form."""
TOKEN = re.compile(r'(?<=value=")[A-Za-z0-9]{64}(?=")|(?<="X-CSRFToken": ")[A-Za-z0-9]{64}(?=")')

RANDOM = re.compile(rf"{TOKEN.pattern}|(?<=<code>)[0-9a-f]{{16}}(?=</code>)")
"""Masked tokens, and the id of a request in a page that says what went wrong."""

READERS: dict[str, dict[str, Any]] = {
    "bob": {},
    "Al-ice.b_2": {"name": "<b>Алиса</b> & \u202eco", "unread": 1},
    "carol": {"name": "כרמל", "unread": 2, "theme": "dark", "gives": [Star]},
    "dave": {"unread": 99, "theme": "light", "gives": [Like]},
    "erin": {"unread": 100, "language": "ru", "gives": [Star, Like]},
    "frank": {"unread": 21, "language": "ru", "theme": "dark"},
    "grace": {"unread": 1_000_000, "language": "en"},
}
"""People by their user names, with what an account remembers and what they have given to the paste."""

PASTES: dict[str, dict[str, Any]] = {
    "python": {"name": "a.py", "text": "print('{{ user }} \\0 token name bell theme')\n" * 80},
    "markdown": {"name": "a.md", "text": "# Title\n\n<b>bold</b> *text*\n"},
    "table": {"name": "a.csv", "text": "a,b\n1,2\n"},
    "log": {"name": "a.log", "text": "2026-01-01 12:00:00 ERROR no\n2026-01-01 12:00:01 INFO yes\n" * 40},
    "several-files": {"files": [NewFile(f"text {number}\n".encode(), f"{number}.txt") for number in range(8)]},
    "unlisted": {"visibility": "unlisted", "title": "<i>Quiet</i>"},
    "tagged": {"tags": "one два", "description": "What it is\nabout", "title": "Name"},
    "ends": {"expires_at": timezone.now() + timedelta(days=1)},
    "bytes": {"text": b"\xff\x00\xfe", "name": "a.bin"},
}


def straight(user: User | None) -> Client:
    """A browser whose requests Django alone answers."""
    client = Client(headers={"accept": HTML})
    if user:
        client.force_login(user, backend="accounts.sessions.Backend")
    client.cookies["csrftoken"] = SECRET
    return client


def browser(user: User) -> Client:
    """The same, whose requests go the short way first."""
    client = client_for(user)
    client.cookies["csrftoken"] = SECRET
    return client


def text_of(answer: Any) -> str:
    """What the reader of an answer sees, but for what is random."""
    return RANDOM.sub("", answer.text)


def told(answer: Any) -> tuple[Any, ...]:
    """All that an answer to somebody signed in says, but for what is random."""
    tokens = set(TOKEN.findall(answer.text))
    assert [_unmask_cipher_token(token) for token in tokens] == [SECRET], "one token, of the browser's own secret"
    cookies = {name: re.sub("expires=[^;]+", "", morsel.OutputString()) for name, morsel in answer.cookies.items()}
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
    return answer.status_code, text_of(answer), headers, cookies


def short(client: Client, path: str, **headers: str) -> Any:
    """The answer, in which Django had no part."""
    before = cache.hits["signed_in"]
    answer = client.get(path, headers=headers)
    assert cache.hits["signed_in"] == before + 1, "this is answered before Django begins"
    return answer


def long(client: Client, path: str, **headers: str) -> Any:
    """The answer, which only Django can have given."""
    before = cache.hits["signed_in"]
    answer = client.get(path, headers=headers)
    assert cache.hits["signed_in"] == before, "this is left to Django"
    return answer


def person(username: str, paste: Paste, *, gives: Any = (), **fields: Any) -> User:
    user = make_user(username)
    User.objects.filter(pk=user.pk).update(**fields)
    for kind in gives:
        reactions.react(kind=kind, paste=paste, viewer=viewer_for(user), on=True)
    user.refresh_from_db()
    return user


def warm(path: str, **fields: Any) -> None:
    """Let somebody read it first."""
    browser(person(f"first-{User.objects.count()}", Paste(), **fields)).get(path)


@pytest.fixture
def author() -> User:
    return make_user("author")


@pytest.fixture
def paste(author: User) -> Paste:
    return make_paste(owner=author, name="a.py", text="print('hello')\n" * 20)


@pytest.fixture
def path(paste: Paste) -> str:
    """Where a paste is whose page somebody has read."""
    warm(f"/{paste.key}")
    return f"/{paste.key}"


def forget() -> None:
    """Let neither the cache nor this process have anything."""
    hot.clear()
    signed_in._shelf._held.clear()


def say(paste: Paste, user: User, body: str = "**So**", **fields: Any) -> Comment:
    return discussion.create(paste=paste, viewer=viewer_for(user), body=body, **fields)


# --- What is sent ----------------------------------------------------------------------------------------------------


def each_reader_gets_their_page(paste: Paste) -> None:
    people = [person(username, paste, **wishes) for username, wishes in READERS.items()]
    path = f"/{paste.key}"
    for user in people:
        assert told(browser(user).get(path)) == told(straight(user).get(path)), user
    for user in people:
        answer = short(browser(user), path)
        assert told(answer) == told(straight(user).get(path)), user
        assert f'<bdi class="clip">{user.username}</bdi>' in answer.text


@pytest.mark.parametrize("kind", PASTES)
def test_each_reader_gets_what_django_would_send_them(kind: str, author: User) -> None:
    each_reader_gets_their_page(make_paste(owner=author, **PASTES[kind]))


def test_so_they_do_where_it_is_a_fork_of_nobody(paste: Paste) -> None:
    draft = Draft(files=[NewFile(b"fork\n", "b.txt")])
    each_reader_gets_their_page(publishing.fork(paste=paste, draft=draft, viewer=viewer_for()).paste)


def test_so_they_do_where_it_has_been_edited_and_talked_about(paste: Paste, author: User) -> None:
    talker, leaver, moderator = make_user("talker"), make_user("leaver"), make_user("moderator")
    first = say(paste, talker)
    say(paste, author, "Yes", parent_id=first.pk)
    gone = say(paste, leaver, "Rude")
    moderation.remove_comments(comments=[gone], moderator=moderator, reason="It was rude.")
    identity.remove(user=leaver)
    voting.vote(comment=first, viewer=viewer_for(author), value=1)
    revise(paste, author)
    each_reader_gets_their_page(Paste.objects.get(pk=paste.pk))
    assert "It was rude." not in client_for(make_user("late")).get(f"/{paste.key}").text


def test_so_they_do_where_the_discussion_is_closed(paste: Paste, author: User) -> None:
    say(paste, make_user("talker"))
    discussion.set_open(paste=paste, viewer=viewer_for(author), open=False)
    each_reader_gets_their_page(paste)


@pytest.mark.parametrize(
    ("headers", "secure"),
    [
        ({"accept-language": "ru"}, False),
        ({"accept-language": "de, ru;q=0.5", "accept-encoding": "gzip"}, False),
        ({"accept": "*/*", "user-agent": "curl/8.0"}, False),
        ({"if-none-match": "*"}, False),
        ({}, True),
    ],
)
def test_whatever_else_they_send_makes_as_little_difference(
    paste: Paste, headers: dict[str, str], secure: bool, bob: User
) -> None:
    path = f"/{paste.key}"
    before = cache.hits["signed_in"]
    for _ in range(2):
        quick = browser(bob).get(path, headers=headers, secure=secure)
        assert told(quick) == told(straight(bob).get(path, headers=headers, secure=secure))
        assert "Content-Encoding" not in quick
    assert cache.hits["signed_in"] == before + 1


def test_a_token_is_good_for_forms(path: str, bob: User, paste: Paste) -> None:
    client = client_for(bob, csrf=True)
    answer = short(client, path)
    token = TOKEN.findall(answer.text)[0]
    assert client.post(f"{path}/star", {"on": "1"}).status_code == 403
    assert client.post(f"{path}/star", {"on": "1", "csrfmiddlewaretoken": token}).status_code == 303
    assert f'id="star-{paste.key}" aria-pressed="true"' in client.get(path).text


def test_a_masked_secret_is_that_of_django_and_new_each_time() -> None:
    masked = {signed_in.mask(SECRET) for _ in range(3_000)}
    assert len(masked) == 3_000
    assert {_unmask_cipher_token(token) for token in masked} == {SECRET}
    assert {len(token) for token in masked} == {64}
    for place in range(64):
        assert len({token[place] for token in masked}) == 62, "any character may stand anywhere"


def test_a_browser_without_a_secret_for_forms_is_given_one(path: str, bob: User) -> None:
    secrets = []
    for _ in range(2):
        answer = short(client_for(bob), path)
        secrets.append(answer.cookies["csrftoken"].value)
        assert {_unmask_cipher_token(token) for token in TOKEN.findall(answer.text)} == {secrets[-1]}
    assert secrets[0] != secrets[1]


def test_it_takes_one_query_and_one_more_where_the_session_is_new(
    path: str, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browser(bob)
    for queries in (2, 1, 1):
        with django_assert_num_queries(queries):
            short(client, path)


def test_what_a_process_remembers_of_a_session_is_a_guess(path: str, alice: User, bob: User) -> None:
    client = browser(bob)
    expected = told(short(client, path))
    name = client.cookies["sessionid"].value
    for guess in (alice.pk, 2**60):
        signed_in._guesses[name] = guess
        assert told(long(client, path)) == expected, "it was wrong"
        assert told(short(client, path)) == expected, "and is forgotten"


def test_a_process_remembers_so_many(path: str, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_in, "GUESSES", 3)
    for _ in range(5):
        short(browser(bob), path)
        assert len(signed_in._guesses) <= 3


def test_a_page_that_is_not_kept_costs_one_more_than_it_did(paste: Paste, bob: User) -> None:
    def queries(client: Client) -> int:
        forget()
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/{paste.key}")
        return len(captured)

    queries(browser(bob))
    assert queries(browser(bob)) == queries(straight(bob)) + 1


def stencils_of(paste: Paste) -> dict[tuple[str, str], Stencil]:
    """What is kept of a paste, by language and what its readers have given."""
    places, origin = signed_in._places(), "http://testserver"
    _lease, kept = hot.find_variants(subject=paste.key, path=f"/{paste.key}", origin=origin, places=places)
    return {place: Stencil.of(zlib.decompress(entry.packed, signed_in.GZIP)) for place, entry in kept.items()}


def test_nothing_of_whoever_was_first_is_in_what_is_kept(paste: Paste) -> None:
    wishes: dict[str, Any] = {"name": "Firstname", "unread": 4711, "theme": "dark", "email": "first@mail.example"}
    user = person("onlyfirst", paste, gives=[Star], **wishes)
    client = browser(user)
    answer = client.get(f"/{paste.key}", headers={"user-agent": "Firstbrowser", "referer": "http://first.example/"})
    kept = stencils_of(paste)
    [place] = kept
    assert place == ("en", stencils.variant(Given(star=True)))
    pieces = kept[place].pieces
    text, blanks = b"\1".join(pieces[::2]).decode(), pieces[1::2]
    assert set(blanks) == {b"theme", b"token", b"bell", b"name"}
    of_them = [
        *(user.username, user.name, user.email, "4711", user.password),
        *(client.cookies["sessionid"].value, SECRET, *TOKEN.findall(answer.text)),
        *('data-theme="', "Firstbrowser", "first.example", answer["X-Request-ID"]),
    ]
    assert [word for word in of_them if word in text] == []
    assert not re.search("[0-9a-f]{32}", text), "and nothing of whoever was made up for it"
    assert f"<bdi>{paste.owner}</bdi>" in text


def test_a_page_in_which_a_blank_is_missing_is_not_kept(
    paste: Paste, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stencils, "_theme", lambda theme: f' data-design="{theme}"')
    expected = told(straight(bob).get(f"/{paste.key}"))
    assert told(browser(bob).get(f"/{paste.key}")) == expected
    assert not stencils_of(paste)


def test_a_page_made_from_before_a_change_is_not_sent_after_it(
    paste: Paste, author: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alice begins to read, her page is made; the paste is changed; only then is the page kept."""
    keep = hot.keep

    def late(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(hot, "keep", keep)
        revise(paste, author)
        keep(*args, **kwargs)

    monkeypatch.setattr(hot, "keep", late)
    warm(f"/{paste.key}")
    assert "<h1><bdi>New</bdi></h1>" in long(browser(bob), f"/{paste.key}").text
    assert "<h1><bdi>New</bdi></h1>" in short(browser(bob), f"/{paste.key}").text


def test_a_star_given_while_the_page_is_made_is_on_no_page_of_others(
    paste: Paste, author: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page shows what its reader had given when it was made, which is not what they had when they asked."""
    early = person("early", paste)
    answer = signed_in._answer

    def then_star(*args: Any) -> Any:
        found = answer(*args)
        reactions.react(kind=Star, paste=paste, viewer=viewer_for(early), on=True)
        return found

    monkeypatch.setattr(signed_in, "_answer", then_star)
    assert f'id="star-{paste.key}" aria-pressed="true"' in browser(early).get(f"/{paste.key}").text
    monkeypatch.undo()
    for user in (bob, early):
        assert told(browser(user).get(f"/{paste.key}")) == told(straight(user).get(f"/{paste.key}"))


# --- Who is left to Django -------------------------------------------------------------------------------------------


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


# --- Whose session it is ---------------------------------------------------------------------------------------------


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


# --- What has changed ------------------------------------------------------------------------------------------------


def revise(paste: Paste, author: User, **fields: Any) -> None:
    draft = Draft(files=[NewFile(b"new\n", "b.py")], title="New", **fields)
    publishing.revise(paste=paste, draft=draft, base=paste.revision_count, viewer=viewer_for(author))


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


# --- What fails ------------------------------------------------------------------------------------------------------


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
