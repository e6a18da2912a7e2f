"""``/api/v2/``: a form in, one line out, as dpaste.com has it."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from pastes.models import File, Paste

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


def send(body: bytes, *, path: str = "/api/v2/", kind: str = FORM) -> HttpResponse:
    return Client().generic("POST", path, body, kind)  # type: ignore[return-value]


@pytest.mark.parametrize("path", ["/api/v2/", "/api/v2"])
def test_it_takes_dpastes_fields_in_any_order_and_others_beside_them(path: str) -> None:
    response = send(b"poster=ann&title=A+title&syntax=python&content=print%281%29%0D%0A&expiry_days=7", path=path)
    paste = Paste.objects.get()
    assert (response.status_code, response["Content-Type"]) == (201, "text/plain; charset=utf-8")
    assert response.content.decode() == f"http://testserver/{paste.key}\n"
    assert response["Location"] == f"http://testserver/{paste.key}"
    assert (paste.title, paste.language, paste.visibility) == ("A title", "python", "unlisted")
    assert paste.expires_at is not None
    assert abs(paste.expires_at - paste.created - timedelta(days=7)) < timedelta(minutes=1)
    assert Client().get(f"/{paste.key}/raw").content == b"print(1)\r\n"


def test_what_pastebinits_configuration_leaves_out_is_not_said() -> None:
    assert send(b"content=x&expiry_days=None&title=").status_code == 201
    assert Paste.objects.get().expires_at is None


def test_it_takes_a_form_with_a_file() -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="content"; filename="a.rs"\r\n\r\nfn main() {}\r\n'
        b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nRust\r\n--b--\r\n'
    )
    assert send(body, kind="multipart/form-data; boundary=b").status_code == 201
    assert (File.objects.get().name, Paste.objects.get().title) == ("a.rs", "Rust")


@pytest.mark.parametrize("body", [b"SELECT a FROM b WHERE c=1 AND content=2", b"{}", b"title=no text here", b"\xff\0="])
def test_a_body_that_is_no_form_is_a_text(body: bytes) -> None:
    assert send(body).status_code == 201
    assert Client().get(f"/{Paste.objects.get().key}/raw").content == body


@pytest.mark.parametrize(
    "body", [b"content=", b"content=&title=x", b"content=x&syntax=klingon", b"content=x&expiry_days=-1"]
)
def test_what_is_refused_is_said_as_text(body: bytes) -> None:
    response = send(body)
    assert (response.status_code, response["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert not Paste.objects.exists()


def test_it_shows_nothing() -> None:
    response = Client().get("/api/v2/")
    assert (response.status_code, response["Allow"]) == (405, "POST")


@pytest.mark.parametrize("name", ["environment", "screenshots.txt", "screenshots.tar.gz"])
def test_a_file_called_like_a_key_is_published(name: str) -> None:
    response = Client().generic("PUT", f"/{name}", b"text", "")
    assert response.status_code == 201
    assert re.fullmatch(rb"http://testserver/\w{11}\n", response.content)
    assert File.objects.get().name == name
