"""Work for later: the only module that puts tasks in the queue, and says which is taken next."""

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

from croniter import croniter
from django.conf import settings
from django.db import transaction
from django.dispatch import Signal, receiver
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import Failure, OrmQ, Schedule
from django_q.signals import post_execute, post_execute_in_worker, post_spawn, pre_execute
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from pastes.rendering import pool

ended = Signal()
"""Sent for each task in the process that writes down results, which lives as long as the worker: ``task`` (its name),
``success``, ``seconds``, and what its rendering children did meanwhile (``rendering``)."""


@dataclass(frozen=True, slots=True)
class State:
    """Tasks that wait to be taken and how long the oldest has, in seconds; tasks that were given up."""

    waiting: int
    oldest_seconds: float
    failed: int


class OldestFirst(ORM):
    """django-q2's queue in a table, from which the oldest task is taken first.

    By itself it takes whichever row the database finds first. PostgreSQL writes new rows where removed ones were, so
    that under load an old task may wait as long as the load lasts.
    """

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Take what has waited longest, and lock it for others until it is done or its time is over.

        On PostgreSQL several workers pass by what another one is just taking, instead of waiting for it.
        """
        waiting = self.get_connection().filter(key=self.list_key, lock__lt=timezone.now()).order_by("pk")
        # SQLite would take the lock of all writers only to find nothing.
        if not waiting.exists():
            sleep(Conf.POLL)
            return None
        with transaction.atomic(using=Conf.ORM):
            taken = list(waiting.select_for_update(skip_locked=True).values_list("pk", "payload")[: Conf.BULK])
            waiting.model.objects.using(Conf.ORM).filter(pk__in=[pk for pk, _payload in taken]).update(
                lock=self.timeout(None)
            )
        return taken


@receiver(post_spawn)
def _shares_memory(**_: Any) -> None:
    """In a process that does tasks: leave alone what came with it; to go through it is to copy it, 30 MB in all."""
    gc.freeze()


@receiver(pre_execute)
def _begins(task: dict[str, Any], **_: Any) -> None:
    """In a process that does tasks: put beside the task what is known before it, as it goes to where results go."""
    task["seconds"], task["rendering"] = monotonic(), pool.stats()


@receiver(post_execute_in_worker)
def _ends(task: dict[str, Any], **_: Any) -> None:
    before = task["rendering"]
    task["seconds"] = monotonic() - task["seconds"]
    task["rendering"] = {what: count - before[what] for what, count in pool.stats().items()}


@receiver(post_execute)
def _has_ended(task: dict[str, Any], **_: Any) -> None:
    name = str(task["func"]).removeprefix("pastes.tasks.")
    ended.send(
        sender=None,
        task=name if name.isidentifier() else "other",
        success=task["success"],
        seconds=task["seconds"],
        rendering=task["rendering"],
    )


def later(task: str, *args: Any) -> None:
    """Have the worker call ``pastes.tasks.<task>`` with ``args`` once the current transaction is committed.

    The queue is a table of the same database, so the task is written with the rows it belongs to: it exists exactly
    when they do, and no crash falls in between. Tasks may run twice and must bear it.
    """
    for row in rows(task, *args):
        row.save(force_insert=True)
    at_once(task, *args)


def rows(task: str, *args: Any) -> list[OrmQ]:
    """The row that `later` writes, for whoever inserts it with others, and then calls `at_once`."""
    if settings.Q_CLUSTER["sync"]:
        return []
    # As `async_task` makes it, which inserts it at once, and writes a line into the log each time.
    name = f"pastes.tasks.{task}"
    made = {"id": uuid4().hex, "name": task, "func": name, "args": args, "kwargs": {}, "started": timezone.now()}
    payload = SignedPackage.dumps(made | {"ack_failure": Conf.ACK_FAILURES})
    return [OrmQ(key=Conf.CLUSTER_NAME, payload=payload, lock=made["started"])]


def at_once(task: str, *args: Any) -> None:
    """Where there is no worker, do the task when the current transaction is committed, or now when there is none."""
    if settings.Q_CLUSTER["sync"]:
        transaction.on_commit(lambda: async_task(f"pastes.tasks.{task}", *args))


def oldest_waiting(*, at: datetime) -> float:
    """How many seconds the oldest task has been waiting; 0 when none is due.

    A task that a worker has taken is locked into the future until it is done or given up.
    """
    oldest = OrmQ.objects.filter(lock__lte=at).order_by("lock").values_list("lock", flat=True).first()
    return max(0.0, (at - oldest).total_seconds()) if oldest else 0.0


def state(*, at: datetime) -> State:
    """What the queue looks like at this moment."""
    return State(
        waiting=OrmQ.objects.filter(lock__lte=at).count(),
        oldest_seconds=oldest_waiting(at=at),
        failed=Failure.objects.count(),
    )


def sync(crons: Mapping[str, str]) -> None:
    """Make the schedules exactly these: when (as cron writes it) by the name of the task in `pastes.tasks`."""
    with transaction.atomic():
        Schedule.objects.filter(func__startswith="pastes.tasks.").exclude(name__in=crons).delete()
        for task, cron in crons.items():
            wanted = {"func": f"pastes.tasks.{task}", "schedule_type": Schedule.CRON, "cron": cron, "repeats": -1}
            row, made = Schedule.objects.get_or_create(name=task, defaults=wanted | {"next_run": next_run(cron)})
            if not made and (row.cron != cron or row.func != wanted["func"]):
                Schedule.objects.filter(pk=row.pk).update(**wanted, next_run=next_run(cron))


def next_run(cron: str) -> datetime:
    """The next moment, in UTC, that a cron line means."""
    return croniter(cron, timezone.now()).get_next(datetime)
