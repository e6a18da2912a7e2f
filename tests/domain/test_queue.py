"""The queue gives the task that has waited longest, to one worker only."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ

from pastes.queue import OldestFirst

NAME = "of-the-tests"
"""A queue that no running worker looks at."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds nothing does not wait."""
    monkeypatch.setattr(Conf, "POLL", 0)


def put(*payloads: str) -> None:
    for payload in payloads:
        OldestFirst(NAME).enqueue(payload)


def take() -> list[str]:
    return [payload for _pk, payload in OldestFirst(NAME).dequeue() or []]


@pytest.mark.django_db
def test_the_workers_queue_is_this_one() -> None:
    assert isinstance(get_broker(), OldestFirst)


@pytest.mark.django_db
def test_what_came_first_is_taken_first_wherever_its_row_is() -> None:
    put("first", "second", "third")
    # PostgreSQL writes a changed row behind the others, where its next look at the table finds it last.
    OrmQ.objects.filter(payload="first").update(lock=timezone.now() - timedelta(seconds=1))
    assert [take(), take(), take(), take()] == [["first"], ["second"], ["third"], []]


@pytest.mark.django_db
def test_a_task_that_was_not_acknowledged_in_time_is_the_next() -> None:
    put("first", "second")
    assert take() == ["first"]
    OrmQ.objects.filter(payload="first").update(lock=timezone.now() - timedelta(seconds=1))
    assert take() == ["first"]


@pytest.mark.django_db
def test_another_queues_task_is_not_taken() -> None:
    OldestFirst("another").enqueue("theirs")
    assert take() == []


@contextmanager
def being_taken(payload: str) -> Iterator[None]:
    """Another worker is about to take this task."""
    with transaction.atomic():
        OrmQ.objects.select_for_update().get(payload=payload)
        yield


@pytest.mark.real
@pytest.mark.django_db(transaction=True)
def test_what_another_worker_is_taking_keeps_nobody_waiting() -> None:
    put("first", "second")

    def elsewhere() -> list[str]:
        try:
            return take()
        finally:
            connection.close()

    with being_taken("first"), ThreadPoolExecutor(1) as other:
        assert other.submit(elsewhere).result(5) == ["second"]
    assert take() == ["first"]


@pytest.mark.real
@pytest.mark.django_db(transaction=True)
def test_side_by_side_each_task_is_taken_once() -> None:
    put(*(str(number) for number in range(60)))

    def work() -> list[str]:
        try:
            return [payload for _ in range(30) for payload in take()]
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as workers:
        taken = [payload for done in [workers.submit(work) for _ in range(3)] for payload in done.result(30)]
    assert len(taken) == len(set(taken))
    assert OrmQ.objects.filter(key=NAME, lock__lt=timezone.now()).count() == 60 - len(taken)
