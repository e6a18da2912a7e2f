"""Who publishes a password or a key is shown it, and decides: on pages, by programs, and in a revision."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from pytest_django import Settings

from accounts.models import User
from pastes import spotting
from pastes.domain import content, publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import HasSecrets
from pastes.models import File, Paste
from tests.api.gist_programs import GISTS, program_of
from tests.domain.test_spotting import REAL
from tests.factories import client_for, make_paste, publish, viewer_for
from tests.pages.editor import errors_in, form, texts_in

pytestmark = pytest.mark.django_db

TOKEN, OTHER = REAL["github_token"], REAL["stripe_key"]
TEXT = f"user: alice\ntoken: {TOKEN}\n"
REDACTED = f"user: alice\ntoken: {spotting.REDACTED}\n"


def send(text: str = TEXT, *, user: User | None = None, **fields: Any) -> HttpResponse:
    return client_for(user).post("/", form(text, **fields))  # type: ignore[return-value]


def only_text() -> str:
    return content.read(File.objects.latest("pk")).decode()


# On the page


def test_a_person_is_shown_where_it_is_and_nothing_is_published_or_lost() -> None:
    response = send(title="Notes")

    page = response.content.decode()
    assert response.status_code == 422
    assert "Line 2: GitHub token, ghp_••••" in errors_in(response)
    assert texts_in(response) == [TEXT]
    assert 'value="Notes"' in page
    assert page.count(TOKEN) == 1, "only in the field in which it was typed"
    assert not Paste.objects.exists()


def test_redacting_publishes_at_once() -> None:
    response = send(secrets="redact")

    assert response.status_code == 303
    assert only_text() == REDACTED


def test_an_account_can_make_it_private_and_everybody_can_publish_it_for_one_reader(alice: User) -> None:
    page = send(user=alice).content.decode()
    assert 'value="private">' in page
    assert 'value="burn">' not in page
    assert 'value="burn">Publish for one reader' in send().content.decode()

    send(user=alice, secrets="private")
    assert Paste.objects.latest("pk").is_private
    send(secrets="burn")
    assert Paste.objects.latest("pk").burn
    assert only_text() == TEXT


def test_whoever_wants_it_published_is_asked_once() -> None:
    assert send(secrets="allow").status_code == 303
    assert only_text() == TEXT


def test_htmx_gets_the_question_alone_and_the_card_is_marked() -> None:
    response = client_for().post("/", form("fine", TEXT), headers={"hx-request": "true"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "<html" not in page
    assert 'href="#card-1"' in page
    assert 'id="card-1-errors" data-card-errors hx-swap-oob="true"><li>Line 2' in page
    assert TOKEN not in page


def test_a_chosen_text_file_comes_back_as_a_card_because_a_browser_loses_it() -> None:
    chosen = [
        SimpleUploadedFile("config.yml", TEXT.encode()),
        SimpleUploadedFile("x.bin", b"\0\1"),
        SimpleUploadedFile("dos.txt", b"a\r\n"),
    ]
    response = send("", upload=chosen)

    assert "config.yml: Line 2" in " ".join(errors_in(response).split())
    assert texts_in(response) == [TEXT]
    assert 'value="config.yml"' in response.content.decode()


def test_a_title_and_a_description_are_looked_at_and_redacted() -> None:
    response = send("fine", title=TOKEN, description=f"see {OTHER}")
    assert "Title: Line 1: GitHub token" in errors_in(response)
    assert "Description: Line 1: Stripe key" in errors_in(response)

    send("fine", title=TOKEN, description=f"see {OTHER}", secrets="redact")
    paste = Paste.objects.get()
    assert (paste.title, paste.description) == (spotting.REDACTED, f"see {spotting.REDACTED}")


def test_a_fork_is_asked_for_the_same(alice: User, bob: User) -> None:
    source = make_paste(owner=alice, text=TEXT)
    browser = client_for(bob)

    assert browser.post(f"/{source.key}/fork", form(TEXT)).status_code == 422
    assert browser.post(f"/{source.key}/fork", form(TEXT, secrets="redact")).status_code == 303
    assert only_text() == REDACTED


def test_more_than_can_be_shown_is_said_to_be_more() -> None:
    page = send(f"{TOKEN}\n" * 30)

    assert errors_in(page).count("GitHub token") == 20
    assert "And more of them." in errors_in(page)


# In a revision


def edit(paste: Paste, user: User, text: str, **fields: Any) -> HttpResponse:
    base = {"base": str(paste.revision_count), "visibility": paste.visibility}
    return client_for(user).post(f"/{paste.key}/edit", form(text, **base | fields))  # type: ignore[return-value]


def test_only_what_is_new_in_a_revision_stops_it(alice: User) -> None:
    paste = make_paste(owner=alice, text=TEXT)

    assert edit(paste, alice, f"{TEXT}more\n").status_code == 303
    paste.refresh_from_db()
    response = edit(paste, alice, f"{TEXT}key: {OTHER}\n")
    assert response.status_code == 422
    assert "Not saved yet" in errors_in(response)
    assert "Stripe" in errors_in(response)
    assert "GitHub" not in errors_in(response)

    edit(paste, alice, f"{TEXT}key: {OTHER}\n", secrets="redact")
    assert only_text() == f"{TEXT}key: {spotting.REDACTED}\n"


@pytest.mark.parametrize("before", [{"visibility": "private"}, {"password": "open sesame"}, {"burn": True}])
def test_what_only_some_could_read_is_asked_for_when_everybody_shall(alice: User, before: dict[str, Any]) -> None:
    paste = make_paste(owner=alice, text=TEXT, **before)

    opened = edit(paste, alice, TEXT, visibility="public", remove_password="on")

    assert opened.status_code == 422
    assert edit(paste, alice, TEXT, visibility="private", remove_password="on").status_code == 303


# What is left alone


@pytest.mark.parametrize(
    "fields", [{"visibility": "private"}, {"burn": "on"}, {"max_views": "2"}, {"password": "open sesame"}]
)
def test_ways_to_pass_a_secret_on_ask_nothing(alice: User, fields: dict[str, str]) -> None:
    assert send(user=alice, **fields).status_code == 303


def test_binary_files_and_operators_are_not_asked(settings: Settings) -> None:
    assert client_for().post("/", form("", upload=SimpleUploadedFile("x", b"\0" + TEXT.encode()))).status_code == 303
    publish(text=TEXT)  # trusted, as manage.py does it
    settings.SECRET_GUARD = False
    assert send().status_code == 303


# Programs


def test_curl_is_told_the_line_and_the_way_out() -> None:
    program = client_for(browser=False)

    refused = program.generic("PUT", "/config.yml", TEXT.encode())
    said = refused.content.decode()
    assert refused.status_code == 422
    assert "config.yml: Line 2: GitHub token, ghp_••••" in said
    assert "X-Allow-Secrets: 1" in said
    assert TOKEN not in said

    assert program.generic("PUT", "/config.yml", TEXT.encode(), headers={"x-allow-secrets": "1"}).status_code == 201
    assert program.post("/", {"f:1": TEXT, "allow_secrets": "1"}).status_code == 201
    assert only_text() == TEXT


def test_the_api_lists_what_was_found(alice: User) -> None:
    body: dict[str, Any] = {"files": [{"content": "fine"}, {"name": "config.yml", "content": TEXT}]}

    def post(**more: object) -> HttpResponse:
        return client_for(alice, browser=False).post(  # type: ignore[return-value]
            "/api/v1/pastes", json.dumps(body | more), content_type="application/json"
        )

    refused = json.loads(post().content)
    assert (refused["status"], refused["code"]) == (422, "secrets_found")
    assert refused["findings"] == [
        {"field": "content", "file": "config.yml", "line": 2, "kind": "github_token", "preview": "ghp_••••"}
    ]
    assert list(refused["errors"]) == ["files.1.content"]
    assert post(allow_secrets=True).status_code == 201


@pytest.mark.parametrize(
    ("address", "body", "kind"),
    [
        ("/documents", TEXT, "text/plain"),
        ("/api/v2/", f"content={TEXT}", "application/x-www-form-urlencoded"),
    ],
)
def test_clients_of_other_sites_are_refused_in_their_words_and_pass_with_the_header(
    alice: User, address: str, body: str, kind: str
) -> None:
    program = client_for(alice, browser=False)

    refused = program.generic("POST", address, body, content_type=kind)
    assert refused.status_code == 422
    assert "GitHub token" in refused.content.decode()
    assert TOKEN not in refused.content.decode()

    passed = program.generic("POST", address, body, content_type=kind, headers={"x-allow-secrets": "1"})
    assert passed.status_code in {200, 201}


def test_a_gist_is_refused_as_github_refuses_and_a_patch_for_what_is_new(alice: User) -> None:
    program, sent = program_of(alice), {"files": {"a.txt": {"content": TEXT}}}

    refused = program.ask("POST", GISTS, sent)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["message"] == "a.txt: Line 2: GitHub token, ghp_••••"
    gist = program.ask("POST", GISTS, sent, **{"X-Allow-Secrets": "1"})
    assert gist.status_code == 201

    address = f"{GISTS}/{gist.json()['id']}"
    assert program.ask("PATCH", address, {"description": "Hello"}).status_code == 200
    more = {"files": {"b.txt": {"content": OTHER}}}
    assert program.ask("PATCH", address, more).status_code == 422
    assert program.ask("PATCH", address, more, **{"X-Allow-Secrets": "1"}).status_code == 200


# Secrecy


def test_nothing_of_it_is_in_the_log_or_in_the_error(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(HasSecrets) as refused:
        publishing.create(draft=Draft(files=[NewFile(TEXT.encode())]), viewer=viewer_for())
    send()

    printed = capfd.readouterr()
    logged = caplog.text + printed.out + printed.err
    assert logged.count("secrets_found") >= 2
    assert TOKEN[4:] not in logged + repr(refused.value) + repr(refused.value.findings)
