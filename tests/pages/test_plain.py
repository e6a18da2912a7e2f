"""POST / and PUT /<file name> without a browser: one line back, and not a byte lost on the way."""

import hashlib
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from pastebin.wsgi import application
from pastes.domain import access, content
from pastes.exceptions import TooMany
from pastes.models import File, Paste, RateCount
from pastes.views.submission import TEXT_FIELDS
from tests.factories import client_for, viewer_for

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "a-boundary"

AWKWARD = {
    "blanks": b" \t leading and trailing \n \t",
    "no last newline": b"one\ntwo",
    "mixed line ends": b"unix\nwindows\r\nmac\rend",
    "emoji": "жар 🔥 e\u0301\u200b\u202e\n".encode(),
    "byte order mark": b"\xef\xbb\xbftext\n",
    "latin-1": b"caf\xe9 \x80\xa0\xad\n",
    "utf-16": "жар\r\n".encode("utf-16"),
    "broken utf-8": b"\xc3\x28 \xed\xa0\x80 \xf4\x90\x80\x80 \xff\n",
    "nul": b"a\0b\n",
    "form in it": b"GET /search?q=1&text=lost&c=2\n--a-boundarx\r\nplus + percent %41\n",
    "all bytes": bytes(range(256)),
}


def part(name: str, data: bytes, *, filename: str | None = None) -> bytes:
    """One part of a multipart form, as curl writes it."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'.encode()
    if filename is not None:
        head += b'; filename="' + filename.encode() + b'"'
    return head + b"\r\n\r\n" + data + b"\r\n"


def send(*parts: bytes, path: str = "/", **extra: Any) -> HttpResponse:
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return Client().generic("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}", **extra)  # type: ignore[return-value]


def send_raw(data: bytes, *, path: str = "/", method: str = "POST", kind: str = FORM, **extra: Any) -> HttpResponse:
    return Client().generic(method, path, data, kind, **extra)  # type: ignore[return-value]


def only_file() -> File:
    return File.objects.get()


def assert_kept(response: HttpResponse, data: bytes) -> None:
    """One line with an address whose raw bytes are those that were sent."""
    assert response.status_code == 201, response.content
    assert re.fullmatch(rb"http://testserver/[1-9A-Za-z]{11}\n", response.content)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    address = response.content.decode().strip()
    assert response["Location"] == address
    raw = Client().get(address + "/raw")
    assert hashlib.sha256(raw.content).digest() == hashlib.sha256(data).digest()


# Every way to send a text, and every kind of text


@pytest.mark.parametrize("data", AWKWARD.values(), ids=AWKWARD)
class TestItKeepsEveryByte:
    def test_of_a_form_field(self, data: bytes) -> None:
        assert_kept(send(part("f:1", data)), data)

    def test_of_a_file(self, data: bytes) -> None:
        assert_kept(send(part("file", data, filename="a.txt")), data)

    def test_of_a_body(self, data: bytes) -> None:
        assert_kept(send_raw(data), data)

    def test_of_a_body_without_a_type(self, data: bytes) -> None:
        assert_kept(send_raw(data, kind=""), data)

    def test_of_a_file_that_is_put(self, data: bytes) -> None:
        assert_kept(send_raw(data, method="PUT", path="/notes.txt", kind=""), data)

    def test_of_an_escaped_form(self, data: bytes) -> None:
        escaped = "".join(f"%{byte:02x}" for byte in data).encode()
        assert_kept(send_raw(b"content=" + escaped), data)


@pytest.mark.parametrize("name", TEXT_FIELDS)
def test_it_knows_the_fields_of_other_pastebins(name: str) -> None:
    assert_kept(send(part(name, b"text")), b"text")
    assert_kept(send_raw(f"{name.replace(':', '%3A')}=more+text".encode()), b"more text")


def test_the_first_field_with_a_text_counts() -> None:
    assert_kept(send(part("text", b"second"), part("content", b"first")), b"first")


@pytest.mark.parametrize("data", [b"a log with &text= and &content= in it", b"x=1&content=2", b"title=no text", b"c"])
def test_a_text_that_only_looks_like_a_form_is_a_text(data: bytes) -> None:
    assert_kept(send_raw(data), data)


def test_a_form_with_a_title_first_is_a_form() -> None:
    assert_kept(send_raw(b"title=My+notes&content=a%26b"), b"a&b")
    assert Paste.objects.get().title == "My notes"


# What a file's name says


@pytest.mark.parametrize("name", ["script.py", "скрипт.py", "名前.py", "ÿ\xa0.py", "a b&c.py"])
def test_a_file_gives_its_name_and_language(name: str) -> None:
    assert send(part("file", b"x", filename=name)).status_code == 201
    kept = name.replace("\xa0", "")  # Django drops what cannot be printed
    assert (only_file().name, only_file().language) == (kept, "python")


@pytest.mark.parametrize("path", ["/script.py", "/%D1%81%D0%BA%D1%80%D0%B8%D0%BF%D1%82.py"])
def test_a_put_file_is_named_by_its_address(path: str) -> None:
    assert send_raw(b"x", method="PUT", path=path, kind="").status_code == 201
    assert only_file().language == "python"


def test_several_files_are_one_paste() -> None:
    assert send(*(part("f", name.encode(), filename=name) for name in ("a.py", "b.rs"))).status_code == 201
    assert [(file.name, file.language) for file in File.objects.all()] == [("a.py", "python"), ("b.rs", "rust")]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("&#1092;.txt", "ф.txt"),
        ("a\tb.txt", "ab.txt"),
        ("", "file1.txt"),
    ],
)
def test_a_strange_name_of_a_file_harms_nobody(name: str, kept: str) -> None:
    response = send(part("f", b"x", filename=name), part("content", b"x"))
    assert response.status_code == 201
    assert only_file().name == kept
    raw = Client().get(response["Location"] + "/download")
    assert "\n" not in raw["Content-Disposition"]


def test_a_program_with_a_session_loses_no_byte_to_the_check_of_its_form(alice: User) -> None:
    client = client_for(alice, browser=False, csrf=True)
    page = client.get("/", headers={"accept": "text/html"})
    token = page.context["csrf_token"]
    body = part("f:1", b"caf\xe9") + f"--{BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    response = client.generic("POST", "/", body, kind, headers={"x-csrftoken": str(token)})
    assert_kept(response, b"caf\xe9")  # type: ignore[arg-type]
    assert client.generic("POST", "/", body, kind).status_code == 403


@pytest.mark.parametrize("path", ["/a%0D%0ASet-Cookie:x=1", "/a%00b", "/" + "x" * 300, "/..%2f.", "/%FF%FE"])
def test_a_strange_address_is_refused_or_kept(path: str) -> None:
    assert send_raw(b"x", method="PUT", path=path).status_code in {201, 404, 422}


# Options


def test_it_takes_every_option() -> None:
    response = send(
        part("f:1", b"print(1)"),
        *(
            part(name, value.encode())
            for name, value in {
                "title": "Заметка",
                "description": "About it",
                "visibility": "public",
                "expires": "1h",
                "max_views": "3",
                "password": "open sesame ",
                "lexer": "py",
                "filename": "a.txt",
            }.items()
        ),
    )
    assert response.status_code == 201
    paste = Paste.objects.get()
    assert (paste.title, paste.description, paste.visibility) == ("Заметка", "About it", "public")
    assert (paste.language, paste.file_name, paste.max_views) == ("python", "a.txt", 3)
    assert paste.expires_at is not None
    assert abs(paste.expires_at - paste.created - timedelta(hours=1)) < timedelta(seconds=5)
    access.require_password(paste=paste, viewer=viewer_for(), password="open sesame ")


def test_without_options_it_is_unlisted_and_stays() -> None:
    send_raw(b"x")
    paste = Paste.objects.get()
    assert (paste.visibility, paste.expires_at, paste.burn) == ("unlisted", None, False)


@pytest.mark.parametrize(
    ("text", "days"), [("3", 3), ("1w", 7), ("2099-12-31", None), ("2099-12-31T10:00:00+03:00", None)]
)
def test_an_end_is_a_preset_days_or_a_date(text: str, days: int | None) -> None:
    assert send(part("f:1", b"x"), part("expiry_days", text.encode())).status_code == 201
    paste = Paste.objects.get()
    assert paste.expires_at is not None
    assert (
        paste.expires_at.year == 2099 if days is None else (paste.expires_at - paste.created).days in {days - 1, days}
    )


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("expires", "soon", "expires"),
        ("expires", "2001-01-01", "expires_at"),
        ("expires", "2001-99-99", "expires"),
        ("max_views", "many", "max_views"),
        ("max_views", "0", "max_views"),
        ("visibility", "secret", "visibility"),
        ("syntax", "klingon", "language-0"),
        ("title", "x" * 201, "title"),
        ("title", "a\0b", "title"),
        ("filename", "..", "filename-0"),
    ],
)
def test_what_cannot_be_is_said_as_text_and_as_json(field: str, value: str, named: str) -> None:
    parts = part("f:1", b"x"), part(field, value.encode())
    told = send(*parts)
    assert (told.status_code, told["Content-Type"]) == (422, "text/plain; charset=utf-8")
    answer = send(*parts, headers={"accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    errors = json.loads(answer.content)["errors"]
    assert list(errors) == [named]
    assert errors[named][0] in told.content.decode()
    assert not Paste.objects.exists()


@pytest.mark.parametrize("field", ["title", "syntax", "expires", "max_views", "filename", "visibility", "password"])
@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_an_option_that_is_no_text_is_refused(field: str, accept: str) -> None:
    response = send(part("f:1", b"caf\xe9"), part(field, b"caf\xe9"), path="/x.txt", headers={"accept": accept})
    assert response.status_code == 422


@pytest.mark.parametrize("data", [b"", b"content=", b"content=&title=x"])
def test_nothing_at_all_is_refused(data: bytes) -> None:
    response = send_raw(data)
    assert response.status_code == 422
    assert b"There is no text yet" in response.content


def test_what_is_refused_is_said_without_claiming_that_anything_was_kept() -> None:
    said = send(part("f:1", b"x"), part("expires", b"banana")).content.decode()
    assert "“banana” is no time" in said
    assert "Correct that and send it again." in said
    assert "kept" not in said


# The answer


def test_a_program_gets_json() -> None:
    response = send_raw(b"x", headers={"accept": "application/json"})
    body = json.loads(response.content)
    paste = Paste.objects.get()
    address = f"http://testserver/{paste.key}"
    token = body.pop("edit_token")
    assert body == {"key": paste.key, "url": address, "raw_url": f"{address}/raw"}
    assert access.hash_token(token) == paste.edit_token_hash


def test_the_address_is_the_configured_one(settings: Settings) -> None:
    settings.SITE_URL = "https://paste.example.org"
    assert send_raw(b"x").content.startswith(b"https://paste.example.org/")


def test_the_token_in_the_answer_deletes_the_paste() -> None:
    response = send_raw(b"x")
    address, token = response["Location"], response["X-Delete-Token"]
    assert Client().delete(address).status_code == 403
    assert Client().delete(address, headers={"x-edit-token": "guessed"}).status_code == 403
    assert Client().delete(address, headers={"x-edit-token": token}).status_code == 204
    assert Client().get(address).status_code == 404


def test_a_request_with_a_name_publishes_once() -> None:
    first, again = (send_raw(b"x", headers={"idempotency-key": "abc"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    assert "X-Delete-Token" not in again
    assert Paste.objects.count() == 1


# How much


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_it_takes_up_to_the_limit_and_names_it(settings: Settings, over: int) -> None:
    settings.MAX_BYTES_ANONYMOUS = 1_024
    data = b"x" * (1_024 + over)
    for response in (send_raw(data), send(part("f:1", data)), send(part("f", data, filename="a.txt"))):
        assert response.status_code == (413 if over > 0 else 201)
        assert over <= 0 or "1\u00a0KiB" in response.content.decode()


def test_fifty_files_fit_and_fifty_one_do_not() -> None:
    parts = [part("f", b"x", filename=f"{number}.txt") for number in range(51)]
    assert send(*parts[:50]).status_code == 201
    refused = send(*parts)
    assert refused.status_code == 413
    assert b"50" in refused.content


def test_ten_thousand_files_are_refused() -> None:
    refused = send(*(part("f", b"x", filename=f"{number}.txt") for number in range(10_000)))
    assert (refused.status_code, Paste.objects.count()) == (413, 0)
    assert b"50 files" in refused.content


def test_a_million_fields_are_refused() -> None:
    for response in (
        send_raw(b"content=x&" + b"a=1&" * 1_000_000),
        send(part("content", b"x"), *[part("a", b"1")] * 1_000),
    ):
        assert (response.status_code, Paste.objects.count()) == (413, 0)


@pytest.mark.parametrize("kind", ["raw", "field", "file"])
def test_more_than_anybody_may_send_is_refused(kind: str) -> None:
    data = b"x" * (site.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    match kind:
        case "raw":
            response = send_raw(data)
        case "field":
            response = send(part("f:1", data))
        case _:
            response = send(part("f", data, filename="a.txt"))
    assert (response.status_code, Paste.objects.count()) == (413, 0)
    assert "10\u00a0MiB" in response.content.decode()


@pytest.mark.parametrize("data", [b"x" * 5_000_000, b"\n" * 1_000_000], ids=["long line", "empty lines"])
def test_strange_shapes_are_shown_in_bounded_time(settings: Settings, data: bytes) -> None:
    settings.MAX_BYTES_ANONYMOUS = 10_000_000
    response = send_raw(data, path="/a.txt")
    assert_kept(response, data)
    page = Client(headers={"accept": "text/html"}).get(response["Location"])
    assert page.status_code == 200
    assert len(page.content) < 1_000_000


# A body without a length, through the application itself


def call(body: bytes, **environ: str) -> tuple[str, bytes]:
    status: list[str] = []
    answer = application(
        {
            "REQUEST_METHOD": "PUT",
            "PATH_INFO": "/notes.txt",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "192.0.2.1",
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
        }
        | environ,
        lambda line, _headers: status.append(line),
    )
    try:
        return status[0], b"".join(answer)
    finally:
        answer.close()  # type: ignore[attr-defined]  # Django's answers have it


@pytest.mark.django_db(transaction=True)
def test_a_chunked_body_without_a_length_is_kept() -> None:
    status, body = call(b"streamed\n", HTTP_TRANSFER_ENCODING="chunked")
    assert status == "201 Created", body
    assert content.read(only_file()) == b"streamed\n"


@pytest.mark.django_db(transaction=True)
def test_an_endless_chunked_body_is_refused(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    status, _ = call(b"x" * 1_000_000, HTTP_TRANSFER_ENCODING="chunked")
    assert status.startswith("413 ")
    assert not Paste.objects.exists()


# Whose count it is


def publish_from(address: str, forwarded: str = "") -> int:
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    return Client(REMOTE_ADDR=address).generic("POST", "/", b"x", "", headers=headers).status_code


def test_a_flood_is_refused_with_the_time_to_wait(settings: Settings) -> None:
    settings.PUBLISH_RATE_ANONYMOUS = "1/d"
    assert send_raw(b"x").status_code == 201
    refused = send_raw(b"x")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 86_400
    assert str(TooMany(retry_after=int(refused["Retry-After"])).advice) in refused.content.decode()


def test_a_made_up_forwarded_address_changes_nothing(settings: Settings) -> None:
    settings.PUBLISH_RATE_ANONYMOUS = "1/d"
    statuses = [publish_from("192.0.2.1", f"198.51.100.{number}") for number in range(3)]
    assert statuses == [201, 429, 429]


@pytest.mark.parametrize("proxies", [["10.0.0.0/8"], ["10.0.0.1"]])
def test_a_trusted_proxy_tells_the_address(settings: Settings, proxies: list[str]) -> None:
    settings.PUBLISH_RATE_ANONYMOUS, settings.TRUSTED_PROXIES = "1/d", proxies
    assert publish_from("10.0.0.1", "198.51.100.1") == 201
    assert publish_from("10.0.0.1", "198.51.100.2") == 201
    assert publish_from("10.0.0.1", "made.up, 203.0.113.9, 198.51.100.1") == 429  # only the last hop was seen
    assert publish_from("192.0.2.1", "198.51.100.3") == 201  # no proxy: its own address counts
    assert publish_from("192.0.2.1", "198.51.100.4") == 429
    assert RateCount.objects.count() == 3


def test_one_ipv6_network_is_one_sender(settings: Settings) -> None:
    settings.PUBLISH_RATE_ANONYMOUS = "1/d"
    assert [publish_from(f"2001:db8:0:1::{number}") for number in (1, 2)] == [201, 429]
    assert publish_from("2001:db8:0:2::1") == 201
