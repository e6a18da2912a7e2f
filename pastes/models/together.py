"""Rows of several tables, inserted together: on PostgreSQL in one statement, and so in one round trip.

Publishing writes a handful of rows that belong to each other. To put an INSERT into SQL takes Django longer than the
database takes to run it, and to ask the database one question costs both sides as much as answering it: so the SQL is
kept, the ids are known beforehand, and what can be said at once is.
"""

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import Any

from django.db import connections, models, router

type Rows = Sequence[models.Model]


def insert(rows: Rows) -> None:
    """Insert rows, those of one table beside each other, into the database that the first belongs to.

    Like `bulk_create` it calls no `save` and sends no signal. A row without an id gets one, which it is not told.
    """
    using = router.db_for_write(type(rows[0]))
    connection: Any = connections[using]
    statements = [_statement(list(group), connection) for _model, group in groupby(rows, key=type)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_as_one(statements, cursor.connection))
        else:
            for sql, values in statements:
                cursor.execute(sql, values)
    for row in rows:
        row._state.adding, row._state.db = False, using


def ids_sql(tables: Sequence[type[models.Model]]) -> str:
    """What PostgreSQL is asked for a new id of each of these tables, by the names that it gives to sequences itself.

    To look them up would take three times as long.
    """
    return ", ".join(f"nextval('{each._meta.db_table}_id_seq')" for each in tables)


def next_ids(tables: Sequence[type[models.Model]], *, using: str) -> list[int]:
    """A new id of each of these tables, for rows that are inserted in this transaction."""
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "postgresql":
            cursor.execute(f"SELECT {ids_sql(tables)}")
            return list(cursor.fetchone())
        # SQLite has one writer at a time, and this transaction is it. Its count goes on with the rows themselves.
        cursor.execute("SELECT name, seq FROM sqlite_sequence")
        last: dict[str, int] = dict(cursor.fetchall())
    ids = []
    for each in tables:
        name = each._meta.db_table
        last[name] = last.get(name, 0) + 1
        ids.append(last[name])
    return ids


def _as_one(statements: Sequence[tuple[str, list[Any]]], connection: Any) -> str:
    """All of them, with their values, in one statement of PostgreSQL.

    Each gets its values on its own: a statement with more than fifty, psycopg takes apart anew every time.
    """
    from psycopg import ClientCursor  # noqa: PLC0415 # a site with SQLite does without

    composer = ClientCursor(connection)
    *first, last = [composer.mogrify(sql, values) for sql, values in statements]
    named = ", ".join(f"i{number} AS ({each})" for number, each in enumerate(first))
    return f"WITH {named} {last}" if first else last


def _statement(rows: Rows, connection: Any) -> tuple[str, list[Any]]:
    """The INSERT of rows of one table, and its values."""
    fields = _fields(type(rows[0]), with_id=rows[0].pk is not None)
    sql = _sql(type(rows[0]), fields, len(rows))
    return sql, [_value(row, field, connection) for row in rows for field in fields]


def _value(row: models.Model, field: "models.Field[Any, Any]", connection: Any) -> Any:
    """What the database gets: most is as every database takes it, and Django need not be asked."""
    value = getattr(row, field.attname)
    if type(value) in _PLAIN and not isinstance(field, models.JSONField):
        return value
    return field.get_db_prep_save(value, connection)


_PLAIN = frozenset({str, int, bool, type(None)})


@cache
def _fields(model: type[models.Model], *, with_id: bool) -> "tuple[models.Field[Any, Any], ...]":
    return tuple(field for field in model._meta.concrete_fields if with_id or not field.primary_key)


@cache
def _sql(model: type[models.Model], fields: "tuple[models.Field[Any, Any], ...]", count: int) -> str:
    names = ", ".join(f'"{field.column}"' for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {", ".join([row] * count)}'  # noqa: S608
