"""What is over is removed, rows and objects; what the two do not agree on is found."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from pastes import storage
from pastes.domain import expiry, publishing, sweeping
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Forbidden, Invalid, Unavailable
from pastes.models import BurnReceipt, File, IdempotencyKey, Paste, RateCount, View
from tests.factories import make_paste, viewer_for

pytestmark = pytest.mark.django_db

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def objects() -> set[str]:
    return {item.name for item in storage.iterate()}


# When a paste ends


@pytest.mark.parametrize(
    ("choice", "seconds"),
    [("10m", 600), ("1h", 3_600), ("1d", 86_400), ("1w", 604_800), ("1M", 30 * 86_400), ("1y", 365 * 86_400)],
)
def test_a_choice_is_a_time_from_now(choice: str, seconds: int) -> None:
    assert expiry.moment(choice=choice, at=NOON) == NOON + timedelta(seconds=seconds)


def test_never_has_no_end() -> None:
    assert expiry.moment(choice="never", at=NOON) is None


@pytest.mark.parametrize(
    ("choice", "date", "field"),
    [("date", None, "expires_at"), ("date", NOON, "expires_at"), ("tomorrow", None, "expiry"), ("", None, "expiry")],
)
def test_an_end_that_is_none_or_over_is_refused(choice: str, date: datetime | None, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        expiry.moment(choice=choice, date=date, at=NOON)
    assert list(refused.value.errors) == [field]


def test_only_the_author_changes_the_end(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice)
    with pytest.raises(Forbidden):
        expiry.change(paste=paste, viewer=viewer_for(bob), expires_at=NOON)
    expiry.change(paste=paste, viewer=viewer_for(alice), expires_at=NOON)
    assert Paste.objects.get().expires_at == NOON


# Purging


def test_it_removes_what_is_over_with_its_objects_and_nothing_else(
    empty_store: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make_paste(text="expired", expires_at=NOON)
    deleted = make_paste(text="deleted")
    Paste.objects.filter(pk=deleted.pk).update(deleted_at=LATER - expiry.UNDO - timedelta(seconds=1))
    undoable = make_paste(text="just deleted")
    Paste.objects.filter(pk=undoable.pk).update(deleted_at=LATER - expiry.UNDO)
    kept = {undoable, make_paste(text="lives"), make_paste(text="later", expires_at=LATER + timedelta(seconds=1))}

    with django_capture_on_commit_callbacks(execute=True):
        assert expiry.purge(at=LATER) == 2

    assert set(Paste.objects.all()) == kept
    assert objects() == set(File.objects.values_list("object_name", flat=True))
    assert len(objects()) == 3


def test_it_works_in_batches_and_says_how_far_it_is() -> None:
    for _ in range(5):
        make_paste(expires_at=NOON)
    steps: list[int] = []
    assert expiry.purge(at=LATER, batch=2, progress=steps.append) == 5
    assert steps == [2, 2, 1]
    assert expiry.purge(at=LATER) == 0


def test_an_interrupted_purge_goes_on_the_next_time(settings: Settings) -> None:
    for _ in range(3):
        make_paste(expires_at=NOON)

    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        expiry.purge(at=LATER, batch=2, progress=stop)
    assert Paste.objects.count() == 1
    assert expiry.purge(at=LATER, batch=2) == 1


def test_a_dry_run_counts_and_removes_nothing() -> None:
    make_paste(expires_at=NOON)
    assert expiry.purge(at=LATER, dry_run=True) == 1
    assert Paste.objects.count() == 1


def test_an_object_that_another_revision_needs_stays(
    alice: User, empty_store: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    paste = make_paste(owner=alice, text="shared", name="a.txt")
    draft = Draft(files=[NewFile(b"shared", "b.txt")])
    publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice))
    [name] = objects()
    sweeping.remove_unreferenced([name])
    assert objects() == {name}
    with django_capture_on_commit_callbacks(execute=True):
        expiry.destroy([paste.pk])
    assert not objects()


# What is kept for a while only


def test_it_forgets_what_is_old(alice: User, settings: Settings) -> None:
    settings.BURN_RECEIPT_DAYS = 30
    paste = make_paste()
    for days in (0, 3, 40):
        when = NOON - timedelta(days=days)
        RateCount.objects.create(subject="somebody", window=when, count=1)
        View.objects.create(paste=paste, reader=str(days), seen_at=when, counted=True)
        View.objects.create(paste=paste, reader=f"{days} uncounted", seen_at=when)
        IdempotencyKey.objects.create(subject="somebody", value=str(days), paste=paste, created=when)
        BurnReceipt.objects.create(key=f"key {days}", created=when, read_at=when)

    assert expiry.forget(at=NOON, dry_run=True) == 7
    assert expiry.forget(at=NOON) == 7
    assert (RateCount.objects.count(), IdempotencyKey.objects.count(), BurnReceipt.objects.count()) == (1, 1, 2)
    assert View.objects.filter(counted=False).count() == 3


# The sweep


def test_it_removes_objects_without_rows_once_they_are_old(empty_store: None) -> None:
    make_paste(text="kept")
    orphan = storage.new_name()
    storage.put(orphan, b"orphan")
    now = timezone.now()

    young = sweeping.sweep(at=now)
    assert (young.objects, young.orphans, young.missing) == (2, 0, 0)

    dry = sweeping.sweep(at=now + timedelta(hours=2), dry_run=True)
    assert (dry.orphans, dry.orphan_bytes) == (1, 6)
    assert orphan in objects()

    assert sweeping.sweep(at=now + timedelta(hours=2)).orphans == 1
    assert objects() == set(File.objects.values_list("object_name", flat=True))


def test_it_reports_rows_whose_object_is_missing(empty_store: None, caplog: pytest.LogCaptureFixture) -> None:
    make_paste(text="kept")
    name = File.objects.get().object_name
    storage.delete([name])
    assert sweeping.sweep().missing == 0  # it may be on its way
    assert sweeping.sweep(at=timezone.now() + timedelta(hours=2)).missing == 1
    assert "object_missing" in caplog.text
    assert Paste.objects.count() == 1


def test_it_compares_batch_by_batch(empty_store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "SWEEP_BATCH", 2)
    for number in range(5):
        make_paste(text=f"text {number}")
    names = sorted(File.objects.values_list("object_name", flat=True))
    storage.delete([names[0], names[3]])
    for _ in range(3):
        storage.put(storage.new_name(), b"orphan")
    steps: list[int] = []

    found = sweeping.sweep(at=timezone.now() + timedelta(hours=2), progress=steps.append)
    assert (found.objects, found.orphans, found.missing) == (6, 3, 2)
    assert steps == [2, 2, 2]
    assert objects() == set(names) - {names[0], names[3]}


@pytest.mark.real
def test_it_says_when_the_store_is_down(store_down: None) -> None:
    with pytest.raises(Unavailable):
        sweeping.sweep()
