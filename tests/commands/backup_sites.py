"""Sites of their own for backups: a database and an object store each, used by the commands that an operator runs."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests import migrated
from tests.conftest import REAL
from tests.services import make_bucket
from tests.services.servers import ROOT

TEXT = "naïve = '日本語'\r\n\tprint(naïve)\n\n".encode()

PUBLISH = f"""
import sys
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from pastes.domain.content import NewFile
from tests.factories import make_paste
alice, _made = User.objects.get_or_create(username="alice", email="alice@example.org", last_name="日本語")
for title in sys.argv[1:]:
    soon = timezone.now() + timedelta(seconds=1)
    more = {{"burn": {{"burn": True}}, "over": {{"expires_at": soon}}}}.get(title, {{}})
    files = [NewFile({TEXT!r}, "a.py"), NewFile(title.encode(), "b.txt")]
    print(make_paste(owner=alice, files=files, title=title, **more).key)
"""

READ = """
from pastes.domain import content
from pastes.models import File, Paste
print([[p.title, p.owner.username, p.created.isoformat(), p.views] for p in Paste.objects.order_by("pk")])
print([[f.name, content.read(f)] for f in File.objects.order_by("pk")])
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Site:
    """A site of its own: a database and an object store, and nothing that runs."""

    environment: dict[str, str]

    def manage(self, *arguments: str) -> Ended:
        """Run ``manage.py``."""
        return self.python(str(ROOT / "manage.py"), *arguments)

    def done(self, *arguments: str) -> str:
        """Run ``manage.py``, which must work; what it wrote."""
        ended = self.manage(*arguments)
        assert ended.status == 0, ended.err
        return ended.out.strip()

    def do(self, code: str, *arguments: str) -> str:
        """Run Python on this site; what it printed."""
        prelude = "import django; django.setup()\n"
        ended = self.python("-c", prelude + code, *arguments)
        assert ended.status == 0, ended.err
        return ended.out.strip()

    def python(self, *arguments: str) -> Ended:
        """Run this interpreter beside the site."""
        run = subprocess.run(
            [sys.executable, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        return Ended(run.returncode, run.stdout, run.stderr)


type MakeSite = Callable[..., Site]


def maker(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path | None) -> MakeSite:
    """Makes sites on SQLite and the disk; beside real servers on databases and buckets of their own.

    Where ``migrated_database`` is there, those with pastes begin with it: migrating takes longer than all the rest.
    """

    def make(*titles: str) -> Site:
        name, home = f"backup_{secrets.token_hex(4)}", tmp_path_factory.mktemp("site")
        environment = dict(os.environ, DATA_DIR=str(home), DJANGO_SETTINGS_MODULE="pastebin.settings")
        environment["DATABASE_URL"] = f"sqlite:///{home}/pastebin.sqlite3"
        if REAL:
            server = os.environ["DATABASE_URL"]
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            environment |= {"DATABASE_URL": f"{server.rpartition('/')[0]}/{name}", "S3_BUCKET": name.replace("_", "-")}
            make_bucket(environment)
        site = Site(environment)
        if titles:
            if migrated_database and migrated_database.exists():
                migrated.take(migrated_database, home / "pastebin.sqlite3")
            else:
                site.done("migrate", "--verbosity=0")
            site.do(PUBLISH, *titles)
        return site

    return make
