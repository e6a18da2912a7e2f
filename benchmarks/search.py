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
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import django

from benchmarks.report import machine
from tests.services import MissingServerError, postgres

STARTED = time.monotonic()

WORD = re.compile(r"\w+")
NEXT = re.compile(r'href="(\?[^"]+)" rel="next"')

TARGET_MS = 100

SERVER = {"shared_buffers": "1GB", "maintenance_work_mem": "1GB", "max_wal_size": "16GB"}
"""The first as an operator would set it; the others only make the filling faster."""

AUTHORS = 10_000
REPEATED = 10
"""So many pastes share a made-up text, each with a number of its own in it: making one up takes longer than a row."""

LANGUAGES = ("python", "text", "javascript", "bash", "json", "go", "c", "sql", "yaml", "rust", "haskell", "cobol")


@dataclass(frozen=True, slots=True)
class Kind:
    """Searches that are alike: a name, and what makes the address of one."""

    name: str
    ask: Callable[[random.Random], dict[str, str]]


class World:
    """What the made-up pastes are made of: pieces of the code and the Russian translations of Python packages."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        packages = Path(django.__file__).parents[1]
        self.code = _lines([*sorted(Path(os.__file__).parent.glob("*.py")), *sorted(packages.glob("*/*.py"))])
        self.russian = _lines(sorted(packages.glob("**/locale/ru/**/*.po")))
        texts = [self.text() for _ in range(20_000)]
        counts = Counter[str](word for text in texts for word in set(WORD.findall(text.lower())) if len(word) > 2)
        self.words: list[str] = [word for word, _count in counts.most_common()]
        say(f"{len(self.words):,} words in {len(texts):,} texts")

    def text(self) -> str:
        """About 1.2 kB: some pieces of neighbouring lines; one text in twenty is Russian."""
        lines = self.russian if self.random.random() < 0.05 else self.code
        pieces = max(1, min(60, int(self.random.lognormvariate(1.5, 0.8))))
        return "".join("".join(lines[start : start + 8]) for start in self._starts(lines, pieces))

    def _starts(self, lines: Sequence[str], pieces: int) -> list[int]:
        return [self.random.randrange(len(lines)) for _ in range(pieces)]

    def kinds(self) -> list[Kind]:
        """What is searched for."""

        def word(chance: random.Random, first: int, last: int) -> str:
            return self.words[min(chance.randrange(first, last), len(self.words) - 1)]

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
            Kind("a rare word (of those after 20,000)", lambda chance: {"q": word(chance, 20_000, len(self.words))}),
            Kind("a word that is nowhere", lambda chance: {"q": f"zq{chance.getrandbits(40):x}"}),
            Kind("a part of a word, 5 characters", lambda chance: {"q": part(chance, 5)}),
            Kind("3 characters", lambda chance: {"q": part(chance, 3)}),
            Kind("2 characters", lambda chance: {"q": "".join(chance.choices("abcdefghijklmnopqrstuvwxyz7%_", k=2))}),
            Kind("two words", lambda chance: {"q": f"{word(chance, 0, 500)} {word(chance, 500, 20_000)}"}),
            Kind("three words", lambda chance: {"q": " ".join(word(chance, 0, 3_000) for _ in range(3))}),
            Kind("two words in quotes", lambda chance: {"q": f'"{word(chance, 0, 300)} {word(chance, 0, 300)}"'}),
            Kind("Cyrillic", lambda chance: {"q": cyrillic(chance).upper()}),
            Kind(
                "whole words", lambda chance: {"q": f"{word(chance, 0, 20_000)} {word(chance, 0, 500)}", "words": "on"}
            ),
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


@contextmanager
def site(url: str, home: str) -> Iterator[str]:
    """The site's code in this process, on a server of its own unless a ``url`` is given."""

    def start(address: str) -> None:
        os.environ |= {
            "DATABASE_URL": address,
            "DATA_DIR": home,
            "ENV_FILE": os.devnull,
            "SECRET_KEY": "of-the-benchmark-" * 4,
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


def fill(world: World, pastes: int) -> None:
    """Migrate, and write authors and pastes. The indexes are made when the rows are there, which is faster."""
    from django.core.management import call_command  # noqa: PLC0415 # the settings exist only from here on
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE indexname IN ('pastes_searchtext_trigrams', 'pastes_searchtext_words')"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        say(f"Writing {pastes:,} pastes …")
        _write(world, pastes)
        for name, definition in indexes:
            say(f"Making the index {name} …")
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT pg_size_pretty(pg_database_size(current_database())),"
            " pg_size_pretty(pg_relation_size('pastes_searchtext_trigrams')),"
            " pg_size_pretty(pg_relation_size('pastes_searchtext_words'))"
        )
        say("The database has {}, the trigrams in it {}, the words {}.".format(*cursor.fetchone()))


def _write(world: World, pastes: int) -> None:
    from django.db import connection  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from pastes.domain import keys  # noqa: PLC0415
    from pastes.models import Paste  # noqa: PLC0415

    User.objects.bulk_create(
        [User(username=f"author{number}", email=f"{number}@example.org") for number in range(AUTHORS)]
    )
    authors = list(User.objects.values_list("pk", flat=True))
    columns = [field for field in Paste._meta.concrete_fields if field.name != "id"]
    start, step = datetime(2024, 1, 1, tzinfo=UTC), timedelta(days=720) / pastes
    made_up = [_columns(world) for _ in range(max(1, pastes // REPEATED))]
    rows = 50_000
    for first in range(0, pastes, rows):
        made = range(first + 1, min(first + rows, pastes) + 1)
        with connection.cursor() as cursor:
            names = ", ".join(["id", *(str(field.column) for field in columns)])
            with cursor.copy(f"COPY pastes_paste ({names}) FROM STDIN") as copy:
                for number in made:
                    moment = start + number * step
                    title, text, *_rest = made_up[number % len(made_up)]
                    paste = Paste(
                        key=keys.from_number(number),
                        owner_id=authors[int(AUTHORS * world.random.random() ** 3)] if number % 3 else None,
                        title=title,
                        created=moment,
                        updated=moment,
                        language=LANGUAGES[int(len(LANGUAGES) * world.random.random() ** 2)],
                        visibility="public" if number % 10 else "private",
                        file_name="file1.txt",
                        excerpt=text[:200],
                    )
                    copy.write_row([number, *(getattr(paste, field.attname) for field in columns)])
            with cursor.copy("COPY pastes_searchtext (paste_id, text, folded, words, files) FROM STDIN") as copy:
                for number in made:
                    own = f"0x{number * 0x9E3779B97F4A7C15 % 2**48:012x}"
                    _title, text, folded, vector = made_up[number % len(made_up)]
                    row = [f"{text}{own}\n", f"{folded}{own}\n", f"{vector} '{own}'", '[[0, "file1.txt", 0]]']
                    copy.write_row([number, *row])
        say(f"{made[-1]:,}")


def _lines(paths: Sequence[Path]) -> list[str]:
    """The lines of files that say something."""
    texts = (path.read_text(errors="replace").replace("\0", "") for path in paths)
    return [line[:200] + "\n" for text in texts for line in text.splitlines() if line.strip()]


def _columns(world: World) -> tuple[str, str, str, str]:
    """A title, a text, and what is kept of them to be searched, as `pastes.domain.indexing` does it."""
    from pastes.search.terms import fold, words_of  # noqa: PLC0415

    title = " ".join(world.random.choices(world.words, k=3))
    text = world.text()
    folded = fold(f"{title}\n\nfile1.txt\n{text}")
    return title, text, folded, " ".join(f"'{word}'" for word in words_of(folded))


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
    for kind in world.kinds():
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


def say(text: str) -> None:
    """Tell whoever waits."""
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
