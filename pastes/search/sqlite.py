"""SQLite: an FTS5 table of trigrams, kept in step by triggers."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from pastes.search.backend import Step, TooSlow, plain
from pastes.search.terms import INDEXED_CHARACTERS, Terms

STEPS_BETWEEN_LOOKS = 20_000
"""Instructions of SQLite's machine between two looks at the clock: some tenths of a millisecond."""


class SQLite:
    """See `pastes.search.Backend`."""

    at_once_seconds = 2.0

    def indexed(self, terms: Terms, to: str) -> Q | None:
        """Texts by their trigrams; the table ignores case in its own way, so what it found is looked at again."""
        parts = [text for text in terms.texts if len(text) >= INDEXED_CHARACTERS]
        if not parts:
            return None
        sql = "SELECT rowid FROM pastes_searchtext_fts WHERE pastes_searchtext_fts MATCH %s"
        return Q(pk__in=RawSQL(sql, [_match(parts)])) & plain(terms, to)  # noqa: S611 -- the terms are a parameter

    def steps(self, *, below: int, to: str) -> Iterator[Step]:
        """None: what did not end in two seconds would not end in parts."""
        del below, to
        yield from ()

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """By a function that SQLite calls now and then."""
        connection.ensure_connection()
        handle: Any = connection.connection
        end = time.monotonic() + seconds
        handle.set_progress_handler(lambda: int(time.monotonic() > end), STEPS_BETWEEN_LOOKS)
        try:
            yield
        except OperationalError as error:
            if time.monotonic() > end:
                raise TooSlow from error
            raise
        finally:
            handle.set_progress_handler(None, 0)


def _match(parts: Sequence[str]) -> str:
    """An FTS5 query of all parts, each as it is: in quotes only the quote has a meaning, and is doubled."""
    return " AND ".join('"' + part.replace('"', '""') + '"' for part in parts)


BACKEND = SQLite()
