"""Plain readers who are signed in are sent before Django begins what Django would have sent to each of them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.middleware.csrf import _unmask_cipher_token  # type: ignore[attr-defined] # how forms are checked
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import domain as identity
from accounts.models import User
from pastebin import signed_in
from pastes import cache, hot
from pastes.domain import discussion, moderation, publishing, reactions, voting
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.domain.reactions import Given
from pastes.models import Like, Paste, Star
from pastes.views import stencils
from tests.factories import client_for, make_paste, make_user, viewer_for
from tests.hot.signed_in.readers import (
    SECRET,
    TOKEN,
    browser,
    forget,
    long,
    page_of,
    person,
    revise,
    say,
    short,
    stencils_of,
    straight,
    told,
    warm,
)

pytestmark = pytest.mark.django_db

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
        ({"accept-encoding": "gzip;q=0, br"}, False),
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
    assert cache.hits["signed_in"] == before + 1


@pytest.mark.parametrize("kind", PASTES)
def test_it_is_compressed_for_who_takes_that_but_for_what_is_theirs(kind: str, author: User) -> None:
    paste = make_paste(owner=author, **PASTES[kind])
    warm(path := f"/{paste.key}")
    reader = person("Al-ice.b_2", paste, unread=3, theme="dark")
    answer = short(browser(reader), path, **{"accept-encoding": "gzip, br"})
    assert (answer["Content-Encoding"], answer["Vary"]) == ("gzip", "Cookie, Accept-Language, Accept-Encoding")
    assert told(answer) == told(short(browser(reader), path)) == told(straight(reader).get(path))
    text = page_of(answer)
    assert len(answer.content) < len(text) / 2
    for secret in (*TOKEN.findall(text), "3 new notifications"):
        assert answer.content.count(secret.encode()) == text.count(secret) > 0, "it is not compressed with anything"


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


@pytest.mark.parametrize("gives", [Star, Like, None])
def test_nobody_is_asked_what_they_gave_until_somebody_gives_something(
    gives: type[Star] | None, paste: Paste, path: str, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """What this process holds says that nobody has; another one has made the page anew meanwhile."""
    client = browser(bob)
    short(client, path)
    with CaptureQueriesContext(connection) as captured:
        short(client, path)
    assert "pastes_star" not in captured[0]["sql"]
    if gives:
        reactions.react(kind=gives, paste=paste, viewer=viewer_for(bob), on=True)
    else:
        discussion.set_open(paste=paste, viewer=viewer_for(paste.owner), open=False)
    held = dict(signed_in._shelf._held)
    warm(path)
    browser(person("like-minded", paste, gives=[gives] if gives else [])).get(path)
    signed_in._shelf._held.clear()
    signed_in._shelf._held.update(held)
    expected = told(straight(bob).get(path))
    for queries in (2, 1):
        with django_assert_num_queries(queries):
            answer = short(client, path)
        assert told(answer) == expected
        assert answer.text.count('aria-pressed="true"') == (2 if gives else 1), "the language, and what was given"


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


def test_a_page_that_is_not_kept_costs_two_more_than_it_did(paste: Paste, bob: User) -> None:
    def queries(client: Client) -> int:
        forget()
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/{paste.key}")
        return len(captured)

    queries(browser(bob))
    assert queries(browser(bob)) == queries(straight(bob)) + 2


def test_nothing_of_whoever_was_first_is_in_what_is_kept(paste: Paste) -> None:
    wishes: dict[str, Any] = {"name": "Firstname", "unread": 4711, "theme": "dark", "email": "first@mail.example"}
    user = person("onlyfirst", paste, gives=[Star], **wishes)
    client = browser(user)
    answer = client.get(f"/{paste.key}", headers={"user-agent": "Firstbrowser", "referer": "http://first.example/"})
    kept = stencils_of(paste)
    [place] = kept
    assert place == ("en", stencils.variant(Given(star=True)))
    pieces = [part.text for part in kept[place].parts]
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
