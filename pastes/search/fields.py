"""The column that holds the words of a text."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler


class WordsField(models.Field):  # type: ignore[type-arg] # it has no parameters at run time
    """Words, each once: a ``tsvector`` in PostgreSQL, in SQLite a text with a blank around each. It is not read back.

    PostgreSQL is given the words and not the text, whose words its parser would see elsewhere than Python does.
    """

    description = "Words"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column's type."""
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder_sql(
        self, value: Any, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """How the value stands in INSERT and UPDATE."""
        del compiler
        return "array_to_tsvector(%s::text[])" if connection.vendor == "postgresql" else "%s", (value,)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """A list for PostgreSQL, a text for SQLite."""
        del prepared
        return list(value) if connection.vendor == "postgresql" else f" {' '.join(value)} "


@WordsField.register_lookup
class Hold(models.Lookup):
    """All of some words are there."""

    lookup_name = "hold"
    prepare_rhs = False

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Sequence[Any]]:
        """One query of the ``tsvector``; words are letters, digits and ``_``, so quotes are enough around them."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", [*params, " & ".join(f"'{word}'" for word in self.rhs)]

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Sequence[Any]]:
        """One look at the text for each word."""
        column, params = self.process_lhs(compiler, connection)
        found = " AND ".join(f"instr({column}, %s) > 0" for _word in self.rhs)
        return f"({found})", [value for word in self.rhs for value in (*params, f" {word} ")]
