"""Pastes through /api/v1: published, read, changed, deleted, and had back."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Scope, User
from pastes.domain import counting
from pastes.models import IdempotencyKey, Paste
from tests.api.cast import Program, as_json, problem
from tests.factories import client_for, make_paste

pytestmark = pytest.mark.django_db

AWKWARD = {
    "blanks": b" \t leading and trailing \n \t",
    "no last newline": b"one\ntwo",
    "mixed line ends": b"unix\nwindows\r\nmac\rend",
    "emoji": "жар 🔥 e\u0301\u200b\u202e\n".encode(),
    "byte order mark": b"\xef\xbb\xbftext\n",
    "NUL": b"a\0b",
    "latin-1": b"caf\xe9 \x80\xa0\xad\n",
    "utf-16": "wide\r\n".encode("utf-16"),
    "all bytes": bytes(range(256)),
}


def sent_as(data: bytes) -> dict[str, str]:
    """A file as a program sends it: as text where it is, else in base64."""
    try:
        return {"content": data.decode()}
    except UnicodeDecodeError:
        return {"content_base64": base64.b64encode(data).decode()}


def bytes_of(file: dict[str, Any]) -> bytes:
    """The bytes in an answer."""
    return file["content"].encode() if file["content"] is not None else base64.b64decode(file["content_base64"])


def test_it_publishes_without_an_account_and_says_the_edit_token_once() -> None:
    answer = Program().post("/pastes", {"files": [{"content": "Hello\n", "name": "hello.py"}], "title": "Hi"})
    paste = as_json(answer)
    assert answer.status_code == 201
    assert answer["Location"] == f"http://testserver/api/v1/pastes/{paste['key']}"
    assert (paste["author"], paste["visibility"], paste["title"]) == (None, "unlisted", "Hi")
    assert answer["Cache-Control"] == "private, no-store"
    assert "edit_token" not in as_json(Program().get(f"/pastes/{paste['key']}"))
    author = Program(X_Edit_Token=paste["edit_token"])
    assert author.send("DELETE", f"/pastes/{paste['key']}").status_code == 204


def test_it_publishes_for_an_account_without_an_edit_token(alice: User) -> None:
    paste = Program(alice).publish(visibility="private")
    assert (paste["author"], paste["edit_token"]) == ("alice", None)
    assert Program().get(f"/pastes/{paste['key']}").status_code == 404


@pytest.mark.parametrize("data", AWKWARD.values(), ids=AWKWARD)
def test_it_keeps_every_byte(data: bytes) -> None:
    """Promise 13."""
    paste = as_json(Program().post("/pastes", {"files": [sent_as(data)]}))
    digest = hashlib.sha256(data).hexdigest()
    assert paste["files"][0]["sha256"] == digest
    read = as_json(Program().get(f"/pastes/{paste['key']}"))
    assert bytes_of(read["files"][0]) == data
    for address in (f"/api/v1/pastes/{paste['key']}/raw", f"/{paste['key']}/raw"):
        assert hashlib.sha256(Client().get(address).content).hexdigest() == digest


def test_it_takes_every_setting() -> None:
    soon = (timezone.now() + timedelta(days=3)).replace(microsecond=0)
    key = Program().publish(
        title="T", description="D", visibility="public", expires_at=soon.isoformat(), max_views=3, tags=["a", "b"]
    )["key"]
    paste = Paste.objects.get(key=key)
    assert (paste.title, paste.description, paste.visibility) == ("T", "D", "public")
    assert (paste.expires_at, paste.max_views, paste.tag_names) == (soon, 3, ["a", "b"])


def test_it_publishes_once_for_one_idempotency_key(alice: User) -> None:
    """Promise 22."""
    program = Program(alice, Idempotency_Key="once")
    first = program.post("/pastes", {"files": [{"content": "x"}]})
    again = program.post("/pastes", {"files": [{"content": "x"}]})
    assert (first.status_code, again.status_code) == (201, 200)
    assert as_json(first)["key"] == as_json(again)["key"]
    assert Paste.objects.count() == IdempotencyKey.objects.count() == 1
    assert Program(Idempotency_Key="once").post("/pastes", {"files": [{"content": "x"}]}).status_code == 201


def test_it_shows_who_only_knows_an_idempotency_key_no_private_text() -> None:
    program = Program(Idempotency_Key="guessed")
    program.publish("secret", visibility="private")
    again = as_json(program.post("/pastes", {"files": [{"content": "secret"}], "visibility": "private"}))
    assert again["files"][0]["content"] is None
    assert again["edit_token"] is None


@pytest.mark.parametrize(
    "other",
    [{"files": [{"content": "y"}]}, {"files": [{"content": "x", "name": "x.py"}]}, {"title": "T"}, {"burn": True}],
)
def test_an_idempotency_key_is_for_one_text(other: dict[str, Any]) -> None:
    program = Program(Idempotency_Key="once")
    body = {"files": [{"content": "x"}], "expires_in": "1h"}
    program.post("/pastes", body)
    refused = program.post("/pastes", body | other)
    assert (refused.status_code, as_json(refused)["code"]) == (422, "idempotency_key_reused")
    assert Paste.objects.count() == 1
    assert program.post("/pastes", body).status_code == 200, "an hour from now is another moment, and the same wish"


def test_it_says_how_many_more_it_takes(settings: Settings) -> None:
    settings.PUBLISH_RATE_ANONYMOUS = "2/h"
    first, second, third = (Program().post("/pastes", {"files": [{"content": "x"}]}) for _ in range(3))
    assert first["RateLimit-Policy"] == '"publish";q=2;w=3600'
    assert [answer["RateLimit"].split(";t=")[0] for answer in (first, second)] == ['"publish";r=1', '"publish";r=0']
    problem(third, 429, "too_many_requests")
    assert int(third["Retry-After"]) > 0


def test_it_reads_a_paste_and_says_when_nothing_changed() -> None:
    paste = make_paste(text="one\n")
    answer = Program().get(f"/pastes/{paste.key}")
    assert answer["Cache-Control"] == "no-cache"
    assert as_json(answer)["files"][0]["content"] == "one\n"
    known = Program().get(f"/pastes/{paste.key}", If_None_Match=answer["ETag"])
    assert (known.status_code, known.content, known["ETag"]) == (304, b"", answer["ETag"])
    assert Program().send("HEAD", f"/pastes/{paste.key}").status_code == 200


def test_it_lets_nobody_keep_what_is_private(alice: User) -> None:
    key = make_paste(owner=alice, visibility="private").key
    assert Program(alice).get(f"/pastes/{key}")["Cache-Control"] == "private, no-store"
    public = make_paste(owner=alice).key
    assert Program(alice).get(f"/pastes/{public}")["Cache-Control"] == "private, no-store"


def test_it_leaves_large_files_out_and_says_where_they_are(settings: Settings) -> None:
    settings.MAX_BYTES_ANONYMOUS = 3_000_000
    key = make_paste(text="0123456789abcde\n" * 80_000, name="large.txt").key
    file = as_json(Program().get(f"/pastes/{key}"))["files"][0]
    assert (file["truncated"], file["content"], file["content_base64"]) == (True, None, None)
    assert file["raw_url"] == f"http://testserver/{key}/raw/large.txt"


def test_it_opens_with_the_password_in_a_header_or_a_body() -> None:
    key = make_paste(text="hidden\n", password="open sesame").key
    for known in ({}, {"If_None_Match": "*"}):
        assert problem(Program().get(f"/pastes/{key}", **known), 403, "locked")["needs_password"] is True
    wrong = Program().post(f"/pastes/{key}/open", {"password": "open barley"})
    assert problem(wrong, 403, "locked")["title"] == "The password is not right."
    right = Program().get(f"/pastes/{key}", X_Paste_Password="open sesame")
    assert as_json(right)["files"][0]["content"] == "hidden\n"
    assert Program().post(f"/pastes/{key}/open", {"password": "open sesame"}).status_code == 200


def test_it_burns_what_is_opened_and_by_nothing_else() -> None:
    """Promises 1 and 2; that exactly one of many gets it, `test_races.py` sees."""
    key = make_paste(text="once\n", burn=True).key
    for path in (f"/pastes/{key}", f"/pastes/{key}/raw", f"/pastes/{key}/revisions/1"):
        assert problem(Program().get(path), 403, "locked")["needs_password"] is False
    assert as_json(Program().post(f"/pastes/{key}/open", {}))["files"][0]["content"] == "once\n"
    problem(Program().post(f"/pastes/{key}/open", {}), 404, "not_found")


def test_it_lists_own_pastes_page_by_page(alice: User, bob: User) -> None:
    keys = [make_paste(owner=alice, visibility="private").key for _ in range(3)]
    make_paste(owner=bob)
    program = Program(alice, Scope.PASTE_READ)
    answer = program.get("/pastes?limit=2")
    page = as_json(answer)
    assert [item["key"] for item in page["items"]] == keys[:0:-1]
    assert answer["Link"] == f'<{page["next"]}>; rel="next"'
    last = as_json(program.get(page["next"].removeprefix("http://testserver/api/v1")))
    assert ([item["key"] for item in last["items"]], last["next"]) == (keys[:1], None)
    assert as_json(program.get("/pastes?visibility=public"))["items"] == []
    problem(Program().get("/pastes"), 401, "unauthorized")


def test_it_lists_many_with_as_many_queries_as_few(
    alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    program = Program(alice)
    for _ in range(12):
        make_paste(owner=alice)
    program.get("/pastes?limit=1")
    with django_assert_max_num_queries(3):
        assert len(as_json(program.get("/pastes?limit=12"))["items"]) == 12


def test_it_changes_only_what_is_said(alice: User) -> None:
    program = Program(alice)
    made = program.publish("one\n", title="Before", tags=["kept"], password="p")
    etag = program.get(f"/pastes/{made['key']}")["ETag"]
    answer = program.send("PATCH", f"/pastes/{made['key']}", {"title": "After"}, If_Match=etag)
    after = as_json(answer)
    assert (after["title"], after["tags"], after["revision"], after["has_password"]) == ("After", ["kept"], 1, True)
    assert answer["ETag"] != etag
    again = program.send("PATCH", f"/pastes/{made['key']}", {"password": None, "tags": []}, If_Match=answer["ETag"])
    assert (as_json(again)["has_password"], as_json(again)["tags"]) == (False, [])


def test_it_keeps_renames_adds_and_drops_files() -> None:
    made = as_json(
        Program().post(
            "/pastes",
            {"files": [{"name": "a.txt", "content": "a\r\n"}, {"name": "b.bin", "content_base64": "AP8="},
                       {"name": "c.txt", "content": "c"}]},
        )
    )  # fmt: skip
    files = [{"name": "d.txt", "content": "d"}, {"name": "a.txt"}, {"name": "bb.bin", "was": "b.bin"}]
    author = Program(X_Edit_Token=made["edit_token"], If_Match="*")
    after = as_json(author.send("PATCH", f"/pastes/{made['key']}", {"files": files, "message": "Tidied"}))
    assert [(file["name"], bytes_of(file)) for file in after["files"]] == [
        ("d.txt", b"d"), ("a.txt", b"a\r\n"), ("bb.bin", b"\0\xff"),
    ]  # fmt: skip
    assert after["revision"] == 2
    wrong = author.send("PATCH", f"/pastes/{made['key']}", {"files": [{"name": "gone.txt"}]})
    assert "files.0.name" in problem(wrong, 422, "invalid")["errors"]


def test_it_saves_nothing_over_somebody_elses_change(alice: User) -> None:
    """Promise 22, for texts and for settings."""
    program = Program(alice)
    key = program.publish("one\n")["key"]
    etag = program.get(f"/pastes/{key}")["ETag"]
    assert program.send("PATCH", f"/pastes/{key}", {"title": "Mine"}, If_Match=etag).status_code == 200
    late = {"files": [{"content": "late\n"}], "title": "Late"}
    problem(program.send("PATCH", f"/pastes/{key}", late, If_Match=etag), 412, "precondition_failed")
    problem(program.send("PATCH", f"/pastes/{key}", late), 428, "precondition_required")
    problem(program.send("DELETE", f"/pastes/{key}", If_Match=etag), 412, "precondition_failed")
    problem(program.send("PUT", f"/pastes/{key}/expiry", {}, If_Match=etag), 412, "precondition_failed")
    assert as_json(program.get(f"/pastes/{key}"))["title"] == "Mine"


def test_it_deletes_and_takes_that_back(alice: User) -> None:
    program = Program(alice)
    key = program.publish()["key"]
    assert program.send("DELETE", f"/pastes/{key}").status_code == 204
    problem(program.get(f"/pastes/{key}"), 404, "not_found")
    assert program.post(f"/pastes/{key}/restore").status_code == 200
    assert program.get(f"/pastes/{key}").status_code == 200


def test_it_gives_another_end(alice: User) -> None:
    program = Program(alice)
    key = program.publish(expires_in="1h")["key"]
    answer = program.send("PUT", f"/pastes/{key}/expiry", {"expires_at": "2031-01-01T00:00:00+02:00"})
    assert answer.status_code == 200
    assert Paste.objects.get(key=key).expires_at == datetime(2030, 12, 31, 22, tzinfo=UTC)
    assert as_json(program.send("PUT", f"/pastes/{key}/expiry", {}))["expires_at"] is None
    both = {"expires_in": "1h", "expires_at": "2031-01-01T00:00:00Z"}
    problem(program.send("PUT", f"/pastes/{key}/expiry", both), 422, "invalid")


def test_it_forks_and_says_from_what(alice: User, bob: User) -> None:
    source = Program(alice).publish("shared\n", title="Mine", visibility="public")
    answer = Program(bob).post(f"/pastes/{source['key']}/fork")
    copy = as_json(answer)
    assert (answer.status_code, copy["forked_from"], copy["author"]) == (201, source["key"], "bob")
    assert (copy["title"], copy["visibility"], copy["files"][0]["content"]) == ("Mine", "unlisted", "shared\n")
    private = Program(alice).publish(visibility="private")["key"]
    assert as_json(Program(alice).post(f"/pastes/{private}/fork", {"title": "B"}))["visibility"] == "private"


def test_it_gives_an_anonymous_paste_to_who_has_its_token(alice: User) -> None:
    made = Program().publish(visibility="private")
    problem(Program(alice).post(f"/pastes/{made['key']}/claim", {"edit_token": "guess"}), 404, "not_found")
    claimed = Program(alice).post(f"/pastes/{made['key']}/claim", {"edit_token": made["edit_token"]})
    assert as_json(claimed)["author"] == "alice"
    author = Program(X_Edit_Token=made["edit_token"])
    assert author.send("DELETE", f"/pastes/{made['key']}").status_code == 404


def test_it_takes_a_session_only_with_the_token_of_its_page(alice: User) -> None:
    browser = client_for(alice, csrf=True)
    key = make_paste(owner=alice, visibility="private").key
    assert browser.get(f"/api/v1/pastes/{key}").status_code == 200
    refused = browser.delete(f"/api/v1/pastes/{key}")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    token = browser.get("/api/v1/docs").content.decode().partition('data-csrf="')[2].partition('"')[0]
    assert browser.delete(f"/api/v1/pastes/{key}", headers={"X-CSRFToken": token}).status_code == 204


def test_it_ignores_a_session_beside_a_token(alice: User, bob: User) -> None:
    key = make_paste(owner=alice, visibility="private").key
    browser = client_for(alice)
    assert browser.get(f"/api/v1/pastes/{key}", headers=Program(bob).headers).status_code == 404
    assert browser.get(f"/api/v1/pastes/{key}", headers={"Authorization": "Bearer nonsense"}).status_code == 401


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain"])
def test_it_reads_json_whatever_a_session_calls_it(alice: User, kind: str) -> None:
    browser = client_for(alice, csrf=True)
    token = browser.get("/api/v1/docs").content.decode().partition('data-csrf="')[2].partition('"')[0]
    body = '{"files": [{"content": "x"}]}'
    answer = browser.generic("POST", "/api/v1/pastes", body, content_type=kind, headers={"X-CSRFToken": token})
    assert answer.status_code == 201
    no_json = browser.generic("POST", "/api/v1/pastes", "--x--", content_type=kind, headers={"X-CSRFToken": token})
    assert no_json.status_code == 400


def test_it_counts_who_reads_but_not_the_author(alice: User, bob: User) -> None:
    key = make_paste(owner=alice).key
    for reader in (Program(alice), Program(bob), Program(bob), Program()):
        assert reader.get(f"/pastes/{key}", User_Agent="curl/8").status_code == 200
    counting.flush_views()
    assert Paste.objects.get(key=key).views == 2
