"""backup, restore: on sites of their own, by the commands that an operator runs."""

import gzip
import json
import shutil
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.commands.backup_sites import PUBLISH, READ, TEXT, MakeSite, Site, maker
from tests.services.servers import ROOT

pytestmark = pytest.mark.slow

ADD = """
from accounts.models import User
from tests.factories import make_paste
make_paste(owner=User.objects.create_user("bob"), text="after the restore", title="new")
"""


@pytest.fixture(scope="module")
def make_site(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path | None) -> MakeSite:
    """See `maker`."""
    return maker(tmp_path_factory, migrated_database)


@pytest.fixture(scope="module")
def site(make_site: MakeSite) -> Site:
    """One with three pastes, which no test changes."""
    return make_site("first", "second", "burn")


@pytest.fixture
def changing_site(site: Site, make_site: MakeSite) -> Site:
    """The same again, for a test that changes it."""
    copy = make_site()
    shutil.copytree(site.environment["DATA_DIR"], copy.environment["DATA_DIR"], dirs_exist_ok=True)
    return copy


@pytest.mark.parametrize("target", ["folder", "one.tar"])
def test_what_was_backed_up_is_there_again(site: Site, make_site: MakeSite, tmp_path: Path, target: str) -> None:
    said = site.done("backup", str(tmp_path / target))
    assert "6 texts" in said
    assert "6 of them new; 0 removed meanwhile." in said
    other = make_site()
    said = other.done("restore", str(tmp_path / target))
    assert "3 pastes with 6 texts restored" in said
    assert "1 pastes open only so often: whether they were read since the backup nobody knows" in said
    read = other.do(READ)
    assert read == site.do(READ)
    assert repr(TEXT) in read
    # New rows get new numbers, and what the site makes by itself is there.
    other.do(ADD)
    assert "0 keys would be added" in other.done("seed_keys", "--count=1000", "--dry-run")
    assert "0 pastes to index" in other.done("index_pastes", "--dry-run")


def test_the_next_backup_of_a_folder_copies_only_what_is_new(changing_site: Site, tmp_path: Path) -> None:
    site = changing_site
    target = str(tmp_path / "daily")
    site.done("backup", target)
    site.do(PUBLISH, "third")
    assert "8 texts" in (said := site.done("backup", target))
    assert "2 of them new" in said
    assert "is whole: 8 texts" in site.done("restore", target, "--dry-run")


def test_backups_that_are_too_old_go_with_what_only_they_had(
    changing_site: Site, make_site: MakeSite, tmp_path: Path
) -> None:
    site = changing_site
    target = tmp_path / "daily"
    site.done("backup", str(target))
    site.do(
        "from pastes.domain import expiry\nfrom pastes.models import Paste\n"
        "expiry.destroy(list(Paste.objects.filter(title='first').values_list('pk', flat=True)))"
    )
    assert "1 older backups and 2 texts only they had were removed." in site.done("backup", str(target), "--keep=1")
    assert len(list(target.glob("objects/*/*"))) == 4
    assert "2 pastes with 4 texts" in make_site().done("restore", str(target))


def test_what_is_over_does_not_come_back(changing_site: Site, make_site: MakeSite, tmp_path: Path) -> None:
    site = changing_site
    site.do(PUBLISH, "over")
    site.done("backup", str(tmp_path / "b"))
    other = make_site()
    assert "3 pastes" in (said := other.done("restore", str(tmp_path / "b")))
    assert "1 left out that are over" in said
    assert "'over'" not in other.do(READ)


def test_what_opens_only_so_often_can_be_left_out(site: Site, make_site: MakeSite, tmp_path: Path) -> None:
    site.done("backup", str(tmp_path / "b"))
    other = make_site()
    assert "2 pastes" in other.done("restore", str(tmp_path / "b"), "--without-countdown")
    assert "'burn'" not in other.do(READ)


def test_nothing_that_is_there_is_overwritten_unasked(changing_site: Site, tmp_path: Path) -> None:
    site = changing_site
    site.done("backup", str(tmp_path / "b"))
    site.do(PUBLISH, "later")
    refused = site.manage("restore", str(tmp_path / "b"))
    assert refused.status == 1
    assert "There are pastes, people or objects here already. Nothing was changed." in refused.err
    assert "'later'" in site.do(READ)
    site.done("restore", str(tmp_path / "b"), "--replace")
    assert "'later'" not in site.do(READ)


def test_a_damaged_backup_is_found_out_and_changes_nothing(site: Site, make_site: MakeSite, tmp_path: Path) -> None:
    target = tmp_path / "b"
    site.done("backup", str(target))
    text = next(path for path in target.glob("objects/*/*") if path.read_bytes() == TEXT)
    text.write_bytes(TEXT[:-1] + b"!")
    other = make_site()
    for arguments in (["--dry-run"], []):
        refused = other.manage("restore", str(target), *arguments)
        assert refused.status == 1
        assert "The backup is damaged: objects/" in refused.err
    text.write_bytes(TEXT)
    [table] = target.glob("*/tables/pastes.Paste.jsonl.gz")
    whole = table.read_bytes()
    table.write_bytes(gzip.compress(b""))
    assert "damaged: tables/pastes.Paste" in other.manage("restore", str(target)).err
    table.write_bytes(whole)
    assert "3 pastes" in other.done("restore", str(target), "--replace")


def test_a_backup_that_was_broken_off_is_none(site: Site, make_site: MakeSite, tmp_path: Path) -> None:
    target = tmp_path / "b"
    site.done("backup", str(target))
    next(target.glob("*/manifest.json")).unlink()
    refused = make_site().manage("restore", str(target))
    assert refused.status == 1
    assert "There is no such backup that was finished." in refused.err


def test_a_backup_of_a_newer_release_is_refused(site: Site, make_site: MakeSite, tmp_path: Path) -> None:
    target = tmp_path / "b"
    site.done("backup", str(target))
    [path] = target.glob("*/manifest.json")
    manifest = json.loads(path.read_text())
    manifest["migrations"]["pastes"] = "9999_of_next_year"
    path.write_text(json.dumps(manifest))
    refused = make_site().manage("restore", str(target))
    assert refused.status == 1
    assert "a release that this one does not know: pastes 9999_of_next_year" in refused.err


def test_a_backup_of_the_first_release_becomes_one_of_this(site: Site, make_site: MakeSite, tmp_path: Path) -> None:
    """Its tables are made as they were, filled, and then migrated."""
    target = tmp_path / "b"
    site.done("backup", str(target))
    [path] = target.glob("*/manifest.json")
    manifest = json.loads(path.read_text())
    manifest["migrations"]["pastes"] = "0003_search"
    manifest["tables"] = [
        table
        for table in manifest["tables"]
        if table["model"] not in {"pastes.Webhook", "pastes.Delivery", "pastes.IdempotencyKey"}
    ]
    [pastes] = [table for table in manifest["tables"] if table["model"] == "pastes.Paste"]
    _leave_out(pastes, "page_version", path.parent / "tables" / "pastes.Paste.jsonl.gz")
    path.write_text(json.dumps(manifest))
    other = make_site()
    assert "3 pastes with 6 texts" in other.done("restore", str(target))
    assert other.do(READ) == site.do(READ)
    assert "No planned migration" in other.done("migrate", "--plan")


def _leave_out(table: dict[str, Any], column: str, path: Path) -> None:
    """Make the file of a table one from before it had a column."""
    place = table["columns"].index(column)
    del table["columns"][place]
    rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    packed = gzip.compress("".join(f"{json.dumps(row[:place] + row[place + 1 :])}\n" for row in rows).encode())
    path.write_bytes(packed)
    table["sha256"] = sha256(packed).hexdigest()


def test_a_text_that_the_store_lost_is_told_and_fails(changing_site: Site, tmp_path: Path) -> None:
    site = changing_site
    name = site.do(
        "from pastes import storage\nfrom pastes.models import File\nname = File.objects.first().object_name\n"
        "storage.delete([name])\nprint(name)"
    )
    ended = site.manage("backup", str(tmp_path / "b"))
    assert ended.status == 1
    assert f"1 texts that rows name are not in the object store or not what was stored: {name}" in ended.err
    assert "is whole: 6 texts" in site.done("restore", str(tmp_path / "b"), "--dry-run"), "the rest can be restored"


def test_a_tar_can_go_anywhere(site: Site, make_site: MakeSite, tmp_path: Path) -> None:
    path = tmp_path / "piped.tar"
    with path.open("wb") as pipe:
        command = [sys.executable, str(ROOT / "manage.py"), "backup", "-"]
        subprocess.run(command, env=site.environment, cwd=ROOT, stdout=pipe, check=True)
    with tarfile.open(path) as tar:
        assert len([name for name in tar.getnames() if name.startswith("objects/")]) == 6
    assert "3 pastes" in make_site().done("restore", str(path))


def test_a_dry_run_writes_nothing(site: Site, tmp_path: Path) -> None:
    assert "and 6 texts to copy" in site.done("backup", str(tmp_path / "b"), "--dry-run")
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["restore", "/nowhere/at-all"], "/nowhere/at-all cannot be read: There is no such folder."),
        (["restore", "/nowhere/at-all.tar"], "cannot be read: No such file or directory."),
        (["backup", "/dev/null/folder"], "/dev/null/folder cannot be written: Not a directory."),
        (["backup", "one.tar", "--keep=2"], "--keep is for a folder"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(site: Site, arguments: list[str], said: str) -> None:
    ended = site.manage(*arguments)
    assert ended.status == 1
    assert said in ended.err
    assert "Traceback" not in ended.err
