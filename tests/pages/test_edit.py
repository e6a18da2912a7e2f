"""/<key>/edit: a new revision over the one that was edited."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from pastes.domain import content, publishing
from pastes.domain.content import NewFile
from pastes.models import File, Paste, Revision
from tests.factories import client_for, make_paste, publish
from tests.pages.editor import errors_in, form, texts_in

pytestmark = pytest.mark.django_db

UNTOUCHED = {
    "lf": b"one\ntwo\n",
    "crlf": b"one\r\ntwo\r\n",
    "mixed": b"one\r\ntwo\nthree",
    "cr": b"10 %\r20 %\r30 %\n",
    "latin-1": b"caf\xe9 \x80\xad\n",
    "utf-16": "жар\r\nхолод\r\n".encode("utf-16"),
    "binary": b"\x7fELF\0\1\2",
    "byte order mark": b"\xef\xbb\xbftext\n",
    "empty first line": b"\n\ntext",
    "markup": b"</textarea><script>alert(1)</script>&amp;",
    "blanks": b" \t x \t \n\n",
    "controls": b"\x1b[31mred\x1b[0m \x0c\x0b\x07\n",
}


def save(client: Client, paste: Paste, *texts: str, base: int = 1, **fields: Any) -> HttpResponse:
    """Save ``texts`` (the files keep their names) over revision ``base``."""
    names = [file.name for file in File.objects.filter(revision__paste=paste, revision__number=paste.revision_count)]
    named = {"filename": (names + [""] * len(texts))[: len(texts)]}
    return client.post(f"/{paste.key}/edit", form(*texts, base=str(base), **named | fields))  # type: ignore[return-value]


def saved(paste: Paste) -> list[bytes]:
    """The files of the latest revision."""
    paste.refresh_from_db()
    return [content.read(file) for file in publishing.latest(paste).files.all()]


# Who


def test_the_owner_saves_a_revision(alice: User) -> None:
    paste = make_paste(owner=alice, text="old\n", name="a.txt")
    response = save(client_for(alice), paste, "new\n", message="Better", title="Named")
    assert (response.status_code, response["Location"]) == (303, f"/{paste.key}")
    assert saved(paste) == [b"new\n"]
    assert (publishing.latest(paste).message, paste.title, paste.revision_count) == ("Better", "Named", 2)


def test_whoever_holds_the_token_does_so_too() -> None:
    published = publish(text="old", name="a.txt")
    client = client_for()
    client.cookies["edit_token"] = published.edit_token
    assert save(client, published.paste, "new").status_code == 303
    assert saved(published.paste) == [b"new"]


def test_others_are_asked_for_the_token_and_change_nothing(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, text="old", name="a.txt")
    for client in (client_for(bob), client_for()):
        assert client.get(f"/{paste.key}/edit")["Location"] == f"/{paste.key}/token"
        assert save(client, paste, "new").status_code == 403
    assert saved(paste) == [b"old"]


def test_a_private_paste_is_not_there_for_others(alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, visibility="private")
    for client in (client_for(bob), client_for()):
        assert client.get(f"/{paste.key}/edit").status_code == 404
        assert save(client, paste, "new").status_code == 404


def test_a_form_of_another_site_changes_nothing(alice: User) -> None:
    paste = make_paste(owner=alice, text="old", name="a.txt")
    published = publish(text="old", name="a.txt")
    author = client_for(csrf=True)
    author.cookies["edit_token"] = published.edit_token
    for client, target in ((client_for(alice, csrf=True), paste), (author, published.paste)):
        assert save(client, target, "forged").status_code == 403
        assert saved(target) == [b"old"]
        token = client.get(f"/{target.key}/edit").context["csrf_token"]
        assert save(client, target, "honest", csrfmiddlewaretoken=str(token)).status_code == 303


# What


@pytest.mark.parametrize("data", UNTOUCHED.values(), ids=UNTOUCHED)
def test_a_text_that_is_saved_as_it_was_stays_the_same_to_the_byte(alice: User, data: bytes) -> None:
    paste = make_paste(owner=alice, text=data, name="a.txt")
    client = client_for(alice)
    texts = texts_in(client.get(f"/{paste.key}/edit"))  # type: ignore[arg-type]
    assert save(client, paste, *texts).status_code == 303
    assert saved(paste) == [data]
    assert Revision.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        (b"one\r\ntwo\r\n", "one\n2\n", b"one\r\n2\r\n"),
        (b"one\ntwo\n", "one\n2\n", b"one\n2\n"),
        (b"caf\xe9\n", "th\xe9\n", b"th\xe9\n"),
        (b"caf\xe9\n", "чай\n", "чай\n".encode()),
        ("жар\n".encode("utf-16"), "\ufeffхолод\n", "холод\n".encode("utf-16")),
        (b"\0binary", "now a text\n", b"now a text\n"),
        (b"no last newline", "still\nnone", b"still\nnone"),
    ],
)
def test_what_is_typed_gets_the_encoding_and_the_line_ends_of_its_file(
    alice: User, before: bytes, typed: str, after: bytes
) -> None:
    paste = make_paste(owner=alice, text=before, name="a.txt")
    save(client_for(alice), paste, typed)
    assert saved(paste) == [after]


def test_a_file_that_is_renamed_keeps_its_bytes(alice: User) -> None:
    paste = make_paste(owner=alice, text=b"\0binary", name="a.bin")
    save(client_for(alice), paste, "", filename=["b.bin"])
    assert saved(paste) == [b"\0binary"]


def test_a_new_empty_card_in_the_place_of_a_removed_file_takes_no_bytes(alice: User) -> None:
    files = [NewFile(b"text", "a.txt"), NewFile(b"\0binary", "b.bin")]
    paste = make_paste(owner=alice, files=files)
    save(client_for(alice), paste, "", "", filename=["b.bin", ""])
    assert saved(paste) == [b"\0binary"]


def test_files_are_added_removed_and_uploaded(alice: User) -> None:
    paste = make_paste(owner=alice, files=[NewFile(b"a\r\n", "a.txt"), NewFile(b"b\n", "b.txt")])
    upload = [SimpleUploadedFile("d.txt", b"d\r\n")]
    save(client_for(alice), paste, "b\n", "c\n", filename=["b.txt", "c.txt"], upload=upload)
    assert saved(paste) == [b"b\n", b"c\n", b"d\r\n"]


@pytest.mark.parametrize(("button", "left"), [({"add_file": "1"}, ["a", "b", ""]), ({"remove_file": "0"}, ["b"])])
def test_cards_come_and_go_without_javascript(alice: User, button: dict[str, Any], left: list[str]) -> None:
    paste = make_paste(owner=alice, files=[NewFile(b"a", "a.txt"), NewFile(b"b", "b.txt")])
    response = save(client_for(alice), paste, "a", "b", publish=None, **button)
    assert (response.status_code, texts_in(response)) == (200, left)
    assert 'name="base" value="1"' in response.content.decode()
    assert Revision.objects.count() == 1


def test_the_same_text_makes_no_revision_and_says_so(alice: User) -> None:
    paste = make_paste(owner=alice, text="same", name="a.txt")
    client = client_for(alice)
    save(client, paste, "same", title="New")
    assert "there is no new revision" in client.get(f"/{paste.key}").content.decode()
    paste.refresh_from_db()
    assert (paste.title, paste.revision_count) == ("New", 1)


# Conflicts and errors


def test_an_edit_of_an_old_revision_shows_both_texts(alice: User) -> None:
    paste = make_paste(owner=alice, text="base", name="a.txt")
    client = client_for(alice)
    save(client, paste, "theirs\n")
    response = save(client, paste, "mine\n", base=1, title="My title")
    assert response.status_code == 409
    assert texts_in(response) == ["mine\n"]
    assert texts_in(response, editable=False) == ["theirs\n"]
    assert 'value="My title"' in response.content.decode()
    assert 'name="base" value="2"' in response.content.decode()
    assert saved(paste) == [b"theirs\n"]

    assert save(client, paste, "both\n", base=2).status_code == 303
    assert saved(paste) == [b"both\n"]


@pytest.mark.parametrize("base", ["", "x", "-1", "99", "9" * 50])
def test_a_base_that_never_was_is_a_conflict(alice: User, base: str) -> None:
    paste = make_paste(owner=alice, text="old", name="a.txt")
    response = client_for(alice).post(f"/{paste.key}/edit", form("new", base=base))
    assert response.status_code == 409
    assert saved(paste) == [b"old"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": "x" * 201}, "Title"),
        ({"message": "x" * 201}, "What changed"),
        ({"filename": [".."]}, "dots"),
        ({"language": ["klingon"]}, "klingon"),
        ({"expiry": "date", "expires_at": "2001-01-01T00:00"}, "That moment is over"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_the_text(alice: User, fields: dict[str, Any], said: str) -> None:
    paste = make_paste(owner=alice, text="old", name="a.txt")
    response = save(client_for(alice), paste, "new", **fields)
    assert response.status_code == 422
    assert said in errors_in(response)
    assert texts_in(response) == ["new"]
    assert saved(paste) == [b"old"]


def test_nothing_left_is_refused(alice: User) -> None:
    paste = make_paste(owner=alice, text="old", name="a.txt")
    response = save(client_for(alice), paste, "")
    assert (response.status_code, saved(paste)) == (422, [b"old"])
    assert "There is no text yet" in errors_in(response)


def test_a_store_that_is_down_keeps_what_was_typed(alice: User, request: pytest.FixtureRequest) -> None:
    paste = make_paste(owner=alice, text="old", name="a.txt")
    request.getfixturevalue("store_down")
    response = save(client_for(alice), paste, "new text")
    assert response.status_code == 503
    assert texts_in(response, editable=False) == ["new text"]


# Settings


@pytest.mark.parametrize(
    ("fields", "opens"),
    [
        ({}, "first"),
        ({"password": "second"}, "second"),
        ({"remove_password": "on"}, None),
        ({"remove_password": "on", "password": "ignored"}, None),
    ],
)
def test_the_password_stays_changes_or_goes(alice: User, fields: dict[str, Any], opens: str | None) -> None:
    paste = make_paste(owner=alice, text="old", name="a.txt", password="first")
    save(client_for(alice), paste, "new", **fields)
    paste.refresh_from_db()
    assert check_password(opens, paste.password) if opens else paste.password == ""


def test_an_end_that_is_not_touched_stays_to_the_second(alice: User) -> None:
    end = timezone.now() + timedelta(seconds=30)
    paste = make_paste(owner=alice, text="old", name="a.txt", expires_at=end)
    shown = end.strftime("%Y-%m-%dT%H:%M")
    client = client_for(alice)
    assert f'value="{shown}"' in client.get(f"/{paste.key}/edit").content.decode()
    assert save(client, paste, "new", expiry="date", expires_at=shown).status_code == 303
    paste.refresh_from_db()
    assert paste.expires_at == end


def test_settings_can_be_taken_back(alice: User) -> None:
    paste = make_paste(owner=alice, text="x", name="a.txt", max_views=3, expires_at=timezone.now() + timedelta(days=1))
    save(client_for(alice), paste, "x", visibility="unlisted")
    paste.refresh_from_db()
    assert (paste.max_views, paste.expires_at, paste.visibility) == (None, None, "unlisted")
