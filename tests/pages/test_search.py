"""The page that finds: what it shows, what it keeps of what was typed, and what it refuses."""

import re
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from pastes.domain import search
from pastes.domain.content import NewFile
from tests.domain.test_search import indexed
from tests.factories import client_for

pytestmark = pytest.mark.django_db

ROW = re.compile(r'<a class="title" href="/([^"]+)">')


def get(user: User | None = None, *, status: int = 200, fragment: bool = False, **query: Any) -> str:
    """The page that answers a search."""
    headers = {"HX-Request": "true"} if fragment else {}
    response = client_for(user).get("/search", query, headers=headers)
    assert response.status_code == status
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]
    return response.text


def test_it_asks_what_to_find_and_finds_nothing_yet() -> None:
    indexed(text="needle")
    html = get()
    assert 'name="q"' in html
    assert not ROW.findall(html)


def test_it_shows_lines_with_links_and_marks() -> None:
    files = [NewFile(b"hay\n<needle>\n", "a.txt"), NewFile(b"\n" * 2_500 + b"the needle\n", "b.txt")]
    paste = indexed(files=files, title="A needle & more", description="needles <b>")
    html = get(q="NEEDLE")
    assert ROW.findall(html) == [paste.key]
    assert "A <mark>needle</mark> &amp; more" in html
    assert "<mark>needle</mark>s &lt;b&gt;" in html
    assert f'href="/{paste.key}#L2"' in html
    assert "&lt;<mark>needle</mark>&gt;" in html
    assert f'href="/{paste.key}?line=2501&amp;file=2#F2-L2501"' in html


def test_a_line_it_links_to_is_on_the_page() -> None:
    indexed(files=[NewFile(b"first\n", "a.txt"), NewFile(b"\n" * 2_500 + b"the needle\n", "b.txt")])
    link = re.search(r'href="(/[^"]+\?line=[^"]+)#(F2-L2501)"', get(q="needle"))
    assert link
    assert f'id="{link[2]}"' in client_for().get(link[1].replace("&amp;", "&")).text


def test_it_keeps_what_was_typed() -> None:
    html = get(q='"a  b" <i>', words="on", language="python", author="alice", since="2026-01-02")
    assert 'value="&quot;a  b&quot; &lt;i&gt;"' in html
    assert re.search(r'<option value="python" selected', html)
    assert 'value="alice"' in html
    assert 'value="2026-01-02"' in html
    assert '<details class="search-more" open>' in html


@pytest.mark.parametrize(
    "query",
    [
        {"q": "x" * 10_000},
        {"q": "a b c d e f g h i"},
        {"q": "x", "since": "yesterday"},
        {"q": "x", "language": "y" * 51},
        {"q": "x", "tag": "\0"},
    ],
)
def test_it_refuses_what_is_too_much_and_keeps_it(query: dict[str, Any]) -> None:
    html = get(status=422, **query)
    assert 'class="errorlist"' in html
    assert query["q"] in html


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "\\", "a' OR 1=1 --", '" AND "', "NEAR(a b)", "*", "a:b"])
def test_signs_mean_nothing(text: str) -> None:
    indexed(text="plain words")
    assert "Nothing found" in get(q=text) or not text.strip('" ')


@pytest.mark.parametrize("after", ["-1", "999999999", "x", "9" * 500, "\0"])
def test_any_place_is_a_page(after: str) -> None:
    indexed(text="needle")
    get(q="needle", after=after)


def test_the_next_page_has_a_link_and_comes_by_itself(monkeypatch: Any) -> None:
    for number in range(12):
        indexed(text=f"needle {number}")
    html = get(q="needle", language="text")
    following = re.search(r'href="(\?[^"]+)" rel="next"', html)
    assert following
    assert "language=text" in following[1]
    rest = client_for().get("/search" + following[1].replace("&amp;", "&"), headers={"HX-Request": "true"}).text
    assert "<html" not in rest
    assert len(set(ROW.findall(html) + ROW.findall(rest))) == 12


def test_it_says_when_it_has_not_looked_everywhere(monkeypatch: Any) -> None:
    monkeypatch.setattr(search, "NEWEST", 1)
    monkeypatch.setattr(search, "FILTERED", 2)
    for text in ("ab", "xx", "xx", "xx"):
        indexed(text=text)
    html = get(q="ab")
    assert "Nothing found so far" in html
    assert 'rel="next"' in html


def test_only_people_with_an_account_are_offered_their_own(alice: User, bob: User) -> None:
    paste = indexed(owner=alice, text="needle", visibility="private")
    html = get(alice, q="needle", mine="on")
    assert ROW.findall(html) == [paste.key]
    assert "Private" in html
    assert 'name="mine"' in html
    for other in (get(q="needle"), get(bob, q="needle")):
        assert not ROW.findall(other)
        assert paste.key not in other
    assert 'name="mine"' not in get(q="needle")


def test_too_many_searches_say_when_to_come_again(settings: Settings) -> None:
    settings.SEARCH_RATE = "1/h"
    client = client_for()
    client.get("/search?q=needle")
    assert client.get("/search").status_code == 200
    response = client.get("/search?q=needle")
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert 'value="needle"' in response.text
