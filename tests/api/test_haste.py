"""hastebin's addresses: what its clients rely on, and that nothing of the site's own rules is lost on the way."""

import json
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts import tokens
from accounts.models import Scope, User
from pastes.domain import access
from pastes.domain.content import NewFile
from pastes.models import Paste, View
from tests.factories import HTML, client_for, make_paste

pytestmark = pytest.mark.django_db

DEF = '<span class="k">def </span>'
NOT_FOUND = {"message": "Document not found."}


def post(data: bytes, *, kind: str = "text/plain", client: Client | None = None, **extra: Any) -> HttpResponse:
    return (client or Client()).generic("POST", "/documents", data, kind, **extra)  # type: ignore[return-value]


def message(response: Any, status: int) -> str:
    """What a client of hastebin shows its person."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    body = json.loads(response.content)
    assert list(body) == ["message"]
    return str(body["message"])


class TestPublishing:
    def test_it_answers_200_and_nothing_but_the_key(self) -> None:
        response = post(b"text")
        paste = Paste.objects.get()
        assert (response.status_code, response["Content-Type"]) == (200, "application/json")
        assert json.loads(response.content) == {"key": paste.key}
        assert (paste.visibility, paste.expires_at) == ("unlisted", None)
        assert access.hash_token(response["X-Delete-Token"]) == paste.edit_token_hash

    @pytest.mark.parametrize(
        ("kind", "data"),
        [
            ("application/x-www-form-urlencoded", b"content=a&title=b"),
            (
                "multipart/form-data; boundary=b",
                b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--',
            ),
            ("multipart/form-data", b"no boundary at all"),
            ("application/json; charset=utf-16", b'{"a": 1}'),
            ("text/plain; charset=nonsense", b"\xff\0"),
            ("", b"x"),
        ],
    )
    def test_the_body_is_the_text_whatever_it_is_said_to_be(self, kind: str, data: bytes) -> None:
        key = json.loads(post(data, kind=kind).content)["key"]
        assert Client().get(f"/raw/{key}").content == data

    def test_a_session_publishes_as_its_person_with_the_token_of_its_pages(self, alice: User) -> None:
        client = client_for(alice, browser=False, csrf=True)
        csrf = str(client.get("/", headers={"accept": HTML}).context["csrf_token"])
        kind = "multipart/form-data; boundary=b"
        assert "came from another site" in message(post(b"x", kind=kind, client=client), 403)
        response = post(b"--b\r\n", kind=kind, client=client, headers={"x-csrftoken": csrf})
        assert "X-Delete-Token" not in response
        assert Paste.objects.get().owner == alice
        assert client.get(f"/raw/{Paste.objects.get().key}").content == b"--b\r\n"

    def test_an_access_token_publishes_as_its_person(self, alice: User) -> None:
        _, writing = tokens.create(user=alice, name="haste", scopes=[Scope.PASTE_WRITE])
        _, reading = tokens.create(user=alice, name="reader", scopes=[Scope.PASTE_READ])
        assert post(b"x", headers={"authorization": f"Bearer {writing}"}).status_code == 200
        assert Paste.objects.get().owner == alice
        message(post(b"x", headers={"authorization": f"Bearer {reading}"}), 403)
        message(post(b"x", headers={"authorization": "Bearer wrong"}), 401)

    def test_a_request_with_a_name_publishes_once(self) -> None:
        first, again = (post(b"x", headers={"idempotency-key": "abc"}) for _ in range(2))
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.content == again.content
        assert Paste.objects.count() == 1

    def test_what_is_refused_is_said_as_a_message(self, settings: Settings) -> None:
        assert "There is no text yet" in message(post(b""), 422)
        settings.MAX_BYTES_ANONYMOUS = 10
        assert "10" in message(post(b"x" * 11), 413)
        settings.PUBLISH_RATE_ANONYMOUS = "1/d"
        assert post(b"x").status_code == 200
        refused = post(b"x")
        message(refused, 429)
        assert int(refused["Retry-After"]) > 0

    def test_more_than_anybody_may_send_is_refused_unread(self, settings: Settings) -> None:
        assert "larger" in message(post(b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)), 413)

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_other_methods_are_refused_as_a_message(self, method: str) -> None:
        refused = Client().generic(method, "/documents")
        message(refused, 405)
        assert refused["Allow"] == "POST"


class TestReading:
    @pytest.mark.parametrize("end", ["", ".js", ".tar.gz"])
    def test_a_document_has_key_and_text(self, end: str) -> None:
        paste = make_paste(text="жар\r\n ", visibility="unlisted")
        response = Client().get(f"/documents/{paste.key}{end}")
        assert json.loads(response.content) == {"key": paste.key, "data": "жар\r\n "}
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex"
        raw = Client().get(f"/raw/{paste.key}{end}")
        assert raw.content == "жар\r\n ".encode()
        assert raw["Content-Security-Policy"] == "default-src 'none'; sandbox"

    def test_a_document_that_is_no_utf8_is_still_json(self) -> None:
        for data in (b"caf\xe9\n", "жар".encode("utf-16"), bytes(range(256))):
            key = make_paste(text=data).key
            assert isinstance(Client().get(f"/documents/{key}").json()["data"], str)
            assert Client().get(f"/raw/{key}").content == data

    def test_a_read_is_counted_once(self) -> None:
        paste = make_paste()
        for path in ("documents", "raw"):
            Client().get(f"/{path}/{paste.key}", headers={"user-agent": "haste"})
        assert View.objects.filter(paste=paste).count() == 1

    @pytest.mark.parametrize("name", ["11111111111", "short", "a%2Fb", "%00", "\N{FIRE}" * 11, "1" * 5_000])
    def test_what_is_not_there_is_said_in_hastebins_words(self, name: str) -> None:
        for path in ("documents", "raw"):
            assert json.loads(Client().get(f"/{path}/{name}").content) == NOT_FOUND

    def test_a_strangers_private_document_is_like_none(self, alice: User, bob: User) -> None:
        key = make_paste(owner=alice, visibility="private").key
        for path in ("documents", "raw"):
            hidden, none = (client_for(bob, browser=False).get(f"/{path}/{name}") for name in (key, "1" * 11))
            assert (hidden.status_code, hidden.content) == (none.status_code, none.content)
            assert client_for(alice, browser=False).get(f"/{path}/{key}").status_code == 200

    def test_a_person_with_a_browser_gets_a_page(self) -> None:
        response = client_for().get("/raw/11111111111")
        assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")

    def test_a_password_opens_it_and_a_wrong_one_does_not(self) -> None:
        key = make_paste(password="open sesame").key
        for path in ("documents", "raw"):
            message(Client().get(f"/{path}/{key}"), 403)
            wrong = Client().get(f"/{path}/{key}", headers={"x-paste-password": "wrong"})
            assert "not right" in message(wrong, 403)
            assert Client().get(f"/{path}/{key}", headers={"x-paste-password": "open sesame"}).status_code == 200

    def test_what_may_be_read_once_opens_by_post(self) -> None:
        key = make_paste(text="once", burn=True).key
        message(Client().get(f"/documents/{key}"), 403)
        assert Client().post(f"/documents/{key}").json() == {"key": key, "data": "once"}
        assert Client().post(f"/documents/{key}").json() == NOT_FOUND

    def test_several_files_that_may_be_read_once_are_not_given_one_by_one(self) -> None:
        files = [NewFile(b"1", "a"), NewFile(b"2", "b")]
        key = make_paste(files=files, burn=True).key
        for path in ("documents", "raw"):
            assert "several files" in message(Client().post(f"/{path}/{key}"), 403)
        assert Client().post(f"/{key}/download").status_code == 200


class TestAPageInALanguage:
    @pytest.mark.parametrize(
        ("extension", "name"),
        [("py", "Python"), ("js", "JavaScript"), ("h", "C"), ("rust", "Rust"), ("c++", "C++")],
    )
    def test_the_extension_chooses_it(self, extension: str, name: str) -> None:
        key = make_paste(text="def f(): pass\n", name="notes.txt").key
        page = client_for().get(f"/{key}.{extension}").text
        assert re.search(rf'class="size num">{re.escape(name)} ·', page)

    def test_the_page_itself_stays_as_it_was(self) -> None:
        key = make_paste(text="def f(): pass\n", name="notes.txt").key
        coloured, plain = (client_for().get(address).text for address in (f"/{key}.py", f"/{key}"))
        assert DEF in coloured
        assert DEF not in plain
        assert client_for().get(f"/{key}").text == plain
        assert DEF in client_for().get(f"/{key}.py").text

    @pytest.mark.parametrize("extension", ["xyzzy", "1", "c-_#", "a" * 30])
    def test_an_unknown_one_changes_nothing(self, extension: str) -> None:
        key = make_paste(text="def f(): pass\n", name="a.py").key
        page = client_for().get(f"/{key}.{extension}".replace("#", "%23"))
        assert page.status_code == 200
        assert DEF in page.text

    def test_it_is_for_the_first_file(self) -> None:
        key = make_paste(files=[NewFile(b"def f(): pass\n", "a.txt"), NewFile(b"def f(): pass\n", "b.txt")]).key
        assert client_for().get(f"/{key}.py").text.count(DEF) == 1

    def test_search_engines_keep_the_other_address(self) -> None:
        response = client_for().get(f"/{make_paste().key}.py")
        assert response["X-Robots-Tag"] == "noindex"
        assert "no-store" in response["Cache-Control"]

    def test_every_part_of_a_long_text_is_in_it(self) -> None:
        key = make_paste(text="def f(): pass\n" * 4_500, name="long.txt").key
        page = client_for().get(f"/{key}.py").text
        following = re.search(r'class="more next" hx-get="([^"]+)".*?href="([^"#]+)', page, re.DOTALL)
        assert following
        for address in following.groups():
            text = client_for().get(address.replace("&amp;", "&")).text
            assert DEF in text
            assert f"/{key}.py?line=4001" in text

    def test_a_gate_stands_before_it(self) -> None:
        key = make_paste(text="secret", burn=True).key
        page = client_for().get(f"/{key}.py")
        assert (page.status_code, "secret" in page.text) == (200, False)
        assert Paste.objects.get().opens == 0
