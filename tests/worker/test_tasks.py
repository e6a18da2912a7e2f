"""What happens by itself: a real worker takes tasks from the database and does them, once or twice, without harm."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import Failure, OrmQ, Schedule, Success
from django_q.scheduler import scheduler

from pastes import queue, storage
from pastes.domain import counting, expiry, keys, redacting
from pastes.models import File, Paste, Revision, SearchText
from pastes.schedules import SCHEDULES
from tests.factories import make_paste, publish, viewer_for
from tests.services.process import wait_until

pytestmark = [pytest.mark.worker]


def eventually(happened: Callable[[], bool], what: str) -> None:
    """Wait for the worker, which polls ten times a second."""
    wait_until(happened, seconds=20, what=what)
    assert not Failure.objects.exists()


def idle() -> bool:
    """Nothing waits and nothing is being done."""
    return not OrmQ.objects.exists()


def object_names(*pastes: Paste) -> list[str]:
    return list(File.objects.filter(revision__paste__in=pastes).values_list("object_name", flat=True))


def stored(name: str) -> bool:
    return storage.get(name, size=1) is not None


def run_schedules() -> None:
    """Make every schedule due, and have the scheduler look; the worker itself does so every half minute."""
    queue.sync({item.task: item.cron for item in SCHEDULES})
    Schedule.objects.update(next_run=timezone.now())
    scheduler(broker=get_broker())


def test_a_deleted_paste_loses_its_objects() -> None:
    paste, kept = make_paste(name="a.txt"), make_paste(name="b.txt")
    [gone], [left] = object_names(paste), object_names(kept)
    expiry.destroy([paste.pk])
    eventually(lambda: not stored(gone), "the removal of the object")
    assert stored(left)


def test_what_a_removed_text_stood_in_is_gone_and_found_anew() -> None:
    published = publish(text="it is hunter2-secret", name="a.txt")
    [gone] = object_names(published.paste)
    author = viewer_for(edit_token=published.edit_token)
    redacting.redact(paste=published.paste, viewer=author, text="hunter2-secret")
    eventually(lambda: not stored(gone), "the removal of the object")
    eventually(idle, "the text being read")
    assert SearchText.objects.get().text == "it is [redacted]"
    assert all(stored(name) for name in object_names(published.paste))


def test_the_schedules_do_what_they_say() -> None:
    paste, over = make_paste(name="a.txt"), make_paste(name="b.txt")
    [gone] = object_names(over)
    Paste.objects.filter(pk=over.pk).update(expires_at=timezone.now())
    counting.count_view(paste=paste, viewer=viewer_for(), agent="Firefox")
    run_schedules()
    eventually(lambda: not Paste.objects.filter(pk=over.pk).exists(), "the purge")
    eventually(lambda: Paste.objects.get().views == 1, "the views")
    eventually(lambda: keys.level() > 0, "the keys")
    eventually(lambda: not stored(gone), "the removal of the object")
    assert queue.oldest_waiting(at=timezone.now()) < 20


def test_a_task_that_runs_twice_does_no_harm() -> None:
    paste, over = make_paste(name="a.txt"), make_paste(name="b.txt")
    names = object_names(paste, over)
    expiry.destroy([over.pk])
    counting.count_view(paste=paste, viewer=viewer_for(), agent="Firefox")
    for _twice in range(2):
        queue.later("remove_objects", names)
        queue.later("flush_views")
        queue.later("purge_expired")
        queue.later("warm", 999_999_999)
    eventually(idle, "the end of the tasks")
    assert [stored(name) for name in names] == [True, False], "an object that a row names stays"
    paste.refresh_from_db()
    assert paste.views == 1


def test_a_backlog_is_worked_off_in_bounded_batches() -> None:
    now = timezone.now()
    count = 2 * expiry.BATCH + 50
    pastes = Paste.objects.bulk_create(
        Paste(key=keys.new_value(), expires_at=now - timedelta(days=7)) for _ in range(count)
    )
    revisions = Revision.objects.bulk_create(
        Revision(paste=paste, number=1, version=f"{index:040x}") for index, paste in enumerate(pastes)
    )
    File.objects.bulk_create(
        File(revision=revision, position=0, name="a", language="text", object_name=storage.new_name(), size=1, lines=1)
        for revision in revisions
    )
    kept = make_paste(name="kept.txt")
    queue.later("purge_expired")
    eventually(lambda: Paste.objects.count() == 1, "the purge")
    eventually(idle, "the removal of the objects")
    removals = Success.objects.filter(func="pastes.tasks.remove_objects")
    eventually(lambda: removals.count() == 3, "the batches")
    assert max(len(task.args[0]) for task in removals) == expiry.BATCH
    assert stored(object_names(kept)[0])
