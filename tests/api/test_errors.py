"""Errors of /api/v1: problem details whatever is sent, and never a 5xx (promises 4 and 14)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from pastes import storage
from pastes.exceptions import Unavailable
from tests.api.cast import Program, as_json, problem
from tests.factories import HTML, make_paste

pytestmark = pytest.mark.django_db

NO_JSON = {
    "nothing that is JSON": b"Hello",
    "half of it": b'{"files": [',
    "no Unicode": b'{"files": "\xff"}',
    "a number that is none": b'{"files": NaN}',
    "an endless list": b"[" * 100_000,
    "an endless number": b"1" * 10_000,
}

NO_PASTE: dict[str, tuple[Any, str]] = {
    "nothing": (None, ""),
    "a list": ([], ""),
    "no files": ({"files": []}, "files"),
    "a file without a text": ({"files": [{"name": "a"}]}, "files.0.content"),
    "an empty text": ({"files": [{"content": ""}]}, "files.0.content"),
    "a number for a text": ({"files": [{"content": 7}]}, "files.0.content"),
    "text and bytes": ({"files": [{"content": "a", "content_base64": "YQ=="}]}, "files.0.content"),
    "bytes that are not": ({"files": [{"content_base64": "*"}]}, "files.0.content_base64"),
    "half a surrogate": ({"files": [{"content": "\ud800"}]}, "files.0.content"),
    "half a surrogate in the title": ({"files": [{"content": "a"}], "title": "\udfff"}, "title"),
    "NUL in the title": ({"files": [{"content": "a"}], "title": "a\0b"}, "title"),
    "a title without end": ({"files": [{"content": "a"}], "title": "a" * 201}, "title"),
    "a name of dots": ({"files": [{"content": "a", "name": ".."}]}, "files.0.name"),
    "no such language": ({"files": [{"content": "a", "language": "klingon"}]}, "files.0.language"),
    "no such visibility": ({"files": [{"content": "a"}], "visibility": "secret"}, "visibility"),
    "a moment that is over": ({"files": [{"content": "a"}], "expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
    "a moment nowhere": ({"files": [{"content": "a"}], "expires_at": "2031-01-01T00:00:00"}, "expires_at"),
    "a moment in seconds": ({"files": [{"content": "a"}], "expires_at": 2_000_000_000}, "expires_at"),
    "text for a switch": ({"files": [{"content": "a"}], "burn": "yes"}, "burn"),
    "too many views": ({"files": [{"content": "a"}], "max_views": 10**30}, "max_views"),
    "eleven tags": ({"files": [{"content": "a"}], "tags": [f"t{number}" for number in range(11)]}, "tags"),
    "an unknown field": ({"files": [{"content": "a"}], "visiblity": "private"}, "visiblity"),
}


def test_what_is_empty_is_called_empty() -> None:
    answer = problem(Program().post("/pastes", {"files": [{"content": ""}]}), 422, "invalid")
    assert answer["errors"] == {"files.0.content": ["This must not be empty."]}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
def test_it_says_that_it_is_no_json(body: bytes) -> None:
    problem(Program().post("/pastes", body), 400, "bad_json")


@pytest.mark.parametrize(("body", "field"), NO_PASTE.values(), ids=NO_PASTE)
def test_it_says_what_does_not_fit_by_field(body: Any, field: str) -> None:
    errors = problem(Program().post("/pastes", body), 422, "invalid")["errors"]
    assert errors.get(field) or field == "", errors
    assert all(message for messages in errors.values() for message in messages)


def test_it_takes_json_in_any_encoding_that_json_has() -> None:
    body = json.dumps({"files": [{"content": "жар"}]}, ensure_ascii=False)
    for encoding in ("utf-8", "utf-16", "utf-32", "utf-8-sig"):
        assert Program().post("/pastes", body.encode(encoding)).status_code == 201


def test_it_says_how_much_is_too_much(settings: Settings) -> None:
    settings.MAX_BYTES_ANONYMOUS, settings.MAX_FILES = 10, 2
    assert Program().post("/pastes", {"files": [{"content": "0123456789"}]}).status_code == 201
    found = problem(Program().post("/pastes", {"files": [{"content": "0123456789a"}]}), 413, "too_large")
    assert (found["limit"], found["actual"]) == (10, 11)
    found = problem(Program().post("/pastes", {"files": [{"content": "a"}] * 3}), 413, "too_large")
    assert (found["limit"], found["actual"]) == (2, 3)


def test_it_refuses_a_body_that_is_larger_than_any_paste_before_reading_it(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    problem(Program().post("/pastes", {"files": [{"content": "a" * 200}]}), 413, "too_large")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/nothing", "/pastes/short", "/pastes/", "/"])
def test_it_answers_in_its_own_form_where_there_is_no_operation(method: str, path: str) -> None:
    found = problem(Program().send(method, path), 404, "not_found")
    assert found["title"] == "There is nothing at this address of the API."


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE"])
def test_it_says_which_methods_an_address_takes(method: str) -> None:
    answer = Program().send(method, "/pastes/4uHWvJzRkGm")
    problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "DELETE, GET, HEAD, PATCH"


def test_it_answers_browsers_in_its_own_form_too() -> None:
    problem(Program().get("/pastes/4uHWvJzRkGm", Accept=HTML), 404, "not_found")


def test_it_speaks_the_language_of_who_asks() -> None:
    found = problem(Program().get("/pastes/4uHWvJzRkGm", Accept_Language="ru"), 404, "not_found")
    assert found["title"] == "По этому адресу записи нет."


def test_it_answers_about_a_strangers_paste_as_about_none(alice: User, bob: User) -> None:
    """Promise 4."""
    key = make_paste(owner=alice, visibility="private").key
    for path in ("", "/raw", "/raw/a.txt", "/revisions", "/revisions/1", "/diff/1..1", "/links"):
        of_alice, of_nobody = (
            as_json(Program(bob).get(f"/pastes/{one}{path}")) | {"request_id": ""} for one in (key, "4uHWvJzRkGm")
        )
        assert of_alice == of_nobody


def test_it_challenges_who_needs_an_account_and_who_has_the_wrong_token() -> None:
    nobody = Program().get("/pastes")
    problem(nobody, 401, "unauthorized")
    assert nobody["WWW-Authenticate"] == "Bearer"
    for value in ("Bearer x", "Bearer", "token pbt_x", "Basic !", "Negotiate x", "", "Bearer \xff", "Bearer a.b.c"):
        wrong = Program().get("/pastes/4uHWvJzRkGm", Authorization=value)
        problem(wrong, 401, "bad_credentials")
        assert wrong["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@contextmanager
def store_away() -> Iterator[None]:
    """The object store does not answer."""
    with patch.object(storage, "get", side_effect=Unavailable), patch.object(storage, "put", side_effect=Unavailable):
        yield


def test_it_says_when_to_come_again_while_the_store_is_away() -> None:
    key = make_paste().key
    with store_away():
        for answer in (Program().get(f"/pastes/{key}"), Program().post("/pastes", {"files": [{"content": "a"}]})):
            problem(answer, 503, "unavailable")
            assert answer["Retry-After"] == "5"


def test_it_stays_apart_from_the_page_cache(alice: User) -> None:
    """Promise 6: public to private is effective on the very next request."""
    program = Program(alice, If_Match="*")
    key = program.publish(visibility="public")["key"]
    assert Client().get(f"/api/v1/pastes/{key}").status_code == 200
    assert program.send("PATCH", f"/pastes/{key}", {"visibility": "private"}).status_code == 200
    problem(Program().get(f"/pastes/{key}"), 404, "not_found")
