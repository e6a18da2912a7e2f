"""Taking a text out of a paste and all its revisions: nothing has it afterwards, and everything else is as it was."""

import hashlib
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from pastes import storage
from pastes.domain import content, discussion, drafts, moderation, publishing, redacting, sharing, sweeping
from pastes.domain.anchors import Anchor
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.domain.leaks import Leak
from pastes.domain.redacting import Found, Kind, Place
from pastes.exceptions import Conflict, Forbidden, Invalid, TooLarge, TooMany, Unavailable
from pastes.models import Comment, Delivery, File, Paste, Report, Revision, Tag, Webhook
from tests.factories import make_paste, make_user, publish, viewer_for
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

SECRET = "hunter2-Ünïcode"


def revise(paste: Paste, *files: bytes | NewFile, **draft: object) -> Paste:
    """Save ``files`` (bytes are the text of a.txt) over the latest revision, and return the paste as it is then."""
    new = [NewFile(file, "a.txt") if isinstance(file, bytes) else file for file in files]
    now = Paste.objects.get(pk=paste.pk)
    publishing.revise(
        paste=now,
        draft=Draft(files=new, **draft),  # type: ignore[arg-type]  # the fields of a draft
        base=now.revision_count,
        viewer=viewer_for(paste.owner),
    )
    return Paste.objects.get(pk=paste.pk)


def redact(paste: Paste, text: str = SECRET, **options: object) -> Found:
    """By its author, the paste as it is now."""
    now = Paste.objects.get(pk=paste.pk)
    return redacting.redact(paste=now, viewer=viewer_for(now.owner), text=text, **options)  # type: ignore[arg-type]


def texts(paste: Paste) -> list[bytes]:
    """The bytes of all files of all revisions."""
    return [
        content.read(file) for file in File.objects.filter(revision__paste=paste).order_by("revision__number", "pk")
    ]


def test_it_is_gone_from_every_revision_and_the_last_one_says_so(alice: User) -> None:
    paste = make_paste(owner=alice, text=f"one\npw = {SECRET}!\n", name="a.txt")
    paste = revise(paste, f"one\ntwo\npw = {SECRET}!\n".encode())
    paste = revise(paste, b"one\ntwo\n")

    found = redact(paste)

    assert texts(paste) == [
        b"one\npw = [redacted]!\n",
        b"one\ntwo\npw = [redacted]!\n",
        b"one\ntwo\n",
        b"one\ntwo\n",
    ]
    assert (found.count, found.revisions, found.comments) == (2, {1, 2}, 0)
    assert [(place.numbers, place.file, place.line, place.shown) for place in found.places] == [
        ("2", "a.txt", 3, "pw = [redacted]!"),
        ("1", "a.txt", 2, "pw = [redacted]!"),
    ]
    last = Revision.objects.get(paste=paste, number=4)
    assert (last.author, last.message) == (alice, "A text was removed from this paste and its history.")
    now = Paste.objects.get(pk=paste.pk)
    assert (now.revision_count, now.updated) == (4, last.created)
    assert now.updated > paste.updated


def test_what_rows_say_of_a_text_is_true_of_the_new_one(alice: User) -> None:
    paste = make_paste(owner=alice, files=[NewFile(f"{SECRET}\n{'line\n' * 5_000}".encode(), "a.py", "python")])
    before = File.objects.get()
    redact(paste)
    for file in File.objects.all():
        data = content.read(file)
        assert (file.size, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert (file.lines, file.language, file.encoding) == (before.lines, before.language, before.encoding)
        assert file.parts[1] == [before.parts[1][0], before.parts[1][1] - len(SECRET.encode()) + len("[redacted]")]
        assert content.read_part(file, 1).startswith("line\n")
    now = Paste.objects.get()
    assert (now.size, now.excerpt.split("\n")[0]) == (File.objects.all()[0].size, "[redacted]")


@pytest.mark.django_db(transaction=True)
def test_an_object_that_revisions_share_is_made_anew_once_and_the_old_one_goes(alice: User, empty_store: None) -> None:
    kept = NewFile(SECRET.encode(), "secret.txt")
    paste = make_paste(owner=alice, files=[kept, NewFile(b"1", "a.txt")])
    paste = revise(paste, kept, b"2")
    other = make_paste(owner=alice, text=SECRET)  # the same bytes, and another paste's object
    assert len(list(storage.iterate())) == 4

    found = redact(paste)

    assert (found.count, found.revisions) == (1, {1, 2})
    names = set(File.objects.filter(name="secret.txt").values_list("object_name", flat=True))
    assert len(names) == 1
    assert {item.name for item in storage.iterate()} == set(File.objects.values_list("object_name", flat=True))
    assert texts(other) == [SECRET.encode()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends_stay(alice: User, encoding: str, end: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    before = f"{mark}ä{end}{SECRET}{end}{end}ö"
    paste = make_paste(owner=alice, text=before.encode(encoding), name="a.txt")
    kept = File.objects.get().encoding
    assert redact(paste).count == 1
    after = f"{mark}ä{end}[redacted]{end}{end}ö".encode(encoding)
    assert texts(paste) == [after, after]
    assert {file.encoding for file in File.objects.all()} == {kept}


def test_bytes_of_a_binary_file_and_of_broken_utf_8_are_looked_through(alice: User) -> None:
    files = [NewFile(b"\0\xff" + SECRET.encode() + b"\r\n\0", "a.bin"), NewFile(b"\xff " + SECRET.encode(), "b.txt")]
    paste = make_paste(owner=alice, files=files)
    assert [place.line for place in redact(paste).places] == [0, 1]
    assert texts(paste)[:2] == [b"\0\xff[redacted]\r\n\0", b"\xff [redacted]"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_key_of_several_lines_goes_whole_and_no_line_moves(alice: User, end: str) -> None:
    key = ["-----BEGIN KEY-----", "c2VjcmV0", "", "-----END KEY-----"]
    paste = make_paste(owner=alice, text=end.join(["a", f"key='{key[0]}", *key[1:3], f"{key[3]}'", "b"]), name="a.txt")
    assert redact(paste, "\r\n".join(["", *key, " "])).count == 1
    lines = ["a", "key='[redacted]", "[redacted]", "", "[redacted]'", "b"]
    assert texts(paste)[0].decode() == end.join(lines)


def test_words_around_the_files_lose_it_too(alice: User) -> None:
    secret = "s3cret"
    hook = Webhook.objects.create(user=alice, url="https://hook.example/", events="paste.created", sealed_secret="x")
    named = [NewFile(b"1", f"{secret}.txt"), NewFile(b"2", "[redacted].txt")]
    words = {"title": f"My {secret}", "description": f"It is\r\n{secret}", "tags": f"x {secret}-tag"}
    paste = make_paste(owner=alice, files=named, **words)
    paste = revise(paste, *named, NewFile(b"3", "c.txt"), message=f"More {secret}", **words)
    link, _token = sharing.make(paste=paste, viewer=viewer_for(alice), label=secret)
    report = Report.objects.create(paste=paste, reason=f"{secret} is a password")
    Delivery.objects.filter(webhook=hook).update(paste=paste)

    found = redact(paste, secret)

    kinds = {Kind.NAME, Kind.TITLE, Kind.DESCRIPTION, Kind.TAGS, Kind.MESSAGE}
    assert ({place.kind for place in found.places}, found.count) == (kinds, 5)
    now = Paste.objects.get()
    assert (now.title, now.description) == ("My [redacted]", "It is\r\n[redacted]")
    assert (now.tags, now.file_name) == ("x", "2-[redacted].txt")
    assert not Tag.objects.filter(name__contains=secret).exists()
    for revision in Revision.objects.all():
        assert secret not in revision.message
        assert [file.name for file in revision.files.all()][:2] == ["2-[redacted].txt", "[redacted].txt"]
    link.refresh_from_db()
    report.refresh_from_db()
    assert (link.label, report.reason) == ("[redacted]", "[redacted] is a password")
    assert "My [redacted]" in Delivery.objects.get().payload


def test_comments_that_say_or_quote_it_are_changed_and_still_point_at_their_lines(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, text=f"one\npw = {SECRET}\nthree\n", name="a.txt")

    def say(body: str, line: int | None = None) -> Comment:
        anchor = Anchor(1, "a.txt", line, line) if line else None
        return discussion.create(paste=paste, viewer=viewer_for(bob), body=body, anchor=anchor)

    quoting, saying, gone = say("Careful", 2), say(f"Is **{SECRET}** yours?"), say("Look", 2)
    discussion.delete(comment=gone, viewer=viewer_for(bob))
    paste = revise(paste, b"zero\none\nthree\n")

    found = redact(paste)

    assert (found.comments, found.count) == (3, 2)
    for comment in (quoting, saying, gone):
        comment.refresh_from_db()
        assert SECRET not in f"{comment.body}{comment.html}{comment.quote}"
    assert (saying.body, saying.edited) == ("Is **[redacted]** yours?", None)
    assert "<strong>[redacted]</strong>" in saying.html
    assert (quoting.quote, quoting.is_outdated) == ("pw = [redacted]", True)
    revise(paste, b"one\npw = [redacted]\nthree\n")
    quoting.refresh_from_db()
    assert (quoting.current_file, quoting.current_first) == ("a.txt", 2), "it is found again by what it quotes now"


def test_a_quote_of_a_part_of_a_long_secret_goes_as_well(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, text="BEGIN-1\nc2VjcmV0\nEND-1\n", name="a.txt")
    half = discussion.create(paste=paste, viewer=viewer_for(bob), body="?", anchor=Anchor(1, "a.txt", 2, 2))
    redact(paste, "BEGIN-1\nc2VjcmV0\nEND-1")
    half.refresh_from_db()
    assert (half.quote, half.current_first) == ("[redacted]", 2)


def test_what_a_moderator_removed_is_shown_to_nobody_and_cleaned_as_well(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice)
    comment = discussion.create(paste=paste, viewer=viewer_for(bob), body=f"Rude words and {SECRET}")
    moderation.remove_comments(comments=[comment], moderator=make_user("mona"), reason="rude")
    [place] = redact(paste).places
    assert (place.kind, place.count, place.shown) == ("comment", 1, "")
    comment.refresh_from_db()
    assert comment.body == "Rude words and [redacted]"


def test_many_revisions_are_written_in_short() -> None:
    assert Place(Kind.FILE, (1, 2, 3, 5, 8, 9)).numbers == "1–3, 5, 8–9"
    assert Place(Kind.FILE, tuple(range(1, 100, 2))).numbers == "1, 3, 5, 7, 9, 11, 13, …"


def test_what_only_comments_say_makes_no_revision(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice)
    comment = discussion.create(paste=paste, viewer=viewer_for(bob), body=SECRET)
    assert redact(paste).count == 1
    comment.refresh_from_db()
    assert (comment.body, Revision.objects.count()) == ("[redacted]", 1)


def test_twice_is_once(alice: User) -> None:
    paste = make_paste(owner=alice, text=SECRET)
    assert redact(paste).count == 1
    before = Paste.objects.values().get()
    assert redact(paste).count == 0
    assert Paste.objects.values().get() == before


@pytest.mark.django_db(transaction=True)
def test_looking_changes_nothing(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, text=f"{SECRET} {SECRET}\n{SECRET}", title=SECRET, name="a.txt")
    fork = make_paste(owner=bob, text=SECRET)
    hidden = make_paste(owner=bob, text=SECRET, visibility="private")
    Paste.objects.filter(pk__in=[fork.pk, hidden.pk]).update(forked_from=paste)
    before = Paste.objects.filter(pk=paste.pk).values().get()

    found = redacting.find(paste=paste, viewer=viewer_for(alice), text=SECRET)

    assert [(place.kind, place.line, place.count) for place in found.places] == [
        ("file", 1, 2),
        ("file", 2, 1),
        ("title", 0, 1),
    ]
    assert (found.count, found.forks) == (4, 1), "nobody is told of a private fork"
    assert Paste.objects.filter(pk=paste.pk).values().get() == before
    assert texts(paste) == [f"{SECRET} {SECRET}\n{SECRET}".encode()]


def test_only_so_many_places_are_told_and_all_are_counted_and_changed(alice: User) -> None:
    paste = make_paste(owner=alice, text=f"{SECRET}\n" * 300)
    found = redact(paste)
    assert (len(found.places), found.count, found.is_cut) == (100, 300, True)
    assert texts(paste)[0] == b"[redacted]\n" * 300


@pytest.mark.parametrize("text", ["", " \n ", "abc", "a b\nc", "redacted", "x" * 20_001, "nul\0nul", "\ud800abcd"])
def test_what_cannot_be_looked_for_is_refused(alice: User, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        redact(make_paste(owner=alice), text)
    assert list(refused.value.errors) == ["text"]
    assert Revision.objects.count() == 1


def test_only_the_author_may_look_or_remove(alice: User, bob: User) -> None:
    published = publish(text=SECRET)
    for paste in (make_paste(owner=alice, text=SECRET), published.paste):
        for stranger in (viewer_for(bob), viewer_for()):
            for act in (redacting.find, redacting.redact):
                with pytest.raises(Forbidden):
                    act(paste=paste, viewer=stranger, text=SECRET)
    holder = viewer_for(edit_token=published.edit_token)
    assert redacting.redact(paste=published.paste, viewer=holder, text=SECRET).count == 1


def test_it_has_the_rate_of_an_edit(alice: User, settings: Settings) -> None:
    settings.PUBLISH_RATE_ACCOUNT = "1/d"
    paste = make_paste(owner=alice)
    redact(paste)
    with pytest.raises(TooMany):
        redact(paste)


@pytest.mark.parametrize("bound", ["MOST_BYTES", "MOST_TEXTS", "MOST_FILES"])
def test_a_history_beyond_the_bounds_is_left_as_it_is(alice: User, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    paste = make_paste(owner=alice, text=SECRET)
    monkeypatch.setattr(redacting, bound, 0)
    with pytest.raises(TooLarge):
        redact(paste)
    assert texts(paste) == [SECRET.encode()]
    assert redact(paste, trusted=True).count == 1


def test_a_text_that_many_revisions_have_at_different_places_is_one(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = NewFile(SECRET.encode(), "kept.txt")
    paste = make_paste(owner=alice, files=[kept, NewFile(b"1", "a.txt")])
    revise(paste, NewFile(b"1", "a.txt"), kept)
    monkeypatch.setattr(redacting, "MOST_TEXTS", 2)
    monkeypatch.setattr(redacting, "MOST_BYTES", len(SECRET.encode()) + 1)
    assert redact(paste).revisions == {1, 2}


def test_a_store_that_is_down_leaves_the_paste_as_it_is(alice: User, store_down: None) -> None:
    paste = Paste.objects.create(key="11111111111", owner=alice)
    revision = Revision.objects.create(paste=paste, number=1, version="v" * 40)
    fields = {"name": "a", "language": "text", "size": 5, "lines": 1, "encoding": "utf-8", "sha256": "s"}
    File.objects.create(revision=revision, position=0, object_name="ob/ject", **fields)
    with pytest.raises(Unavailable):
        redact(paste)
    assert Revision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_store_without_room_leaves_the_paste_and_no_new_objects(
    alice: User, empty_store: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    paste = make_paste(owner=alice, files=[NewFile(f"{SECRET}{n}".encode(), f"{n}.txt") for n in range(3)])
    before = {item.name for item in storage.iterate()}
    put, room = storage.put, iter([True, True])

    def full(name: str, data: bytes) -> None:
        if not next(room, False):
            raise Unavailable
        put(name, data)

    monkeypatch.setattr(storage, "put", full)
    with pytest.raises(Unavailable):
        redact(paste)
    assert {item.name for item in storage.iterate()} == before
    assert all(SECRET.encode() in data for data in texts(paste))


def test_whoever_edits_the_old_text_at_the_same_time_cannot_save_it(alice: User) -> None:
    paste = make_paste(owner=alice, text=SECRET, name="a.txt")
    draft = drafts.of(paste, files=[NewFile(SECRET.encode(), "a.txt")])
    redact(paste)
    with pytest.raises(Conflict):
        publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice))
    with pytest.raises(Conflict):
        redact(paste, base=1)


@pytest.mark.django_db(transaction=True)
def test_of_an_edit_and_a_removal_at_once_one_waits_or_is_told(alice: User, empty_store: None) -> None:
    paste = make_paste(owner=alice, text=f"1 {SECRET}\n", name="a.txt")
    draft = Draft(files=[NewFile(f"2 {SECRET}\n".encode(), "a.txt")])
    results = at_once(
        [
            lambda: publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice)),
            lambda: redacting.redact(paste=paste, viewer=viewer_for(alice), text=SECRET),
            lambda: redacting.redact(paste=paste, viewer=viewer_for(alice), text=SECRET),
        ]
    )
    done = [
        result for result in results if isinstance(result, Revision) or (isinstance(result, Found) and result.count)
    ]
    assert len(done) == 1
    for other in results:  # who came late enough finds nothing, or a text that is just being replaced
        assert other in done or isinstance(other, Conflict | Unavailable | Found)
    assert Revision.objects.count() == 2
    assert {SECRET.encode() in data for data in texts(paste)} == {not isinstance(done[0], Found)}
    assert {item.name for item in storage.iterate()} == set(File.objects.values_list("object_name", flat=True))


@pytest.mark.django_db(transaction=True)
def test_whoever_reads_at_this_moment_comes_again_and_nothing_is_called_lost(
    alice: User, empty_store: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    paste = make_paste(owner=alice, text=SECRET, name="a.txt")
    Revision.objects.update(created=timezone.now() - timedelta(days=1))
    [file], listed = File.objects.all(), list(storage.iterate())
    redact(paste)
    with pytest.raises(Unavailable):
        content.read(file)
    monkeypatch.setattr(storage, "iterate", lambda: iter(listed))  # as a sweep that began before has it
    assert sweeping.sweep().missing == 0
    assert "object_missing" not in caplog.text


def test_an_encrypted_paste_stays_as_it_is(alice: User) -> None:
    paste = make_paste(owner=alice, text=SECRET)
    Paste.objects.update(encrypted=True)
    with pytest.raises(Forbidden, match="encrypted"):
        redact(paste)


def test_no_log_and_no_name_has_it(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    with override_settings(DEBUG=True), caplog.at_level("DEBUG"):
        redact(make_paste(owner=alice, text=SECRET))
    assert SECRET not in caplog.text
    assert SECRET not in repr(Leak(SECRET))
