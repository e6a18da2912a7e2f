"""Queries that every request asks, put into SQL once.

To put a query over a few tables into SQL takes Django one to two milliseconds, five times as long as the database takes
to answer it. What differs from one time to the next are its values, so the SQL is kept and only they are exchanged.
"""

from collections.abc import Callable, Sequence
from copy import copy
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import ModelIterable


class _Query[M: models.Model, Row]:
    """A query that is put into SQL when it is asked for the first time.

    Args:
        make: gives the queryset for values. It must make the same of them whatever they are, and none of them may be
            None, which other SQL stands for.
        samples: by name, a value for each that occurs nowhere else in the query.
    """

    def __init__(self, make: Callable[..., models.QuerySet[M, Row]], **samples: str | int) -> None:
        self._make = make
        self._samples = samples

    @cached_property
    def _plan(self) -> "_Plan":  # made twice by threads that are the first together, which does no harm
        # Never of a replica: whoever is the first to ask would decide it for all.
        return _Plan(self._make(**self._samples).using(DEFAULT_DB_ALIAS), self._samples)


class Prepared[M: models.Model](_Query[M, M]):
    """A query for rows of one model, with annotations and those of `select_related`; prefetching has no place in it."""

    def __call__(self, **values: object) -> list[M]:
        """The rows for these values, in order."""
        return list(ModelIterable(self._plan.queryset(values)))


class PreparedTuples(_Query[Any, tuple[Any, ...]]):
    """A query for values (``values_list``): no model is made, which takes as long as to ask the database."""

    def __call__(self, **values: object) -> list[tuple[Any, ...]]:
        """The rows for these values, in order."""
        return self._plan.tuples(values)


class _Plan:
    """The SQL of a queryset, and where in it which value goes."""

    def __init__(self, queryset: Any, samples: dict[str, str | int]) -> None:
        self._db = queryset.db
        self._fetch_mode = queryset._fetch_mode  # what stands below is as `ModelIterable` has it
        self._compiler = queryset.query.get_compiler(using=queryset.db)
        self._sql, params = self._compiler.as_sql()
        columns = [column[0] for column in self._compiler.select[: self._compiler.col_count]]
        self._converters = self._compiler.get_converters(columns)
        names = {sample: name for name, sample in samples.items()}
        self._params: Sequence[tuple[str, object]] = [(names.get(param, ""), param) for param in params]
        assert {name for name, _ in self._params if name} == set(samples), "each value occurs in the SQL"

    def queryset(self, values: dict[str, object]) -> Any:
        """What `ModelIterable` needs of a queryset, with these values."""
        compiler: Any = copy(self._compiler)
        compiler.connection = connections[self._db]
        compiler.as_sql = lambda **_: (self._sql, self._values(values))
        compiler.get_converters = lambda _columns: self._converters
        return SimpleNamespace(
            db=self._db,
            query=SimpleNamespace(get_compiler=lambda **_: compiler),
            _fetch_mode=self._fetch_mode,
            _known_related_objects={},
        )

    def tuples(self, values: dict[str, object]) -> list[tuple[Any, ...]]:
        """The rows for these values, with what fields make of them."""
        connection = connections[self._db]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._values(values))
            rows = cursor.fetchall()
        return [self._converted(row, connection) for row in rows] if self._converters else rows

    def _converted(self, row: tuple[Any, ...], connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
        made = list(row)
        for position, (converters, expression) in self._converters.items():
            for convert in converters:
                made[position] = convert(made[position], expression, connection)
        return tuple(made)

    def _values(self, values: dict[str, object]) -> tuple[Any, ...]:
        return tuple([values[name] if name else param for name, param in self._params])
