"""A site moves from SQLite and the disk to PostgreSQL and S3, by backup and restore."""

from pathlib import Path

import pytest

from tests.commands.backup_sites import PUBLISH, READ, Site, maker

pytestmark = [pytest.mark.slow, pytest.mark.real]


def test_a_small_site_moves_to_real_servers(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    """The form of a backup is the same for every database and every store."""
    big = maker(tmp_path_factory, None)()
    small = Site(big.environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/small.sqlite3", "S3_BUCKET": ""})
    small.done("migrate", "--verbosity=0")
    small.do(PUBLISH, "first", "burn")
    small.done("backup", str(tmp_path / "b"))
    assert "2 pastes with 4 texts" in big.done("restore", str(tmp_path / "b"))
    assert big.do(READ) == small.do(READ)
