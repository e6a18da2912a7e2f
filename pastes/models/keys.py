"""The table of keys that wait for a paste."""

from collections.abc import Iterable

from django.db import connections, models, transaction
from django.utils.translation import gettext_lazy as _

KEY_LENGTH = 11
"""Characters of a key: base58 writes 64 bits in at most 11."""


class KeyQuerySet(models.QuerySet["Key"]):
    """Taking keys out and putting keys in."""

    def take(self, *, near: str) -> str | None:
        """Delete one row and return its key; None when the table is empty. Call it in the transaction that uses it.

        The key is the first at or after ``near``, a random one, so that publishers who come at the same time look at
        different rows, and the index keeps no long run of dead ones at its start; behind the last it is the first of
        all. On PostgreSQL a row that another publisher holds is passed over; SQLite has one writer at a time. A
        rollback gives the key back.
        """
        connection = connections[self.db]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pastes_take_key(%s)", [near])
                key: str | None = cursor.fetchone()[0]
                return key
            for start in (near, ""):
                cursor.execute(_TAKE, [start])
                if found := cursor.fetchone():
                    return str(found[0])
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


_TAKE = (
    "DELETE FROM pastes_key WHERE value = (SELECT value FROM pastes_key WHERE value >= %s ORDER BY value LIMIT 1) "
    "RETURNING value"
)


class Key(models.Model):
    """A key that no paste has yet; the paste that takes it deletes the row in its own transaction."""

    value = models.CharField(_("key"), max_length=KEY_LENGTH, primary_key=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("unused key")
        verbose_name_plural = _("unused keys")

    def __str__(self) -> str:
        return self.value
