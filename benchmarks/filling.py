"""As many made-up pastes as a benchmark wants, with all that hangs on them, written with COPY.

The rows are those that publishing writes and readers and the worker add; the object store stays empty, as no list,
search or page reads it. One paste, the busiest, has of everything what a page must not be slowed down by.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.world import LANGUAGES, Text, World, say

if TYPE_CHECKING:
    from django.db.models import Model

AUTHORS = 10_000
TAGS = 500
BATCH = 50_000

REPEATED, MOST_TEXTS = 10, 100_000
"""So many pastes share a made-up text, each with a number of its own in it: making one up takes longer than a row. Of
more than a million pastes more do, so that the texts fit in memory."""

COMMENTS, REPLIES, FORKS, DAYS = 20_000, 5_000, 5_000, 1_000
"""What the busiest paste has; the replies are in one thread."""

SPAN = timedelta(days=720)

INDEXES = ("pastes_searchtext_trigrams", "pastes_searchtext_words")
"""Made when the rows are there, which is faster."""


def fill(world: World, pastes: int) -> None:
    """Write authors and pastes into a migrated database."""
    from django.conf import settings  # noqa: PLC0415 # they exist only from here on
    from django.db import connection  # noqa: PLC0415

    from pastes.domain import keys  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname = ANY(%s)",
            [list(INDEXES)],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        say(f"Writing {pastes:,} pastes …")
        _people(world)
        keys.seed(count=2 * settings.KEYS_LOW_WATER)
        Filling(world, pastes).write()
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


def busiest(pastes: int) -> int:
    """The number of the busiest paste: in the middle, public and in everybody's list."""
    return pastes // 2 // 210 * 210 + 1


def _people(world: World) -> None:
    from accounts.models import User  # noqa: PLC0415
    from pastes.models import Tag  # noqa: PLC0415

    User.objects.bulk_create(
        [User(username=f"author{number}", email=f"{number}@example.org") for number in range(AUTHORS)]
    )
    names = [word[:30] for word in world.words[200 : 200 + TAGS]]
    Tag.objects.bulk_create([Tag(name=name, uses=TAGS - number) for number, name in enumerate(dict.fromkeys(names))])


class Filling:
    """Makes the rows of each paste from its number: its revision and file have the same one, other rows near it."""

    def __init__(self, world: World, pastes: int) -> None:
        from accounts.models import User  # noqa: PLC0415
        from pastes.models import Tag  # noqa: PLC0415

        self._world, self._pastes = world, pastes
        self._chance = world.random.random
        self._busiest = busiest(pastes)
        self._start, self._step = datetime(2024, 1, 1, tzinfo=UTC), SPAN / pastes
        self._people = list(User.objects.order_by("pk").values_list("pk", flat=True))
        self._tags = dict(Tag.objects.order_by("pk").values_list("name", "pk"))
        self._names = list(self._tags)

    def write(self) -> None:
        """Write all of them."""
        texts = [self._world.made_up() for _ in range(max(1, min(self._pastes // REPEATED, MOST_TEXTS)))]
        for first in range(1, self._pastes + 1, BATCH):
            numbers = range(first, min(first + BATCH, self._pastes + 1))
            copy(row for number in numbers for row in self.rows(number, texts[number % len(texts)]))
            say(f"{numbers[-1]:,}")
        copy(self.rows_of_the_busiest())
        _count_unread()
        _set_sequences()

    def rows(self, number: int, made: Text) -> Iterator["Model"]:
        """A paste and what hangs on it."""
        paste = self._paste(number, made)
        yield paste
        yield from self._content(paste, made)
        yield from self._reactions(paste)
        yield from self._traffic(paste)

    def _paste(self, number: int, made: Text) -> Any:
        from pastes.domain import keys  # noqa: PLC0415
        from pastes.models import Paste  # noqa: PLC0415

        moment, busiest = self._start + number * self._step, number == self._busiest
        return Paste(
            id=number,
            key=keys.from_number(number),
            owner_id=self._people[0] if busiest else self._somebody(3) if number % 3 else None,
            title=made.title,
            created=moment,
            updated=moment,
            expires_at=moment + timedelta(days=3650) if not number % 7 else None,
            language=LANGUAGES[int(len(LANGUAGES) * self._chance() ** 2)],
            visibility="public" if number % 10 else "private",
            forked_from_id=self._source(number),
            file_name="file1.txt",
            excerpt=made.text[:200],
            tags="" if number % 5 else self._names[int(len(self._names) * self._chance() ** 3)],
            stars=int(not number % 4),
            comments=COMMENTS if busiest else int(number % 6 == 1),
            popularity=self._chance() if not number % 3 else 0,
            trend=self._chance() if number % 50 == 1 else 0,
        )

    def _somebody(self, skew: int) -> int:
        """Somebody's id; the larger ``skew`` is, the more often the same people's."""
        return self._people[int(AUTHORS * self._chance() ** skew)]

    def _source(self, number: int) -> int | None:
        """What a paste is a copy of."""
        if self._busiest < number <= self._busiest + FORKS:
            return self._busiest
        return number // 2 or None if number % 50 == 3 else None

    def _content(self, paste: Any, made: Text) -> Iterator["Model"]:
        from pastes.domain import logbook, reading  # noqa: PLC0415
        from pastes.models import File, Revision, SearchText  # noqa: PLC0415

        number, own = paste.pk, f"0x{paste.pk * 0x9E3779B97F4A7C15 % 2**48:012x}"
        version, moment = f"{number:040x}", paste.created
        yield Revision(id=number, paste_id=number, number=1, version=version, author_id=paste.owner_id, created=moment)
        file = File(
            id=number,
            revision_id=number,
            position=0,
            name="file1.txt",
            language=paste.language,
            size=len(made.text.encode()),
            lines=made.text.count("\n"),
            encoding="utf-8",
            sha256=f"{number:064x}",
            object_name=f"{number % 256:02x}/{number:032x}",
        )
        yield file
        shown = reading.RenderedPart(0, made.html, plain=False, cut=0, hidden=0, errors=logbook.Errors())
        yield reading.highlight_of(file, shown)
        yield SearchText(
            paste_id=number,
            text=f"{made.text}{own}\n",
            folded=f"{made.folded}{own}\n",
            words=f"{made.vector} '{own}'",
            files=[[0, "file1.txt", 0]],
        )

    def _reactions(self, paste: Any) -> Iterator["Model"]:
        """Tags, stars, likes and comments, and that the owner was told of them."""
        from pastes.models import Comment, Like, Notification, Star, Tagging  # noqa: PLC0415

        number, moment = paste.pk, paste.created + timedelta(hours=1)
        if paste.tags:
            yield Tagging(id=number, tag_id=self._tags[paste.tags], paste_id=number)
        if not number % 4:
            yield Star(id=number, user_id=self._somebody(2), paste_id=number, created=moment)
        if not number % 8:
            yield Like(id=number, user_id=self._somebody(2), paste_id=number, created=moment)
        if number % 6 == 1:
            said_by = self._somebody(1)
            yield Comment(
                id=number, paste_id=number, author_id=said_by, body=paste.title, html=paste.title, created=moment
            )
            if paste.owner_id:
                yield Notification(
                    id=number,
                    user_id=paste.owner_id,
                    kind=Notification.Kind.COMMENT,
                    event=f"comment:{number}",
                    paste_id=number,
                    comment_id=number,
                    actor_id=said_by,
                    created=moment,
                )

    def _traffic(self, paste: Any) -> Iterator["Model"]:
        """Who saw it: of every third paste on two days; some came from another site, and some are not added yet."""
        from pastes.models import DailyViews, Referral, View  # noqa: PLC0415

        number, day = paste.pk, paste.created.date()
        if not number % 3:
            yield DailyViews(id=2 * number, paste_id=number, day=day, views=3)
            yield DailyViews(id=2 * number + 1, paste_id=number, day=day + timedelta(days=1), views=1)
        if not number % 9:
            yield Referral(id=number, paste_id=number, host="news.example", views=1)
        if number > self._pastes * 0.95:
            yield View(id=number, paste_id=number, reader=f"{number:032x}", seen_at=paste.created, counted=True)

    def rows_of_the_busiest(self) -> Iterator["Model"]:
        """Comments, a long thread among them, and views on many days from many sites."""
        from pastes.models import Comment, DailyViews, Referral  # noqa: PLC0415

        paste, start, day = self._busiest, 2 * self._pastes + 10, timedelta(days=1)
        first = start + COMMENTS - REPLIES - 1
        for number in range(start, start + COMMENTS):
            reply = number > first
            yield Comment(
                id=number,
                paste_id=paste,
                author_id=self._somebody(1),
                parent_id=first if reply else None,
                root_id=first if reply else None,
                depth=int(reply),
                body="Well said.",
                html="<p>Well said.</p>",
                score=self._chance(),
            )
        today = datetime.now(UTC).date()
        for number in range(DAYS):
            yield DailyViews(id=start + number, paste_id=paste, day=today - number * day, views=number + 1)
        for number in range(100):
            yield Referral(id=start + number, paste_id=paste, host=f"site{number}.example", views=number + 1)


def copy(rows: "Iterable[Model]") -> None:
    """Write rows of any tables, those of one table together."""
    by_kind: dict[type[Model], list[Model]] = defaultdict(list)
    for row in rows:
        by_kind[type(row)].append(row)
    for kind, several in by_kind.items():
        _copy(kind, several)


def _copy(kind: "type[Model]", rows: Sequence["Model"]) -> None:
    from django.db import connection  # noqa: PLC0415
    from psycopg.types.json import Jsonb  # noqa: PLC0415

    fields = kind._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {kind._meta.db_table} ({columns}) FROM STDIN") as copied:
        for row in rows:
            values = [getattr(row, field.attname) for field in fields]
            copied.write_row([Jsonb(value) if isinstance(value, list) else value for value in values])


def _count_unread() -> None:
    """Count what people have not read, as whoever tells them does."""
    from django.db.models import Count, OuterRef, Subquery  # noqa: PLC0415
    from django.db.models.functions import Coalesce  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from pastes.models import Notification  # noqa: PLC0415

    rows = Notification.objects.filter(user=OuterRef("pk"), read_at=None).order_by().values("user")
    User.objects.update(unread=Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0))


def _set_sequences() -> None:
    """Have the next row of each table get the next id."""
    from django.apps import apps  # noqa: PLC0415
    from django.core.management.color import no_style  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    kinds = list(apps.get_app_config("pastes").get_models())
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kinds):
            cursor.execute(statement)
