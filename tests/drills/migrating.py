"""The database is migrated to this release while the one before it serves."""

import subprocess
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path

import psycopg

from tests.drills.backlog import EXPIRE
from tests.drills.finding import Drill, Finding
from tests.drills.load import people
from tests.drills.site import Site
from tests.services import postgres, production
from tests.services.process import LOOPBACK, Program, free_port
from tests.services.servers import ROOT, answers, folder

LONGEST_WAIT_SECONDS = 1
MIGRATIONS = ["pastes/migrations/0*.py", "accounts/migrations/0*.py"]

WAITING = """
SELECT coalesce(max(extract(epoch FROM now() - query_start)), 0) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


def run(site: Site, short: bool) -> Iterator[Finding]:
    """Start the code of the migration before the newest on a database of its own, and migrate that under its feet."""
    release = _git("log", "-2", "--diff-filter=A", "--format=%H", "--", *MIGRATIONS).split()[-1]
    with ExitStack() as stack:
        old = stack.enter_context(folder())
        with tarfile.open(fileobj=BytesIO(_archive(release))) as tar:
            tar.extractall(old, filter="data")
        database, port = stack.enter_context(postgres()), free_port()
        environment = site.environment | database.environment
        environment |= {"MEMCACHED_SERVERS": "", "DATA_DIR": str(old / "var"), "SITE_URL": f"http://{LOOPBACK}:{port}"}
        for command in (["migrate"], ["createcachetable"], ["seed_keys", "--count=5000"]):
            subprocess.run(["python", "manage.py", *command, "--verbosity=0"], env=environment, cwd=old, check=True)
        stack.enter_context(_old_web(site.webs[0].command, environment, old=old, port=port))
        with people(environment["SITE_URL"]) as log:
            time.sleep(3)
            with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as connection:
                rows = 5_000 if short else 50_000
                connection.execute(EXPIRE, {"count": rows})
            began = time.monotonic()
            with _watched(environment["DATABASE_URL"]) as waits:
                production.run(["python", "manage.py", "migrate", "--no-input"], environment)
            seconds = time.monotonic() - began
            time.sleep(2)
            during = log.since(began)
    yield Finding(
        did=f"`migrate` beside the code of the migration before the newest, with {rows:,} pastes",
        counted=f"{seconds:.1f} s; people: {during.said()}; longest wait for a lock {max(waits):.2f} s",
        promised=f"no 5xx, no lock over {LONGEST_WAIT_SECONDS} s",
        kept=not during.failures and len(during.answers) > 0 and max(waits) < LONGEST_WAIT_SECONDS,
    )


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _archive(release: str) -> bytes:
    return subprocess.run(["git", "archive", release], cwd=ROOT, check=True, capture_output=True).stdout


def _old_web(command: list[str], environment: dict[str, str], *, old: Path, port: int) -> Program:
    here = [f"--port={port}" if part.startswith("--port=") else part for part in command]
    url = f"http://{LOOPBACK}:{port}/healthz"
    return Program(here, ready=lambda: answers(url), log=old / "web", env=environment, cwd=old, seconds=60)


@contextmanager
def _watched(url: str) -> Iterator[list[float]]:
    """Look twenty times a second how long somebody has been waiting for a lock."""
    waits, over = [0.0], threading.Event()

    def watch() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not over.wait(0.05):
                row = connection.execute(WAITING).fetchone()
                assert row
                waits.append(float(row[0]))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


DRILL = Drill(
    name="migrating",
    promise="The data of the last release is migrated while that release serves: no answer of 500 and above, no lock "
    "over 1 s.",
    run=run,
)
