"""The rows of a new paste: each column as it is given, on every database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, models, transaction
from django_q.models import OrmQ

from accounts.models import User
from pastes.domain import keys
from pastes.models import File, IdempotencyKey, Key, Paste, Revision, publication
from pastes.models.publication import Publication
from tests.factories import make_paste

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 12, 30, 15, 123_456, tzinfo=UTC)
WORDS = "“quoted” 'once' \"twice\" \\ back {} %s $$ \t Ünï ж 🦊"


def rows(user: User | None = None, *, forked_from: Paste | None = None, files: int = 2) -> Publication:
    """Each field has a value of its own, and none that it would have by itself."""
    paste = Paste(owner=user, title=WORDS, description=f"{WORDS}\n{WORDS}", visibility="unlisted", created=NOW)
    paste.updated, paste.expires_at, paste.deleted_at, paste.hidden_at = (NOW + timedelta(days) for days in range(4))
    paste.burn, paste.max_views, paste.opens, paste.password, paste.encrypted = True, 7, 3, "hash", True
    paste.forked_from, paste.comments_enabled = forked_from, False
    paste.views, paste.stars, paste.likes, paste.comments, paste.revision_count = 2**40, 1, 2, 3, 4
    paste.language, paste.file_name, paste.file_count, paste.size, paste.excerpt = "python", "a b.py", 2, 2**33, WORDS
    paste.tags, paste.popularity, paste.trend, paste.page_version = "a b", 0.1, 1e-12, 9
    paste.edit_token_hash, paste.address_hash, paste.hidden_reason = "e" * 64, "a" * 64, "why"
    revision = Revision(paste=paste, number=5, version="v" * 40, author=user, created=NOW)
    revision.message, revision.added, revision.removed = WORDS, 6, 7
    made = [
        File(revision=revision, position=number, name=f"{number} {WORDS}", language="text", size=number, lines=number)
        for number in range(files)
    ]
    for file in made:
        file.encoding, file.sha256, file.object_name = "utf-8", "f" * 64, f"ob/{file.position}"
        file.parts = [[0, 0], [10, 20 + file.position]]
    tasks = [OrmQ(key="queue", payload=f"payload {number}", lock=NOW) for number in range(2)]
    sent = IdempotencyKey(subject="user:1", value="once", digest="d" * 64, paste=paste, created=NOW)
    return Publication(paste=paste, revision=revision, files=made, tasks=tasks, sent=sent)


def insert(made: Publication, *, spare: str = "spare") -> bool:
    return publication.insert(made, near=keys.new_value(), spare=spare).key_waited


def values(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_every_column_is_as_it_was_given(alice: User) -> None:
    made = rows(alice, forked_from=make_paste())
    fields = [field for field in Paste._meta.concrete_fields if field.has_default()]
    unset = [field.name for field in fields if getattr(made.paste, field.attname) == field.get_default()]
    assert unset == [], "each shows by its value whether it was written"

    assert not insert(made)

    paste, revision = Paste.objects.get(key="spare"), Revision.objects.get(version="v" * 40)
    assert values(paste) == values(made.paste)
    assert values(revision) == values(made.revision)
    assert [values(file) for file in revision.files.all()] == [values(file) for file in made.files]
    assert (revision.paste, {file.revision for file in made.files}) == (paste, {revision})
    tasks = OrmQ.objects.filter(key="queue").order_by("pk")
    assert [(task.payload, task.lock) for task in tasks] == [("payload 0", NOW), ("payload 1", NOW)]
    kept = IdempotencyKey.objects.get()
    assert (kept.subject, kept.value, kept.digest, kept.paste, kept.created) == (
        ("user:1", "once", "d" * 64, paste, NOW)
    )


def test_what_is_not_there_is_not_written() -> None:
    made = rows(files=1)
    assert not insert(Publication(paste=made.paste, revision=made.revision, files=made.files, tasks=[], sent=None))
    paste = Paste.objects.get()
    assert (paste.owner, paste.forked_from, Revision.objects.get().author) == (None, None, None)
    assert (File.objects.count(), OrmQ.objects.count(), IdempotencyKey.objects.count()) == (1, 0, 0)


def test_the_paste_gets_a_key_that_waits() -> None:
    Key.objects.add(["11111111111"])
    made = rows()
    assert insert(made)
    assert (made.paste.key, Paste.objects.get().key, Key.objects.count()) == ("11111111111", "11111111111", 0)


def test_what_does_not_fit_leaves_nothing_and_gives_the_key_back() -> None:
    Key.objects.add(["11111111111"])
    made = rows()
    made.files[1].position = 0
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(made)
    assert (Paste.objects.count(), Revision.objects.count(), Key.objects.count()) == (0, 0, 1)


def test_rows_can_be_changed_afterwards() -> None:
    made = rows()
    insert(made)
    made.paste.title = "Another"
    made.paste.save()
    made.files[0].delete()
    assert Paste.objects.get().title == "Another"
    assert File.objects.count() == 1
