"""The object store is away, answers 500, is slow, or cuts its answers short."""

import time
from collections.abc import Callable, Iterator

from tests.drills.evidence import holdings
from tests.drills.finding import Drill, Finding
from tests.drills.load import Log, people, unreadable
from tests.drills.site import Site
from tests.services.process import LOOPBACK

WITHIN_SECONDS = 5
HEALS_WITHIN_SECONDS = 10
FAULTS: dict[str, Callable[[Site], None]] = {
    "down": lambda site: site.store.refuse(),
    "answers 500": lambda site: site.store.error500(),
    "30 s slow": lambda site: site.store.stall(seconds=30),
    "truncated": lambda site: site.store.truncate(size=10),
}


def run(site: Site, short: bool) -> Iterator[Finding]:
    """Break it in four ways, one after another, while people go on."""
    with people(site.url) as log:
        time.sleep(2)
        for name, fault in FAULTS.items():
            began = time.monotonic()
            fault(site)
            time.sleep(5 if short else 20)
            healed = time.monotonic()
            site.store.heal()
            time.sleep(1)  # what was asked while it was broken is answered now at the latest
            yield _while_broken(name, log.since(began, until=healed))
            yield _healed(name, log, healed)
    found = holdings(site.environment, endpoint=f"http://{LOOPBACK}:{site.objects.port}")
    lost = unreadable(site.url, log.acknowledged)
    yield Finding(
        did="afterwards, every row and object compared",
        counted=f"{len(log.acknowledged)} acknowledged, {len(lost)} lost; {found.halves} half-made; "
        f"{len(log.wrong)} wrong texts",
        promised="0 lost, 0 half-made, 0 wrong",
        kept=not (lost or found.halves or found.lost or log.wrong),
    )


def _while_broken(name: str, log: Log) -> Finding:
    texts, lists = log.of("raw", "publish"), log.of("list")
    right = all(answer.status in {200, 201, 503} for answer in log.answers)
    return Finding(
        did=f"object store {name}",
        counted=f"texts: {texts.said()}; lists: {lists.said()}",
        promised=f"texts 503 within {WITHIN_SECONDS} s, lists 200",
        kept=right and 503 in texts.statuses and log.slowest < WITHIN_SECONDS and set(lists.statuses) <= {200},
    )


def _healed(name: str, log: Log, healed: float) -> Finding:
    """Wait until ten answers in a row were right."""
    deadline = time.monotonic() + HEALS_WITHIN_SECONDS + 5
    seconds = HEALS_WITHIN_SECONDS + 5.0
    while time.monotonic() < deadline:
        time.sleep(0.2)
        failed = [answer.at for answer in log.since(healed).answers if answer.status not in {200, 201}]
        last = max(failed, default=healed)
        if len(log.since(last).of("raw", "publish").answers) > 10:
            seconds = last - healed
            break
    return Finding(
        did=f"and is back ({name})",
        counted=f"last 503 after {seconds:.1f} s",
        promised=f"heals by itself within {HEALS_WITHIN_SECONDS} s",
        kept=seconds <= HEALS_WITHIN_SECONDS,
    )


DRILL = Drill(
    name="object-store",
    promise="With the object store down, broken, slow or cutting its answers, no paste is half made, reading answers "
    "503 within 5 s, lists work, and it heals by itself.",
    run=run,
)
