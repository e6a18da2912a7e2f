"""What changed between two revisions, on the page and as a patch that git applies."""

import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

from accounts.models import User
from pastes.domain import publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.domain.history import FileDiff, Patience
from pastes.models import Paste
from tests.factories import client_for, make_paste, viewer_for
from tests.services.process import program

pytestmark = pytest.mark.django_db

type Texts = dict[str, bytes]


def revised(owner: User, *states: Texts) -> Paste:
    """A paste with one revision for each state of its files."""
    first, *others = ([NewFile(data, name, "text") for name, data in texts.items()] for texts in states)
    paste = make_paste(owner=owner, files=first)
    for number, files in enumerate(others, start=1):
        publishing.revise(paste=paste, draft=Draft(files=files), base=number, viewer=viewer_for(owner))
        paste.refresh_from_db()
    return paste


def apply(patch: bytes, files: Texts, folder: Path) -> Texts:
    """What git makes of the files."""
    program("git", package="git")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
    done = subprocess.run(command, input=patch, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode() + patch.decode()
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_shows_lines_added_and_removed(alice: User) -> None:
    paste = revised(alice, {"a.txt": b"one\ntwo\n"}, {"a.txt": b"one\nthree\n"})
    html = client_for().get(f"/{paste.key}/diff/1..2").text
    assert '<tr class="added">' in html
    assert '<tr class="removed">' in html
    assert "+1" in html
    assert "−1" in html


def test_it_says_what_became_of_each_file(alice: User) -> None:
    paste = revised(
        alice,
        {"same.txt": b"same\n", "gone.txt": b"gone\n", "data.bin": b"\x00\x01"},
        {"same.txt": b"same\n", "new.txt": b"new\n", "data.bin": b"\x00\x02", "more.txt": b"more\n"},
    )
    html = client_for().get(f"/{paste.key}/diff/1..2").text
    for said in ("unchanged", "new file", "This file is not text."):
        assert said in html


def test_it_goes_both_ways_and_knows_no_other_revisions(alice: User) -> None:
    paste = revised(alice, {"a.txt": b"one\n"}, {"a.txt": b"two\n"})
    for numbers, status in (("1..2", 200), ("2..1", 200), ("1..1", 200), ("0..1", 404), ("1..3", 404)):
        assert client_for().get(f"/{paste.key}/diff/{numbers}").status_code == status


def test_it_escapes_what_it_shows(alice: User) -> None:
    paste = revised(alice, {"<b>.txt": b"<script>\n"}, {"<b>.txt": b"<script>alert(1)\n"})
    html = client_for().get(f"/{paste.key}/diff/1..2").text
    assert "<script>alert" not in html
    assert "<b>.txt" not in html


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a.txt": b"one\ntwo\n"}, {"a.txt": b"one\nthree\nfour\n"}),
        ({"a.txt": b"no line end"}, {"a.txt": b"no line end\n"}),
        ({"a.txt": b"crlf\r\nlines\r\n"}, {"a.txt": b"crlf\r\nother\r\n"}),
        ({"a.txt": b"stays\n"}, {"a.txt": b"stays\n", "b.txt": b"new\nfile\n"}),
        ({"a.txt": b"stays\n", "b.txt": b"goes\naway"}, {"a.txt": b"stays\n"}),
        ({"a b.txt": b"blank\n"}, {"a b.txt": b"in the name\n"}),
        ({"f\u00fc\u00df.txt": b"one\n"}, {"f\u00fc\u00df.txt": b"two\n"}),
        ({"a.txt": b"moved\n"}, {"b.txt": b"moved\n"}),
        ({"a.txt": b"moved\nand\nchanged\n"}, {"b.txt": b"moved\nand\nnew\n"}),
        ({"a.txt": "caf\u00e9 \u2028\n".encode()}, {"a.txt": "caf\u00e9 \u2028\x0c!\n".encode()}),
    ],
    ids=["lines", "line end", "crlf", "new", "removed", "blank", "umlaut", "moved", "moved and changed", "odd"],
)
def test_it_gives_a_patch_that_git_applies(alice: User, tmp_path: Path, old: Texts, new: Texts) -> None:
    paste = revised(alice, old, new)
    response = client_for().get(f"/{paste.key}/diff/1..2?patch")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert apply(response.content, old, tmp_path) == new


def test_it_says_in_a_patch_what_is_not_in_it_and_the_rest_still_applies(alice: User, tmp_path: Path) -> None:
    old = {"a.bin": b"\x00\x01", "a.txt": b"one\n", "gone.bin": b"\x00"}
    paste = revised(alice, old, {"a.bin": b"\x00\x02", "a.txt": b"two\n", "new.bin": b"\x00\x03", "b.bin": b"\x00\x04"})
    patch = client_for().get(f"/{paste.key}/diff/1..2?patch")
    assert "Binary files a/a.bin and b/a.bin differ\n" in patch.text
    assert "Binary files /dev/null and b/new.bin differ\n" in patch.text
    assert "Binary files a/gone.bin and /dev/null differ\n" in patch.text
    assert apply(patch.content, old, tmp_path) == old | {"a.txt": b"two\n"}


LONG = "".join(f"line {number}\n" for number in range(1, 101)).encode()


@pytest.fixture
def long(alice: User) -> Paste:
    """Two files, one of them with two changes far from each other."""
    new = LONG.replace(b"line 5\n", b"line five\n").replace(b"line 90\n", b"line ninety\n")
    return revised(alice, {"a.txt": LONG, "b.txt": b"x = 1\n"}, {"a.txt": new, "b.txt": b"x  = 1\n"})


def test_it_shows_both_views_with_the_words_that_changed(long: Paste) -> None:
    for view in ("unified", "split"):
        html = client_for().get(f"/{long.key}/diff/1..2?view={view}").text
        assert f'<table class="diff {view}"' in html
        assert "line <mark>5</mark>" in html
        assert "line <mark>five</mark>" in html
        assert '<span class="hide">added</span>' in html


def test_it_remembers_the_view_that_was_chosen(long: Paste) -> None:
    client = client_for()
    assert not client.get(f"/{long.key}/diff/1..2").cookies
    client.get(f"/{long.key}/diff/1..2?view=split")
    assert '<table class="diff split"' in client.get(f"/{long.key}/diff/1..2").text
    client.get(f"/{long.key}/diff/1..2?view=unified")
    assert '<table class="diff unified"' in client.get(f"/{long.key}/diff/1..2").text
    assert '<table class="diff unified"' in client.get(f"/{long.key}/diff/1..2?view=<b>").text


def test_it_opens_what_is_left_out(long: Paste) -> None:
    html = client_for().get(f"/{long.key}/diff/1..2").text
    assert "line 50\n" not in html
    found = re.search(r'<a href="(\?[^"]*)#(file-1-gap-\d+)"', html)
    assert found
    whole = client_for().get(f"/{long.key}/diff/1..2{unescape(found[1])}").text
    assert f'id="{found[2]}"' in whole
    assert whole.count("line 50\n") == 1
    assert "b.txt" not in whole
    assert 'href="?view=unified#file-1"' in whole, "the way back"


def test_it_ignores_whitespace_when_asked(long: Paste) -> None:
    html = client_for().get(f"/{long.key}/diff/1..2?blanks=ignore").text
    assert "Only blanks changed in this file." in html
    assert "line <mark>five</mark>" in html


def test_it_counts_what_changed_in_all_files(long: Paste) -> None:
    html = client_for().get(f"/{long.key}/diff/1..2").text
    assert re.search(r"2 files\s*<span class=\"added\">\+3<", html)


def test_it_bears_every_query(long: Paste) -> None:
    for query in ("file=9", "file=0", "file=x", "lines=all", "view=", "blanks=1&file=-1", "file=" + "9" * 30):
        response = client_for().get(f"/{long.key}/diff/1..2?{query}")
        assert response.status_code == 200
        assert "a.txt" in response.text


def test_a_page_of_many_changes_ends_somewhere_and_leads_to_the_rest(alice: User) -> None:
    old = {f"{letter}.txt": b"old\n" * 4_000 for letter in "abcd"}
    paste = revised(alice, old, dict.fromkeys(old, b"new\n" * 4000))
    html = client_for().get(f"/{paste.key}/diff/1..2").text
    assert html.count('<tr class="added"') == 4_000
    found = re.search(r'href="(\?[^"#]*file=4)#file-4">Show this file', html)
    assert found
    assert client_for().get(f"/{paste.key}/diff/1..2{unescape(found[1])}").text.count('<tr class="added"') == 4_000


def test_files_for_which_no_time_is_left_are_said_to_be_too_large(long: Paste) -> None:
    old, new = (list(revision.files.all()) for revision in long.revisions.order_by("number"))
    spent = FileDiff(old[0], new[0], patience=Patience(0.0))
    assert spent.too_large
    assert (spent.added, spent.removed) == (100, 100)
    plain = FileDiff(old[0], new[0], colour_patience=Patience(0.0))
    assert plain.rows == plain.result.rows, "without colours"
    shared = Patience(5.0)
    assert not FileDiff(old[0], new[0], patience=shared).too_large
    assert shared.left(5.0) < 5.0, "what one file took is gone for the others"


def test_colours_are_those_of_the_language(alice: User) -> None:
    first = make_paste(owner=alice, files=[NewFile(b"def f():\n    return 1\n", "a.py", "python")])
    publishing.revise(
        paste=first,
        draft=Draft(files=[NewFile(b"def f():\n    return 2\n", "a.py", "python")]),
        base=1,
        viewer=viewer_for(alice),
    )
    html = client_for().get(f"/{first.key}/diff/1..2").text
    assert '<span class="k">def </span>' in html
    assert '<span class="m"><mark>2</mark></span>' in html
