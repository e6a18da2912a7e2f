"""/u/<name>: what a person shows, and nothing that a stranger could not find."""

import re
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.adapter import AccountAdapter
from accounts.models import User, validate_username
from pastes.domain import keys
from pastes.models import Paste, Star
from tests.access.everybody import DRAFTS, end
from tests.factories import client_for, make_paste, make_user

pytestmark = pytest.mark.django_db

ROW = re.compile(r'<a class="title" href="/([^"]+)">')
COUNTS = re.compile(r'<span class="num">([\d,]+)</span></a>')
HTMX = {"HX-Request": "true"}
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def keys_on(url: str, user: User | None = None) -> list[str]:
    return ROW.findall(client_for(user).get(url).text)


def counts_on(url: str) -> list[int]:
    return [int(number.replace(",", "")) for number in COUNTS.findall(client_for().get(url).text)]


def star(user: User, *pastes: Paste) -> None:
    Star.objects.bulk_create(Star(user=user, paste=paste) for paste in pastes)


def make_fork(paste: Paste, owner: User, **fields: Any) -> Paste:
    fork = make_paste(owner=owner, name="fork.txt", **fields)
    Paste.objects.filter(pk=fork.pk).update(forked_from=paste)
    return fork


class TestWho:
    def test_it_says_who_somebody_is(self, alice: User) -> None:
        alice.name, alice.bio = "Алиса Л.", "Writes about <b>parsers</b>."
        alice.date_joined = datetime(2026, 3, 1, tzinfo=UTC)
        alice.save()
        html = client_for().get("/u/alice").text
        assert "<h1><bdi>Алиса Л.</bdi></h1>" in html
        assert "<span>alice</span>" in html
        assert "Here since March 2026" in html
        assert "Writes about &lt;b&gt;parsers&lt;/b&gt;." in html
        assert "Edit profile" not in html
        assert "alice@example.org" not in html

    def test_it_does_not_say_since_when_to_whom_it_is_not_shown(self, alice: User) -> None:
        alice.shows_joined = False
        alice.save()
        assert "Here since" not in client_for().get("/u/alice").text

    @pytest.mark.usefixtures("alice")
    def test_another_spelling_leads_to_the_right_one(self) -> None:
        response = client_for().get("/u/ALICE?show=stars")
        assert (response.status_code, response["Location"]) == (302, "/u/alice?show=stars")
        response = client_for(browser=False).get("/u/Alice.atom")
        assert (response.status_code, response["Location"]) == (302, "/u/alice.atom")

    def test_names_with_full_stops_are_names(self) -> None:
        make_user("a.b-c_d")
        assert client_for().get("/u/a.b-c_d").status_code == 200
        assert client_for().get("/u/a.b-c_d.atom").status_code == 200
        assert client_for().get("/u/aXb-c_d").status_code == 404
        assert client_for().get("/u/a.b-c%d").status_code == 404

    def test_what_people_write_is_text(self, alice: User) -> None:
        alice.name, alice.bio = EVIL, EVIL + "\u202etxt.exe\u200b"
        alice.save()
        make_paste(owner=alice, title=EVIL)
        for url in ("/u/alice", "/u/alice?show=stars"):
            html = client_for().get(url).text
            assert "<script>alert" not in html
            assert "<img src=x" not in html
            assert '<span class="hid" title="U+202E">[U+202E]</span>txt.exe' in html
            assert "\u202e" not in html

    def test_authors_are_linked_where_they_have_a_page(self, alice: User, bob: User) -> None:
        bob.shows_profile = False
        bob.save()
        assert 'href="/u/alice"' in client_for().get(f"/{make_paste(owner=alice).key}").text
        assert "/u/bob" not in client_for().get(f"/{make_paste(owner=bob).key}").text


class TestNobody:
    def hide(self, user: User) -> None:
        User.objects.filter(pk=user.pk).update(shows_profile=False)

    def test_hidden_banned_inactive_and_unknown_are_all_alike(self, bob: User) -> None:
        make_paste(owner=make_user("hidden", shows_profile=False))
        make_paste(owner=make_user("banned", is_active=False, banned_at=timezone.now()))
        make_paste(owner=make_user("inactive", is_active=False))
        answers = set()
        for name in ("hidden", "banned", "inactive", "unknown", "HIDDEN"):
            for user in (None, bob):
                page = client_for(user).get(f"/u/{name}", headers=HTMX)
                feed = client_for(user, browser=False).get(f"/u/{name}.atom", headers=HTMX)
                answers.add((user, page.status_code, page.text.replace(page["X-Request-ID"], "")))
                assert feed.status_code == 404
        assert len(answers) == 2
        assert {status for _, status, _ in answers} == {404}

    def test_its_owner_sees_a_hidden_one_and_is_told(self, alice: User) -> None:
        self.hide(alice)
        response = client_for(alice).get("/u/alice")
        assert response.status_code == 200
        assert "Only you see this page" in response.text
        assert '<meta name="robots" content="noindex">' in response.text
        self.hide(make_user("carol"))
        assert client_for(alice).get("/u/carol").status_code == 404

    @pytest.mark.parametrize("name", ["%00", "%25", "_____", "%F0%9F%98%80", "x" * 60_000, "..", "'\"", "%2E%2E"])
    @pytest.mark.usefixtures("alice")
    def test_it_bears_every_name(self, name: str) -> None:
        assert client_for().get(f"/u/{name}").status_code == 404
        assert client_for().get(f"/u/{name}.atom").status_code == 404


class TestLists:
    def test_it_holds_what_everybody_may_find(self, alice: User) -> None:
        pastes = {kind: make_paste(owner=alice, **draft) for kind, draft in DRAFTS.items()}
        end(pastes)
        make_paste(name="of nobody")
        for user in (None, alice):
            assert keys_on("/u/alice", user) == [pastes["public"].key]
        assert counts_on("/u/alice") == [1, 0, 0]

    def test_forks_have_a_list_of_their_own(self, alice: User, bob: User) -> None:
        source = make_paste(owner=bob)
        own = make_paste(owner=alice)
        fork = make_fork(source, alice)
        make_fork(source, alice, visibility="private")
        assert keys_on("/u/alice") == [own.key]
        assert keys_on("/u/alice?show=forks") == [fork.key]
        assert counts_on("/u/alice") == [1, 1, 0]

    def test_stars_are_of_what_everybody_may_find(self, alice: User, bob: User) -> None:
        pastes = {kind: make_paste(owner=bob, **draft) for kind, draft in DRAFTS.items()}
        end(pastes)
        older = make_paste()
        star(alice, *pastes.values(), older)
        for user in (None, alice, bob):
            assert keys_on("/u/alice?show=stars", user) == [older.key, pastes["public"].key]
        assert counts_on("/u/alice") == [0, 0, 2]

    def test_stars_are_not_shown_to_whom_they_are_not_shown(self, alice: User) -> None:
        User.objects.update(shows_stars=False)
        star(alice, make_paste())
        assert keys_on("/u/alice?show=stars") == []
        assert counts_on("/u/alice") == [0, 0]
        assert "show=stars" not in client_for().get("/u/alice").text

    @pytest.mark.parametrize("show", ["", "forks", "stars"])
    def test_every_list_is_shown_whole_when_its_pages_are_followed(self, alice: User, bob: User, show: str) -> None:
        source = make_paste(owner=bob)
        pastes = [make_fork(source, alice) if show == "forks" else make_paste(owner=alice) for _ in range(30)]
        for paste in pastes:
            star(bob, paste)
            star(alice, paste)
        seen, url = [], f"/u/alice?show={show}"
        while url:
            html = client_for().get(url).text
            seen += ROW.findall(html)
            following = re.search(r'href="(\?[^"]+)" rel="next"', html)
            url = f"/u/alice{following[1]}".replace("&amp;", "&") if following else ""
        assert seen == [paste.key for paste in reversed(pastes)]

    def test_an_empty_list_says_what_to_do(self, alice: User) -> None:
        assert "Nothing public yet" in client_for().get("/u/alice").text
        assert 'href="/mine"' in client_for(alice).get("/u/alice").text
        for show in ("forks", "stars"):
            assert 'class="empty"' in client_for(alice).get(f"/u/alice?show={show}").text

    @pytest.mark.parametrize("query", [{"show": "x"}, {"show": "\0"}, {"after": "x"}, {"after": "9" * 30}])
    @pytest.mark.usefixtures("alice")
    def test_it_bears_every_parameter(self, query: dict[str, str]) -> None:
        assert client_for().get("/u/alice", query).status_code == 200

    def test_htmx_gets_the_list_alone(self, alice: User) -> None:
        paste = make_paste(owner=alice)
        html = client_for().get("/u/alice", headers=HTMX).text
        assert html.strip().startswith('<section id="profile-list"')
        assert ROW.findall(html) == [paste.key]
        assert "<html" in client_for().get("/u/alice", headers=HTMX | {"HX-History-Restore-Request": "true"}).text

    def test_it_asks_the_database_a_constant_number_of_times(self, alice: User, bob: User) -> None:
        def ask() -> list[int]:
            asked = []
            for url in ("/u/alice", "/u/alice?show=forks", "/u/alice?show=stars", "/u/alice.atom"):
                with CaptureQueriesContext(connection) as queries:
                    client_for().get(url)
                asked.append(len(queries))
            return asked

        few = [make_paste(owner=alice), make_fork(make_paste(owner=bob), alice)]
        star(alice, *few)
        asked = ask()
        star(alice, *copies(few[0], 1_000), *copies(few[1], 1_000))
        assert ask() == asked
        assert max(asked) <= 5

    def test_it_counts_as_far_as_five_hundred(self, alice: User, bob: User) -> None:
        few = [make_paste(owner=alice), make_fork(make_paste(owner=bob), alice)]
        copies(few[0], 499)
        star(alice, *copies(few[1], 498))
        page = client_for().get("/u/alice").text
        assert re.findall(r'<span class="num">([\d,+]+)</span>', page)[:3] == ["500+", "499", "498"]


def copies(paste: Paste, count: int) -> list[Paste]:
    """So many rows like this one."""
    paste.refresh_from_db()
    columns = [field.attname for field in Paste._meta.concrete_fields if not field.primary_key]
    values = {name: getattr(paste, name) for name in columns}
    return Paste.objects.bulk_create(Paste(**(values | {"key": keys.new_value()})) for _ in range(count))


class TestSettings:
    def test_what_is_shown_is_chosen_there(self, alice: User) -> None:
        client = client_for(alice)
        html = client.get("/accounts/settings").text
        assert 'href="/u/alice"' in html
        for name in ("bio", "shows_profile", "shows_stars", "shows_joined"):
            assert f'name="{name}"' in html
        response = client.post("/accounts/settings", {"name": "A", "bio": "one\r\ntwo", "shows_stars": "on"})
        assert response.status_code == 303
        alice.refresh_from_db()
        assert (alice.bio, alice.shows_stars) == ("one\ntwo", True)
        assert (alice.shows_profile, alice.shows_joined) == (False, False)
        assert client_for().get("/u/alice").status_code == 404

    def test_a_long_text_is_refused_and_kept(self, alice: User) -> None:
        client = client_for(alice)
        lines = "x\r\n" * 150
        assert client.post("/accounts/settings", {"bio": lines}).status_code == 303
        response = client.post("/accounts/settings", {"bio": "y" * 301})
        assert response.status_code == 422
        assert "y" * 301 in response.text

    def test_nobody_can_have_the_address_of_a_feed_as_a_name(self) -> None:
        validate_username("bob.atom")
        with pytest.raises(ValidationError):
            AccountAdapter().clean_username("bob.atom", shallow=True)


def test_its_feed_holds_what_it_holds(alice: User, bob: User) -> None:
    alice.name = EVIL
    alice.save()
    pastes = {kind: make_paste(owner=alice, title=kind, **draft) for kind, draft in DRAFTS.items()}
    end(pastes)
    make_fork(make_paste(owner=bob), alice, title="fork")
    response = client_for(alice, browser=False).get("/u/alice.atom")
    feed = feedparser.parse(response.content)
    assert (feed.bozo, [entry.title for entry in feed.entries]) == (0, ["fork", "public"])
    assert feed.feed.title == f"Pastes by {EVIL} · Pastebin"
    assert 'href="/u/alice.atom"' in client_for().get("/u/alice").text
