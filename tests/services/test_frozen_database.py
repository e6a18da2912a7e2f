"""A database that takes connections and says nothing: nobody waits for it long, and it is found again by itself."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.utils import load_backend
from environ import Env

from pastebin.postgresql import base
from pastebin.postgresql.breakers import breakers
from pastebin.postgresql.driver import Patience
from pastes.breaker import Breaker
from tests.drills.site import descendants
from tests.services import Server, postgres

pytestmark = [pytest.mark.slow, pytest.mark.django_db]  # pytest-django lets nobody else connect anywhere

SECONDS = 1.0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


@pytest.fixture
def database(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Django's connection to it, in a process where answers may take `SECONDS`."""
    monkeypatch.setattr(Patience, "seconds", SECONDS)
    monkeypatch.setattr(base, "ANSWER_SECONDS", 0.5)
    monkeypatch.setitem(breakers, "frozen", Breaker(failures=1, seconds=0.5))
    wrapper = load_backend("pastebin.postgresql").DatabaseWrapper(
        {
            **Env.db_url_config(server.environment["DATABASE_URL"]),
            "ENGINE": "pastebin.postgresql",
            "OPTIONS": {"connect_timeout": 2},
            "TIME_ZONE": None,
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "AUTOCOMMIT": True,
            "ATOMIC_REQUESTS": False,
        },
        alias="frozen",
    )
    yield wrapper
    wrapper.close()


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """Every process of the server stands still; the kernel still takes what is sent to it."""
    pids = [server.program.pid, *descendants(server.program.pid)]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def ask(database: Any, sql: str = "SELECT 1") -> tuple[object, float]:
    """What it answers, or the exception, and in how many seconds."""
    began = time.monotonic()
    answer: object
    try:
        with database.cursor() as cursor:
            cursor.execute(sql)
            answer = cursor.fetchone()[0]
    except DatabaseError as error:
        answer = type(error)
    return answer, time.monotonic() - began


def test_who_waits_is_told_in_time_and_the_others_at_once(server: Server, database: Any) -> None:
    assert ask(database)[0] == 1
    with frozen(server):
        answer, seconds = ask(database)
        assert answer is OperationalError
        assert SECONDS <= seconds < SECONDS + 1
        database.close_if_unusable_or_obsolete()
        answer, seconds = ask(database)
        assert answer is OperationalError
        assert seconds < 0.2, "nobody is sent to where somebody has just waited in vain"
    database.close_if_unusable_or_obsolete()
    time.sleep(0.6)
    assert ask(database)[0] == 1, "it is found again by itself"


def test_a_connection_that_is_not_made_is_given_up_too(server: Server, database: Any) -> None:
    with frozen(server):
        answer, seconds = ask(database)
        assert answer is OperationalError
        assert seconds < 3
        assert ask(database)[1] < 0.2
    time.sleep(0.6)
    assert ask(database)[0] == 1


def test_a_slow_query_is_ended_by_the_server_and_the_connection_lives(database: Any) -> None:
    answer, seconds = ask(database, "SELECT pg_sleep(20)")
    assert answer is OperationalError
    assert seconds < SECONDS
    assert ask(database)[0] == 1


def test_where_nobody_set_a_limit_work_takes_as_long_as_it_takes(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Patience, "seconds", None)
    answer, seconds = ask(database, "SELECT 1 FROM pg_sleep(1.5)")
    assert answer == 1
    assert seconds > SECONDS


def test_a_connection_that_answered_a_moment_ago_is_not_asked_whether_it_works(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def asks(wrapper: object) -> bool:
        asked.append(wrapper)
        return True

    monkeypatch.setattr(DatabaseWrapper, "is_usable", asks)
    first = new_request(database)
    assert new_request(database) == first
    assert asked == []
    monkeypatch.setattr(base, "TRUSTED_SECONDS", 0.0)
    assert new_request(database) == first
    assert asked == [database], "one that was silent for long is"


def test_a_connection_that_the_server_ended_is_noticed_before_it_is_used(server: Server, database: Any) -> None:
    first = new_request(database)
    assert first == new_request(database)
    with psycopg.connect(server.environment["DATABASE_URL"]) as operator:
        operator.execute("SELECT pg_terminate_backend(%s)", [first])
    time.sleep(0.2)
    assert new_request(database) != first, "another one, and no error"


def new_request(database: Any) -> object:
    """What Django does when a request begins, and the server's process that answers its first query."""
    database.close_if_unusable_or_obsolete()
    return ask(database, "SELECT pg_backend_pid()")[0]
