"""Measuring a case, and refusing a figure that does not mean what it says."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

import httpx
import psycopg

from benchmarks import load
from benchmarks.cases import Case
from benchmarks.load import Result
from benchmarks.stack import Stack
from tests.services.process import LOOPBACK

FLUSH_SECONDS = 0.05
"""How often the cache is emptied while cold pages are read: sooner than one comes round again."""

EXCEPTIONS = 0.1
"""The part of the answers that the cache may have had, or not had, against what the case says: those at the edges of a
run."""

NAMES = 3
"""What the cache is asked for where it has nothing of an answer: its generation, and two places (`pastes.hot.find`)."""


class WrongAnswersError(Exception):
    """A case was not answered as it must be; its figure would mean nothing."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Counters outside wrk: rows of the case's table; what the cache had, did not have, and was given."""

    rows: int
    found: int
    missed: int
    given: int


def measure(case: Case, stack: Stack, *, seconds: int, warm_up: int) -> Result:
    """Run the case for ``seconds``, after ``warm_up`` seconds that do not count.

    Raises:
        WrongAnswersError: some answers were errors, too small, left no row, or came from the cache when they must not.
    """
    with _emptied(case, stack) if case.cache == "miss" else nullcontext():
        # From the other end: what the warm-up leaves under way is not what is asked for next.
        if warm_up:
            load.run(replace(case.load, paths=case.load.paths[::-1]), seconds=warm_up)
        else:
            _one_answer(case)  # which may be made for it, and look otherwise than what is kept
        # Its turn comes when what the warm-up left under way is done.
        size = _one_answer(case)
        before = _look(case, stack)
        result = load.run(case.load, seconds=seconds)
        after = _look(case, stack)
    wrong = _wrong(case, result, before, after, size) or (
        # In a second, what the cache says at the edges of a run is too large a part.
        _wrong_share(case, result, before, after) if seconds > 1 else ""
    )
    if wrong:
        message = f"{case.name}: {wrong}"
        raise WrongAnswersError(message)
    return result


def _wrong(case: Case, result: Result, before: _Seen, after: _Seen, size: int) -> str:
    """What is wrong with a result, in words; "" for nothing."""
    if result.errors or not result.requests:
        return f"{result.errors} errors, {result.requests} answers"
    # Answers in other words differ by a few bytes; an escaped page instead of a coloured one by much.
    if result.size < 0.9 * size:
        return f"answers of {result.size:.0f} bytes instead of {size}"
    if case.table and after.rows - before.rows < result.requests:
        return f"{after.rows - before.rows} rows after {result.requests} answers"
    return ""


def _wrong_share(case: Case, result: Result, before: _Seen, after: _Seen) -> str:
    """The same about who sent the answers."""
    if not case.cache:
        return ""
    missed = (after.missed - before.missed) / (NAMES * result.requests)
    found, given = (after.found - before.found) / result.requests, (after.given - before.given) / result.requests
    if case.cache == "miss" and missed < 1 - EXCEPTIONS:
        return f"the cache was asked in vain for {missed:.0%} of {result.requests} answers"
    # Whoever holds an answer asks for its generation; whoever makes one gives it to the cache.
    if case.cache == "hit" and (found < 1 - EXCEPTIONS or given > EXCEPTIONS):
        return f"the cache was asked for {found:.0%} of {result.requests} answers, and given {given:.0%}"
    return ""


def _one_answer(case: Case) -> int:
    """Send one request of the case; bytes of the answer's body, as they were sent.

    Raises:
        WrongAnswersError: it has another status than it should.
    """
    body = case.load.body.replace(b"@number@", b"one")
    address = case.load.origin + case.load.paths[0]
    with httpx.stream(
        case.load.method,
        address,
        headers={"Accept-Encoding": "identity", **case.load.headers},
        content=body or None,
        timeout=30,
    ) as answer:
        size = sum(len(chunk) for chunk in answer.iter_raw())
    if answer.status_code != case.status:
        message = f"{case.name}: status {answer.status_code} instead of {case.status}"
        raise WrongAnswersError(message)
    return size


def _look(case: Case, stack: Stack) -> _Seen:
    stats = _ask_memcached(stack.cache_port, b"stats", end=b"END\r\n")
    values = dict(line.split()[1:3] for line in stats.splitlines() if line.startswith(b"STAT "))
    rows = _count(case.table, stack.environment["DATABASE_URL"]) if case.table else 0
    return _Seen(
        rows=rows,
        found=int(values[b"get_hits"]),
        missed=int(values[b"get_misses"]),
        given=int(values[b"cmd_set"]),
    )


def _count(table: str, database: str) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute(
            psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(table))
        ).fetchone()
    assert row
    return int(row[0])


@contextmanager
def _emptied(case: Case, stack: Stack) -> Iterator[None]:
    """Keep memcached, and the table of the case, empty while the block lasts."""
    over = threading.Event()

    def empty() -> None:
        with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as connection:
            while not over.wait(FLUSH_SECONDS):
                _ask_memcached(stack.cache_port, b"flush_all", end=b"OK\r\n")
                if case.emptied:
                    connection.execute(psycopg.sql.SQL("DELETE FROM {}").format(psycopg.sql.Identifier(case.emptied)))

    thread = threading.Thread(target=empty)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _ask_memcached(port: int, command: bytes, *, end: bytes) -> bytes:
    """What memcached answers to one line."""
    answer = b""
    with socket.create_connection((LOOPBACK, port), timeout=5) as connection:
        connection.sendall(command + b"\r\n")
        while not answer.endswith(end):
            chunk = connection.recv(65_536)
            if not chunk:
                break
            answer += chunk
    return answer
