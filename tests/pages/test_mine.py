"""One's own pastes: all of them and nobody else's, filtered by who sees them and when they end."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pastes.domain.content import NewFile
from tests.factories import client_for, make_paste

pytestmark = pytest.mark.django_db

ROW = re.compile(r'<a class="title" href="/([^"]+)">')


def keys_of(user: User, **query: str) -> list[str]:
    return ROW.findall(client_for(user).get("/mine", query).text)


def test_it_asks_to_sign_in() -> None:
    response = client_for().get("/mine")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/mine")


def test_it_shows_all_of_mine_and_none_of_others(alice: User, bob: User) -> None:
    kinds: list[dict[str, Any]] = [{}, {"visibility": "unlisted"}, {"visibility": "private"}, {"burn": True}]
    mine = [make_paste(owner=alice, name="a.txt", **draft).key for draft in kinds][::-1]
    make_paste(owner=bob, name="b.txt")
    make_paste(name="c.txt")
    assert keys_of(alice) == mine


def test_it_filters_by_visibility_and_expiry(alice: User) -> None:
    soon = timezone.now() + timedelta(days=1)
    keys = {
        (visibility, expiry): make_paste(
            owner=alice, name="a.txt", visibility=visibility, expires_at=soon if expiry == "some" else None
        ).key
        for visibility in ("public", "unlisted", "private")
        for expiry in ("never", "some")
    }
    assert set(keys_of(alice)) == set(keys.values())
    assert set(keys_of(alice, visibility="private")) == {keys["private", "never"], keys["private", "some"]}
    assert set(keys_of(alice, expiry="some")) == {key for (_, expiry), key in keys.items() if expiry == "some"}
    assert keys_of(alice, visibility="public", expiry="never") == [keys["public", "never"]]


@pytest.mark.parametrize("query", [{"visibility": "secret"}, {"expiry": "x"}, {"after": "x"}, {"before": "9" * 30}])
def test_it_bears_every_parameter(alice: User, query: dict[str, str]) -> None:
    make_paste(owner=alice, name="a.txt")
    assert client_for(alice).get("/mine", query).status_code == 200


def test_it_keeps_the_filter_from_page_to_page(alice: User) -> None:
    for n in range(60):
        make_paste(owner=alice, name="a.txt", visibility="private" if n % 2 else "public")
    html = client_for(alice).get("/mine?visibility=private").text
    following = re.search(r'href="(\?[^"]+)" rel="next"', html)
    assert following
    rest = client_for(alice).get("/mine" + following[1].replace("&amp;", "&")).text
    assert len(ROW.findall(html) + ROW.findall(rest)) == 30


def test_it_asks_the_database_a_constant_number_of_times(
    alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_for(alice)
    for count in (10, 60):
        for _ in range(count):
            make_paste(owner=alice, name="a.txt")
        with django_assert_max_num_queries(5):
            client.get("/mine")


def test_it_says_what_to_do_where_there_is_nothing(alice: User) -> None:
    assert "You have not published anything yet" in client_for(alice).get("/mine").text
    make_paste(owner=alice, name="a.txt")
    assert "None of your pastes is like that" in client_for(alice).get("/mine?visibility=private").text


def test_it_is_for_no_cache_and_no_search_engine(alice: User) -> None:
    response = client_for(alice).get("/mine")
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.text


def test_it_says_how_many_files_a_paste_has(alice: User) -> None:
    make_paste(owner=alice, files=[NewFile(b"a\n", "a.py"), NewFile(b"b\n", "b.py")])
    assert "2 files" in client_for(alice).get("/mine").text
