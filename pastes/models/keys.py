"""The table of keys that wait for a paste."""

from collections.abc import Iterable, Sequence
from functools import cache

from django.db import connections, models, transaction
from django.utils.translation import gettext_lazy as _

from pastes.models import together

KEY_LENGTH = 11
"""Characters of a key: base58 writes 64 bits in at most 11."""


class KeyQuerySet(models.QuerySet["Key"]):
    """Taking keys out and putting keys in."""

    def take(self, *, near: str, beside: Sequence[type[models.Model]] = ()) -> tuple[str | None, list[int]]:
        """Delete one row and return its key, None when the table is empty; and a new id of each table ``beside``.

        The key is the first at or after ``near``, a random one, so that publishers who come at the same time look at
        different rows, and the index keeps no long run of dead ones at its start; behind the last it is the first of
        all. On PostgreSQL a row that another publisher holds is passed over; SQLite has one writer at a time. A
        rollback gives the key back.
        """
        connection = connections[self.db]
        locks = connection.features.has_select_for_update_skip_locked
        at_once = beside if connection.vendor == "postgresql" else ()
        sql = _taking(tuple(at_once), locks=locks)
        with connection.cursor() as cursor:
            cursor.execute(sql, [near])
            key, *ids = cursor.fetchone() or (None,)
            if key is None:  # in one statement it would be planned each time, which takes as long as all the rest
                cursor.execute(sql, [""])
                key, *ids = cursor.fetchone() or (None,)
        return key, ids if at_once else together.next_ids(beside, using=self.db) if beside else []

    def add(self, values: Iterable[str]) -> None:
        """Insert keys, by COPY where the database has it. All of them are in, or none."""
        connection = connections[self.db]
        if connection.vendor != "postgresql":
            self.bulk_create([Key(value=value) for value in values], batch_size=5_000)
            return
        with (
            transaction.atomic(using=self.db),
            connection.cursor() as cursor,
            cursor.copy("COPY pastes_key (value) FROM STDIN") as copy,
        ):
            copy.write("".join(f"{value}\n" for value in values))


@cache
def _taking(beside: tuple[type[models.Model], ...], *, locks: bool) -> str:
    """The SQL of `KeyQuerySet.take`."""
    locking = "FOR UPDATE SKIP LOCKED" if locks else ""
    nearest = f"SELECT value FROM pastes_key WHERE value >= %s ORDER BY value LIMIT 1 {locking}"  # noqa: S608
    sql = f"DELETE FROM pastes_key WHERE value = ({nearest}) RETURNING value"  # noqa: S608
    if not beside:
        return sql
    return f"WITH taken AS ({sql}) SELECT (SELECT value FROM taken), {together.ids_sql(beside)}"  # noqa: S608


class Key(models.Model):
    """A key that no paste has yet; the paste that takes it deletes the row in its own transaction."""

    value = models.CharField(_("key"), max_length=KEY_LENGTH, primary_key=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("unused key")
        verbose_name_plural = _("unused keys")

    def __str__(self) -> str:
        return self.value
