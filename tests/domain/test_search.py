"""Finding pastes by their text, the same on both databases."""

from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from pastes import search as engine
from pastes.domain import expiry, indexing, publishing, search
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.domain.search import Query
from pastes.exceptions import Invalid, TooMany
from pastes.models import Paste, SearchText
from pastes.search import postgres
from pastes.search.backend import Step, TooSlow
from tests.factories import make_paste, viewer_for

pytestmark = pytest.mark.django_db


def indexed(**fields: Any) -> Paste:
    """A paste that the worker has read."""
    paste = make_paste(**fields)
    indexing.index(paste.pk)
    return paste


def found(text: str, *, user: User | None = None, **query: Any) -> list[Paste]:
    return search.find(query=Query(text=text, **query), viewer=viewer_for(user)).pastes


class TestWhatIsFound:
    @pytest.mark.parametrize(
        "text",
        [
            "connection_pool", "nection_po", "CONNECTION_POOL", "pool(10)", '"def connect(host"', "host ratatoskr",
            "squirrel", "yggdrasil.py", "10", "п", "ПРИВЕТ", "ивет, м", "100%", "a_b", "c:\\temp", "'quoted'", 'say"',
            "ΣΊΣΥΦΟΣ", "σίσυφος", "0xDEADBEEF", "::", "ﬁ",
        ],
    )  # fmt: skip
    def test_a_part_of_anything_that_is_shown(self, text: str) -> None:
        code = (
            "def connect(host):\n    return connection_pool(10)  # 0xdeadbeef std::vector\n\n"
            "привет, мир! 100% a_b c:\\temp 'quoted' say\" Σίσυφος ﬁn\n"
        )
        paste = indexed(text=code, name="yggdrasil.py", title="Ratatoskr", description="A squirrel")
        indexed(text="nothing of it", title="other")
        assert found(text) == [paste]

    @pytest.mark.parametrize(
        "text",
        ["connections", "pool connection xyz", '"host connect"', "a%b", "a_c", "100\\%", "%", "aXb", "'", "*", "или"],
    )
    def test_nothing_else(self, text: str) -> None:
        indexed(text="def connect(host): connection pool a-b axc\n", name="a.py")
        assert found(text) == []

    def test_a_whole_word_where_that_is_asked(self) -> None:
        part = indexed(text="def user_id(): pass\n", name="a.py")
        word = indexed(text="the user. id = 7, Пользователь\n", name="b.py")
        assert found("user id") == [word, part]
        assert found("user", words=True) == [word]
        assert found("USER ID", words=True) == [word]
        assert found("user_id", words=True) == [part]
        assert found("пользователь 7", words=True) == [word]
        assert found("польз", words=True) == []
        assert found('"id = 7"', words=True) == [word]
        assert found('"d = 7"', words=True) == []

    def test_all_files_and_none_that_are_no_text(self) -> None:
        files = [
            NewFile(b"first", "a.txt"),
            NewFile(b"\0\x01needle", "b.bin"),
            NewFile("last hay".encode("utf-16"), "c.txt"),
        ]
        paste = indexed(files=files)
        assert found("first hay b.bin") == [paste]
        assert found("needle") == []

    def test_a_file_as_far_as_it_is_searched(self, settings: Settings) -> None:
        settings.SEARCH_BYTES = 1_001
        paste = indexed(text="ы" * 495 + " needle beyond", name="a.txt")
        assert found("needl") == [paste]
        assert found("beyond") == []

    @pytest.mark.parametrize("text", ["", "   ", '""', '" "', "\0", "\t\n"])
    def test_nothing_for_nothing(self, text: str) -> None:
        indexed(text="text")
        assert found(text) == []

    def test_control_characters_are_blanks(self) -> None:
        paste = indexed(text="two one")
        assert found("one\0two") == [paste]


class TestWhoFindsIt:
    @pytest.mark.parametrize(
        "draft",
        [
            {"visibility": "unlisted"},
            {"visibility": "private"},
            {"password": "sesame"},
            {"burn": True},
            {"max_views": 5},
        ],
    )
    def test_only_what_is_public(self, draft: dict[str, Any], alice: User, bob: User) -> None:
        indexed(owner=alice, text="the needle", title="needle", **draft)
        assert found("needle") == found("needle", user=bob) == []

    def test_no_text_is_kept_of_what_opens_only_so_often(self, alice: User) -> None:
        for draft in ({"password": "sesame"}, {"burn": True}, {"max_views": 5}):
            indexed(owner=alice, text="needle", **draft)
        assert not SearchText.objects.exists()

    @pytest.mark.parametrize("visibility", ["unlisted", "private"])
    def test_its_author_finds_their_own(self, visibility: str, alice: User) -> None:
        own, public = indexed(owner=alice, text="needle", visibility=visibility), indexed(text="needle")
        assert found("needle", user=alice) == [public, own]
        assert found("needle", user=alice, mine=True) == [own]
        assert found("needle", mine=True) == []

    @pytest.mark.parametrize("field", ["deleted_at", "hidden_at", "expires_at"])
    def test_nobody_finds_what_is_over(self, field: str, alice: User) -> None:
        paste = indexed(owner=alice, text="needle")
        Paste.objects.filter(pk=paste.pk).update(**{field: timezone.now()})
        assert found("needle") == found("needle", user=alice) == []

    def test_what_is_over_at_that_moment(self) -> None:
        paste = indexed(text="needle", expires_at=timezone.now() + timedelta(hours=1))
        then = timezone.now() + timedelta(hours=2)
        assert found("needle") == [paste]
        assert search.find(query=Query(text="needle"), viewer=viewer_for(), at=then).pastes == []

    def test_public_and_then_private(self, alice: User) -> None:
        paste = indexed(owner=alice, text="needle")
        Paste.objects.filter(pk=paste.pk).update(visibility="private")
        assert found("needle") == []


class TestFilters:
    def test_language_author_and_tag(self, alice: User) -> None:
        python = indexed(owner=alice, files=[NewFile(b"needle", "a.py", "python")], tags="deploy nginx")
        text = indexed(text="needle", name="a.txt")
        assert found("needle", language="python") == found("needle", tag="nginx") == [python]
        assert found("needle", author="alice") == found("needle", author="Alice") == [python]
        assert found("needle", language="text") == [text]
        assert (
            found("needle", author="nobody") == found("needle", tag="docker") == found("needle", language="zig") == []
        )

    def test_dates_are_whole_days_of_utc(self) -> None:
        pastes = []
        for day in (1, 2, 3):
            moment = datetime(2026, 3, day, 23, 59, 59, tzinfo=UTC)
            pastes.append(indexed(text="needle"))
            Paste.objects.filter(pk=pastes[-1].pk).update(created=moment)
        first, second, third = pastes
        assert found("needle", since=date(2026, 3, 2)) == [third, second]
        assert found("needle", until=date(2026, 3, 2)) == [second, first]
        assert found("needle", since=date(2026, 3, 2), until=date(2026, 3, 2)) == [second]
        assert found("needle", since=date(2026, 3, 4)) == []


class TestPages:
    @pytest.mark.parametrize(("text", "newest"), [("needle", 1_000), ("needle", 5), ("ne", 5), ("le needl", 5)])
    def test_every_paste_once(self, text: str, newest: int, monkeypatch: Any, alice: User) -> None:
        """Whichever step finds it: among the newest, by the index, or in the next part of all."""
        monkeypatch.setattr(search, "NEWEST", newest)
        monkeypatch.setattr(search, "FILTERED", 8)
        monkeypatch.setattr(postgres, "WINDOW_BITS", 2)
        wanted = []
        for number in range(18):
            hit = number % 3 == 0
            visibility = "private" if number % 2 else "public"
            paste = indexed(owner=alice, text="needle 1" if hit else "hay", visibility=visibility)
            wanted += [paste] if hit else []
        seen: list[Paste] = []
        after = ""
        for _page in range(24):
            page = search.find(query=Query(text=text), viewer=viewer_for(alice), after=after, size=2)
            assert len(page.pastes) <= 2
            seen, after = seen + page.pastes, page.next
            if not after:
                break
        assert seen == wanted[::-1]

    @pytest.mark.parametrize("after", ["-1", "x", "9" * 18, "9" * 400, "١"])
    def test_a_place_that_is_none(self, after: str) -> None:
        paste = indexed(text="needle")
        assert search.find(query=Query(text="needle"), viewer=viewer_for(), after=after).pastes == [paste]

    def test_the_number_of_queries_does_not_grow(self, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
        for _number in range(30):
            indexed(text="needle")
        with django_assert_max_num_queries(8):
            page = search.find(query=Query(text="needle"), viewer=viewer_for())
            search.show(query=Query(text="needle"), pastes=page.pastes)
        assert len(page.pastes) == search.PAGE


class TestLimits:
    def test_characters_and_terms(self) -> None:
        with pytest.raises(Invalid):
            found("x" * 201)
        with pytest.raises(Invalid):
            found(" ".join(f"word{number}" for number in range(9)))
        assert found("x" * 200) == found(" ".join(f"word{number}" for number in range(8))) == []

    def test_how_often(self, settings: Settings) -> None:
        settings.SEARCH_RATE = "2/h"
        found("needle")
        found("")
        found("needle")
        with pytest.raises(TooMany):
            found("needle")

    def test_a_query_that_takes_too_long_is_stopped(self) -> None:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        started = monotonic()
        with pytest.raises(TooSlow), engine.backend().deadline(0.05), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)" if connection.vendor == "postgresql" else endless)
        assert monotonic() - started < 10
        indexed(text="needle")
        assert len(found("needle")) == 1

    @pytest.mark.real
    def test_a_slow_part_of_all_is_left_to_the_second_page(self, monkeypatch: Any) -> None:
        def slow(_self: Any, *, below: int, to: str) -> Any:
            yield Step(Q(pk__lt=below) & Q(Exact(RawSQL("pg_sleep(1)::text", []), Value(""))), 0)

        monkeypatch.setattr(search._Search, "_at_once", lambda *_: False)
        monkeypatch.setattr(postgres.Postgres, "steps", slow)
        monkeypatch.setattr(search, "NEWEST", 1)
        older, newer = indexed(text="needle"), indexed(text="needle")
        started = monotonic()
        first = search.find(query=Query(text="needle"), viewer=viewer_for())
        assert monotonic() - started < 0.8
        assert first.pastes == [newer]
        second = search.find(query=Query(text="needle"), viewer=viewer_for(), after=first.next)
        assert (second.pastes, second.next) == ([older], "")

    def test_what_cannot_be_found_in_time_is_said(self, monkeypatch: Any) -> None:
        def stopped(*args: Any) -> Any:
            raise TooSlow

        monkeypatch.setattr(search._Search, "_newest", stopped)
        with pytest.raises(Invalid) as raised:
            found("needle")
        assert raised.value.status == 422

    def test_what_was_found_before_the_deadline_is_shown(self, monkeypatch: Any) -> None:
        """And the next page goes on from there."""

        def stopped(*args: Any, **kwargs: Any) -> Any:
            raise TooSlow

        pastes = [indexed(text=f"needle {number}") for number in range(5)]
        monkeypatch.setattr(search, "NEWEST", 3)
        with monkeypatch.context() as late:
            late.setattr(search._Search, "_at_once", stopped)
            page = search.find(query=Query(text="needle"), viewer=viewer_for())
        assert page.pastes == pastes[:1:-1]
        rest = search.find(query=Query(text="needle"), viewer=viewer_for(), after=page.next)
        assert rest.pastes == [pastes[1], pastes[0]]


class TestWhere:
    def shown(self, paste: Paste, text: str, **query: Any) -> search.Hit:
        return search.show(query=Query(text=text, **query), pastes=[paste])[0]

    def test_lines_with_their_numbers(self) -> None:
        files = [NewFile(b"one\r\ntwo needle\r\n", "a.txt"), NewFile("\ufeffNeedle\nhay\n".encode(), "b.txt")]
        lines = self.shown(indexed(files=files), "needle").lines
        assert [(line.position, line.name, line.number, line.html) for line in lines] == [
            (0, "a.txt", 2, "two <mark>needle</mark>"),
            (1, "b.txt", 1, "<mark>Needle</mark>"),
        ]

    def test_every_term_has_its_line(self) -> None:
        paste = indexed(text="aaa\naaa\naaa\naaa\nbbb\nccc\n")
        assert [line.number for line in self.shown(paste, "aaa bbb ccc").lines] == [1, 5, 6]
        assert [line.number for line in self.shown(paste, "aaa").lines] == [1, 2, 3]

    def test_markup_and_hidden_characters_are_harmless(self) -> None:
        paste = indexed(text="<b>needle</b>\u202e&amp;\n", title="<i>needle", description="<s>needle")
        hit = self.shown(paste, "needle </b>")
        assert hit.title == "&lt;i&gt;<mark>needle</mark>"
        assert hit.description == "&lt;s&gt;<mark>needle</mark>"
        hidden = '<span class="hid" title="U+202E">[U+202E]</span>&amp;amp;'
        assert hit.lines[0].html == f"&lt;b&gt;<mark>needle</mark><mark>&lt;/b&gt;</mark>{hidden}"

    def test_a_long_line_is_cut_around_the_match(self) -> None:
        paste = indexed(text="x" * 5_000 + "needle" + "y" * 5_000)
        html = self.shown(paste, "needle").lines[0].html
        assert html.startswith("…x")
        assert html.endswith("y…")
        assert "<mark>needle</mark>" in html
        assert len(html) < 200

    def test_whole_words_only(self) -> None:
        paste = indexed(text="needles\nneedle\n")
        assert [line.number for line in self.shown(paste, "needle", words=True).lines] == [2]


class TestIndexing:
    def test_an_edit_is_found_when_the_worker_was_there_and_the_old_text_never_again(self, alice: User) -> None:
        paste = indexed(owner=alice, text="old secret")
        draft = Draft(files=[NewFile(b"new text")])
        publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice))
        assert found("secret") == []
        indexing.index(paste.pk)
        assert found("secret") == []
        assert found("new") == [paste]

    def test_a_new_password_takes_the_text_away(self, alice: User) -> None:
        paste = indexed(owner=alice, text="old secret")
        draft = Draft(files=[NewFile(b"old secret")], password="sesame")
        publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice))
        assert not indexing.index(paste.pk)
        assert not SearchText.objects.exists()

    def test_publishing_has_it_done(self, django_capture_on_commit_callbacks: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            paste = make_paste(text="needle")
        assert found("needle") == [paste]

    def test_it_goes_with_the_paste(self) -> None:
        paste = indexed(text="needle")
        expiry.destroy([paste.pk])
        assert not SearchText.objects.exists()
        assert found("needle") == []

    def test_it_reads_terminal_output_as_people_see_it(self) -> None:
        paste = indexed(text="\x1b[31mfai\x1b[1mled\x1b[0m\nok\n", name="build.log")
        assert found("failed") == [paste]
        assert found("31mfai") == []

    def test_it_may_be_done_twice(self) -> None:
        paste = indexed(text="needle")
        assert indexing.index(paste.pk)
        assert found("needle") == [paste]
        assert not indexing.index(paste.pk + 1)
