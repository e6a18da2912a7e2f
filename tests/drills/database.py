"""PostgreSQL takes connections and says nothing, as when its disk or its machine hangs."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

from tests.drills.finding import Drill, Finding
from tests.drills.load import people, unreadable
from tests.drills.site import Site, descendants

ANSWERED_WITHIN_SECONDS = 12
HEALED_WITHIN_SECONDS = 10


def run(site: Site, short: bool) -> Iterator[Finding]:
    """Freeze every process of it while people go on, and let it go on again."""
    with people(site.url) as log:
        time.sleep(1)
        pids = [site.database.program.pid, *descendants(site.database.program.pid)]
        began = time.monotonic()
        _send(pids, signal.SIGSTOP)
        time.sleep(15 if short else 60)
        _send(pids, signal.SIGCONT)
        again = time.monotonic()
        time.sleep(HEALED_WITHIN_SECONDS + 5)
        during, after = log.since(began, until=again), log.since(again)
    failed = [answer.at + answer.seconds for answer in after.answers if answer.status not in {200, 201}]
    healed = max(failed, default=again) - again
    yield Finding(
        did="database frozen (SIGSTOP)",
        counted=during.said(),
        promised=f"503 within {ANSWERED_WITHIN_SECONDS} s, or an answer from the cache; nothing else",
        kept=set(during.statuses) <= {200, 201, 503}
        and during.slowest < ANSWERED_WITHIN_SECONDS
        and during.statuses[503] > 0,
    )
    yield Finding(
        did="and goes on (SIGCONT)",
        counted=f"{after.said()}; last failure after {healed:.1f} s",
        promised=f"heals by itself within {HEALED_WITHIN_SECONDS} s",
        kept=healed < HEALED_WITHIN_SECONDS and after.statuses[201] > 0,
    )
    lost = unreadable(site.url, log.acknowledged)
    yield Finding(
        did="afterwards, every acknowledged text read",
        counted=f"{len(log.acknowledged)} acknowledged, {len(lost)} lost",
        promised="0 lost",
        kept=not lost and not log.wrong,
    )


def _send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


DRILL = Drill(
    name="database",
    promise="With a database that hangs, nobody waits long, and it is found again by itself.",
    run=run,
)
