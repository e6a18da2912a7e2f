"""What each database must be able to do, and what both do alike."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from pastes.search.terms import Terms


class TooSlow(Exception):
    """A query was stopped at its deadline."""


@dataclass(frozen=True, slots=True)
class Step:
    """Ids down to ``floor`` (inclusive), and the condition that they are those."""

    condition: Q
    floor: int


class Backend(Protocol):
    """One module for each database. ``to`` is how a query reaches what is kept of a text, such as ``search_text__``.

    Attributes:
        at_once_seconds: how long all that is left may be searched at once, before it is done in `steps`.
    """

    at_once_seconds: float

    def indexed(self, terms: Terms, to: str) -> Q | None:
        """What finds ``terms`` by an index; None where no index helps."""

    def steps(self, *, below: int, to: str) -> Iterator[Step]:
        """The ids below ``below`` in windows, the newest first, each worth a query of its own."""

    def deadline(self, seconds: float) -> AbstractContextManager[None]:
        """Stop each query within that takes longer.

        Raises:
            TooSlow: when one does.
        """


def plain(terms: Terms, to: str) -> Q:
    """What looks at every row for ``terms``, for few rows that are chosen otherwise.

    Not by LIKE: PostgreSQL would take its index, because it thinks that every long term is rare.
    """
    found = words_of(terms, to)
    for part in terms.parts:
        found &= Q(GreaterThan(StrIndex(F(f"{to}folded"), Value(part)), 0))
    return found


def words_of(terms: Terms, to: str) -> Q:
    """That the whole words are there."""
    return Q(**{f"{to}words__hold": terms.words}) if terms.words else Q()
