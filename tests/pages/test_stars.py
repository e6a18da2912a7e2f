"""My stars: what I can still read, the newest star first, found by words, and as a feed whose address is a secret."""

import html as html_of
import re
from typing import Any

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from pastes.models import Paste, Star
from tests.access.everybody import end
from tests.factories import client_for, make_paste

pytestmark = pytest.mark.django_db

ROW = re.compile(r'<a class="title" href="/([^"]+)">')
NEXT = re.compile(r'href="(\?[^"]+)" rel="next"')
FEED = re.compile(r'<code class="secret" id="feed">http://testserver(/stars/feed/[^<]+)</code>')


def star(user: User, *pastes: Paste) -> None:
    Star.objects.bulk_create([Star(user=user, paste=paste) for paste in pastes])


def keys_of(user: User, **query: str) -> list[str]:
    return ROW.findall(client_for(user).get("/stars", query).text)


def feed_of(user: User) -> str:
    """The path of their feed, from the page that shows it."""
    found = FEED.search(client_for(user).get("/stars").text)
    assert found
    return found[1]


def test_it_asks_to_sign_in() -> None:
    assert client_for().get("/stars")["Location"] == "/accounts/login/?next=/stars"


def test_the_newest_star_comes_first_whatever_was_published_when(alice: User, bob: User) -> None:
    old, new, others = make_paste(name="a.txt"), make_paste(name="b.txt"), make_paste(name="c.txt")
    star(alice, new, old)
    star(bob, others)
    assert keys_of(alice) == [old.key, new.key]


def test_it_shows_only_what_can_still_be_read(alice: User, bob: User) -> None:
    drafts: dict[str, dict[str, Any]] = {
        "public": {},
        "unlisted": {"visibility": "unlisted"},
        "private": {"visibility": "private"},
        "password": {"password": "x"},
        "burn": {"burn": True},
        "limited": {"max_views": 5},
        "expired": {},
        "deleted": {},
        "hidden": {},
    }
    pastes = {kind: make_paste(owner=alice, name="a.txt", **draft) for kind, draft in drafts.items()}
    end(pastes)
    encrypted = make_paste(owner=alice, name="a.txt")
    Paste.objects.filter(pk=encrypted.pk).update(encrypted=True)
    everything = [*pastes.values(), encrypted]
    star(alice, *everything)
    star(bob, *everything)
    assert keys_of(bob) == [pastes["unlisted"].key, pastes["public"].key]
    own = ("limited", "burn", "password", "private", "unlisted", "public")
    assert keys_of(alice) == [encrypted.key, *(pastes[kind].key for kind in own)]
    bobs_feed = feedparser.parse(client_for().get(feed_of(bob)).content)
    assert [entry.link.rsplit("/", 1)[1] for entry in bobs_feed.entries] == keys_of(bob)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nginx", ["title"]),
        ("NGINX CaChE", ["title"]),
        ("cache nginx", ["title"]),
        ("nginx retry", []),
        ("потоки", ["description"]),
        ("%", ["file"]),
        ("100%", ["file"]),
        ("1_0", []),
        ("_", []),
        ("a.b", []),
        (".*", []),
        ("[", []),
        ("\\", []),
        ("'", []),
        ("\0", ["file", "description", "title"]),
        ("x" * 10_000, []),
        ("q " * 5_000, []),
        ("   ", ["file", "description", "title"]),
    ],
)
def test_it_finds_words_in_title_description_and_file_name(alice: User, text: str, found: list[str]) -> None:
    """Promise 21."""
    pastes = {
        "title": make_paste(title="nginx: cache with gzip", name="a.txt"),
        "description": make_paste(description="Потоки и retry", name="b.txt"),
        "file": make_paste(name="100%.txt"),
    }
    star(alice, *pastes.values())
    assert keys_of(alice, q=text) == [pastes[kind].key for kind in found]


def test_the_search_stays_from_page_to_page(alice: User) -> None:
    star(alice, *(make_paste(title="wanted" if n % 2 else "other", name="a.txt") for n in range(60)))
    page = client_for(alice).get("/stars?q=wanted").text
    following = NEXT.search(page)
    assert following
    rest = client_for(alice).get("/stars" + html_of.unescape(following[1])).text
    keys = ROW.findall(page) + ROW.findall(rest)
    assert (len(keys), len(set(keys))) == (30, 30)
    assert NEXT.search(rest) is None


def test_a_star_is_taken_back_from_the_list(alice: User) -> None:
    paste = make_paste(name="a.txt")
    browser = client_for(alice)
    browser.post(f"/{paste.key}/star", {"on": "1"})
    page = browser.get("/stars").text
    assert f'action="/{paste.key}/star"' in page
    assert 'name="from" value="stars"' in page
    fragment = browser.post(f"/{paste.key}/star", {"on": "0", "from": "stars"}, headers={"HX-Request": "true"}).text
    assert 'name="from" value="stars"' in fragment
    assert 'aria-pressed="false"' in fragment
    browser.post(f"/{paste.key}/star", {"on": "1"})
    response = browser.post(f"/{paste.key}/star", {"on": "0", "from": "stars"})
    assert (response.status_code, response["Location"]) == (303, "/stars")
    assert keys_of(alice) == []


def test_it_says_what_to_do_where_there_is_nothing(alice: User) -> None:
    assert "You have not starred anything yet" in client_for(alice).get("/stars").text
    star(alice, make_paste(name="a.txt"))
    assert "None of your stars has “&lt;b&gt;”" in client_for(alice).get("/stars?q=<b>").text
    assert "To its start" in client_for(alice).get("/stars?after=0").text


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "1e9", "\0", "²", "x" * 10_000])
def test_a_place_that_cannot_be_read_is_the_start(alice: User, after: str) -> None:
    """Promise 21."""
    paste = make_paste(name="a.txt")
    star(alice, paste)
    assert keys_of(alice, after=after) == [paste.key]


def test_it_asks_the_database_as_often_for_many_as_for_few(alice: User, bob: User) -> None:
    asked = []
    client = client_for(alice)
    for count in (3, 30):
        star(alice, *(make_paste(owner=bob, name="a.txt") for _ in range(count)))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/stars")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_its_feed_is_read_without_signing_in(alice: User, bob: User) -> None:
    own = make_paste(owner=alice, title="My secret plan", visibility="private")
    star(alice, make_paste(title="First", owner=bob), own)
    response = client_for().get(feed_of(alice))
    feed = feedparser.parse(response.content)
    assert feed.bozo == 0
    assert [entry.title for entry in feed.entries] == ["My secret plan", "First"]
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert client_for().get(feed_of(alice), headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_a_new_address_ends_the_old_one_at_once(alice: User) -> None:
    old = feed_of(alice)
    browser = client_for(alice)
    assert browser.get("/stars/feed").status_code == 405
    response = browser.post("/stars/feed")
    assert (response.status_code, response["Location"]) == (303, "/stars")
    assert "has a new address" in browser.get("/stars").text
    assert client_for().get(old).status_code == 404
    assert client_for().get(feed_of(alice)).status_code == 200


def test_the_feed_of_who_was_banned_is_not_there(alice: User) -> None:
    address = feed_of(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client_for().get(address).status_code == 404
