"""The pages of lists in the Gist interface, and what they cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from pastes.domain import discussion
from pastes.domain.content import NewFile
from pastes.models import Comment, Paste
from tests.api.gist_programs import API, GISTS, Program
from tests.factories import make_paste, make_user, viewer_for

pytestmark = pytest.mark.django_db


def test_lists_have_pages(mine: Program, alice: User) -> None:
    keys = [make_paste(owner=alice, text=str(number)).key for number in range(5)][::-1]
    first = mine.get(f"{GISTS}?per_page=2")
    assert [one["id"] for one in first.json()] == keys[:2]
    assert first["Link"] == (
        f'<http://testserver{GISTS}?page=2&per_page=2>; rel="next", '
        f'<http://testserver{GISTS}?page=3&per_page=2>; rel="last"'
    )
    last = mine.get(f"{GISTS}?per_page=2&page=3")
    assert [one["id"] for one in last.json()] == keys[4:]
    assert 'rel="next"' not in last["Link"]
    beyond = mine.get(f"{GISTS}?per_page=2&page=9")
    assert (beyond.status_code, beyond.json()) == (200, [])


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", f"page={10**30}", "per_page=0", "per_page=-3", f"per_page={10**9}"]
)
def test_it_answers_any_number_of_a_page(mine: Program, query: str) -> None:
    assert mine.get(f"{GISTS}?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["page=x", "per_page=", "per_page=1.5", "page=%00", "since=yesterday", "since=2020-13-01T00:00:00Z"]
)
def test_it_refuses_what_is_no_page(mine: Program, query: str) -> None:
    assert mine.get(f"{GISTS}?{query}").status_code == 422


def test_it_lists_what_was_changed_since(mine: Program, alice: User) -> None:
    old, new = make_paste(owner=alice), make_paste(owner=alice)
    Paste.objects.filter(pk=old.pk).update(updated="2020-01-01T00:00:00Z")
    for path in (GISTS, f"{GISTS}/public", f"{API}/users/alice/gists"):
        assert [one["id"] for one in mine.get(f"{path}?since=2021-01-01T00:00:00Z").json()] == [new.key]
    assert mine.get(f"{GISTS}?since=0001-01-01T00:00:00%2B23:59").status_code == 422


def test_it_asks_the_database_as_often_for_many_as_for_few(mine: Program, alice: User, bob: User) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert mine.get(path).status_code == 200
        return len(captured)

    one = make_paste(owner=alice)
    discussion.create(paste=one, viewer=viewer_for(bob), body="1")
    make_paste(owner=bob)
    paths = [
        GISTS,
        f"{GISTS}/public",
        f"{GISTS}/{one.key}",
        f"{GISTS}/{one.key}/comments",
        f"{GISTS}/{one.key}/commits",
    ]
    mine.get(API)  # notes that the token was used, once a minute
    few = {path: queries(path) for path in paths}
    for number in range(8):
        make_paste(owner=make_user(f"user{number}"), files=[NewFile(b"1", "a"), NewFile(b"2", "b")])
        make_paste(owner=alice, files=[NewFile(b"1", "a"), NewFile(b"2", "b")])
        Comment.objects.create(paste=one, author=make_user(f"guest{number}"), body="x")
        mine.ask("PATCH", f"{GISTS}/{one.key}", {"files": {"hello": {"content": str(number)}}})
    assert {path: queries(path) for path in paths} == few
    assert max(few.values()) <= 12
