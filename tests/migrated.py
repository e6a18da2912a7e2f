"""An empty, migrated SQLite database, kept between runs: migrating takes longer than most tests."""

import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OTHERS = ("django", "django-allauth", "django-q2")
"""Packages with migrations of their own."""


def name() -> str:
    """What the database is called: another name when any migration is another."""
    found = sha256(" ".join([sqlite3.sqlite_version, *map(version, OTHERS)]).encode())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        found.update(path.name.encode() + path.read_bytes())
    return f"{found.hexdigest()[:16]}.sqlite3"


def take(kept: Path, database: Path) -> None:
    """Begin with the kept one, if there is one."""
    if kept.exists():
        shutil.copyfile(kept, database)


def keep(database: Path, kept: Path) -> None:
    """Keep a database that no test has written to, and none that older migrations made."""
    if kept.exists():
        return
    for old in kept.parent.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    # Written beside it first: another process may look at this moment.
    fresh = kept.with_suffix(f".{database.parent.name}")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(fresh)) as target:
        source.backup(target)
    fresh.replace(kept)
