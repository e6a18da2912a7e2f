"""Saving a paste again: a revision when the text changed, a conflict when somebody was faster."""

from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password
from pytest_django import Settings

from accounts.models import User
from pastes import storage
from pastes.domain import content, publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Conflict, Forbidden, Invalid, NotFound, TooMany, Unavailable
from pastes.models import File, Paste, Revision
from tests.factories import make_paste, publish, viewer_for
from tests.parallel import at_once

pytestmark = pytest.mark.django_db


def revise(
    paste: Paste, *files: bytes | NewFile, by: User | None = None, base: int = 1, **draft: object
) -> Revision | None:
    """Save ``files`` (bytes are the text of a.txt) over revision ``base``."""
    new = [NewFile(file, "a.txt") if isinstance(file, bytes) else file for file in files]
    return publishing.revise(
        paste=paste,
        draft=Draft(files=new, **draft),  # type: ignore[arg-type]  # the fields of a draft
        base=base,
        viewer=viewer_for(by or paste.owner),
    )


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, text="one\ntwo\n", name="a.txt", title="Old")


def test_new_text_makes_a_revision_and_keeps_the_old_one(paste: Paste, alice: User) -> None:
    revision = revise(paste, b"one\n2\nthree\n", title="New", message="More numbers")
    assert revision is not None
    assert (revision.number, revision.author, revision.message) == (2, alice, "More numbers")
    assert (revision.added, revision.removed) == (2, 1)
    texts = [content.read(file) for file in File.objects.order_by("revision__number")]
    assert texts == [b"one\ntwo\n", b"one\n2\nthree\n"]
    paste.refresh_from_db()
    assert (paste.revision_count, paste.title, paste.size) == (2, "New", 12)


def test_the_same_text_makes_none_and_saves_the_settings(alice: User, empty_store: None) -> None:
    paste = make_paste(owner=alice, text="same", name="a.txt")
    assert revise(paste, b"same", title="New") is None
    paste.refresh_from_db()
    assert (paste.title, paste.revision_count, Revision.objects.filter(paste=paste).count()) == ("New", 1, 1)
    assert len(list(storage.iterate())) == 1


@pytest.mark.parametrize("changed", [NewFile(b"one\ntwo\n", "b.txt"), NewFile(b"one\ntwo\n", "a.txt", "python")])
def test_a_new_name_or_language_is_a_revision_that_shares_the_object(paste: Paste, changed: NewFile) -> None:
    revision = revise(paste, changed)
    assert revision is not None
    assert (revision.added, revision.removed) == ((2, 2) if changed.name == "b.txt" else (0, 0))
    assert len(set(File.objects.values_list("object_name", flat=True))) == 1


def test_files_that_did_not_change_share_their_objects(alice: User) -> None:
    files = [NewFile(b"kept", "kept.txt"), NewFile(b"old", "changed.txt")]
    paste = make_paste(owner=alice, files=files)
    revise(paste, files[0], NewFile(b"new", "changed.txt"), NewFile(b"added\n", "new.txt"))
    before, after = (
        {file.name: file.object_name for file in revision.files.all()}
        for revision in Revision.objects.order_by("number")
    )
    assert before["kept.txt"] == after["kept.txt"]
    assert len({*before.values(), *after.values()}) == 4


@pytest.mark.parametrize("base", [0, 2, 99])
def test_another_base_than_the_latest_is_a_conflict(paste: Paste, base: int) -> None:
    with pytest.raises(Conflict) as refused:
        revise(paste, b"mine", base=base)
    assert refused.value.current.number == 1


@pytest.mark.django_db(transaction=True)
def test_of_edits_of_one_base_at_once_one_wins_and_the_others_are_told(alice: User, empty_store: None) -> None:
    paste = make_paste(owner=alice, text="base", name="a.txt")
    texts = [f"edit {number}".encode() for number in range(6)]
    results = at_once([lambda text=text: revise(paste, text, by=alice) for text in texts])  # type: ignore[misc]

    [winner] = [result for result in results if isinstance(result, Revision)]
    assert [type(result) for result in results].count(Conflict) == 5
    assert Revision.objects.count() == 2
    assert content.read(winner.files.get()) == texts[results.index(winner)]
    assert len(list(storage.iterate())) == 2


def test_only_the_author_revises(paste: Paste, bob: User) -> None:
    published = publish(name="a.txt")
    for target, stranger in ((paste, viewer_for(bob)), (published.paste, viewer_for(bob)), (paste, viewer_for())):
        with pytest.raises(Forbidden):
            publishing.revise(paste=target, draft=Draft(files=[NewFile(b"x")]), base=1, viewer=stranger)
    holder = viewer_for(edit_token=published.edit_token)
    assert publishing.revise(paste=published.paste, draft=Draft(files=[NewFile(b"x")]), base=1, viewer=holder)


def test_the_password_stays_changes_or_goes(alice: User) -> None:
    paste = make_paste(owner=alice, name="a.txt", password="first")
    for number, (password, opens) in enumerate([(None, "first"), ("second", "second"), ("", None)], start=1):
        revise(paste, f"text {number}".encode(), base=number, password=password)
        paste.refresh_from_db()
        assert check_password(opens, paste.password) if opens else paste.password == ""


def test_new_gates_count_from_nothing_and_old_ones_go_on(alice: User) -> None:
    paste = make_paste(owner=alice, name="a.txt", max_views=5)
    Paste.objects.update(opens=4)
    revise(paste, b"a", max_views=5)
    paste.refresh_from_db()
    assert paste.opens == 4
    revise(paste, b"b", base=2, max_views=2)
    paste.refresh_from_db()
    assert paste.opens == 0


def test_what_does_not_fit_changes_nothing(paste: Paste) -> None:
    with pytest.raises(Invalid):
        revise(paste, b"")
    with pytest.raises(Invalid):
        revise(paste, b"new", message="x" * 201)
    assert Revision.objects.count() == 1


def test_it_counts_against_the_rate(paste: Paste, settings: Settings) -> None:
    settings.PUBLISH_RATE_ACCOUNT = "1/d"
    revise(paste, b"once")
    with pytest.raises(TooMany):
        revise(paste, b"twice", base=2)


def test_a_paste_that_is_gone_meanwhile_is_not_found(paste: Paste) -> None:
    Paste.objects.all().delete()
    with pytest.raises(NotFound):
        revise(paste, b"new")


def test_a_store_that_is_down_leaves_the_paste_as_it_is(paste: Paste, store_down: None) -> None:
    with pytest.raises(Unavailable):
        revise(paste, b"new text")
    paste.refresh_from_db()
    assert (paste.revision_count, Revision.objects.count()) == (1, 1)


def test_a_store_that_fills_up_is_left_with_what_it_had(alice: User, store_full_after_one: Path) -> None:
    paste = make_paste(owner=alice, text="fits", name="a.txt")
    with pytest.raises(Unavailable):
        revise(paste, b"does not", b"fit any more")
    assert len([path for path in store_full_after_one.rglob("*") if path.is_file()]) == 1
    assert content.read(File.objects.get()) == b"fits"
