"""Web servers and worker are told to stop, one after another, and start again, as with each new release."""

import signal
import time
from collections.abc import Iterator

from tests.drills.finding import Drill, Finding
from tests.drills.load import people, unreadable
from tests.drills.site import Site

PROMISED = "no failed request"


def run(site: Site, short: bool) -> Iterator[Finding]:
    """Restart each in turn, and reload each in turn, under more load than in other drills."""
    times = 1 if short else 5
    with people(site.url, writers=4, readers=6, pause=0.02) as log:
        time.sleep(1)
        began = time.monotonic()
        for _again in range(times):
            for web in site.webs:
                web.end()
                time.sleep(0.3)
                web.start()
                time.sleep(0.5)
        time.sleep(1)
        restarted = log.since(began, until=time.monotonic())
        began = time.monotonic()
        for _again in range(times):
            for web in site.webs:
                web.signal(signal.SIGHUP)
                time.sleep(5)
        reloaded = log.since(began)
    yield Finding(
        did=f"each of two web servers got SIGTERM and was started again, {times} ×",
        counted=restarted.said(),
        promised=PROMISED,
        kept=not restarted.failures and len(restarted.answers) > 0,
    )
    yield Finding(
        did=f"each got SIGHUP, {times} ×",
        counted=reloaded.said(),
        promised=PROMISED,
        kept=not reloaded.failures and len(reloaded.answers) > 0,
    )
    lost = unreadable(site.url, log.acknowledged)
    yield Finding(
        did="afterwards, every acknowledged text read",
        counted=f"{len(log.acknowledged)} acknowledged, {len(lost)} lost",
        promised="0 lost",
        kept=not lost and not log.wrong,
    )


DRILL = Drill(
    name="rolling",
    promise="SIGTERM and a rolling restart under load fail no request.",
    run=run,
)
