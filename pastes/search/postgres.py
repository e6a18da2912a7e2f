"""PostgreSQL: a GIN index of trigrams (``pg_trgm``) for parts of texts, one of a ``tsvector`` for whole words.

Both indexes also hold the number of the window of ids that a row is in (``btree_gin``). With it the many rows of a
frequent term are intersected with a window inside the index, before any row is read.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connections, transaction
from django.db.models import F, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.fields import BigIntegerField
from django.db.models.functions import Cast
from django.db.models.lookups import Exact

from pastes import replica
from pastes.search.backend import Step, TooSlow, words_of
from pastes.search.terms import INDEXED_CHARACTERS, Terms

WINDOW_BITS = 14
"""A window is 16,384 ids; the indexes of migration 0003 are made for this number."""

QUERY_CANCELED = "57014"
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""


class Postgres:
    """See `pastes.search.Backend`."""

    at_once_seconds = 0.012

    def indexed(self, terms: Terms, to: str) -> Q | None:
        """Words by their own index, the rest by trigrams."""
        parts = [part for part in terms.parts if len(part) >= INDEXED_CHARACTERS]
        if not parts and not terms.words:
            return None
        found = words_of(terms, to)
        for part in terms.parts:
            found &= Q(**{f"{to}folded__contains": part})
        return found

    def steps(self, *, below: int, to: str) -> Iterator[Step]:
        """The window that ``below`` is in, and each whole one before it. (A range of windows is no condition for a GIN
        index: it would gather all rows of all of them first.)"""
        for window in range((below - 1) >> WINDOW_BITS, -1, -1):
            yield Step(Q(pk__lt=below) & Q(Exact(self._window(to), _bigint(window))), window << WINDOW_BITS)

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """By ``statement_timeout``. Compiling a query (``jit``) takes longer than any of these may."""
        try:
            with transaction.atomic(using=replica.alias()), connections[replica.alias()].cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {int(seconds * 1_000)}; SET LOCAL jit = off")
                yield
                # For a transaction that this is a part of.
                cursor.execute("SET LOCAL statement_timeout = DEFAULT; SET LOCAL jit = DEFAULT")
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") == QUERY_CANCELED:
                raise TooSlow from error
            raise

    def _window(self, to: str) -> CombinedExpression:
        return CombinedExpression(
            F(f"{to}pk"), CombinedExpression.BITRIGHTSHIFT, Value(WINDOW_BITS), output_field=BigIntegerField()
        )


def _bigint(number: int) -> Cast:
    """As the index has it; it is not used for a number of another type."""
    return Cast(Value(number), BigIntegerField())


BACKEND = Postgres()
