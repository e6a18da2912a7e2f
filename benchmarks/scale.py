"""``python -m benchmarks.scale``: whether lists, pages and housekeeping stay quick with a million pastes on PostgreSQL.

Fills a database (`benchmarks.world`), asks for every kind of list in this process, one after the other with an empty
cache, and fails when one in a hundred takes too long. For each it says what its slowest query took, and writes down how
PostgreSQL does it.
"""

import argparse
import random
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.report import machine
from benchmarks.world import AUTHORS, LANGUAGES, World, fill, say, site
from tests.services import MissingServerError

LIST_MS, SEARCH_MS = 50, 100
"""What 99 of 100 lists, and searches, may take."""

type Chance = random.Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Pages that are alike: what makes the address of one, who asks, and how long 99 of 100 may take."""

    name: str
    address: Callable[[Chance], str]
    signed_in: bool = False
    most: float = LIST_MS


@dataclass(slots=True)
class Took:
    """Milliseconds of the pages, and the slowest query of all of them."""

    pages: list[float] = field(default_factory=list)
    slowest: float = 0.0
    sql: str = ""
    queries: int = 0

    @property
    def p99(self) -> float:
        """What 99 of 100 took at most."""
        return quantiles(self.pages, n=100, method="inclusive")[98]


def pages(world: World, count: int, tags: list[str]) -> Iterator[Page]:
    """Every kind of list."""

    def some(chance: Chance) -> int:
        return chance.randrange(1, count)

    def word(chance: Chance) -> str:
        return world.words[min(chance.randrange(100, 5_000), len(world.words) - 1)]

    def key(chance: Chance) -> str:
        from pastes.domain import keys  # noqa: PLC0415 # the settings exist only from here on

        number = some(chance)
        return keys.from_number(number + 1 if not number % 10 else number)

    yield Page(name="home", address=lambda _: "/")
    yield Page(name="recent", address=lambda _: "/recent")
    yield Page(name="recent, far down", address=lambda chance: f"/recent?after={some(chance)}")
    yield Page(name="recent, a language", address=lambda chance: f"/recent?language={chance.choice(LANGUAGES)}")
    yield Page(name="popular", address=lambda _: "/popular")
    yield Page(name="popular, a language", address=lambda chance: f"/popular?language={chance.choice(LANGUAGES)}")
    yield Page(name="trending", address=lambda _: "/trending")
    yield Page(name="tags", address=lambda _: "/tags")
    yield Page(name="a tag", address=lambda chance: f"/tags/{chance.choice(tags)}")
    yield Page(name="the most used tag", address=lambda _: f"/tags/{tags[0]}")
    yield Page(name="a profile", address=lambda chance: f"/u/author{chance.randrange(AUTHORS)}")
    yield Page(name="the busiest profile", address=lambda _: "/u/author0")
    yield Page(name="a paste", address=lambda chance: f"/{key(chance)}")
    yield Page(name="a paste, signed in", address=lambda chance: f"/{key(chance)}", signed_in=True)
    yield Page(name="one's own pastes", address=lambda _: "/mine", signed_in=True)
    yield Page(name="one's stars", address=lambda _: "/stars", signed_in=True)
    yield Page(name="Atom feed of the newest", address=lambda _: "/recent.atom")
    yield Page(name="search", address=lambda chance: f"/search?q={word(chance)}", most=SEARCH_MS)


def main() -> None:
    """Do as the arguments say.

    Raises:
        SystemExit: something is missing, or a kind of page is too slow.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--pastes", type=int, default=1_000_000)
    parser.add_argument("--each", type=int, default=100, help="pages of each kind")
    parser.add_argument("--url", default="", help="a database that an earlier run with --keep has filled")
    parser.add_argument("--keep", action="store_true", help="wait after the run, and say how to reach the database")
    parser.add_argument("--explain", type=Path, help="write the plan of each kind's slowest query to this file")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with tempfile.TemporaryDirectory(prefix="pastebin-bench-") as home, site(options.url, home) as url:
            world = World()
            if not options.url:
                fill(world, options.pastes)
            slow = measure(world, each=options.each, explain=options.explain)
            housekeeping()
            print("\n" + "\n".join(f"{name}: {value}" for name, value in machine().items() if name != "packages"))
            if options.keep:
                say(f"--url {url}; Ctrl-C ends it.")
                signal.pause()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except MissingServerError as missing:
        sys.exit(str(missing))
    if slow:
        sys.exit(f"Too slow: {', '.join(slow)}.")


def measure(world: World, *, each: int, explain: Path | None) -> list[str]:
    """Ask for every kind of page, and print what it took; the names of those that are too slow."""
    from django.test import Client  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from pastes.models import Paste, Tag  # noqa: PLC0415

    anonymous = Client(headers={"accept": "text/html", "host": "localhost"})
    person = Client(headers={"accept": "text/html", "host": "localhost"})
    person.force_login(
        User.objects.get(username="author0"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    tags = list(Tag.objects.order_by("-uses").values_list("name", flat=True))
    count = Paste.objects.order_by("-pk").values_list("pk", flat=True)[0]
    chance, slow, plans = random.Random(11), [], []
    print(f"\n{'':30}{'p50 ms':>8}{'p99 ms':>8}{'queries':>9}{'slowest query ms':>18}")
    for page in pages(world, count, tags):
        took = _ask(page, person if page.signed_in else anonymous, chance, each=each)
        numbers = f"{median(took.pages):8.1f}{took.p99:8.1f}{took.queries:9}{took.slowest:18.1f}"
        print(f"{page.name:30}{numbers}", flush=True)
        if took.p99 > page.most:
            slow.append(page.name)
        plans.append(f"## {page.name}\n\n{_plan(took.sql)}\n")
    if explain:
        explain.write_text("\n".join(plans))
    return slow


def _ask(page: Page, client: Any, chance: Chance, *, each: int) -> Took:
    """The times are of the requests as they are; which query is slow is looked at with others, afterwards."""
    from django.core.cache import caches  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    took = Took()
    for number in range(3 + each + 10):
        address = page.address(chance)
        caches["hot"].clear()
        if number < 3 + each:
            started = time.perf_counter()
            answer = client.get(address)
            if number >= 3:
                took.pages.append(1_000 * (time.perf_counter() - started))
        else:
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(address)
            took.queries = max(took.queries, len(captured))
            for query in captured.captured_queries:
                if (seconds := float(query["time"])) * 1_000 >= took.slowest:
                    took.slowest, took.sql = seconds * 1_000, query["sql"]
        if answer.status_code != 200:
            sys.exit(f"{address}: status {answer.status_code}")
    return took


def _plan(sql: str) -> str:
    from django.db import connection  # noqa: PLC0415

    if not sql.startswith("SELECT"):
        return sql
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS OFF) {sql.replace('%', '%%')}", [])
        return "\n".join(row[0] for row in cursor.fetchall())


def housekeeping() -> None:
    """What the worker does in batches: how long one takes, while everybody else waits for nothing."""
    from django.utils import timezone  # noqa: PLC0415

    from pastes.domain import counting, expiry, keys, ranking, sweeping, tags  # noqa: PLC0415
    from pastes.models import Paste, View  # noqa: PLC0415

    now = timezone.now()
    doomed = list(Paste.objects.order_by("pk").values_list("pk", flat=True)[: expiry.BATCH])
    Paste.objects.filter(pk__in=doomed).update(expires_at=now - timedelta(days=1))
    seen = Paste.objects.order_by("-pk").values_list("pk", flat=True)[: counting.FLUSH_BATCH]
    View.objects.bulk_create(View(paste_id=pk, reader=secrets.token_hex(16)) for pk in seen)
    names = [f"7f/{number * 256 + 0x7F:032x}" for number in range(sweeping.SWEEP_BATCH)]
    ranked = list(seen)
    work: dict[str, Callable[[], object]] = {
        f"purge {expiry.BATCH} pastes": lambda: expiry.purge(at=now),
        f"add {counting.FLUSH_BATCH} views": counting.flush_views,
        f"rank {counting.FLUSH_BATCH} pastes": lambda: ranking.rank(ranked),
        f"look at {sweeping.SWEEP_BATCH} objects": lambda: sweeping.remove_unreferenced(names),
        f"add {keys.BATCH:,} keys": lambda: keys.seed(count=keys.level() + keys.BATCH),
        "look whether keys are left": keys.level,
        "count all tags": tags.count_uses,
    }
    print(f"\n{'':30}{'ms':>8}")
    for name, do in work.items():
        started = time.perf_counter()
        do()
        print(f"{name:30}{1_000 * (time.perf_counter() - started):8.1f}", flush=True)


if __name__ == "__main__":
    main()
