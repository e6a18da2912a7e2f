"""The editor on the home page, as a browser without JavaScript uses it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from pastes.domain import access, content
from pastes.models import File, Paste
from tests.factories import client_for, make_paste, viewer_for
from tests.pages.editor import errors_in, form, texts_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return client_for(csrf=True)


def post(client: Client, *texts: str, **fields: Any) -> HttpResponse:
    return client.post("/", form(*texts, **fields))  # type: ignore[return-value]


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/octet-stream")


# Opening


def test_it_shows_an_empty_editor(browser: Client) -> None:
    response = browser.get("/")
    assert (response.status_code, response["Cache-Control"]) == (200, "no-cache")
    assert texts_in(response) == [""]  # type: ignore[arg-type]


def test_it_starts_with_what_the_account_likes(alice: User) -> None:
    alice.default_visibility, alice.default_expiry = "private", "1w"
    alice.save()
    page = client_for(alice).get("/").content.decode()
    assert 'value="private" id="id_visibility_2" checked' in page or 'value="private" checked' in page
    assert '<option value="1w" selected>' in page


def test_it_lists_the_latest_public_pastes(browser: Client) -> None:
    shown, hidden = make_paste(title="Shown"), make_paste(title="Kept", visibility="unlisted")
    page = browser.get("/").content.decode()
    assert f'href="/{shown.key}"' in page
    assert hidden.key not in page


# Publishing


def test_it_publishes_and_leads_to_the_paste(browser: Client) -> None:
    response = post(browser, "print(1)\n", filename=["a.py"], title="Mine", description="Said")
    paste = Paste.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/{paste.key}?published=1")
    assert (paste.title, paste.description, paste.language, paste.visibility) == ("Mine", "Said", "python", "public")


def test_this_browser_may_change_what_it_published(browser: Client) -> None:
    response = post(browser, "x")
    paste = Paste.objects.get()
    cookie = response.cookies["edit_token"]
    assert access.hash_token(cookie.value) == paste.edit_token_hash
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/{paste.key}", True, "Lax")


def test_the_token_is_shown_once(browser: Client) -> None:
    address = post(browser, "x")["Location"]
    token = browser.cookies["edit_token"].value
    assert token in browser.get(address).content.decode()
    assert token not in browser.get(f"/{Paste.objects.get().key}").content.decode()
    assert token not in client_for().get(address).content.decode()


def test_whose_session_ended_meanwhile_is_told_and_may_go_on_without(alice: User) -> None:
    browser = client_for(alice)
    assert '<input type="hidden" name="account" value="alice">' in browser.get("/").content.decode()
    browser.logout()
    refused = post(browser, "my text", account=["alice"], visibility="private")
    assert (refused.status_code, Paste.objects.count(), texts_in(refused)) == (403, 0, ["my text"])
    assert "You are not signed in any more. To publish it as alice, copy the text" in " ".join(
        errors_in(refused).split()
    )
    page = refused.content.decode()
    assert page.index('name="account" value=""') < page.index("Publish without an account"), "a button says so"
    assert post(browser, "my text", account=["alice", ""], visibility="private").status_code == 303
    assert (Paste.objects.get().owner, Paste.objects.get().visibility) == (None, "private")


def test_who_became_somebody_else_meanwhile_publishes_as_that_only_knowingly(alice: User, bob: User) -> None:
    browser = client_for(bob)
    refused = post(browser, "my text", account=["alice"])
    assert (refused.status_code, Paste.objects.count()) == (403, 0)
    assert "You are signed in as bob now, and began this as alice." in errors_in(refused)
    assert 'name="account" value="bob">Publish as bob</button>' in refused.content.decode()
    assert post(browser, "my text", account=["alice", "bob"]).status_code == 303
    assert Paste.objects.get().owner == bob


def test_who_signed_in_meanwhile_publishes_as_who_they_are_now(alice: User) -> None:
    assert post(client_for(alice), "my text", account=[""]).status_code == 303
    assert Paste.objects.get().owner == alice


def test_a_paste_of_an_account_belongs_to_it(alice: User) -> None:
    response = post(client_for(alice), "x")
    assert Paste.objects.get().owner == alice
    assert "edit_token" not in response.cookies


def test_line_ends_of_a_text_area_become_plain_and_nothing_else_changes(browser: Client) -> None:
    post(browser, "  one\n\n\ttwo \u200b\u2028 \n")
    assert content.read(File.objects.get()) == "  one\n\n\ttwo \u200b\u2028 \n".encode()


def test_an_uploaded_file_keeps_its_bytes(browser: Client) -> None:
    data = b"windows\r\ncaf\xe9\0"
    post(browser, "", upload=[upload("файл.bin", data)])
    file = File.objects.get()
    assert (content.read(file), file.name) == (data, "файл.bin")


def test_cards_and_uploads_become_the_files_of_one_paste(browser: Client) -> None:
    uploads = [upload("c.rs", b"c"), upload("a.py", b"d")]
    post(browser, "a", "", "b", filename=["a.py", "empty.py", ""], language=["", "", "sql"], upload=uploads)
    names = [(file.name, file.language) for file in File.objects.all()]
    assert names == [("a.py", "python"), ("file1.sql", "sql"), ("c.rs", "rust"), ("a-2.py", "python")]


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"visibility": "private"}, {"visibility": "private"}),
        ({"visibility": None}, {"visibility": "public"}),
        ({"burn": "on"}, {"burn": True}),
        ({"max_views": "3"}, {"max_views": 3}),
        ({"expiry": None}, {"expires_at": None}),
        ({"expiry": "date", "expires_at": "2099-12-31T18:00"}, {"expires_at": datetime(2099, 12, 31, 18, tzinfo=UTC)}),
    ],
)
def test_it_takes_every_choice(browser: Client, fields: dict[str, Any], kept: dict[str, Any]) -> None:
    assert post(browser, "x", **fields).status_code == 303
    assert Paste.objects.values(*kept).get() == kept


def test_it_takes_a_span_and_a_password_with_blanks(browser: Client) -> None:
    post(browser, "x", expiry="1h", password=" open sesame ")
    paste = Paste.objects.get()
    assert paste.expires_at is not None
    assert abs(paste.expires_at - paste.created - timedelta(hours=1)) < timedelta(seconds=5)
    access.require_password(paste=paste, viewer=viewer_for(), password=" open sesame ")


def test_the_same_form_sent_twice_publishes_once() -> None:
    first, again = (post(client_for(), "x", idempotency="abc") for _ in range(2))
    assert first["Location"] == again["Location"]
    assert Paste.objects.count() == 1


@pytest.mark.parametrize(("text", "fields"), [("y", {}), ("x", {"title": "T"}), ("x", {"expiry": "1h"})])
def test_who_goes_back_and_changes_it_publishes_another(text: str, fields: dict[str, str]) -> None:
    first = post(client_for(), "x", idempotency="abc")
    changed = post(client_for(), text, idempotency="abc", **fields)
    assert changed.status_code == 303
    assert first["Location"] != changed["Location"]
    assert Paste.objects.count() == 2


# What is wrong is said, and the text is kept


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": "x" * 201}, "Title: Ensure this value has at most 200 characters"),
        ({"title": "a\0b"}, "Title: Null characters are not allowed"),
        ({"description": "x" * 2_001}, "Description: Ensure"),
        ({"visibility": "secret"}, "Who can see it: Select a valid choice"),
        ({"expiry": "soon"}, "Expires: Select a valid choice"),
        ({"expiry": "date"}, "Date and time (UTC): Say when"),
        ({"expiry": "date", "expires_at": "2001-01-01T00:00"}, "Date and time (UTC): That moment is over"),
        ({"expiry": "date", "expires_at": "tomorrow"}, "Date and time (UTC): Write a date"),
        ({"max_views": "0"}, "View limit: Ensure this value is greater"),
        ({"max_views": "many"}, "View limit: Enter a whole number"),
        ({"password": "x" * 1_001}, "Password: Ensure"),
        ({"filename": ["fine", ".."]}, "A file name needs more than dots"),
        ({"filename": ["fine", "a\nb"]}, "A file name cannot hold line ends"),
        ({"filename": ["fine", "x" * 300]}, "255 bytes"),
        ({"language": ["", "klingon"]}, "There is no language “klingon” here"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_the_text(browser: Client, fields: dict[str, Any], said: str) -> None:
    response = post(browser, "<b>first</b>\n", "\nsecond\n", **fields)
    assert response.status_code == 422
    assert said in errors_in(response)
    assert texts_in(response) == ["<b>first</b>\n", "\nsecond\n"]
    assert not Paste.objects.exists()


def test_an_error_of_a_file_stands_at_its_card(browser: Client) -> None:
    response = post(browser, "", "second", filename=["", ".."])
    assert 'id="card-1-errors" data-card-errors><li>' in response.content.decode()
    assert 'id="card-0-errors" data-card-errors></ul>' in response.content.decode()


def test_the_summary_says_which_of_several_files_is_wrong_and_of_one_only_what(browser: Client) -> None:
    assert "File 2: There is no language" in errors_in(post(browser, "one", "two", language=["", "klingon"]))
    assert ":" not in errors_in(post(browser, "")).partition("kept.")[2].partition("There is no text")[0]


def test_an_error_of_an_uploaded_file_is_said(browser: Client) -> None:
    response = post(browser, "text", upload=[upload("x" * 252 + "ж.txt", b"x"), upload("ж" * 127 + ".md", b"x")])
    assert response.status_code == 422
    assert "255 bytes" in errors_in(response)
    assert texts_in(response) == ["text", "x", "x"], "a browser loses what was chosen"


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_it_asks_for_a_text(browser: Client, texts: list[str]) -> None:
    response = post(browser, *texts)
    assert response.status_code == 422
    assert "There is no text yet" in errors_in(response)


def test_a_text_that_is_too_large_is_kept_and_the_limit_named(browser: Client, settings: Settings) -> None:
    settings.MAX_BYTES_ANONYMOUS = 1_024
    response = post(browser, "ж" * 513, title="Kept too")
    assert response.status_code == 413
    assert "1\u00a0KiB" in errors_in(response)
    assert texts_in(response) == ["ж" * 513]
    assert 'value="Kept too"' in response.content.decode()
    assert post(browser, "ж" * 512).status_code == 303


def test_an_account_may_publish_more(alice: User, settings: Settings) -> None:
    settings.MAX_BYTES_ANONYMOUS = 10
    assert post(client_for(alice), "x" * 11).status_code == 303


def test_too_many_files_are_kept_and_the_limit_named(browser: Client) -> None:
    response = post(browser, *["x"] * 51)
    assert response.status_code == 413
    assert "51 files are too many: one paste can have 50" in errors_in(response)
    assert texts_in(response) == ["x"] * 51


@pytest.mark.parametrize(
    "fields",
    [
        {"a": ["1"] * 1_000},
        {"upload": [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(60)]},
    ],
    ids=["fields", "files"],
)
def test_an_absurd_form_is_refused_with_a_page(browser: Client, fields: dict[str, Any]) -> None:
    response = post(browser, "x", **fields)
    assert response.status_code == 413
    assert b"<html" in response.content
    assert b"50" in response.content


def test_who_publishes_too_often_waits_and_keeps_the_text(settings: Settings) -> None:
    settings.PUBLISH_RATE_ANONYMOUS = "1/d"
    post(client_for(), "first")
    response = post(client_for(), "second")
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert re.search(r"Wait .*\b(second|minute|hour)s?\b", errors_in(response))
    assert texts_in(response) == ["second"]


def test_a_store_that_is_down_keeps_the_text(browser: Client, store_down: None) -> None:
    response = post(browser, "my text", title="My title")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert texts_in(response, editable=False) == ["my text"]
    assert "My title" in response.content.decode()
    assert not Paste.objects.exists()


# More files, without JavaScript


def test_a_file_is_added(browser: Client) -> None:
    response = post(browser, "a", filename=["a.py"], title="T", add_file="1", publish=None, expiry="1d", burn="on")
    assert (response.status_code, texts_in(response)) == (200, ["a", ""])
    page = response.content.decode()
    assert 'value="a.py"' in page
    assert 'value="T"' in page
    assert '<option value="1d" selected>' in page
    assert not Paste.objects.exists()


@pytest.mark.parametrize(
    ("removed", "left"), [("0", ["b", "c"]), ("1", ["a", "c"]), ("2", ["a", "b"]), ("9", ["a", "b", "c"])]
)
def test_a_file_is_removed(browser: Client, removed: str, left: list[str]) -> None:
    response = post(browser, "a", "b", "c", remove_file=removed, publish=None)
    assert (response.status_code, texts_in(response)) == (200, left)


def test_the_last_file_is_emptied(browser: Client) -> None:
    assert texts_in(post(browser, "a", remove_file="0", publish=None)) == [""]


# Other sites


def test_a_form_of_another_site_does_nothing_in_somebodys_name(alice: User) -> None:
    browser = client_for(alice, csrf=True)
    response = post(browser, "forged")
    assert response.status_code == 403
    assert texts_in(response, editable=False) == ["forged"]  # it may have been honest, and only old
    assert not Paste.objects.exists()

    token = browser.get("/").context["csrf_token"]
    assert post(browser, "mine", csrfmiddlewaretoken=str(token)).status_code == 303


def test_who_brings_nothing_needs_no_token(browser: Client) -> None:
    assert post(browser, "x").status_code == 303
    assert "csrftoken" not in browser.cookies


@pytest.mark.parametrize("method", ["delete", "patch", "options"])
def test_other_methods_are_refused(browser: Client, method: str) -> None:
    response = getattr(browser, method)("/")
    assert response.status_code == 405
    assert set(response["Allow"].split(", ")) == {"GET", "HEAD", "POST", "PUT"}


def test_a_published_paste_can_be_found_by_its_author_alone(browser: Client) -> None:
    post(browser, "x", visibility="private")
    key = Paste.objects.get().key
    assert browser.get(f"/{key}").status_code == 200
    assert client_for().get(f"/{key}").status_code == 404
