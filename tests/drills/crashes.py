"""Web servers, worker, database and memcached are killed at random, without warning, and started again."""

import random
import time
from collections import Counter
from collections.abc import Iterator

from tests.drills.evidence import holdings
from tests.drills.finding import Drill, Finding
from tests.drills.load import Log, people, unreadable
from tests.drills.site import Site, crash, restart
from tests.services.process import LOOPBACK, Program, wait_until
from tests.services.servers import answers

AGAIN_WITHIN_SECONDS = 10


def run(site: Site, short: bool) -> Iterator[Finding]:
    """Kill something every few seconds, and start it again a moment later, as systemd would."""
    victims = {
        "web server 1": site.webs[0],
        "web server 2": site.webs[1],
        "worker": site.worker,
        "database": site.database.program,
        "memcached": site.cache.program,
    }
    killed: Counter[str] = Counter()
    rounds = list(victims) if short else list(victims) * 6
    random.shuffle(rounds)
    with people(site.url) as log:
        began = time.monotonic()
        time.sleep(1)
        for name in rounds:
            _kill_and_start(victims[name], down=random.uniform(0.1, 0.5))
            killed[name] += 1
            time.sleep(random.uniform(0.3, 1.5))
        seconds = _whole_again(site, log)
        during = log.since(began)
    yield Finding(
        did="kill -9 of " + ", ".join(f"{name} ({count} ×)" for name, count in sorted(killed.items())),
        counted=f"{during.said()}; whole again after {seconds:.1f} s",
        promised=f"every page answers again within {AGAIN_WITHIN_SECONDS} s of the last start",
        kept=seconds <= AGAIN_WITHIN_SECONDS,
    )
    lost = unreadable(site.url, log.acknowledged)
    found = holdings(site.environment, endpoint=f"http://{LOOPBACK}:{site.objects.port}")
    yield Finding(
        did="afterwards, every acknowledged text read, every row and object compared",
        counted=f"{len(log.acknowledged)} acknowledged, {len(lost)} lost; {found.pastes} pastes, {found.halves} "
        f"half-made, {found.lost} files without their object; {found.orphans} objects for the sweep",
        promised="0 lost, 0 half-made, 0 without object",
        kept=not (lost or found.halves or found.lost or log.wrong) and len(log.acknowledged) > 0,
    )


def _kill_and_start(victim: Program, *, down: float) -> None:
    crash(victim)
    time.sleep(down)
    restart(victim)


def _whole_again(site: Site, log: Log) -> float:
    """Wait until `/readyz` is content and ten requests in a row were answered; in how many seconds that was."""
    began = time.monotonic()
    wait_until(lambda: answers(f"{site.url}/readyz"), seconds=30, what="the site")
    while time.monotonic() - began < AGAIN_WITHIN_SECONDS * 2:
        time.sleep(0.2)
        failed = [answer.at for answer in log.since(began).answers if answer.status not in {200, 201}]
        last = max(failed, default=began)
        if len(log.since(last).answers) > 10:
            return last - began
    return time.monotonic() - began


DRILL = Drill(
    name="crashes",
    promise="With web servers, worker, database and memcached killed at random under load, no acknowledged paste is "
    "lost and none is half made.",
    run=run,
)
