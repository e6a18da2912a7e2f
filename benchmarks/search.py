"""``python -m benchmarks.search``: how long a search takes among a million pastes on PostgreSQL.

Makes up the pastes, writes them with COPY, and asks for pages of ``/search`` in this process, one after the other.
"""

import argparse
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from benchmarks.report import machine
from benchmarks.world import AUTHORS, LANGUAGES, World, fill, say, site
from tests.services import MissingServerError

NEXT = re.compile(r'href="(\?[^"]+)" rel="next"')

TARGET_MS = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """Searches that are alike: a name, and what makes the address of one."""

    name: str
    ask: Callable[[random.Random], dict[str, str]]


def kinds(world: World) -> list[Kind]:
    """What is searched for."""

    def word(chance: random.Random, first: int, last: int) -> str:
        return world.words[min(chance.randrange(first, last), len(world.words) - 1)]

    def part(chance: random.Random, length: int) -> str:
        text = word(chance, 100, 20_000)
        start = chance.randrange(max(1, len(text) - length))
        return text[start : start + length]

    def cyrillic(chance: random.Random) -> str:
        return next(text for text in iter(lambda: word(chance, 20, 50_000), "") if text[0] > "z")

    return [
        Kind("a frequent word (of the first 100)", lambda chance: {"q": word(chance, 0, 100)}),
        Kind("a common word (of 100 to 2,000)", lambda chance: {"q": word(chance, 100, 2_000)}),
        Kind("an uncommon word (of 2,000 to 20,000)", lambda chance: {"q": word(chance, 2_000, 20_000)}),
        Kind("a rare word (of those after 20,000)", lambda chance: {"q": word(chance, 20_000, len(world.words))}),
        Kind("a word that is nowhere", lambda chance: {"q": f"zq{chance.getrandbits(40):x}"}),
        Kind("a part of a word, 5 characters", lambda chance: {"q": part(chance, 5)}),
        Kind("3 characters", lambda chance: {"q": part(chance, 3)}),
        Kind("2 characters", lambda chance: {"q": "".join(chance.choices("abcdefghijklmnopqrstuvwxyz7%_", k=2))}),
        Kind("two words", lambda chance: {"q": f"{word(chance, 0, 500)} {word(chance, 500, 20_000)}"}),
        Kind("three words", lambda chance: {"q": " ".join(word(chance, 0, 3_000) for _ in range(3))}),
        Kind("two words in quotes", lambda chance: {"q": f'"{word(chance, 0, 300)} {word(chance, 0, 300)}"'}),
        Kind("Cyrillic", lambda chance: {"q": cyrillic(chance).upper()}),
        Kind("whole words", lambda chance: {"q": f"{word(chance, 0, 20_000)} {word(chance, 0, 500)}", "words": "on"}),
        Kind(
            "a common word in a language",
            lambda chance: {"q": word(chance, 50, 5_000), "language": chance.choice(LANGUAGES)},
        ),
        Kind(
            "a common word of an author",
            lambda chance: {"q": word(chance, 0, 2_000), "author": f"author{chance.randrange(AUTHORS)}"},
        ),
        Kind(
            "a common word before a date",
            lambda chance: {"q": word(chance, 0, 5_000), "until": f"2025-{chance.randrange(1, 13):02}-10"},
        ),
        Kind("the second page of a common word", lambda chance: {"q": word(chance, 0, 1_000), "after": "500000"}),
    ]


def main() -> None:
    """Do as the arguments say.

    Raises:
        SystemExit: something is missing, or one search in twenty takes longer than `TARGET_MS`.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--pastes", type=int, default=1_000_000)
    parser.add_argument("--each", type=int, default=40, help="searches of each kind")
    parser.add_argument("--url", default="", help="a database that an earlier run with --keep has filled")
    parser.add_argument("--keep", action="store_true", help="wait after the run, and say how to reach the database")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with tempfile.TemporaryDirectory(prefix="pastebin-bench-") as home, site(options.url, home) as url:
            world = World()
            if not options.url:
                fill(world, options.pastes)
            slowest = measure(world, each=options.each)
            if options.keep:
                say(f"--url {url}; Ctrl-C ends it.")
                signal.pause()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except MissingServerError as missing:
        sys.exit(str(missing))
    if slowest > TARGET_MS:
        sys.exit(f"95 of 100 searches took up to {slowest:.0f} ms, which is more than {TARGET_MS} ms.")


def measure(world: World, *, each: int) -> float:
    """Ask for every kind, in turn, and print what it took; the time that 95 of 100 of all took at most, in ms."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from pastes.domain.search import PAGE  # noqa: PLC0415

    client = Client(headers={"accept": "text/html", "host": "localhost"})
    client.get("/search?q=warm")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = int(cursor.fetchone()[0])
    chance, everything, all_busy, continued = random.Random(11), list[float](), list[float](), list[float]()
    print(f"\n{'':42} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'busy p95':>9}  answers")
    for kind in kinds(world):
        took, busy, found, partial = [], [], 0, 0
        for _ in range(each):
            address = f"/search?{urlencode(kind.ask(chance))}"
            start, worked = time.perf_counter(), busy_ms(server)
            answer = client.get(address)
            took.append(1_000 * (time.perf_counter() - start))
            busy.append(busy_ms(server) - worked)
            found += answer.status_code == 200
            if (more := NEXT.search(answer.text)) and answer.text.count('<a class="title"') < PAGE:
                partial += 1
                start = time.perf_counter()
                client.get(f"/search{unescape(more[1])}")
                continued.append(1_000 * (time.perf_counter() - start))
        everything += took
        all_busy += busy
        print(_line(kind.name, took, busy), f" {found} of {each}, {partial} go on", flush=True)
    print(_line("all", everything, all_busy))
    if len(continued) > 1:
        print(_line("(the page after one that goes on)", continued, continued))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"\nload of the machine over 1, 5 and 15 minutes: {load}")
    print("\n".join(f"{name}: {value}" for name, value in machine().items() if name in {"when", "machine", "system"}))
    return _percentile(everything, 95)


def busy_ms(server: int) -> float:
    """How long this process and the database's process for it have had a processor (0 for the latter if not on Linux).

    On a machine that others use it says what the time of the clock does not.
    """
    try:
        database = int(Path(f"/proc/{server}/schedstat").read_text().split()[0]) / 1_000_000
    except OSError:
        database = 0.0
    return 1_000 * time.process_time() + database


def _line(name: str, took: Sequence[float], busy: Sequence[float]) -> str:
    shares = " ".join(f"{_percentile(took, share):8.1f}" for share in (50, 95, 99))
    return f"{name:42} {shares} {_percentile(busy, 95):9.1f}"


def _percentile(values: Sequence[float], share: int) -> float:
    return quantiles(values, n=100, method="inclusive")[share - 1]


if __name__ == "__main__":
    main()
