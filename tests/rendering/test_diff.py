"""Comparing texts: rows for the page, patches for git."""

import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pastes.rendering.comparing import MOST_ROWS, DiffRow, hunks, replacement_hunk
from pastes.rendering.diff import Diff, compare, diff_rows, unified

TEN = "".join(f"line {number}\n" for number in range(1, 11))

texts = st.text(st.sampled_from("ab \n\r\ufeff\u2028é"), max_size=40)


def test_it_shows_changes_with_context_and_marks_words() -> None:
    diff = compare(old=TEN, new=TEN.replace("line 8", "line eight").replace("line 1\n", "", 1), context=1)
    assert diff == Diff(
        rows=[
            DiffRow("removed", 1, None, "line 1"),
            DiffRow("context", 2, 1, "line 2"),
            DiffRow("gap", 3, 2, "⋯ 4"),
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
    diff = compare(old="<script>\u202e\n" + TEN * 2, new="<script> x\n" + TEN * 2)
    assert (
        '<tr class="gap"><td class="n"></td><td class="n"></td><td class="sign"></td><td class="x">⋯ 17'
        in diff_rows(diff)
    )
    assert '<tr class="added"><td class="n"></td><td class="n">1</td><td class="sign">+</td>' in diff_rows(diff)
    assert "<script>" not in diff_rows(diff)
    assert "[U+202E]" in diff_rows(diff)


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
