"""Atom feeds: what is public and live, readable by the programs people use for them."""

from datetime import datetime, timedelta
from typing import Any

import feedparser
import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from pastes.domain import indexing
from pastes.models import Comment, Paste
from tests.access.everybody import DRAFTS, end
from tests.factories import client_for, make_paste

pytestmark = pytest.mark.django_db

EVIL = '</title><script>alert(1)</script>&"]]>'
CONTROLS = "a\x01b\x0bc\x1fd\ufffee\uffffg"


def read(url: str, user: User | None = None, *, headers: dict[str, str] | None = None) -> Any:
    """The feed as a feed reader understands it; one that is not well-formed fails the test."""
    response = client_for(user, browser=False).get(url, headers=headers)
    assert response.status_code == 200, url
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(response.content)
    assert feed.bozo == 0, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def titles(url: str, user: User | None = None) -> list[str]:
    return [entry.title for entry in read(url, user).entries]


def test_it_says_what_a_paste_is(alice: User) -> None:
    alice.name = "Алиса"
    alice.save()
    paste = make_paste(owner=alice, text="import os\n<b>not bold</b>\n", name="a.py", title="A title")
    [entry] = read("/recent.atom").entries
    assert (entry.title, entry.link) == ("A title", f"http://testserver/{paste.key}")
    assert entry.id == f"tag:testserver,{paste.created:%Y-%m-%d}:{paste.key}"
    assert entry.author == "Алиса"
    assert entry.author_detail.href == "http://testserver/u/alice"
    assert entry.summary_detail.type == "text/plain"
    assert "<b>not bold</b>" in entry.summary
    assert [tag.term for tag in entry.tags] == ["python"]
    assert datetime.fromisoformat(entry.published) == paste.created
    assert datetime.fromisoformat(entry.updated) == paste.updated


def test_it_knows_itself_and_the_page_it_is_of() -> None:
    feed = read("/recent.atom?language=python").feed
    links = {link.rel: link.href for link in feed.links}
    assert links["self"] == feed.id == "http://testserver/recent.atom?language=python"
    assert links["alternate"] == "http://testserver/recent?language=python"
    assert feed.title == "Recent pastes in Python · Pastebin"


def test_it_uses_the_address_the_operator_gave(settings: Settings) -> None:
    settings.SITE_URL = "https://paste.example.org"
    paste = make_paste()
    [entry] = read("/recent.atom").entries
    assert entry.link == f"https://paste.example.org/{paste.key}"
    assert entry.id.startswith("tag:paste.example.org,")


def test_an_entry_keeps_its_id_when_it_is_edited() -> None:
    paste = make_paste(title="before")
    [before] = read("/recent.atom").entries
    Paste.objects.update(title="after", updated=timezone.now() + timedelta(hours=1))
    [after] = read("/recent.atom").entries
    assert (before.id, paste.key in before.id) == (after.id, True)
    assert before.updated < after.updated
    assert before.published == after.published


@pytest.mark.parametrize("url", ["/recent.atom", "/popular.atom", "/tags/none.atom"])
def test_it_is_a_feed_even_when_it_is_empty(url: str) -> None:
    first, second = read(url), read(url)
    assert first.entries == []
    assert first.feed.updated == second.feed.updated == "1970-01-01T00:00:00+00:00"


def popular(paste: Paste, popularity: float) -> None:
    Paste.objects.filter(pk=paste.pk).update(popularity=popularity)


def test_what_is_popular_comes_in_its_order() -> None:
    some, most, python, never = (
        make_paste(title="some"),
        make_paste(title="most"),
        make_paste(title="python", name="a.py"),
        make_paste(),
    )
    for paste, popularity in ((some, 1.0), (most, 3.0), (python, 2.0), (never, 0)):
        popular(paste, popularity)
    assert titles("/popular.atom") == ["most", "python", "some"]
    assert titles("/popular.atom?language=python") == ["python"]
    response = client_for(browser=False).get("/popular.atom")
    assert "Last-Modified" not in response, "an old paste may become popular"
    popular(some, 4.0)
    again = client_for(browser=False).get("/popular.atom", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 200


def test_a_tag_has_a_feed() -> None:
    make_paste(title="tagged", tags="c++ deploy", name="a.py")
    make_paste(title="other")
    [entry] = read("/tags/c++.atom").entries
    assert (entry.title, [tag.term for tag in entry.tags]) == ("tagged", ["python", "c++", "deploy"])
    assert titles("/tags/%23C++.atom") == ["tagged"]
    assert client_for(browser=False).get("/tags/%3Cb%3E.atom").status_code == 404
    assert 'href="/tags/c++.atom"' in client_for().get("/tags/c++").text


class TestSearch:
    def test_it_holds_what_everybody_finds(self, alice: User) -> None:
        pastes = {kind: make_paste(owner=alice, title=f"needle {kind}", **draft) for kind, draft in DRAFTS.items()}
        end(pastes)
        make_paste(title="needle in python", name="a.py")
        make_paste(title="hay")
        list(indexing.index_all())
        for user in (None, alice):
            assert titles("/search.atom?q=needle", user) == ["needle in python", "needle public"]
            assert titles("/search.atom?q=needle&mine=on", user) == ["needle in python", "needle public"]
        assert titles("/search.atom?q=needle&language=python") == ["needle in python"]
        assert titles("/search.atom?q=needle&author=alice") == ["needle public"]

    def test_it_says_what_was_searched_for(self) -> None:
        indexing.index(make_paste(title=EVIL).pk)
        feed = read("/search.atom?q=%3Cscript%3E&utm=1")
        assert feed.feed.title == "Search for “<script>” · Pastebin"
        assert [entry.title for entry in feed.entries] == [EVIL]
        links = {link.rel: link.href for link in feed.feed.links}
        assert links["alternate"] == "http://testserver/search?q=%3Cscript%3E"

    def test_its_page_names_it(self) -> None:
        indexing.index(make_paste(title="a needle").pk)
        html = client_for().get("/search?q=needle&language=").text
        assert 'href="/search.atom?q=needle&amp;language="' in html

    @pytest.mark.parametrize(
        ("query", "status"),
        [("", 200), ("q=", 200), ("q=%25_'%22", 200), ("q=" + "x" * 10_000, 422), ("q=%00", 422), ("since=x&q=a", 422)],
    )
    def test_it_bears_every_parameter(self, query: str, status: int) -> None:
        assert client_for(browser=False).get(f"/search.atom?{query}").status_code == status


class TestThread:
    def say(self, paste: Paste, author: User | None, body: str, **fields: Any) -> Comment:
        comment = Comment.objects.create(paste=paste, author=author, body=body, **fields)
        Paste.objects.filter(pk=paste.pk).update(comments=F("comments") + 1)
        return comment

    def test_it_holds_what_was_said_last_first(self, alice: User, bob: User) -> None:
        paste = make_paste(owner=alice, title="A title")
        first = self.say(paste, bob, "the *first* <b>")
        self.say(paste, alice, "an answer", parent=first, root=first, depth=1)
        self.say(paste, bob, "taken back", deleted=timezone.now())
        self.say(paste, None, "of nobody any more")
        self.say(make_paste(), bob, "on another paste")
        feed = read(f"/{paste.key}/comments.atom")
        assert feed.feed.title == "Comments on A title · Pastebin"
        assert [entry.summary for entry in feed.entries] == ["of nobody any more", "an answer", "the *first* <b>"]
        [gone, answer, oldest] = feed.entries
        assert (oldest.title, oldest.author) == ("bob on A title", "bob")
        assert oldest.link == f"http://testserver/{paste.key}/comments/{first.pk}#comment-{first.pk}"
        assert oldest.id == f"tag:testserver,{first.created:%Y-%m-%d}:{paste.key}/comments/{first.pk}"
        assert len({gone.id, answer.id, oldest.id}) == 3
        assert client_for().get(oldest.link.removeprefix("http://testserver")).status_code == 200

    def test_an_edited_comment_is_updated(self, bob: User) -> None:
        paste = make_paste()
        comment = self.say(paste, bob, "before")
        url = f"/{paste.key}/comments.atom"
        first = client_for(browser=False).get(url)
        Comment.objects.filter(pk=comment.pk).update(body="after", edited=timezone.now() + timedelta(minutes=1))
        [entry] = read(url, headers={"if-modified-since": first["Last-Modified"]}).entries
        assert entry.summary == "after"
        assert entry.updated > entry.published

    def test_it_is_for_whoever_may_read_the_paste(self, alice: User, bob: User) -> None:
        pastes = {kind: make_paste(owner=alice, **draft) for kind, draft in DRAFTS.items()}
        end(pastes)
        for paste in pastes.values():
            self.say(paste, bob, "said")
        statuses = {
            kind: client_for(browser=False).get(f"/{paste.key}/comments.atom").status_code
            for kind, paste in pastes.items()
        }
        assert statuses == {
            "public": 200, "unlisted": 200, "private": 404, "password": 403, "burn": 403,
            "expired": 404, "deleted": 404, "hidden": 404,
        }  # fmt: skip
        mine = client_for(alice).get(f"/{pastes['private'].key}/comments.atom")
        assert (mine.status_code, mine["Cache-Control"]) == (200, "private, no-store")
        unlisted = client_for(browser=False).get(f"/{pastes['unlisted'].key}/comments.atom")
        assert unlisted["X-Robots-Tag"] == "noindex"
        for kind, named in (("public", True), ("unlisted", True), ("private", False), ("password", False)):
            page = client_for(alice).get(f"/{pastes[kind].key}").text
            assert (f'href="/{pastes[kind].key}/comments.atom"' in page) is named, kind

    def test_it_bears_every_character(self, alice: User) -> None:
        alice.name = EVIL[:80]
        alice.save()
        paste = make_paste(owner=alice, title=EVIL)
        self.say(paste, alice, CONTROLS + EVIL)
        [entry] = read(f"/{paste.key}/comments.atom").entries
        assert entry.summary == "abcdeg" + EVIL
        assert entry.title == f"{EVIL} on {EVIL}"

    def test_a_long_comment_is_cut(self, bob: User) -> None:
        paste = make_paste()
        self.say(paste, bob, "x" * 10_000)
        [entry] = read(f"/{paste.key}/comments.atom").entries
        assert len(entry.summary) == 2_000
        assert entry.summary.endswith("…")

    def test_it_asks_the_database_a_constant_number_of_times(self, bob: User) -> None:
        paste = make_paste()

        def ask() -> int:
            with CaptureQueriesContext(connection) as queries:
                read(f"/{paste.key}/comments.atom")
            return len(queries)

        self.say(paste, bob, "one")
        few = ask()
        Comment.objects.bulk_create(Comment(paste=paste, author=bob, body="more") for _ in range(1_000))
        assert ask() == few <= 2


def test_it_bears_every_character(alice: User) -> None:
    alice.name = EVIL[:80]
    alice.save()
    make_paste(owner=alice, title=EVIL, text=EVIL, name="a.txt")
    make_paste(title=CONTROLS, text=CONTROLS, name="b.txt")
    controls, evil = read("/recent.atom").entries
    assert (evil.title_detail.type, evil.author) == ("text/plain", EVIL)
    assert controls.title == "abcdeg"


def test_it_holds_what_lists_hold(alice: User) -> None:
    pastes = {kind: make_paste(owner=alice, title=kind, tags="news", **draft) for kind, draft in DRAFTS.items()}
    end(pastes)
    Paste.objects.update(popularity=1.0)
    for url in ("/recent.atom", "/popular.atom", "/tags/news.atom", "/u/alice.atom"):
        for user in (None, alice):
            assert titles(url, user) == ["public"], url


def test_it_is_over_when_the_paste_is_whatever_the_reader_has_kept() -> None:
    paste = make_paste(title="soon over")
    client = client_for(browser=False)
    etag = client.get("/recent.atom")["ETag"]
    Paste.objects.filter(pk=paste.pk).update(expires_at=timezone.now())
    response = client.get("/recent.atom", headers={"if-none-match": etag})
    assert (response.status_code, b"soon over" in response.content) == (200, False)


def test_it_is_not_sent_again_while_nothing_has_changed() -> None:
    make_paste()
    client = client_for(browser=False)
    first = client.get("/recent.atom")
    assert first["Cache-Control"] == "no-cache"
    for headers in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        again = client.get("/recent.atom", headers=headers)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Paste.objects.update(updated=timezone.now() + timedelta(minutes=1))
    for headers in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        assert client.get("/recent.atom", headers=headers).status_code == 200


def test_it_is_kept_by_no_cache_for_somebody_who_is_signed_in(alice: User) -> None:
    response = client_for(alice).get("/recent.atom")
    assert response["Cache-Control"] == "private, no-store"


def test_it_answers_head_and_nothing_that_changes_something() -> None:
    client = client_for(browser=False)
    assert client.head("/recent.atom").status_code == 200
    assert client.post("/recent.atom").status_code == 405


@pytest.mark.parametrize("language", ["'\"<b>", "x" * 10_000, "\0", "%", "\x01\ud83d", "я"])
def test_it_bears_every_parameter(language: str) -> None:
    assert read("/recent.atom?language=" + language.encode("utf-8", "replace").decode()).entries == []


def test_a_page_names_its_feed() -> None:
    for name in ("recent", "popular"):
        html = client_for().get(f"/{name}?language=c%2B%2B").text
        assert 'type="application/atom+xml"' in html
        assert f'href="/{name}.atom?language=c%2B%2B"' in html
