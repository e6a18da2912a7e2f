"""``python -m benchmarks.scale``: whether lists, pages, searches and housekeeping stay quick with a million pastes.

Fills a PostgreSQL of its own (`benchmarks.filling`), asks for every kind of page (`benchmarks.kinds`) in this process,
one after the other with an empty cache, and fails when one in a hundred takes the processors too long: where nothing
else runs, that is what it takes by the clock. For each kind it says what its slowest query took, and writes down how
PostgreSQL does it.
"""

import argparse
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from math import inf
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks import housekeeping
from benchmarks.filling import fill
from benchmarks.kinds import Kind, kinds
from benchmarks.report import machine
from benchmarks.world import World, say
from tests.services import MissingServerError, postgres

SERVER = {
    "random_page_cost": "1.1",
    "shared_buffers": "1GB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "16GB",
}
"""The first two as operators set them; the others only make the filling faster."""

NEXT, HIT = re.compile(r'href="(\?[^"]+)" rel="next"'), '<a class="title"'

LOOKS = 10
"""Requests of each kind that only their queries are looked at."""


@dataclass(slots=True)
class Took:
    """Milliseconds of requests by the clock, and of the processors; and the slowest query of all of them."""

    clock: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    queries: int = 0
    slowest: float = 0.0
    sql: str = ""
    further: list[str] = field(default_factory=list)
    """Addresses of next pages, of searches whose first page ended before everything was searched."""


def main() -> None:
    """Do as the arguments say.

    Raises:
        SystemExit: something is missing, or a kind of page is too slow.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--pastes", type=int, default=1_000_000, help="10000000 take ten times the time and disk")
    parser.add_argument("--each", type=int, default=100, help="requests of each kind")
    parser.add_argument("--only", default="", help="only this kind, or this group of kinds")
    parser.add_argument("--url", default="", help="a database that an earlier run with --keep has filled")
    parser.add_argument("--keep", action="store_true", help="wait after the run, and say how to reach the database")
    parser.add_argument("--explain", type=Path, help="write the plan of each kind's slowest query to this file")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with tempfile.TemporaryDirectory(prefix="pastebin-bench-") as home, site(options.url, home) as url:
            slow = run(options, url)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except MissingServerError as missing:
        sys.exit(str(missing))
    if slow:
        sys.exit(f"Too slow: {', '.join(slow)}.")


def run(options: argparse.Namespace, url: str) -> list[str]:
    """Fill, measure, and print it all; the names of what is too slow."""
    from django.core.management import call_command  # noqa: PLC0415 # the settings exist only from here on

    world = World()
    call_command("migrate", verbosity=0)
    if not options.url:
        fill(world, options.pastes)
    slow, plans = measure(world, options)
    if options.only in {"", "housekeeping"}:
        plans += [f"## {name}\n\n{plan(sql)}\n" for name, sql in housekeeping.measure().items()]
    if options.explain:
        options.explain.write_text("\n".join(plans))
    print("\nload of the machine over 1, 5 and 15 minutes:", *(f"{load:.1f}" for load in os.getloadavg()))
    print("\n".join(f"{name}: {value}" for name, value in machine().items() if name != "packages"))
    if options.keep:
        say(f"--url {url}; Ctrl-C ends it.")
        signal.pause()
    return slow


@contextmanager
def site(url: str, home: str) -> Iterator[str]:
    """The site's code in this process, on a server of its own unless a ``url`` is given."""
    import django  # noqa: PLC0415

    def start(address: str) -> None:
        os.environ |= {
            "DATABASE_URL": address,
            "DATA_DIR": home,
            "ENV_FILE": os.devnull,
            "SECRET_KEY": "of-the-benchmark-" * 4,
            "SITE_URL": "http://localhost",
            "SEARCH_RATE": "1000000/s",
            "LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "pastebin.settings",
        }
        django.setup()

    if url:
        start(url)
        yield url
        return
    with postgres(settings=SERVER) as server:
        start(server.environment["DATABASE_URL"])
        yield server.environment["DATABASE_URL"]


def measure(world: World, options: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Ask for every kind of page, and print what it took; the names of those that are too slow, and plans."""
    from pastes.models import File, Tag  # noqa: PLC0415 # the settings exist only from here on

    tags = list(Tag.objects.order_by("-uses").values_list("name", flat=True))
    pastes = File.objects.order_by("-pk").values_list("pk", flat=True)[0]
    measuring, searches = Measuring(options.each), list[Took]()
    heads = "".join(f"{head:>10}" for head in ("p50 ms", "p95 ms", "p99 ms", "CPU p50", "CPU p99"))
    print(f"\n{'':38}{heads}{'queries':>9}{'slowest ms':>12}")
    for kind in kinds(world, pastes, tags):
        if options.only in {kind.group, kind.name, ""}:
            took = measuring.one(kind)
            searches += [took] if kind.group == "search" else []
    if searches:
        every = Took([ms for took in searches for ms in took.clock], [ms for took in searches for ms in took.busy])
        print(_line("all searches", every))
    if further := [address for took in searches for address in took.further]:
        name = "the page after one that goes on"
        measuring.one(Kind(group="", name=name, address=lambda chance: chance.choice(further), most=inf))
    return measuring.slow, measuring.plans


class Measuring:
    """Asks for pages, some of each kind, and remembers which were too slow, and plans."""

    def __init__(self, each: int) -> None:
        from django.db import connection  # noqa: PLC0415

        self.slow, self.plans = list[str](), list[str]()
        self._each, self._chance = each, random.Random(11)
        self._clients = {False: client(), True: client("author0")}
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._server = int(cursor.fetchone()[0])

    def one(self, kind: Kind) -> Took:
        """Ask for one kind, and print what it took."""
        took = ask(kind, self._clients[kind.signed_in], self._chance, each=self._each, server=self._server)
        print(_line(kind.name, took), flush=True)
        if percentile(took.busy, 99) > kind.most:
            self.slow.append(kind.name)
        self.plans.append(f"## {kind.name}\n\n{plan(took.sql)}\n")
        return took


def client(name: str = "") -> Any:
    """A browser; of somebody who is signed in, and may look at the admin too, where a name is given."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    found = Client(headers={"accept": "text/html", "host": "localhost"})
    if name:
        User.objects.filter(username=name).update(is_staff=True, is_superuser=True)
        user = User.objects.get(username=name)
        found.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


def ask(kind: Kind, client: Any, chance: random.Random, *, each: int, server: int) -> Took:
    """The times are of the requests as they are; which query is slow is looked at with others, afterwards."""
    from django.core.cache import caches  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from pastes.domain.search import PAGE  # noqa: PLC0415

    took = Took()
    for number in range(3 + each + LOOKS):
        address = kind.address(chance)
        caches["hot"].clear()
        if number < 3 + each:
            started, worked = time.perf_counter(), busy_ms(server)
            answer = client.get(address)
            if number >= 3:
                took.clock.append(1_000 * (time.perf_counter() - started))
                took.busy.append(busy_ms(server) - worked)
        else:
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(address)
            took.queries = max(took.queries, len(captured))
            for query in captured.captured_queries:
                if (milliseconds := float(query["time"]) * 1_000) >= took.slowest:
                    took.slowest, took.sql = milliseconds, query["sql"]
        if answer.status_code != 200:
            sys.exit(f"{address}: status {answer.status_code}")
        if kind.group == "search" and (more := NEXT.search(answer.text)) and answer.text.count(HIT) < PAGE:
            took.further.append(f"/search{unescape(more[1])}")
    return took


def busy_ms(server: int) -> float:
    """How long this process and the database's process for it have had a processor (0 for the latter if not on Linux).

    On a machine that others use it says what the time of the clock does not.
    """
    try:
        database = int(Path(f"/proc/{server}/schedstat").read_text().split()[0]) / 1_000_000
    except OSError:
        database = 0.0
    return 1_000 * time.process_time() + database


def plan(sql: str) -> str:
    """How PostgreSQL does it."""
    from django.db import connection  # noqa: PLC0415

    if not sql.startswith("SELECT"):
        return sql
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS OFF) {sql.replace('%', '%%')}", [])
        return "\n".join(row[0] for row in cursor.fetchall())


def percentile(values: Sequence[float], share: int) -> float:
    """What so many of a hundred are at most."""
    return quantiles(values, n=100, method="inclusive")[share - 1]


def _line(name: str, took: Took) -> str:
    shares = "".join(f"{percentile(took.clock, share):10.1f}" for share in (50, 95, 99))
    busy = "".join(f"{percentile(took.busy, share):10.1f}" for share in (50, 99))
    return (
        f"{name:38}{shares}{busy}"
        + (f"{took.queries:9}{took.slowest:12.1f}" if took.sql else "")
        + (f"  {len(took.further)} go on" if took.further else "")
    )


if __name__ == "__main__":
    main()
