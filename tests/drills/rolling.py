"""Web servers and worker are told to stop, one after another, and start again, as with each new release."""

import signal
import subprocess
import time
from collections.abc import Iterator

import psycopg

from tests.drills.finding import Drill, Finding
from tests.drills.load import people, unreadable
from tests.drills.site import Site
from tests.services.process import wait_until

PROMISED = "no failed request"

TASK_SECONDS = 3
ENDS_WITHIN_SECONDS = 10
"""After its task. It gets 130 from systemd and compose."""

TAKEN = "SELECT count(*) FROM django_q_ormq WHERE lock > now()"
DONE = """
SELECT count(*) FROM django_q_task WHERE func = 'time.sleep' AND success AND attempt_count = 1
AND NOT EXISTS (SELECT FROM django_q_ormq)
"""


def run(site: Site, short: bool) -> Iterator[Finding]:
    """Restart each in turn, under more load than in other drills; in short, under what the worker has soon done."""
    times = 1 if short else 5
    with people(site.url, writers=1 if short else 4, readers=6, pause=0.02) as log:
        time.sleep(1)
        began = time.monotonic()
        for _again in range(times):
            for web in site.webs:
                web.end()
                time.sleep(0.3)
                web.start()
                time.sleep(0.5)
        time.sleep(1)
        restarted = log.since(began)
    yield Finding(
        did=f"each of two web servers got SIGTERM and was started again, {times} ×",
        counted=restarted.said(),
        promised=PROMISED,
        kept=not restarted.failures and len(restarted.answers) > 0,
    )
    yield _worker_stops(site)
    lost = unreadable(site.url, log.acknowledged)
    yield Finding(
        did="afterwards, every acknowledged text read",
        counted=f"{len(log.acknowledged)} acknowledged, {len(lost)} lost",
        promised="0 lost",
        kept=not lost and not log.wrong,
    )


def _worker_stops(site: Site) -> Finding:
    """Tell the worker to stop in the middle of a task, after it has highlighted what people published."""
    with psycopg.connect(site.environment["DATABASE_URL"], autocommit=True) as database:

        def counted(query: str) -> int:
            row = database.execute(query).fetchone()
            return int(row[0]) if row else 0

        wait_until(lambda: not counted("SELECT count(*) FROM django_q_ormq"), seconds=900, what="the end of the tasks")
        task = f"from django_q.tasks import async_task; async_task('time.sleep', {TASK_SECONDS})"
        site.command("shell", "--no-imports", "--command", task)
        wait_until(lambda: counted(TAKEN) == 1, seconds=30, what="the task")
        began = time.monotonic()
        site.worker.signal(signal.SIGTERM)
        ended = True
        try:
            site.worker.process.wait(TASK_SECONDS + ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            ended = False
        seconds = time.monotonic() - began
        done = counted(DONE)
    site.worker.end()
    site.worker.start()
    return Finding(
        did=f"the worker got SIGTERM in the middle of a task of {TASK_SECONDS} s",
        counted=f"the task was done {done} ×; the worker {'ended' if ended else 'did not end'} within {seconds:.1f} s",
        promised=f"done once, ended within {ENDS_WITHIN_SECONDS} s after it",
        kept=ended and done == 1,
    )


DRILL = Drill(
    name="rolling",
    promise="SIGTERM and a rolling restart under load fail no request, and cut off no task.",
    run=run,
)
