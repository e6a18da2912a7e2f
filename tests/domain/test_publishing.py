"""Publishing: what a new paste is made of, that it is whole or not there, and that no request makes two."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from pytest_django import Settings

from accounts.models import User
from pastes import storage
from pastes.domain import access, content, keys, publishing, tags
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.domain.publishing import Published
from pastes.exceptions import Forbidden, Invalid, NotFound, Reused, TooMany, Unavailable
from pastes.models import File, IdempotencyKey, Paste, Revision
from pastes.urlkeys import KEY_PATTERN
from tests.factories import make_paste, publish, viewer_for
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

HELLO = NewFile(b"Hello\n", "hello.txt")


NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def create(
    *files: NewFile, user: User | None = None, request: str = "", at: datetime | None = None, **draft: object
) -> Published:
    return publishing.create(
        draft=Draft(files=files or [HELLO], **draft),  # type: ignore[arg-type]  # the fields of a draft
        viewer=viewer_for(user),
        idempotency_key=request,
        at=at,
    )


def objects() -> set[str]:
    return {item.name for item in storage.iterate()}


# What is made


def test_it_keeps_every_byte_and_what_lists_show(alice: User) -> None:
    data = b"  caf\xe9 \r\nmixed\n\n\tno last newline "
    paste = create(NewFile(data, "a.py"), HELLO, user=alice, title="Two").paste

    revision = publishing.latest(paste)
    first, second = revision.files.all()
    assert (content.read(first), content.read(second)) == (data, b"Hello\n")
    assert (paste.owner, paste.title, paste.language) == (alice, "Two", "python")
    assert (paste.file_count, paste.size, paste.revision_count) == (2, len(data) + 6, 1)
    assert (revision.author, revision.added, revision.removed) == (alice, 5, 0)


def test_it_takes_its_key_from_the_table() -> None:
    keys.seed(count=1)
    create()
    assert keys.level() == 0


def test_it_makes_a_key_when_none_waits_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    assert re.fullmatch(KEY_PATTERN, create().paste.key)
    assert "key_table_empty" in caplog.text


def test_an_author_without_an_account_gets_a_token_that_is_kept_as_a_hash_only() -> None:
    published = create()
    row = Paste.objects.filter(pk=published.paste.pk).values().get()
    assert len(published.edit_token) == 32
    assert published.edit_token not in str(row)
    assert row["edit_token_hash"] == access.hash_token(published.edit_token)


def test_an_author_with_an_account_needs_no_token(alice: User) -> None:
    published = create(user=alice)
    assert published.edit_token == published.paste.edit_token_hash == ""


def test_it_keeps_no_address_and_no_password() -> None:
    paste = create(password="open sesame").paste
    row = str(Paste.objects.filter(pk=paste.pk).values().get())
    assert "203.0.113.7" not in row
    assert "open sesame" not in row


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 201),
        ("title", "a\0b"),
        ("description", "x" * 2_001),
        ("description", "\udcff"),
        ("password", "x" * 1_001),
        ("visibility", "secret"),
        ("max_views", 0),
        ("max_views", 1_000_001),
    ],
)
def test_it_refuses_what_does_not_fit_and_stores_nothing(empty_store: None, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        create(**{field: value})
    assert list(refused.value.errors) == [field]
    assert not objects()


# How often


def test_it_limits_an_address_and_an_account_apart(settings: Settings, alice: User) -> None:
    settings.PUBLISH_RATE_ANONYMOUS, settings.PUBLISH_RATE_ACCOUNT = "1/d", "2/d"
    create()
    create(user=alice)
    create(user=alice)
    for user in (None, alice):
        with pytest.raises(TooMany):
            create(user=user)


@pytest.mark.django_db(transaction=True)
def test_of_one_too_many_nothing_is_left(empty_store: None, settings: Settings) -> None:
    settings.PUBLISH_RATE_ANONYMOUS = "1/d"
    keys.seed(count=2)
    create()
    with pytest.raises(TooMany):
        create()
    assert (Paste.objects.count(), Revision.objects.count(), len(objects()), keys.level()) == (1, 1, 1, 1)


def test_whoever_was_refused_is_refused_again_without_a_question(
    settings: Settings, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PUBLISH_RATE_ANONYMOUS = "1/d"
    create(at=NOON)
    with pytest.raises(TooMany):
        create(at=NOON)
    with monkeypatch.context() as patch:
        patch.setattr(storage, "put", lambda *_: pytest.fail("nothing is stored"))
        with django_assert_num_queries(0), pytest.raises(TooMany) as refused:
            create(at=NOON + timedelta(hours=1))
    assert refused.value.retry_after == 11 * 3_600
    create(at=NOON + timedelta(days=1))


def test_it_does_not_count_what_was_refused(settings: Settings) -> None:
    settings.PUBLISH_RATE_ANONYMOUS = "1/d"
    with pytest.raises(Invalid):
        create(visibility="secret")
    create()


# Whole or not there


@pytest.mark.parametrize("files", [1, 3])
def test_nothing_is_published_while_the_store_is_down(store_down: None, files: int) -> None:
    keys.seed(count=1)
    with pytest.raises(Unavailable):
        create(*[HELLO] * files)
    assert not Paste.objects.exists()
    assert keys.level() == 1


def test_a_store_that_takes_only_the_first_file_is_left_empty(
    store_full_after_one: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Unavailable):
        create(HELLO, HELLO)
    assert not Paste.objects.exists()
    assert not [path for path in store_full_after_one.rglob("*") if path.is_file()]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failure", [RuntimeError, IntegrityError, KeyboardInterrupt])
def test_no_row_key_or_object_is_left_of_a_failed_transaction(
    empty_store: None, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException]
) -> None:
    keys.seed(count=1)
    monkeypatch.setattr(tags, "assign", lambda **_: fail(failure))  # which comes when the rows are inserted
    with pytest.raises(failure):
        create(HELLO, HELLO, tags="some")
    assert not Paste.objects.exists()
    assert not objects()
    assert keys.level() == 1


@pytest.mark.django_db(transaction=True)
def test_nor_is_anything_left_of_rows_that_the_database_refuses(empty_store: None) -> None:
    keys.seed(count=1)
    gone = Paste(pk=999_999_999)
    with pytest.raises(IntegrityError):  # at the very end, where such a reference is looked at
        publishing.create(draft=Draft(files=[HELLO]), viewer=viewer_for(), forked_from=gone)
    assert not Paste.objects.exists()
    assert not objects()
    assert keys.level() == 1


@pytest.mark.django_db(transaction=True)
def test_objects_stay_for_the_sweep_when_nobody_knows_whether_the_commit_arrived(
    empty_store: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tags, "assign", lambda **_: fail(OperationalError))
    with pytest.raises(OperationalError):
        create(tags="some")
    assert len(objects()) == 1


def fail(failure: type[BaseException]) -> None:
    raise failure


# Once


def test_a_request_sent_again_gets_the_first_paste() -> None:
    first = create(request="abc")
    again = create(request="abc")
    assert again.paste == first.paste
    assert (again.repeated, again.edit_token) == (True, "")
    with pytest.raises(Reused):
        create(NewFile(b"something else"), request="abc")
    assert Paste.objects.count() == 1


@pytest.mark.parametrize("request_key", ["x" * 5_000, "a\0b", "\udcff", "ключ"])
def test_a_request_may_be_named_anything(request_key: str) -> None:
    assert create(request=request_key).paste == create(request=request_key).paste
    assert create(request=request_key + "y").paste != create(request=request_key).paste


def test_the_same_name_of_somebody_elses_request_is_another(alice: User, bob: User) -> None:
    create(user=alice, request="1")
    create(user=bob, request="1")
    create(request="1")
    assert Paste.objects.count() == 3


def test_a_repeated_request_does_not_count_against_the_rate(settings: Settings) -> None:
    settings.PUBLISH_RATE_ANONYMOUS = "1/d"
    create(request="abc")
    assert create(request="abc").repeated


@pytest.mark.django_db(transaction=True)
def test_a_request_sent_eight_times_at_once_publishes_once(empty_store: None) -> None:
    results = at_once([lambda: create(request="abc")] * 8)
    published = [result for result in results if isinstance(result, Published)]
    assert len(published) == 8
    assert {result.paste for result in published} == {Paste.objects.get()}
    assert [result.repeated for result in published].count(False) == 1
    assert IdempotencyKey.objects.count() == File.objects.count() == len(objects()) == 1


# Fork


def test_a_fork_says_where_it_came_from_and_has_objects_of_its_own(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, name="a.txt")
    copy = publishing.fork(paste=paste, draft=Draft(files=[HELLO]), viewer=viewer_for(bob)).paste
    assert (copy.forked_from, copy.owner) == (paste, bob)
    assert len(set(File.objects.values_list("object_name", flat=True))) == 2


@pytest.mark.parametrize("gate", [{"burn": True}, {"max_views": 3}])
def test_what_can_be_read_only_so_often_cannot_be_forked(bob: User, gate: dict[str, Any]) -> None:
    paste = make_paste(name="a.txt", **gate)
    with pytest.raises(Forbidden):
        publishing.fork(paste=paste, draft=Draft(files=[HELLO]), viewer=viewer_for(bob))


# Delete, restore

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def test_only_its_author_removes_a_paste(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice)
    for stranger in (viewer_for(bob), viewer_for(), viewer_for(edit_token="guessed")):
        with pytest.raises(Forbidden):
            publishing.remove(paste=paste, viewer=stranger)
    publishing.remove(paste=paste, viewer=viewer_for(alice))
    with pytest.raises(NotFound):
        access.find_paste(key=paste.key, viewer=viewer_for(alice))


def test_removing_twice_does_not_give_more_time(alice: User) -> None:
    paste = make_paste(owner=alice)
    publishing.remove(paste=paste, viewer=viewer_for(alice), at=NOON)
    publishing.remove(paste=paste, viewer=viewer_for(alice), at=NOON + timedelta(minutes=9))
    assert Paste.objects.get().deleted_at == NOON


@pytest.mark.parametrize(("minutes", "back"), [(0, True), (10, True), (10.01, False)])
def test_a_removed_paste_comes_back_within_ten_minutes(alice: User, minutes: float, back: bool) -> None:
    paste = make_paste(owner=alice)
    publishing.remove(paste=paste, viewer=viewer_for(alice), at=NOON)
    later = NOON + timedelta(minutes=minutes)
    if back:
        publishing.restore(key=paste.key, viewer=viewer_for(alice), at=later)
        assert access.find_paste(key=paste.key, viewer=viewer_for()) == paste
    else:
        with pytest.raises(NotFound):
            publishing.restore(key=paste.key, viewer=viewer_for(alice), at=later)


def test_nobody_else_brings_it_back(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice)
    publishing.remove(paste=paste, viewer=viewer_for(alice))
    for stranger in (viewer_for(bob), viewer_for()):
        with pytest.raises(NotFound):
            publishing.restore(key=paste.key, viewer=stranger)


def test_what_a_moderator_has_hidden_does_not_come_back(alice: User) -> None:
    paste = make_paste(owner=alice)
    publishing.remove(paste=paste, viewer=viewer_for(alice), at=NOON)
    Paste.objects.update(hidden_at=NOON)
    with pytest.raises(NotFound):
        publishing.restore(key=paste.key, viewer=viewer_for(alice), at=NOON)


# Claim


def test_a_claimed_paste_belongs_to_the_account_and_its_token_ends(alice: User) -> None:
    published = publish()
    publishing.claim(paste=published.paste, viewer=viewer_for(alice), token=published.edit_token)
    paste = Paste.objects.get()
    assert (paste.owner, paste.edit_token_hash) == (alice, "")
    assert publishing.latest(paste).author == alice
    assert not access.is_author(paste=paste, viewer=viewer_for(edit_token=published.edit_token))


def test_a_claim_needs_an_account_and_the_token(alice: User) -> None:
    published = publish()
    for viewer, token in (
        (viewer_for(), published.edit_token),
        (viewer_for(alice), "guessed"),
        (viewer_for(alice), ""),
    ):
        with pytest.raises(Forbidden):
            publishing.claim(paste=published.paste, viewer=viewer, token=token)


def test_a_paste_with_an_owner_cannot_be_claimed(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice)
    with pytest.raises(Forbidden):
        publishing.claim(paste=paste, viewer=viewer_for(bob), token="")


def test_of_two_claims_the_first_wins(alice: User, bob: User) -> None:
    published = publish()
    both_read_it = Paste.objects.get(), Paste.objects.get()
    publishing.claim(paste=both_read_it[0], viewer=viewer_for(alice), token=published.edit_token)
    with pytest.raises(Forbidden):
        publishing.claim(paste=both_read_it[1], viewer=viewer_for(bob), token=published.edit_token)
    assert (Paste.objects.get().owner, Revision.objects.get().author) == (alice, alice)
