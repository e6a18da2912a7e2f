"""Reading from a copy of the database (`DATABASE_REPLICA_URL`), and never anything older than what was answered before.

A streaming replica is a moment behind. So before it is asked anything, the database says how far its log is, and the
replica whether it has replayed it that far: then it has everything that was committed before the question. If it is not
there within `PATIENCE`, is away or does not answer, the database answers as if there were no replica.
"""

import select
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from time import monotonic, sleep
from typing import Any

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

from pastes.breaker import Breaker

log = structlog.get_logger("pastes.replica")

ALIAS = "replica"

PATIENCE = 0.02
"""Seconds that somebody waits for the replica to catch up; it is a millisecond or two behind where all is well."""

ANSWER_SECONDS = 0.5
"""How long it may take to say where it is; who does not is away."""

PAUSE = 0.001

reads = {"replica": 0, "behind": 0, "away": 0}
"""Questions that it could answer: whether it did, and why not. `/metrics` shows them."""

away = Breaker(failures=1)
late = Breaker(failures=1, seconds=1.0)
"""One that is away, or too late, is asked again after five seconds or one, by one thread; the others do not wait."""

_reading: ContextVar[bool] = ContextVar("reading", default=False)


class Router:
    """Django's question which database a query goes to."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """The replica inside of `may_answer`."""
        del model, hints
        return alias()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Never the replica, whatever a row was read from."""
        del model, hints
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Rows of both are rows of one database."""
        del one, other, hints
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """The replica gets its tables from the database."""
        del app_label, hints
        return db != ALIAS


def alias() -> str:
    """Which database is to be asked now."""
    return ALIAS if _reading.get() else DEFAULT_DB_ALIAS


def may_answer[**P, R](read: Callable[P, R]) -> Callable[P, R]:
    """Let the replica answer what a function asks.

    The function does nothing but read, and has read all it needs when it returns. If the replica fails in the middle of
    it, it is called again.
    """

    @wraps(read)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        if ALIAS not in settings.DATABASES or _reading.get() or not has_everything():
            return read(*args, **kwargs)
        before = _reading.set(True)
        try:
            found = read(*args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            _failed(error)
        else:
            reads["replica"] += 1
            return found
        finally:
            _reading.reset(before)
        return read(*args, **kwargs)

    return answer


def has_everything() -> bool:
    """Whether the replica has what was committed up to now. What an open transaction has written it cannot have."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.in_atomic_block or not (away.lets_pass() and late.lets_pass()):
        return False
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()::text")
        position = str(cursor.fetchone()[0])
    try:
        caught_up = _has_replayed(position)
    except (OperationalError, InterfaceError, TimeoutError) as error:
        _failed(error)
        return False
    away.worked()
    if caught_up:
        late.worked()
    else:
        reads["behind"] += 1
        late.failed()
    return caught_up


def _has_replayed(position: str) -> bool:
    replica: Any = connections[ALIAS]
    replica.ensure_connection()
    question = f"SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= '{position}'".encode()
    end = monotonic() + PATIENCE
    with replica.wrap_database_errors:
        while _ask(replica.connection.pgconn, question) != b"t":
            if monotonic() > end:
                return False
            sleep(PAUSE)
    return True


def _ask(handle: Any, question: bytes) -> bytes | None:
    """The only value of the answer to a question.

    Not by a cursor, which waits for ever: a replica that takes connections and is frozen would hold every thread.

    Args:
        handle: libpq's connection, a ``psycopg.pq.PGconn``.
        question: in SQL.

    Raises:
        TimeoutError: when there is no answer.
        psycopg.OperationalError: when the connection broke.
    """
    handle.send_query(question)
    poll = select.poll()
    poll.register(handle.socket, select.POLLIN)
    end = monotonic() + ANSWER_SECONDS
    while handle.is_busy():
        if not poll.poll(max(0.0, end - monotonic()) * 1_000):
            raise TimeoutError("no answer")
        handle.consume_input()
    results = list(iter(handle.get_result, None))
    return results[0].get_value(0, 0) if results else None


def _failed(error: Exception) -> None:
    """Ask the database instead; and for some seconds not the replica, unless it only gave way to what it replays."""
    reads["away"] += 1
    log.warning("replica_failed", error=repr(error.__cause__ or error).partition("\n")[0][:200])
    if not str(getattr(error.__cause__, "sqlstate", "") or "").startswith("40"):
        away.failed()
        connections[ALIAS].close()
