"""purge_expired, sweep_objects, flush_views, count_tags, run_task, sync_schedules, render_comments"""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import Schedule

from pastes import storage, tasks
from pastes.domain import counting, expiry, sweeping
from pastes.models import BurnReceipt, Comment, File, Paste, RateCount, View
from pastes.schedules import SCHEDULES
from tests.commands.conftest import Shell
from tests.factories import make_paste, viewer_for

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def names_of(*pastes: Paste) -> list[str]:
    rows = File.objects.filter(revision__paste__in=pastes)
    return list(rows.order_by("pk").values_list("object_name", flat=True))


def stored(names: list[str]) -> bool:
    return all(storage.get(name, size=1) is not None for name in names)


@pytest.mark.django_db
class TestPurgeExpired:
    def test_it_removes_what_is_over_with_its_objects(
        self, shell: Shell, django_capture_on_commit_callbacks: Any
    ) -> None:
        now = timezone.now()
        over = make_paste(text="over", name="a.txt", expires_at=now + HOUR)
        deleted = make_paste(text="deleted", name="b.txt")
        just_deleted = make_paste(text="undo me", name="c.txt")
        kept = make_paste(text="kept", name="d.txt", expires_at=now + 2 * HOUR)
        Paste.objects.filter(pk=over.pk).update(expires_at=now)
        Paste.objects.filter(pk=deleted.pk).update(deleted_at=now - HOUR)
        Paste.objects.filter(pk=just_deleted.pk).update(deleted_at=now - timedelta(minutes=5))
        gone, left = names_of(over, deleted), names_of(kept, just_deleted)
        assert shell("purge_expired", "--dry-run").out == "Dry run. 2 pastes and 0 old rows to remove."
        assert stored(gone)
        with django_capture_on_commit_callbacks(execute=True):
            assert shell("purge_expired").out == "2 pastes and 0 old rows removed."
        assert set(Paste.objects.all()) == {kept, just_deleted}
        assert not any(stored([name]) for name in gone)
        assert stored(left)

    def test_it_removes_rows_that_were_kept_for_a_while(self, shell: Shell) -> None:
        now = timezone.now()
        paste = make_paste(name="a.txt")
        for age in (0, 3, 40):
            RateCount.objects.create(subject="x", window=now - age * DAY, count=1)
            View.objects.create(paste=paste, reader=f"{age}", seen_at=now - age * DAY, counted=True)
            BurnReceipt.objects.create(key=f"receipt-{age}", created=now, read_at=now - age * DAY)
        View.objects.create(paste=paste, reader="late", seen_at=now - 40 * DAY)
        assert shell("purge_expired", "--dry-run").out == "Dry run. 0 pastes and 5 old rows to remove."
        assert shell("purge_expired").out == "0 pastes and 5 old rows removed."
        assert View.objects.filter(reader="late").exists(), "what is not counted yet stays"

    def test_it_works_in_bounded_batches(self) -> None:
        now = timezone.now()
        Paste.objects.bulk_create(Paste(key=f"expired{number:04}", expires_at=now - HOUR) for number in range(7))
        batches: list[int] = []
        assert expiry.purge(batch=3, progress=batches.append) == 7
        assert batches == [3, 3, 1]


class TestSweepObjects:
    @pytest.mark.usefixtures("empty_store")
    def test_it_removes_objects_without_a_row_and_keeps_the_rest(self, shell: Shell) -> None:
        paste = make_paste(name="a.txt")
        storage.put("zz/orphan", b"12345")
        later = timezone.now() + 2 * HOUR
        assert shell("sweep_objects").out.startswith("2 objects; 0 without a row"), "it may belong to a transaction"
        found = sweeping.sweep(dry_run=True, at=later)
        assert (found.objects, found.orphans, found.orphan_bytes, found.missing) == (2, 1, 5, 0)
        assert stored(["zz/orphan"])
        assert sweeping.sweep(at=later).orphans == 1
        assert not stored(["zz/orphan"])
        assert stored(names_of(paste))

    @pytest.mark.usefixtures("empty_store")
    def test_it_reports_rows_without_an_object(self, shell: Shell, caplog: Any) -> None:
        paste = make_paste(name="a.txt")
        paste.revisions.update(created=timezone.now() - 2 * HOUR)
        [name] = names_of(paste)
        storage.delete([name])
        assert shell("sweep_objects").out.endswith("1 rows without an object.")
        assert name in caplog.text

    @pytest.mark.usefixtures("store_down")
    def test_it_fails_with_a_sentence_when_the_store_is_down(self, shell: Shell) -> None:
        assert "cannot be read or saved right now" in shell("sweep_objects").failure


class TestFlushViews:
    def test_it_counts_each_reader_once_a_day(self, shell: Shell) -> None:
        paste = make_paste(name="a.txt")
        for address in ("203.0.113.1", "203.0.113.1", "203.0.113.2"):
            counting.count_view(paste=paste, viewer=viewer_for(address=address), agent="Firefox")
        assert shell("flush_views", "--dry-run").out == "Dry run. 2 views to count."
        assert shell("flush_views").out == "2 views counted."
        assert shell("flush_views").out == "0 views counted."
        paste.refresh_from_db()
        assert paste.views == 2


class TestSyncSchedules:
    def test_it_writes_the_schedules_file(self, shell: Shell) -> None:
        assert "purge_expired */5 * * * *" in shell("sync_schedules", "--dry-run").out
        assert not Schedule.objects.exists()
        assert shell("sync_schedules").out == f"{len(SCHEDULES)} schedules in place."
        shell("sync_schedules")
        assert sorted(Schedule.objects.values_list("name", "cron")) == sorted((s.task, s.cron) for s in SCHEDULES)

    def test_it_keeps_the_next_run_and_takes_old_ones_out(self, shell: Shell) -> None:
        shell("sync_schedules")
        soon = timezone.now() + timedelta(seconds=7)
        Schedule.objects.filter(name="flush_views").update(next_run=soon)
        Schedule.objects.filter(name="purge_expired").update(cron="0 0 1 1 *")
        Schedule.objects.create(name="of the last release", func="pastes.tasks.gone", schedule_type=Schedule.DAILY)
        Schedule.objects.create(name="of the operator", func="elsewhere.task", schedule_type=Schedule.DAILY)
        shell("sync_schedules")
        assert Schedule.objects.get(name="flush_views").next_run == soon
        assert Schedule.objects.get(name="purge_expired").cron == "*/5 * * * *"
        names = set(Schedule.objects.values_list("name", flat=True))
        assert names == {schedule.task for schedule in SCHEDULES} | {"of the operator"}

    def test_every_schedule_is_a_task_that_a_command_runs(self, shell: Shell) -> None:
        for schedule in SCHEDULES:
            assert callable(getattr(tasks, schedule.task))
            assert shell("run_task", schedule.task).out.startswith(f"{schedule.task}: ")


@pytest.mark.django_db
class TestRenderComments:
    def test_it_makes_the_html_of_comments_anew(self, shell: Shell) -> None:
        comment = Comment.objects.create(paste=make_paste(), body="*Well* said", html="made by an older release")
        Comment.objects.create(paste=comment.paste, deleted=timezone.now())
        assert shell("render_comments", "--dry-run").out == "Dry run. 1 comments to render."
        comment.refresh_from_db()
        assert comment.html == "made by an older release"
        for _again in range(2):
            assert shell("render_comments").out == "1 comments rendered."
            comment.refresh_from_db()
            assert comment.html == "<p><em>Well</em> said</p>\n"
