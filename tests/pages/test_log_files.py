"""Logs on their pages: errors are counted and led to, wherever they are; what is folded is all there."""

import re
from html import unescape

import pytest

from accounts.models import User
from pastes import cache
from pastes.domain import discussion
from pastes.domain.anchors import Anchor
from pastes.domain.content import NewFile
from pastes.models import Paste
from pastes.rendering import logs
from tests.factories import client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db

TRACE = "Traceback (most recent call last):\n" + '  File "/a.py", line 1, in a\n    a()\n' * 4 + "ValueError: x\n"
LOG = "INFO start\nERROR no\n" + TRACE + "WARNING slow\nINFO end\n"
LONG = LOG + "".join(f"INFO {'abcdefgh'[number % 8] * (number % 7 + 2)}\n" for number in range(logs.LONG_LOG))


def page_of(paste: Paste, address: str = "") -> str:
    response = client_for().get(f"/{paste.key}{address}")
    assert response.status_code == 200
    return response.text


def error_links(html: str) -> dict[str, str]:
    found = re.findall(r'<a class="button quiet" href="([^"]+)" rel="nofollow" data-error="(\w+)"', html)
    return {direction: unescape(url) for url, direction in found}


def rows(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'<span class="l" id="L(\d+)"', html)]


@pytest.fixture
def long() -> Paste:
    """Errors on lines 3,000 and 9,000 of 12,000."""
    lines = [f"03:00:{n % 60:02} INFO job {'abcdefg'[n % 7]} {n}" for n in range(1, 12_001)]
    lines[2_999] = lines[8_999] = "03:00:00 ERROR no"
    return make_paste(text="\n".join(lines) + "\n", name="worker.log")


def test_it_marks_errors_and_warnings_and_counts_them() -> None:
    html = page_of(make_paste(text=LOG, name="a.log"))
    assert "1 error</b>" in html
    assert "1 warning</span>" in html
    levels = dict(re.findall(r'id="L(\d+)" data-level="(\w+)"', html))
    assert levels == {"2": "error", "12": "error", "13": "warning"}


def test_a_trace_is_folded_and_every_line_is_there_once() -> None:
    html = page_of(make_paste(text=LONG, name="a.log"))
    fold = re.search(r'<details class="fold"><summary>([^<]+)</summary>(.*?)</details>', html, re.DOTALL)
    assert fold
    assert fold[1] == "9 lines of a stack trace · 3–11"
    assert rows(fold[2]) == list(range(3, 12))
    assert rows(html) == list(range(1, 15 + logs.LONG_LOG))


def test_errors_in_other_parts_are_led_to_without_a_script(long: Paste) -> None:
    links = error_links(page_of(long))
    assert links == {
        "next": f"/{long.key}?line=3000#L3000",
        "previous": f"/{long.key}?line=9000#L9000",
    }
    second = page_of(long, links["next"].removeprefix(f"/{long.key}").partition("#")[0])
    assert 3_000 in rows(second)
    assert error_links(second) == {
        "next": f"/{long.key}?line=9000#L9000",
        "previous": f"/{long.key}?line=9000#L9000",
    }
    assert 'data-errors="3000,9000"' in second


def test_an_error_on_the_page_is_a_step_away() -> None:
    assert error_links(page_of(make_paste(text=LOG, name="a.log"))) == {"next": "#L2", "previous": "#L2"}


def test_each_file_has_errors_of_its_own() -> None:
    html = page_of(make_paste(files=[NewFile(b"fine\n", "a.log"), NewFile(b"ERROR x\n", "b.log")]))
    assert error_links(html) == {"next": "#F2-L1", "previous": "#F2-L1"}


@pytest.mark.parametrize("name", ["a.py", "notes.txt", ""])
def test_other_texts_have_no_marks(name: str) -> None:
    html = page_of(make_paste(text="ERROR is a word.\n\nAnother line\nERROR again\n", name=name))
    assert "data-level" not in html
    assert error_links(html) == {}


def test_a_fold_with_a_comment_in_it_is_open(alice: User) -> None:
    paste = make_paste(owner=alice, text=LONG, name="a.log")
    anchor = Anchor(revision=1, file_name="a.log", first=5, last=5)
    discussion.create(paste=paste, viewer=viewer_for(alice), body="here", anchor=anchor)
    html = page_of(paste)
    assert '<details class="fold" open>' in html
    assert rows(html) == list(range(1, 15 + logs.LONG_LOG))


def test_a_log_that_opens_once_has_its_marks_and_leaves_nothing_in_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr(cache, "keep_fragment", lambda name, *_, **__: kept.append(name))
    html = client_for().post(f"/{make_paste(text=LOG, name='a.log', burn=True).key}/open").text
    assert 'data-level="error"' in html
    assert error_links(html) == {"next": "#L2", "previous": "#L2"}
    assert kept == []


def test_colours_go_on_over_the_parts_of_a_long_text() -> None:
    text = "\x1b[32m" + f"{'word ' * 20}\n" * 8_000 + "\x1b[0mend\n"
    paste = make_paste(text=text, name="a.log")
    assert '<span class="a2">word word' in page_of(paste, "?line=5000")
    assert ">end\n" in page_of(paste, "?line=8001")


def test_a_second_page_asks_the_store_only_once(long: Paste, monkeypatch: pytest.MonkeyPatch) -> None:
    page_of(long)
    monkeypatch.setattr(logs, "survey", None)
    assert error_links(page_of(long, "?line=3000"))
