"""Made-up pastes with everything that hangs on them, written with COPY: as many as a benchmark wants.

Texts are pieces of the code and the Russian translations of Python packages. The rows are those that publishing writes
and the worker adds; the object store stays empty, as no list, search or page reads it.
"""

import os
import random
import re
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from tests.services import postgres

if TYPE_CHECKING:
    from django.db import models

STARTED = time.monotonic()

WORD = re.compile(r"\w+")

SERVER = {"shared_buffers": "1GB", "maintenance_work_mem": "1GB", "max_wal_size": "16GB"}
"""The first as an operator would set it; the others only make the filling faster."""

AUTHORS = 10_000
TAGS = 500
BATCH = 50_000
REPEATED = 10
"""So many pastes share a made-up text, each with a number of its own in it: making one up takes longer than a row."""

LANGUAGES = ("python", "text", "javascript", "bash", "json", "go", "c", "sql", "yaml", "rust", "haskell", "cobol")


@dataclass(frozen=True, slots=True)
class Text:
    """A made-up text, and what is kept of it: to be searched, as `pastes.domain.indexing` does it, and to be shown."""

    title: str
    text: str
    folded: str
    vector: str
    packed: bytes


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
        _people(world)
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


def _people(world: World) -> None:
    from accounts.models import User  # noqa: PLC0415
    from pastes.models import Tag  # noqa: PLC0415

    User.objects.bulk_create(
        [User(username=f"author{number}", email=f"{number}@example.org") for number in range(AUTHORS)]
    )
    names = [word[:30] for word in world.words[200 : 200 + TAGS]]
    Tag.objects.bulk_create([Tag(name=name, uses=TAGS - number) for number, name in enumerate(dict.fromkeys(names))])


def _write(world: World, pastes: int) -> None:
    from accounts.models import User  # noqa: PLC0415
    from pastes.models import Tag  # noqa: PLC0415

    people = list(User.objects.order_by("pk").values_list("pk", flat=True))
    tags = list(Tag.objects.order_by("pk").values_list("pk", "name"))
    made_up = [_made_up(world) for _ in range(max(1, pastes // REPEATED))]
    for first in range(1, pastes + 1, BATCH):
        numbers = range(first, min(first + BATCH, pastes + 1))
        _write_batch(world, pastes, numbers, people=people, tags=tags, made_up=made_up)
        say(f"{numbers[-1]:,}")
    _set_sequences()


def _write_batch(
    world: World,
    pastes: int,
    numbers: range,
    *,
    people: Sequence[int],
    tags: Sequence[tuple[int, str]],
    made_up: Sequence[Text],
) -> None:
    """A paste's revision and file have its number for an id."""
    from pastes.domain import keys  # noqa: PLC0415
    from pastes.models import Comment, File, Highlight, Paste, Revision, SearchText, Star, Tagging  # noqa: PLC0415
    from pastes.rendering.highlight import RENDERER  # noqa: PLC0415

    chance = world.random.random
    start, step = datetime(2024, 1, 1, tzinfo=UTC), timedelta(days=720) / pastes
    rows: dict[type[models.Model], list[models.Model]] = {
        kind: [] for kind in (Paste, Revision, File, Highlight, SearchText, Tagging, Star, Comment)
    }
    for number in numbers:
        moment, made = start + number * step, made_up[number % len(made_up)]
        owner = people[int(AUTHORS * chance() ** 3)] if number % 3 else None
        language = LANGUAGES[int(len(LANGUAGES) * chance() ** 2)]
        tag, name = tags[int(len(tags) * chance() ** 3)] if not number % 5 else (0, "")
        fan = people[int(AUTHORS * chance() ** 2)] if not number % 4 else None
        talk = not number % 6
        own = f"0x{number * 0x9E3779B97F4A7C15 % 2**48:012x}"
        paste = Paste(
            id=number,
            key=keys.from_number(number),
            owner_id=owner,
            title=made.title,
            created=moment,
            updated=moment,
            expires_at=moment + timedelta(days=3650) if not number % 7 else None,
            language=language,
            visibility="public" if number % 10 else "private",
            file_name="file1.txt",
            excerpt=made.text[:200],
            tags=name,
            stars=int(fan is not None),
            comments=int(talk),
            popularity=chance() if not number % 3 else 0,
            trend=chance() if not number % 50 else 0,
        )
        revision = Revision(id=number, paste=paste, number=1, version=f"{number:040x}", author_id=owner, created=moment)
        file = File(
            id=number,
            revision=revision,
            position=0,
            name="file1.txt",
            language=language,
            size=len(made.text.encode()),
            lines=made.text.count("\n"),
            encoding="utf-8",
            sha256=f"{number:064x}",
            object_name=f"{number % 256:02x}/{number:032x}",
        )
        rows[Paste].append(paste)
        rows[Revision].append(revision)
        rows[File].append(file)
        rows[Highlight].append(Highlight(file=file, renderer=RENDERER, language=language, packed=made.packed))
        rows[SearchText].append(
            SearchText(
                paste=paste,
                text=f"{made.text}{own}\n",
                folded=f"{made.folded}{own}\n",
                words=f"{made.vector} '{own}'",
                files=[[0, "file1.txt", 0]],
            )
        )
        if tag:
            rows[Tagging].append(Tagging(id=number, tag_id=tag, paste=paste))
        if fan is not None:
            rows[Star].append(Star(id=number, user_id=fan, paste=paste, created=moment))
        if talk:
            author = people[int(AUTHORS * chance())]
            comment = Comment(id=number, paste=paste, author_id=author, body=made.title, html=made.title)
            rows[Comment].append(comment)
    for kind, several in rows.items():
        _copy(kind, several)


def _copy(kind: "type[models.Model]", rows: Sequence[Any]) -> None:
    from django.db import connection  # noqa: PLC0415
    from psycopg.types.json import Jsonb  # noqa: PLC0415

    fields = kind._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {kind._meta.db_table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            values = [getattr(row, field.attname) for field in fields]
            copy.write_row([Jsonb(value) if isinstance(value, list) else value for value in values])


def _set_sequences() -> None:
    """Have the next row of each table get the next id."""
    from django.core.management.color import no_style  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from pastes.models import Comment, File, Paste, Revision, Star, Tagging  # noqa: PLC0415

    with connection.cursor() as cursor:
        kinds = [Comment, File, Paste, Revision, Star, Tagging]
        for statement in connection.ops.sequence_reset_sql(no_style(), kinds):
            cursor.execute(statement)


def _lines(paths: Sequence[Path]) -> list[str]:
    """The lines of files that say something."""
    texts = (path.read_text(errors="replace").replace("\0", "") for path in paths)
    return [line[:200] + "\n" for text in texts for line in text.splitlines() if line.strip()]


def _made_up(world: World) -> Text:
    from pastes.rendering.highlight import highlight, rows  # noqa: PLC0415
    from pastes.search.terms import fold, words_of  # noqa: PLC0415

    title = " ".join(world.random.choices(world.words, k=3))
    text = world.text()
    folded = fold(f"{title}\n\nfile1.txt\n{text}")
    vector = " ".join(f"'{word}'" for word in words_of(folded))
    html = rows(highlight(text=text, language="text").lines, first=1, anchor="")
    return Text(title, text, folded, vector, zlib.compress(f"0 0 0\n{html}".encode()))


def say(text: str) -> None:
    """Tell whoever waits."""
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", file=sys.stderr, flush=True)
