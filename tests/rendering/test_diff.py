"""Comparing texts: rows for the page, patches for git."""

import re
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pastes.rendering.comparing import MOST_ROWS, DiffRow, hunks, replacement_hunk
from pastes.rendering.diff import Diff, compare, unified
from pastes.rendering.difftable import Gaps, Words, coloured, split_table, unified_table
from pastes.rendering.visible import visible

TEN = "".join(f"line {number}\n" for number in range(1, 11))

WORDS = Words(added="new", removed="gone", unchanged=lambda count: f"{count} alike")
GAPS = Gaps(url="?all", prefix="")

texts = st.text(st.sampled_from("ab \n\r\ufeff\u2028é"), max_size=40)


def test_it_shows_changes_with_context_and_marks_words() -> None:
    diff = compare(old=TEN, new=TEN.replace("line 8", "line eight").replace("line 1\n", "", 1), context=1)
    assert diff == Diff(
        rows=[
            DiffRow("removed", 1, None, "line 1"),
            DiffRow("context", 2, 1, "line 2"),
            DiffRow("gap", 3, 2, "4"),
            DiffRow("context", 7, 6, "line 7"),
            DiffRow("removed", 8, None, "line <mark>8</mark>"),
            DiffRow("added", None, 7, "line <mark>eight</mark>"),
            DiffRow("context", 9, 8, "line 9"),
            DiffRow("context", 10, 9, "line 10"),
        ],
        added=1,
        removed=2,
        too_large=False,
    )


def test_equal_texts_have_no_rows() -> None:
    assert compare(old=TEN, new=TEN) == Diff(rows=[], added=0, removed=0, too_large=False)
    assert unified(old_name="a", new_name="a", old=TEN, new=TEN) == ""


def test_a_change_of_line_ends_can_be_seen() -> None:
    rows = compare(old="a\r\nb", new="a\nb\n").rows
    assert [row.html for row in rows] == ["a<mark>␍␊</mark>", "b", "a<mark>␊</mark>", "b<mark>␊</mark>"]


def test_rows_are_safe_html() -> None:
    rows = compare(old="<script>\u202e\n" + TEN * 2, new="<script> x\n" + TEN * 2).rows
    for make in (unified_table, split_table):
        html = make(rows, words=WORDS, gaps=Gaps(url='?a="<&', prefix="f-"))
        assert "<script>" not in html
        assert "[U+202E]" in html
        assert 'href="?a=&quot;&lt;&amp;#f-gap-5"' in html


def test_one_below_the_other_removed_lines_stand_before_added_ones() -> None:
    html = unified_table(compare(old="a b\nc d\n", new="a x\nc y\nz\n").rows, words=WORDS, gaps=GAPS)
    assert re.findall(r'<tr class="(\w+)"><td class="n">(\d*)</td><td class="n">(\d*)</td>', html) == [
        ("removed", "1", ""),
        ("removed", "2", ""),
        ("added", "", "1"),
        ("added", "", "2"),
        ("added", "", "3"),
    ]
    assert '<td class="sign">−<span class="hide">gone</span></td>' in html
    assert '<td class="sign">+<span class="hide">new</span></td>' in html


def test_side_by_side_each_line_stands_beside_the_one_that_it_replaces() -> None:
    html = split_table(compare(old="same\na b\n", new="same\na x\nz\n").rows, words=WORDS, gaps=GAPS)
    rows = [re.findall(r'<td class="([^"]*)">(.*?)</td>', row, re.DOTALL) for row in html.split("<tr>")[1:]]
    same, replaced, added = ([text.rstrip("\n") for name, text in row] for row in rows)
    assert same == ["1", "", "same", "1", "", "same"]
    assert [replaced[2], replaced[5]] == ["a <mark>b</mark>", "a <mark>x</mark>"]
    assert [name for name, _ in rows[2]][:3] == ["none n", "none sign", "none x"]
    assert added[3:] == ["3", '+<span class="hide">new</span>', "z"]


def test_a_gap_opens_where_it_is() -> None:
    gap = compare(old=TEN, new=TEN + "x\n", context=1).rows
    whole = compare(old=TEN, new=TEN + "x\n", context=1, whole=True).rows
    for make in (unified_table, split_table):
        closed, opened = (make(rows, words=WORDS, gaps=GAPS) for rows in (gap, whole))
        assert 'hx-select="#gap-1">⋯ 9 alike</a>' in closed
        assert opened.startswith('<tbody class="opened" id="gap-1"')
        assert opened.count("<tr") == 11


def test_blanks_are_ignored_when_asked_and_each_side_keeps_its_own() -> None:
    old, new = "if a:\n\tb = 1\nc\r\n", "if  a :\n    b = 1\nd\n"
    diff = compare(old=old, new=new, ignore_blanks=True)
    assert (diff.added, diff.removed) == (1, 1)
    assert DiffRow("context", 2, 2, "    b = 1", "\tb = 1") in diff.rows
    assert "<mark>" not in unified_table(diff.rows[:2], words=WORDS, gaps=GAPS)
    same = compare(old="a \n", new=" a\n", ignore_blanks=True)
    assert (same.added, same.removed) == (0, 0)


def test_colours_lie_under_the_marks() -> None:
    rows = [DiffRow("removed", 1, None, 'f(<mark>"a &lt; b</mark>")'), DiffRow("added", None, 1, "other")]
    done = coloured(rows, old=['<span class="f">f</span>(<span class="s">"a &lt; b"</span>)'], new=["not the same"])
    assert done[0].html == '<span class="f">f</span>(<span class="s"><mark>"a &lt; b</mark>"</span>)'
    assert done[1].html == "other", "lines that are not the text are not taken"


@settings(max_examples=50, deadline=None)
@given(texts, texts)
def test_colours_change_no_character(old: str, new: str) -> None:
    rows = compare(old=old, new=new).rows
    lines = [
        ["".join(f'<span class="k">{visible(letter)}</span>' for letter in line) for line in text.split("\n")]
        for text in (old, new)
    ]
    for before, after in zip(rows, coloured(rows, old=lines[0], new=lines[1]), strict=True):
        assert re.sub("<[^>]*>", "", after.html) == re.sub("<[^>]*>", "", before.html)
        assert after.html.count("<mark>") >= before.html.count("<mark>")


def test_what_cannot_be_compared_in_time_is_said_to_be_too_large() -> None:
    old = "".join(f"{number * 7919 % 1201}\n" for number in range(60_000))
    new = "".join(f"{number * 31 % 1193 + 1}\n" for number in range(60_000))
    started = time.monotonic()
    assert compare(old=old, new=new, deadline=0.3) == Diff(rows=[], added=60_000, removed=60_000, too_large=True)
    assert compare(old="\n" * 5_000_000, new="").too_large
    patch = unified(old_name="a", new_name="a", old=old, new=new, deadline=0.3)
    assert patch.count("\n") == 120_000 + 4
    assert time.monotonic() - started < 5


def test_rows_end_somewhere() -> None:
    diff = compare(old="", new="a\n" * 50_000)
    assert (len(diff.rows), diff.added, diff.too_large) == (MOST_ROWS, 50_000, True)


@settings(max_examples=100, deadline=None)
@given(texts, texts, st.integers(0, 3))
def test_rows_hold_both_texts(old: str, new: str, context: int) -> None:
    diff = compare(old=old, new=new, context=context)
    assert [row.old_number for row in diff.rows if row.kind == "removed"] == sorted(
        row.old_number or 0 for row in diff.rows if row.kind == "removed"
    )
    assert sum(row.kind == "added" for row in diff.rows) == diff.added
    assert sum(row.kind == "removed" for row in diff.rows) == diff.removed


@pytest.mark.parametrize(
    ("old_name", "new_name"),
    [
        ("a.py", "a.py"),
        ("two words.txt", "two words.txt"),
        ('folder/naïve "quoted"\\.txt', 'folder/naïve "quoted"\\.txt'),
        ("tab\there", "tab\there"),
        ("old name.txt", "new name.txt"),
        ("a", "ß"),
    ],
)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TEN, TEN.replace("5", "five")),
        (TEN, TEN * 3),
        (TEN, TEN[:-1]),
        (TEN[:-1], TEN),
        ("a", "b"),
        ("a\r\nb\r\n", "a\nb\r\n"),
        ("a\x0cb\u2028c\rd\n", "a\x0cb\u2028c\re\n"),
    ],
)
def test_git_applies_a_patch(tmp_path: Path, old_name: str, new_name: str, old: str, new: str) -> None:
    path = tmp_path / old_name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(old.encode())
    apply(tmp_path, unified(old_name=old_name, new_name=new_name, old=old, new=new))
    assert (tmp_path / new_name).read_bytes() == new.encode()
    assert (old_name == new_name) == path.exists()


def test_git_applies_any_patch(tmp_path: Path) -> None:
    """All in one call: a process per example would take a minute."""
    pairs: list[tuple[str, str]] = []

    @settings(max_examples=150, deadline=None, database=None)
    @given(texts.filter(bool), texts.filter(bool))
    def collect(old: str, new: str) -> None:
        pairs.append((old, new))

    collect()
    patch = ""
    for number, (old, new) in enumerate(pairs):
        (tmp_path / f"{number}").write_bytes(old.encode())
        header = f"diff --git a/{number} b/{number}\n--- a/{number}\n+++ b/{number}\n"
        patch += header + (hunks(old, new) if number % 4 else replacement_hunk(old, new)) if old != new else ""
    apply(tmp_path, patch)
    assert [(tmp_path / f"{number}").read_bytes().decode() for number in range(len(pairs))] == [new for _, new in pairs]


def apply(folder: Path, patch: str) -> None:
    """Let git apply the patch to the files of a folder that is no repository."""
    run = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        cwd=folder,
        input=patch.encode(),
        env={"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        check=False,
        capture_output=True,
        timeout=20,
    )
    assert run.returncode == 0, run.stderr.decode()
