"""Queries that every request asks, put into SQL once.

To put a query over a few tables into SQL takes Django one to two milliseconds, five times as long as the database takes
to answer it. What differs from one time to the next are its values, so the SQL is kept and only they are exchanged.
"""

from collections.abc import Callable, Sequence
from copy import copy
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import ModelIterable


class Prepared[M: models.Model]:
    """A query for rows of one model, with annotations and those of `select_related`; prefetching has no place in it.

    Args:
        make: gives the queryset for values. It must make the same of them whatever they are, and none of them may be
            None, which other SQL stands for.
        samples: by name, a value for each that occurs nowhere else in the query.
    """

    def __init__(self, make: Callable[..., models.QuerySet[M]], **samples: str | int) -> None:
        self._make = make
        self._samples = samples
        self._plan: _Plan | None = None

    def __call__(self, **values: object) -> list[M]:
        """The rows for these values, in order."""
        plan = self._plan
        if plan is None:  # made twice by threads that are the first together, which does no harm
            # Never of a replica: whoever is the first to ask would decide it for all.
            plan = self._plan = _Plan(self._make(**self._samples).using(DEFAULT_DB_ALIAS), self._samples)
        return list(ModelIterable(plan.queryset(values)))


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
        params = tuple(values[name] if name else param for name, param in self._params)
        compiler: Any = copy(self._compiler)
        compiler.connection = connections[self._db]
        compiler.as_sql = lambda **_: (self._sql, params)
        compiler.get_converters = lambda _columns: self._converters
        return SimpleNamespace(
            db=self._db,
            query=SimpleNamespace(get_compiler=lambda **_: compiler),
            _fetch_mode=self._fetch_mode,
            _known_related_objects={},
        )
