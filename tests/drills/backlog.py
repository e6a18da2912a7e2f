"""The worker was off for a week, and comes back."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.drills.finding import Drill, Finding
from tests.drills.load import people
from tests.drills.site import Site, descendants
from tests.services.process import wait_until

CLEARED_WITHIN_SECONDS = {True: 90, False: 900}
LONGEST_TRANSACTION_SECONDS = 2
MOST_MEGABYTES = 512

EXPIRE = """
WITH paste AS (
    INSERT INTO pastes_paste
    SELECT (jsonb_populate_record(NULL::pastes_paste, to_jsonb(model) || jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('pastes_paste', 'id')), 'key', 'drill' || number,
        'expires_at', now() - number * interval '1 second'))).*
    FROM (SELECT * FROM pastes_paste ORDER BY id DESC LIMIT 1) AS model, generate_series(1, %(count)s) AS number
    RETURNING id
), revision AS (
    INSERT INTO pastes_revision
    SELECT (jsonb_populate_record(NULL::pastes_revision, to_jsonb(model) || jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('pastes_revision', 'id')), 'paste_id', paste.id, 'number', 1,
        'version', md5(paste.id::text)))).*
    FROM paste, (SELECT * FROM pastes_revision ORDER BY id DESC LIMIT 1) AS model
    RETURNING id
)
INSERT INTO pastes_file
SELECT (jsonb_populate_record(NULL::pastes_file, to_jsonb(model) || jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('pastes_file', 'id')), 'revision_id', revision.id, 'position', 0,
    'object_name', 'dd/' || md5(revision.id::text)))).*
FROM revision, (SELECT * FROM pastes_file ORDER BY id DESC LIMIT 1) AS model
"""
"""Pastes that expired during the week: copies of the newest one, each with a revision and a file."""

VIEWS = """
INSERT INTO pastes_view (paste_id, reader, host, seen_at, counted)
SELECT paste.id, md5(number::text || paste.id), '', now() - number * interval '1 second', false
FROM generate_series(1, %(count)s) AS number
CROSS JOIN LATERAL (
    SELECT id FROM pastes_paste WHERE key NOT LIKE 'drill%%' ORDER BY random() + number LIMIT 1
) AS paste
"""

TASKS = """
INSERT INTO django_q_ormq (key, payload, lock)
SELECT key, payload, now() - interval '6 days'
FROM generate_series(1, %(count)s), (SELECT key, payload FROM django_q_ormq ORDER BY id DESC LIMIT 1) AS model
"""

LATE = "UPDATE django_q_schedule SET next_run = next_run - interval '7 days'"


def run(site: Site, short: bool) -> Iterator[Finding]:
    """Stop the worker, leave a week's work, start it, and watch how it clears that while people go on."""
    count = 1_000 if short else 10_000
    site.worker.end()
    with people(site.url, pause=0.1) as log:
        wait_until(lambda: len(log.acknowledged) > 1, seconds=30, what="the first paste")
        with psycopg.connect(site.environment["DATABASE_URL"], autocommit=True) as database:
            for query in (EXPIRE, VIEWS):
                database.execute(query, {"count": count})
            database.execute(TASKS, {"count": count})
            database.execute(LATE)
            row = database.execute(NEWEST).fetchone()
            assert row
            waiting = _left(database, {"view": row[0], "task": row[1]})
            began = time.monotonic()
            site.worker.start()
            with _watched(site) as seen:
                left = _wait(database, {"view": row[0], "task": row[1]}, seconds=CLEARED_WITHIN_SECONDS[short])
            seconds = time.monotonic() - began
        during = log.since(began)
    yield Finding(
        did=f"worker off; {count:,} expired pastes, {count:,} views, {count:,} tasks, every schedule late; on",
        counted=f"of {waiting:,} rows {left} left after {seconds:.0f} s",
        promised=f"all cleared within {CLEARED_WITHIN_SECONDS[short]} s",
        kept=not left and waiting > 2 * count,
    )
    yield Finding(
        did="meanwhile",
        counted=f"longest transaction {seen.transaction:.1f} s, worker at most {seen.megabytes:.0f} MB; "
        f"people: {during.said()}",
        promised=f"no transaction over {LONGEST_TRANSACTION_SECONDS} s, worker under {MOST_MEGABYTES} MB; no 5xx",
        kept=seen.transaction < LONGEST_TRANSACTION_SECONDS and seen.megabytes < MOST_MEGABYTES and not during.failures,
    )


WAITING = """
SELECT (SELECT count(*) FROM pastes_paste WHERE key LIKE 'drill%%')
     + (SELECT count(*) FROM pastes_view WHERE NOT counted AND id <= %(view)s)
     + (SELECT count(*) FROM django_q_ormq WHERE id <= %(task)s)
"""
NEWEST = "SELECT (SELECT max(id) FROM pastes_view), (SELECT max(id) FROM django_q_ormq)"


def _wait(database: "psycopg.Connection[tuple[object, ...]]", newest: dict[str, object], *, seconds: float) -> int:
    """Wait until nothing of the week is left; what is left when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        left = _left(database, newest)
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.5)


def _left(database: "psycopg.Connection[tuple[object, ...]]", newest: dict[str, object]) -> int:
    row = database.execute(WAITING, newest).fetchone()
    assert row
    return int(str(row[0]))


@dataclass(slots=True)
class _Seen:
    transaction: float = 0.0
    megabytes: float = 0.0


@contextmanager
def _watched(site: Site) -> Iterator[_Seen]:
    """Look ten times a second how long transactions last, and how much memory the worker's processes have."""
    seen, over = _Seen(), threading.Event()

    def watch() -> None:
        with psycopg.connect(site.environment["DATABASE_URL"], autocommit=True) as database:
            while not over.wait(0.1):
                row = database.execute(
                    "SELECT coalesce(max(extract(epoch FROM now() - xact_start)), 0) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid != pg_backend_pid()"
                ).fetchone()
                assert row
                seen.transaction = max(seen.transaction, float(row[0]))
                pids = [site.worker.pid, *descendants(site.worker.pid)]
                seen.megabytes = max(seen.megabytes, *(_megabytes(pid) for pid in pids))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _megabytes(pid: int) -> float:
    """The memory of a process that is not shared with a file; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines.get("RssAnon", "0 kB").split()[0]) / 1024


DRILL = Drill(
    name="backlog",
    promise="A worker that was off for a week clears what waits in bounded batches.",
    run=run,
)
