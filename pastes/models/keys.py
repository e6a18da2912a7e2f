"""The table of keys that wait for a paste."""

from collections.abc import Iterable

from django.db import connections, models, transaction
from django.utils.translation import gettext_lazy as _

KEY_LENGTH = 11
"""Characters of a key: base58 writes 64 bits in at most 11."""


class KeyQuerySet(models.QuerySet["Key"]):
    """Taking keys out and putting keys in."""

    def take(self, *, near: str) -> str | None:
        """Delete one row and return its key; None when the table is empty.

        The key is the first at or after ``near``, a random one, so that publishers who come at the same time look at
        different rows, and the index keeps no long run of dead ones at its start. On PostgreSQL a row that another
        publisher holds is passed over; SQLite has one writer at a time. A rollback gives the key back.
        """
        connection = connections[self.db]
        locking = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
        with connection.cursor() as cursor:
            for condition, values in (("WHERE value >= %s", [near]), ("", [])):
                chosen = f"SELECT value FROM pastes_key {condition} ORDER BY value LIMIT 1 {locking}"  # noqa: S608
                cursor.execute(f"DELETE FROM pastes_key WHERE value = ({chosen}) RETURNING value", values)  # noqa: S608
                row = cursor.fetchone()
                if row:
                    return str(row[0])
        return None

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


class Key(models.Model):
    """A key that no paste has yet; the paste that takes it deletes the row in its own transaction."""

    value = models.CharField(_("key"), max_length=KEY_LENGTH, primary_key=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("unused key")
        verbose_name_plural = _("unused keys")

    def __str__(self) -> str:
        return self.value
