"""publish"""

import re
from pathlib import Path
from typing import Any

import pytest

from pastes.models import Key, Paste
from tests.commands.conftest import Shell
from tests.factories import client_for, make_user, read_all


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of three files, and what does not belong to it."""
    project = tmp_path / "project"
    (project / "src").mkdir(parents=True)
    (project / "README.md").write_bytes(b"# Project\r\n")
    (project / "src" / "main.py").write_bytes(b"print('caf\xe9')\n")
    (project / "src" / "util.py").write_bytes(b"x = 1")
    (project / ".git").mkdir()
    (project / ".git" / "config").write_bytes(b"[core]\n")
    (project / "link").symlink_to(project / "README.md")
    return project


def test_it_publishes_each_file_of_a_folder_byte_for_byte(shell: Shell, folder: Path) -> None:
    lines = shell("publish", str(folder)).out.splitlines()
    assert len(lines) == 3
    reader = client_for(browser=False)
    for line in lines:
        address, _, path = line.partition("\t")
        assert read_all(reader.get(f"{address}/raw")) == Path(path).read_bytes()
    titles = set(Paste.objects.values_list("title", flat=True))
    assert titles == {"project/README.md", "project/src/main.py", "project/src/util.py"}, "and nothing from above"


def test_it_prints_whole_addresses_where_the_site_knows_its_own(shell: Shell, folder: Path, settings: Any) -> None:
    settings.SITE_URL = "https://paste.example.org"
    out = shell("publish", str(folder / "README.md")).out
    assert re.match(r"https://paste\.example\.org/\w{11}\t", out)


def test_it_publishes_as_somebody_with_options(shell: Shell, folder: Path) -> None:
    alice = make_user("alice")
    shell("publish", str(folder / "README.md"), "--user", "alice", "--visibility", "private", "--expires", "1d")
    paste = Paste.objects.get()
    assert (paste.owner, paste.visibility, paste.title) == (alice, "private", "")
    assert paste.expires_at


def test_it_publishes_what_it_can_and_fails_for_the_rest(shell: Shell, folder: Path, settings: Any) -> None:
    settings.MAX_BYTES_ACCOUNT = settings.MAX_BYTES_ANONYMOUS = 100
    (folder / "big.txt").write_bytes(b"x" * 101)
    (folder / "empty.txt").touch()
    run = shell("publish", str(folder), str(folder / "empty.txt"))
    assert len(run.out.splitlines()) == 3
    assert "big.txt: The text is larger than one paste can be: 100" in run.err
    assert "empty.txt: There is no text yet" in run.err
    assert run.failure == "2 of 5 files were not published."


@pytest.mark.parametrize(
    ("args", "failure"),
    [
        (["/no/such/file"], "There is no /no/such/file."),
        ([__file__, "--user", "nobody"], "There is no account nobody."),
        ([__file__, "--visibility", "private"], "A private paste needs an owner"),
    ],
)
def test_it_says_what_is_wrong_before_it_publishes(shell: Shell, args: list[str], failure: str) -> None:
    assert shell("publish", *args).failure.startswith(failure)
    assert not Paste.objects.exists()


def test_it_leaves_out_empty_files_of_a_folder_and_says_so(shell: Shell, folder: Path) -> None:
    (folder / "src" / "__init__.py").touch()
    run = shell("publish", str(folder))
    assert len(run.out.splitlines()) == 3
    assert "1 empty files are left out." in run.err


def test_it_takes_no_key_on_the_spot(shell: Shell, folder: Path) -> None:
    Key.objects.all().delete()
    shell("publish", str(folder))
    assert Key.objects.count() == 0, "as many were seeded as were taken"
