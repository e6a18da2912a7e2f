"""PrivateBin's interface: what its clients rely on, and that nothing that is no encrypted text gets in."""

import base64
import json
from copy import deepcopy
from datetime import timedelta
from secrets import token_bytes
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import tokens
from accounts.models import Scope, User
from pastes.domain import access, keys
from pastes.models import BurnReceipt, File, Paste, View
from tests.api.cast import Program, as_json, problem
from tests.factories import client_for, make_paste, read_all
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

HEADERS = {"X-Requested-With": "JSONHttpRequest"}


def base(count: int) -> str:
    return base64.b64encode(token_bytes(count)).decode()


def document(*, burn: int = 0, size: int = 300, expire: str = "1day") -> dict[str, Any]:
    """What a client sends. Nobody here has the key, so any bytes will do."""
    adata = [[base(16), base(8), 100_000, 256, 128, "aes", "gcm", "zlib"], "plaintext", 0, burn]
    return {"v": 2, "adata": adata, "ct": base(size), "meta": {"expire": expire}}


def post(body: Any, *, client: Client | None = None, **headers: str) -> HttpResponse:
    data = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    sent = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
    answer: Any = (client or client_for(browser=False)).generic("POST", "/", data, "", headers=sent)
    return answer  # type: ignore[no-any-return]


def get(query: str, method: str = "GET", **headers: str) -> HttpResponse:
    answer: Any = client_for(browser=False).generic(method, f"/?{query}", headers=HEADERS | headers)
    return answer  # type: ignore[no-any-return]


def done(answer: HttpResponse) -> dict[str, Any]:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json"), answer.content
    found = as_json(answer)
    assert found["status"] == 0, found
    return found


def message(answer: HttpResponse) -> str:
    """What a client shows its person where something does not work."""
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json"), answer.content
    found = as_json(answer)
    assert (found.pop("status"), list(found)) == (1, ["message"])
    return str(found["message"])


class TestPublishing:
    def test_it_answers_with_the_other_spelling_of_the_key_and_what_deletes_it(self) -> None:
        found = done(post(document()))
        paste = Paste.objects.get()
        assert keys.from_hex(found["id"]) == paste.key
        assert found["url"] == f"/?{found['id']}"
        assert access.hash_token(found["deletetoken"]) == paste.edit_token_hash

    def test_the_site_knows_nothing_of_it(self) -> None:
        post(document())
        paste, file = Paste.objects.get(), File.objects.get()
        assert paste.encrypted
        assert (paste.visibility, paste.title, paste.excerpt, paste.password) == ("unlisted", "", "", "")
        assert (file.language, file.name) == ("text", "encrypted.json")
        assert not hasattr(file, "highlight")

    @pytest.mark.parametrize(
        ("expire", "span"), [("5min", timedelta(minutes=5)), ("1year", timedelta(days=365)), ("never", None)]
    )
    def test_it_ends_when_it_should(self, expire: str, span: timedelta | None) -> None:
        found = done(post(document(expire=expire)))
        ends = Paste.objects.get().expires_at
        left = done(get(found["id"]))["meta"].get("time_to_live")
        if span is None:
            assert (ends, left) == (None, None)
        else:
            assert ends is not None
            assert abs(ends - timezone.now() - span) < timedelta(seconds=30)
            assert 0 < span.total_seconds() - left < 30

    def test_a_request_with_a_name_publishes_once(self) -> None:
        body = document()
        first, again = (done(post(body, Idempotency_Key="abc")) for _ in range(2))
        assert first["id"] == again["id"]
        assert Paste.objects.count() == 1

    def test_an_access_token_publishes_and_deletes_as_its_person(self, alice: User) -> None:
        _, token = tokens.create(user=alice, name="pbincli", scopes=[Scope.PASTE_WRITE])
        found = done(post(document(), Authorization=f"Bearer {token}"))
        assert Paste.objects.get().owner == alice
        sent = {"pasteid": found["id"], "deletetoken": found["deletetoken"]}
        assert "Only the author" in message(post(sent))
        done(post(sent, Authorization=f"Bearer {token}"))
        assert "not valid" in message(post(document(), Authorization="Bearer wrong"))

    def test_a_session_needs_the_token_of_its_pages(self, alice: User) -> None:
        client = client_for(alice, browser=False, csrf=True)
        assert "came from another site" in message(post(document(), client=client))

    def test_limits_hold(self, settings: Settings) -> None:
        settings.MAX_BYTES_ANONYMOUS = 2_000
        assert "larger" in message(post(document(size=2_000)))
        settings.BLOCKED_WORDS = ["a"]  # which every text in base64 has somewhere
        settings.PUBLISH_RATE_ANONYMOUS = "1/d"
        done(post(document()))
        refused = post(document())
        assert "too often" in message(refused)
        assert int(refused["Retry-After"]) > 0
        settings.BLOCKED_ADDRESSES = ["127.0.0.0/8"]
        assert "network" in message(post(document()))

    def test_comments_are_refused(self) -> None:
        found = done(post(document()))
        comment = document() | {"pasteid": found["id"], "parentid": found["id"]}
        assert "no comments" in message(post(comment))


HOSTILE: dict[str, Any] = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "a number": b"1",
    "a number of a million digits": b'{"v":' + b"9" * 1_000_000 + b"}",
    "a million lists": b'{"v":2,"adata":[' + b"[]," * 1_000_000 + b"[]]}",
    "lists a million deep": b"[" * 1_000_000,
    "no fields": {},
    "version 1": {"v": 1},
    "version 2.0": {"v": 2.0},
    "no text in it": {"ct": None},
    "an empty text": {"ct": ""},
    "a tag without a text": {"ct": base(16)},
    "no base64": {"ct": "<script>alert(1)</script>" * 4},
    "base64 without its end": {"ct": base(301)[:-2]},
    "base64 with a line end": {"ct": base(30) + "\n" + base(30)},
    "a text that is not encrypted": {"ct": base64.b64encode(b"Dear Bob, this is in the clear. " * 9).decode()},
    "no parameters": {"adata": []},
    "null for parameters": {"adata": None},
    "parameters of nothing": {"adata": [None, None, None, None]},
    "one parameter more": {"adata": [*document()["adata"], 0]},
    "no choice of an end": {"meta": {}},
    "another end": {"meta": {"expire": "burn"}},
    "a list of ends": {"meta": {"expire": ["1day"]}},
    "another format": (1, "<b>html</b>"),
    "a discussion of its own kind": (2, 2),
    "a burn that is true": (3, True),
    "a vector of 3 bytes": (0, 0, base(3)),
    "a vector that is none": (0, 0, "not base64"),
    "a vector that is a list": (0, 0, [1]),
    "a salt of 1000 bytes": (0, 1, base(1_000)),
    "one round": (0, 2, 1),
    "half a round": (0, 2, 100_000.5),
    "rounds for a year": (0, 2, 10**15),
    "a short key": (0, 3, 128),
    "a short tag": (0, 4, 32),
    "another cipher": (0, 5, "des"),
    "another mode": (0, 6, "cbc"),
    "another compression": (0, 7, "bzip2"),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_encrypted_text_is_refused(change: Any) -> None:
    body: Any = document()
    if isinstance(change, bytes):
        body = change
    elif isinstance(change, tuple):
        *path, last, value = change
        inner = body["adata"]
        for step in path:
            inner = inner[step]
        inner[last] = value
    else:
        body = body | change if change else {}
    assert "something does not fit" in message(post(body))
    assert not Paste.objects.exists()


class TestReading:
    def test_everything_comes_back_as_it_was_sent(self) -> None:
        body = document(size=5_000)
        sent = json.dumps(body, separators=(",", ":"))
        answer = get(done(post(sent.encode()))["id"])
        adata = json.dumps(body["adata"], separators=(",", ":"))
        assert f'"adata":{adata},"ct":"{body["ct"]}"' in answer.content.decode()
        found = done(answer)
        assert found["v"] == 2
        assert (found["comments"], found["comment_count"], found["@context"]) == ([], 0, "?jsonld=paste")
        assert answer["Cache-Control"] == "private, no-store"

    def test_blanks_in_it_are_no_part_of_it(self) -> None:
        body = document()
        found = done(post(json.dumps(body, indent=2).replace("/", "\\/").encode()))
        assert done(get(found["id"]))["adata"] == body["adata"]

    @pytest.mark.parametrize("query", ["{id}", "pasteid={id}", "{id}=", "{id}&utm_source=mail"])
    def test_it_is_found_by_every_address_that_clients_make(self, query: str) -> None:
        found = done(post(document()))
        assert done(get(query.format(id=found["id"])))["id"] == found["id"]
        assert View.objects.count() == 1

    @pytest.mark.parametrize("query", ["0" * 16, "nothing", "0" * 17, "ABCDEF0123456789", "pasteid=", "%00" * 16])
    def test_what_is_not_there_is_said(self, query: str) -> None:
        assert "no paste" in message(get(query))

    def test_a_text_that_is_not_encrypted_has_an_address_of_its_own(self, alice: User) -> None:
        paste, private = make_paste(), make_paste(owner=alice, visibility="private")
        assert f"/{paste.key}" in message(get(keys.to_hex(paste.key)))
        assert message(get(keys.to_hex(private.key))) == message(get("0" * 16))

    def test_the_version_is_told(self) -> None:
        for answer in (get("jsonld=paste"), client_for().get("/?jsonld=paste")):
            assert as_json(answer)["@context"]["v"]["@value"] == 2  # type: ignore[arg-type]
        assert as_json(get("jsonld=comment")) == {}

    def test_other_doors_give_the_document(self) -> None:
        body = document()
        key = keys.from_hex(done(post(body))["id"])
        kept = {name: body[name] for name in ("v", "adata", "ct")}
        assert json.loads(read_all(client_for(browser=False).get(f"/{key}/raw"))) == kept
        read = as_json(Program().get(f"/pastes/{key}"))
        assert (read["encrypted"], read["excerpt"], read["language"]) == (True, "", "text")
        assert json.loads(read["files"][0]["content"]) == kept


class TestBurning:
    def test_the_one_who_asks_for_it_gets_it(self) -> None:
        found = done(post(document(burn=1)))
        assert Paste.objects.get().burn
        assert "ct" in done(get(found["id"]))
        assert "no paste" in message(get(found["id"]))
        assert BurnReceipt.objects.count() == 1

    def test_nothing_else_burns_it(self) -> None:
        found = done(post(document(burn=1)))
        key = keys.from_hex(found["id"])
        get(found["id"], method="HEAD")
        for accept in ("*/*", "text/html"):
            for path in (f"/?{found['id']}", f"/{key}", f"/{key}/raw", f"/api/v1/pastes/{key}", f"/documents/{key}"):
                for method in ("GET", "HEAD"):
                    Client().generic(method, path, headers={"Accept": accept})
        assert Paste.objects.get().opens == 0


@pytest.mark.django_db(transaction=True)
def test_exactly_one_of_many_gets_what_is_to_be_read_once() -> None:
    name = done(post(document(burn=1)))["id"]
    key = keys.from_hex(name)
    opening = [lambda: get(name), lambda: client_for().post(f"/{key}/open")]
    answers = at_once([opening[number % 2] for number in range(10)])
    assert sum('adata"' in str(answer.content).replace("&quot;", '"') for answer in answers) == 1  # type: ignore[union-attr]
    assert not Paste.objects.exists()


class TestDeleting:
    def test_the_token_deletes_it(self) -> None:
        found = done(post(document()))
        sent = {"pasteid": found["id"], "deletetoken": found["deletetoken"]}
        assert "Only the author" in message(post(sent | {"deletetoken": "wrong"}))
        assert done(post(sent))["id"] == found["id"]
        assert "no paste" in message(get(found["id"]))
        assert "no paste" in message(post(sent))

    @pytest.mark.parametrize("sent", [{"pasteid": None}, {"pasteid": {}}, {"pasteid": "x"}, {}])
    def test_nonsense_deletes_nothing(self, sent: dict[str, Any]) -> None:
        found = done(post(document()))
        assert "no paste" in message(post(sent | {"deletetoken": found["deletetoken"]}))
        assert "Only the author" in message(post({"pasteid": found["id"], "deletetoken": {"a": 1}}))

    def test_its_link_leads_a_browser_to_where_the_token_is_entered(self) -> None:
        name = done(post(document()))["id"]
        answer = client_for().get(f"/?pasteid={name}&deletetoken=secret")
        assert (answer.status_code, answer["Location"]) == (302, f"/{keys.from_hex(name)}/token")
        assert Paste.objects.get().deleted_at is None


class TestBrowsers:
    def test_a_link_leads_to_the_page(self) -> None:
        name = done(post(document()))["id"]
        answer = client_for().get(f"/?{name}")
        assert (answer.status_code, answer["Location"]) == (302, f"/{keys.from_hex(name)}")

    def test_other_queries_are_the_editor(self) -> None:
        for query in ("a=1", "0" * 15, "0" * 17):
            assert client_for().get(f"/?{query}").status_code == 200

    def test_the_editor_is_the_same_for_a_client_that_asks_for_nothing(self) -> None:
        answer = client_for().get("/", headers=HEADERS)
        assert "data-composer" in answer.text


class TestTheApi:
    def test_it_publishes_encrypted_texts(self) -> None:
        body = document(burn=1)
        made = Program().post("/pastes", {"files": [{"content": json.dumps(body)}], "encrypted": True})
        found = as_json(made)
        assert (found["encrypted"], found["burn"], found["visibility"]) == (True, True, "unlisted")
        assert done(get(keys.to_hex(found["key"])))["adata"] == body["adata"]

    def test_it_refuses_what_is_not_encrypted(self) -> None:
        for files in ([{"content": "clear"}], [{"content": json.dumps(document())}] * 2):
            problem(Program().post("/pastes", {"files": deepcopy(files), "encrypted": True}), 422, "invalid")

    def test_what_is_encrypted_stays_as_it_is(self, alice: User) -> None:
        program = Program(alice)
        made = program.post("/pastes", {"files": [{"content": json.dumps(document())}], "encrypted": True})
        key = as_json(made)["key"]
        problem(program.send("PATCH", f"/pastes/{key}", {"visibility": "public"}, If_Match="*"), 403, "forbidden")
        problem(program.post(f"/pastes/{key}/fork", {}), 403, "forbidden")
        problem(program.post(f"/pastes/{key}/comments", {"body": "Well said"}), 403, "forbidden")
        assert not Paste.objects.listed().exists()
