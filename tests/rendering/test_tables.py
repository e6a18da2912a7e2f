"""Comma-separated values as tables: every cell, in its row, with its line; nothing runs, nothing takes long."""

import csv
import io
import re
import time
from html import unescape

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pastes.rendering import pool, tables
from pastes.rendering.tables import Page, dialect, render, render_here
from pastes.rendering.visible import HIDDEN


def page_of(text: str, first: int = 1) -> Page:
    return render_here(text, first, "", "")


CELL = re.compile(r'<t[dh](?! class="(?:at|cut)")[^>]*>(.*?)</t[dh]>', re.DOTALL)


def cells(html: str) -> list[list[str]]:
    return [[unescape(cell) for cell in CELL.findall(row)] for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)]


def lines(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'class="at"><a href="[^"]*">(\d+)<', html)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_it_recognises_what_separates_values(delimiter: str) -> None:
    text = delimiter.join(["name", "amount, in €", "note; or not"]) + "\n"
    text = text if delimiter not in ",;" else f"name{delimiter}amount{delimiter}note\n"
    text += delimiter.join(["a", "1", "x"]) + "\n" + delimiter.join(["b", "2", "y"]) + "\n"
    assert dialect(text) == delimiter
    assert cells(page_of(text).body) == [["a", "1", "x"], ["b", "2", "y"]]


def test_decimal_commas_do_not_hide_semicolons() -> None:
    assert cells(page_of("a;b\n1,5;2,5\n3,5;4\n").body) == [["1,5", "2,5"], ["3,5", "4"]]


def test_cells_in_quotes_hold_anything_and_rows_know_their_lines() -> None:
    page = page_of('a,b\n"x, ""y""","two\nlines"\r\n\nlast,"<b>"\n')
    assert cells(page.body) == [['x, "y"', "two\nlines"], ["last", "<b>"]]
    assert lines(page.body) == [2, 5]


def test_ragged_rows_are_filled_up_and_none_is_cut_short() -> None:
    page = page_of("a,b\n1\n1,2,3\n")
    assert cells(page.head) == [["a", "b", ""]]
    assert cells(page.body) == [["1", "", ""], ["1", "2", "3"]]


def test_columns_of_numbers_are_aligned_at_their_end() -> None:
    head = page_of("name,price,share,mixed\na,-1.50,5 %,1\nb,,6.1e3,x\n").head
    assert [("right" in cell) for cell in re.findall(r"<th[^>]*>", head)] == [False, True, True, False]


def test_a_quote_that_nobody_closes_is_a_character() -> None:
    text = 'a,b\n5" disk,"open\n' + "x,y\n" * 1_000
    assert cells(page_of(text).body)[:2] == [['5" disk', '"open'], ["x", "y"]]


def test_it_goes_on_where_a_page_ends() -> None:
    text = "n,square\n" + "".join(f"{n},{n * n}\n" for n in range(1, 1_235))
    seen: list[list[str]] = []
    first = 1
    while True:
        page = page_of(text, first)
        seen += cells(page.body)
        assert (page.first, page.total) == (first, 1_234)
        if page.last == page.total:
            break
        first = page.last + 1
    assert seen == [[str(n), str(n * n)] for n in range(1, 1_235)]
    assert page_of(text, 10**9).first == 1_234


def test_a_wide_table_says_how_many_columns_it_hides() -> None:
    page = page_of("a," * 5_000 + "\n" + "1," * 5_000 + "\n")
    assert page.columns == 5_001
    assert len(cells(page.body)[0]) == tables.MOST_COLUMNS
    assert "… +4901" in page.body


def test_a_long_cell_is_cut_and_says_so() -> None:
    assert '<span class="cut">… +1000</span>' in page_of("a\n" + "x" * 2_000 + "\n").body


@pytest.mark.parametrize("text", ["", "\n\n", "a", "a\n", '"', ",", "\r", "\0,\0\n"])
def test_it_bears_hardly_any_table(text: str) -> None:
    assert page_of(text).total == 0


ANY = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]))
VALUES = ANY.filter(lambda text: not HIDDEN.search(text))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(VALUES, min_size=2, max_size=5), min_size=2, max_size=12), st.sampled_from(",;\t"))
def test_every_value_comes_out_in_its_place(rows: list[list[str]], delimiter: str) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    text = file.getvalue()
    assume(dialect(text) == delimiter)  # of a few ragged rows any may be right
    page = page_of(text)
    width = max(map(len, rows))
    assert cells(page.head + page.body) == [row + [""] * (width - len(row)) for row in rows]


EVIL = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202e<b>", "</td></table>"]


@pytest.mark.parametrize("evil", EVIL)
def test_it_lets_nothing_run(evil: str) -> None:
    page = page_of(f"{evil},b\n{evil},{evil}\n")
    tags = set(re.findall(r"</?([a-z]+)", page.head + page.body))
    assert tags <= {"tr", "th", "td", "a", "span"}
    assert "onerror=alert(1)>" not in re.sub(r"&[a-z]+;", "", page.body)


BOMBS = {
    "a million columns": "a," * 1_000_000,
    "wide rows": ("a," * 5_000 + "\n") * 500,
    "an open quote": 'a,b\n"' + "x,y\n" * 500_000,
    "quotes": '"' * 2_000_000,
    "quotes and lines": 'a,"\n' * 400_000,
    "empty lines": "\n" * 2_000_000,
    "one line": "x" * 5_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_text_takes_long(name: str) -> None:
    started = time.monotonic()
    page = render(BOMBS[name])
    assert time.monotonic() - started < tables.DEADLINE_SECONDS + pool.START_SECONDS + pool.WAIT_SECONDS
    if page is not None:
        assert len(page.head) + len(page.body) < 1_500_000
