"""GitHub's Gist interface, as HTTP says it; `tests.clients` has the programs that speak it."""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts import tokens
from accounts.models import Scope, User
from pastes.domain import discussion, publishing
from pastes.domain.content import NewFile
from pastes.models import Comment, Paste, Revision, Star
from tests.factories import make_paste, make_user, viewer_for

pytestmark = pytest.mark.django_db

API = "/api/v3"
GISTS = f"{API}/gists"


@dataclass(frozen=True, slots=True)
class Program:
    """A program with somebody's token, or without one."""

    token: str = ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """What the site answers to JSON."""
        sent = {"Authorization": f"token {self.token}"} if self.token else {}
        data = "" if body is None else body if isinstance(body, bytes) else json.dumps(body)
        return Client(enforce_csrf_checks=True).generic(
            method, path, data, content_type="application/json", headers=sent | headers
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)


def program_of(user: User, *scopes: Scope) -> Program:
    return Program(tokens.create(user=user, name="t", scopes=scopes or (Scope.GIST_READ, Scope.GIST_WRITE))[1])


@pytest.fixture
def anon() -> Program:
    return Program()


@pytest.fixture
def mine(alice: User) -> Program:
    return program_of(alice)


@pytest.fixture
def his(bob: User) -> Program:
    return program_of(bob)


def make_gist(program: Program, **body: Any) -> dict[str, Any]:
    sent = {"files": {"hello.py": {"content": "print('hello')\n"}}, "public": True, "description": "A greeting"} | body
    response = program.ask("POST", GISTS, sent)
    assert response.status_code == 201, response.content
    answer: dict[str, Any] = response.json()
    return answer


def contents(gist: dict[str, Any]) -> dict[str, str]:
    return {name: file["content"] for name, file in gist["files"].items()}


def test_it_publishes_one(mine: Program, alice: User) -> None:
    response = mine.ask("POST", GISTS, {"files": {"hello.py": {"content": "print('hello')\n"}}, "description": "Hi"})
    gist = response.json()
    paste = Paste.objects.get(key=gist["id"])
    assert response.status_code == 201
    assert response["Location"] == gist["url"] == f"http://testserver{GISTS}/{paste.key}"
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    assert (paste.owner, paste.visibility, paste.description) == (alice, "unlisted", "Hi")
    assert gist["public"] is False
    assert gist["owner"]["login"] == "alice"
    assert gist["files"]["hello.py"] == {
        "filename": "hello.py",
        "type": "text/x-python",
        "language": "Python",
        "raw_url": f"http://testserver/{paste.key}/raw/hello.py?revision=1",
        "size": 15,
        "truncated": False,
        "content": "print('hello')\n",
        "encoding": "utf-8",
    }


@pytest.mark.parametrize(("sent", "visibility"), [(True, "public"), ("true", "public"), ("false", "unlisted")])
def test_it_takes_public_as_a_word_too(mine: Program, sent: object, visibility: str) -> None:
    gist = make_gist(mine, public=sent)
    assert Paste.objects.get(key=gist["id"]).visibility == visibility


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        None,
        {},
        {"files": {}},
        {"files": []},
        {"files": {"a": None}},
        {"files": {"a": "text"}},
        {"files": {"a": {}}},
        {"files": {"a": {"content": ""}}},
        {"files": {"a": {"content": 5}}},
        {"files": {"a": {"content": "\ud800"}}},
        {"files": {"\ud800": {"content": "x"}}},
        {"files": {"a\0": {"content": "x"}}},
        {"files": {"a": {"content": "x"}}, "public": "yes"},
        {"files": {"a": {"content": "x"}}, "public": [1]},
        {"files": {"a": {"content": "x"}}, "public": None},
        {"files": {"a": {"content": "x"}}, "description": 5},
        {"files": {"a": {"content": "x"}}, "description": "\0"},
        {"files": {"a": {"content": "x"}}, "description": "x" * 2_001},
    ],
)
def test_it_says_what_does_not_fit(mine: Program, body: object) -> None:
    response = mine.ask("POST", GISTS, body)
    assert response.status_code == 422
    answer = response.json()
    assert answer["message"] == "Validation Failed"
    assert {"resource", "field", "code"} <= set(answer["errors"][0])
    assert not Paste.objects.exists()


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe\xfd", b"[" * 100_000, b'{"files": NaN}', b"1" * 5_000, b""])
def test_it_refuses_what_is_no_json(mine: Program, body: bytes) -> None:
    response = mine.ask("POST", GISTS, body)
    assert response.status_code in {400, 422}
    assert response.json()["message"] in {"Problems parsing JSON", "Validation Failed"}


@pytest.mark.parametrize(
    "text", ["  leading\r\nmixed\nends\r and none at the end", "\t", "😀\u202e\ufeff", "\ufeffbom"]
)
def test_it_keeps_every_byte(mine: Program, text: str) -> None:
    gist = make_gist(mine, files={"notes.txt": {"content": text}})
    shown = mine.get(f"{GISTS}/{gist['id']}").json()
    assert contents(shown) == {"notes.txt": text}
    assert Client().get(f"/{gist['id']}/raw").content == text.encode()


def test_it_gives_bytes_that_are_no_text_in_base64(mine: Program, alice: User) -> None:
    paste = make_paste(owner=alice, text=b"\x00\x01\x02", name="data.bin")
    file = mine.get(f"{GISTS}/{paste.key}").json()["files"]["data.bin"]
    assert (file["encoding"], file["content"]) == ("base64", b64encode(b"\x00\x01\x02").decode())


def test_it_gives_the_beginning_of_a_long_file(mine: Program, alice: User) -> None:
    text = "x" * 999_999 + "é" * 10
    paste = make_paste(owner=alice, text=text, name="long.txt")
    file = mine.get(f"{GISTS}/{paste.key}").json()["files"]["long.txt"]
    assert file["truncated"] is True
    assert file["content"] == "x" * 999_999
    assert Client().get(file["raw_url"].removeprefix("http://testserver")).content == text.encode()


def test_it_changes_renames_adds_and_removes_files(mine: Program) -> None:
    gist = make_gist(
        mine, files={name: {"content": f"text of {name}\n"} for name in ("a.txt", "b.txt", "c.txt", "d.txt")}
    )
    body = {
        "description": "Another",
        "files": {
            "a.txt": {"content": "new\n"},
            "b.txt": {"filename": "b.py"},
            "c.txt": None,
            "e.txt": {"content": "fifth\n"},
        },
    }
    response = mine.ask("PATCH", f"{GISTS}/{gist['id']}", body)
    changed = response.json()
    assert response.status_code == 200
    assert contents(changed) == {
        "a.txt": "new\n",
        "b.py": "text of b.txt\n",
        "d.txt": "text of d.txt\n",
        "e.txt": "fifth\n",
    }
    assert changed["files"]["b.py"]["language"] == "Python"
    assert changed["description"] == "Another"
    assert [one["version"] for one in changed["history"]] == list(
        Revision.objects.order_by("-number").values_list("version", flat=True)
    )


def test_it_takes_post_for_a_change_as_the_program_gist_sends_it(mine: Program) -> None:
    gist = make_gist(mine)
    changed = mine.ask("POST", f"{GISTS}/{gist['id']}", {"files": {"hello.py": {"content": "2\n"}}})
    assert changed.status_code == 200
    assert contents(changed.json()) == {"hello.py": "2\n"}


def test_two_files_can_swap_their_names(mine: Program) -> None:
    gist = make_gist(mine, files={"a": {"content": "1"}, "b": {"content": "2"}})
    body = {"files": {"a": {"filename": "b"}, "b": {"filename": "a"}}}
    assert contents(mine.ask("PATCH", f"{GISTS}/{gist['id']}", body).json()) == {"b": "1", "a": "2"}


@pytest.mark.parametrize("gone", [None, {}, {"content": ""}, {"content": None, "filename": None}, {"other": 1}])
def test_a_file_ends_in_all_the_ways_clients_say_it(mine: Program, gone: object) -> None:
    gist = make_gist(mine, files={"a": {"content": "1"}, "b": {"content": "2"}})
    changed = mine.ask("PATCH", f"{GISTS}/{gist['id']}", {"files": {"a": gone, "never there": gone}})
    assert contents(changed.json()) == {"b": "2"}


@pytest.mark.parametrize(
    "files",
    [
        {"a": None, "b": None},
        {"a": {"content": ""}, "b": {"content": ""}},
        {"a": {"filename": "b"}},
        {"c": {"filename": "d"}},
        {"a": "text"},
        {"a": {"content": 1}},
        {"a": {"content": "\udfff"}},
        {"a": {"filename": "\0"}},
        {"a": {"filename": "x" * 300}},
    ],
)
def test_it_refuses_a_change_that_cannot_be(mine: Program, files: object) -> None:
    gist = make_gist(mine, files={"a": {"content": "1"}, "b": {"content": "2"}})
    response = mine.ask("PATCH", f"{GISTS}/{gist['id']}", {"files": files})
    assert response.status_code == 422
    assert contents(mine.get(f"{GISTS}/{gist['id']}").json()) == {"a": "1", "b": "2"}


def test_a_change_leaves_everything_else_of_the_paste_as_it_is(mine: Program, alice: User) -> None:
    files = [NewFile("é".encode("latin-1") + b"\r\n", "old.txt"), NewFile(b"x", "notes", "rust")]
    paste = make_paste(
        owner=alice, files=files, title="A title", visibility="private", tags="one two", password="secret"
    )
    mine.ask("PATCH", f"{GISTS}/{paste.key}", {"description": "A title", "files": {"more.txt": {"content": "3"}}})
    changed = Paste.objects.get()
    latest = publishing.latest(changed)
    assert (changed.title, changed.description, changed.visibility) == ("A title", "", "private")
    assert changed.tags == "one two"
    assert changed.password == paste.password
    assert [(file.name, file.language, file.encoding) for file in latest.files.all()][:2] == [
        ("old.txt", "text", "latin-1"),
        ("notes", "rust", "utf-8"),
    ]


def test_a_change_is_made_again_when_somebody_saves_at_the_same_time(
    mine: Program, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gist = make_gist(mine, files={"a": {"content": "1"}, "b": {"content": "2"}})
    real, once = publishing.revise, iter([True])

    def beaten(**given: Any) -> Any:
        if next(once, False):
            draft = publishing.Draft(files=[NewFile(b"theirs", "a"), NewFile(b"2", "b")])
            real(paste=given["paste"], draft=draft, base=1, viewer=viewer_for(alice))
        return real(**given)

    monkeypatch.setattr(publishing, "revise", beaten)
    changed = mine.ask("PATCH", f"{GISTS}/{gist['id']}", {"files": {"b": {"content": "mine"}}})
    assert contents(changed.json()) == {"a": "theirs", "b": "mine"}


def test_it_shows_what_a_gist_said_before(mine: Program) -> None:
    gist = make_gist(mine)
    mine.ask("PATCH", f"{GISTS}/{gist['id']}", {"files": {"hello.py": {"content": "2\n"}}})
    commits = mine.get(f"{GISTS}/{gist['id']}/commits").json()
    assert [one["change_status"] for one in commits] == [
        {"total": 2, "additions": 1, "deletions": 1},
        {"total": 1, "additions": 1, "deletions": 0},
    ]
    assert all(len(one["version"]) == 40 for one in commits)
    first = mine.get(commits[1]["url"].removeprefix("http://testserver")).json()
    assert contents(first) == {"hello.py": "print('hello')\n"}
    other = make_gist(mine)
    assert mine.get(f"{GISTS}/{other['id']}/{commits[1]['version']}").status_code == 404


def test_it_deletes_one(mine: Program, his: Program) -> None:
    gist = make_gist(mine)
    assert his.ask("DELETE", f"{GISTS}/{gist['id']}").status_code == 404
    assert mine.ask("DELETE", f"{GISTS}/{gist['id']}").status_code == 204
    assert mine.get(f"{GISTS}/{gist['id']}").status_code == 404


def test_stars_are_given_and_taken(mine: Program, his: Program) -> None:
    gist = make_gist(mine)
    star = f"{GISTS}/{gist['id']}/star"
    assert his.get(star).status_code == 404
    assert his.get(star).json() == {}
    for _twice in range(2):
        assert his.ask("PUT", star, b"").status_code == 204
    assert his.get(star).status_code == 204
    assert [one["id"] for one in his.get(f"{GISTS}/starred").json()] == [gist["id"]]
    assert Star.objects.count() == 1
    for _twice in range(2):
        assert his.ask("DELETE", star).status_code == 204
    assert his.get(f"{GISTS}/starred").json() == []


def test_it_copies_somebody_elses(mine: Program, his: Program) -> None:
    gist = make_gist(mine)
    assert mine.ask("POST", f"{GISTS}/{gist['id']}/forks").status_code == 422
    response = his.ask("POST", f"{GISTS}/{gist['id']}/forks")
    copy = response.json()
    assert response.status_code == 201
    assert contents(copy) == contents(gist)
    assert copy["fork_of"]["id"] == gist["id"]
    assert copy["owner"]["login"] == "bob"
    assert [one["id"] for one in mine.get(f"{GISTS}/{gist['id']}/forks").json()] == [copy["id"]]
    assert [one["id"] for one in mine.get(f"{GISTS}/{gist['id']}").json()["forks"]] == [copy["id"]]


def test_what_a_gist_was_copied_from_is_told_only_to_those_who_may_find_it(mine: Program, his: Program) -> None:
    gist = make_gist(mine)
    copy = his.ask("POST", f"{GISTS}/{gist['id']}/forks").json()
    Paste.objects.filter(key=gist["id"]).update(visibility="private")
    assert his.get(f"{GISTS}/{copy['id']}").json()["fork_of"] is None
    assert mine.get(f"{GISTS}/{copy['id']}").json()["fork_of"]["id"] == gist["id"]


def test_people_talk_about_it(mine: Program, his: Program, anon: Program) -> None:
    gist = make_gist(mine)
    said = his.ask("POST", f"{GISTS}/{gist['id']}/comments", {"body": "Nice"})
    comment = said.json()
    address = comment["url"].removeprefix("http://testserver")
    assert said.status_code == 201
    assert (comment["body"], comment["user"]["login"], comment["author_association"]) == ("Nice", "bob", "NONE")
    assert mine.ask("PATCH", address, {"body": "Mine now"}).status_code == 403
    assert his.ask("PATCH", address, {"body": "Very nice"}).json()["body"] == "Very nice"
    assert [one["body"] for one in anon.get(f"{GISTS}/{gist['id']}/comments").json()] == ["Very nice"]
    other = make_gist(mine)
    assert his.get(f"{GISTS}/{other['id']}/comments/{comment['id']}").status_code == 404
    assert his.ask("DELETE", address).status_code == 204
    assert his.get(address).status_code == 404
    assert mine.get(f"{GISTS}/{gist['id']}/comments").json() == []


@pytest.mark.parametrize(
    "body", [{}, {"body": None}, {"body": ""}, {"body": 5}, {"body": "\0"}, {"body": "x" * 10_001}]
)
def test_it_says_what_is_wrong_with_a_comment(mine: Program, body: object) -> None:
    gist = make_gist(mine)
    response = mine.ask("POST", f"{GISTS}/{gist['id']}/comments", body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["resource"] == "GistComment"


def test_lists_have_pages(mine: Program, alice: User) -> None:
    keys = [make_paste(owner=alice, text=str(number)).key for number in range(5)][::-1]
    first = mine.get(f"{GISTS}?per_page=2")
    assert [one["id"] for one in first.json()] == keys[:2]
    assert first["Link"] == (
        f'<http://testserver{GISTS}?page=2&per_page=2>; rel="next", '
        f'<http://testserver{GISTS}?page=3&per_page=2>; rel="last"'
    )
    last = mine.get(f"{GISTS}?per_page=2&page=3")
    assert [one["id"] for one in last.json()] == keys[4:]
    assert 'rel="next"' not in last["Link"]
    beyond = mine.get(f"{GISTS}?per_page=2&page=9")
    assert (beyond.status_code, beyond.json()) == (200, [])


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", f"page={10**30}", "per_page=0", "per_page=-3", f"per_page={10**9}"]
)
def test_it_answers_any_number_of_a_page(mine: Program, query: str) -> None:
    assert mine.get(f"{GISTS}?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["page=x", "per_page=", "per_page=1.5", "page=%00", "since=yesterday", "since=2020-13-01T00:00:00Z"]
)
def test_it_refuses_what_is_no_page(mine: Program, query: str) -> None:
    assert mine.get(f"{GISTS}?{query}").status_code == 422


def test_it_lists_what_was_changed_since(mine: Program, alice: User) -> None:
    old, new = make_paste(owner=alice), make_paste(owner=alice)
    Paste.objects.filter(pk=old.pk).update(updated="2020-01-01T00:00:00Z")
    for path in (GISTS, f"{GISTS}/public", f"{API}/users/alice/gists"):
        assert [one["id"] for one in mine.get(f"{path}?since=2021-01-01T00:00:00Z").json()] == [new.key]
    assert mine.get(f"{GISTS}?since=0001-01-01T00:00:00%2B23:59").status_code == 422


def test_private_ones_are_in_nobody_elses_lists(mine: Program, his: Program, anon: Program, alice: User) -> None:
    for visibility in ("public", "unlisted", "private"):
        make_paste(owner=alice, title=visibility, visibility=visibility)
    lists = (GISTS, f"{GISTS}/public", f"{API}/users/alice/gists")

    def seen(program: Program) -> list[list[str]]:
        return [[one["description"] for one in program.get(path).json()] for path in lists]

    assert seen(anon) == [["public"]] * 3
    assert seen(his) == [[], ["public"], ["public"]]
    assert seen(mine) == [["private", "unlisted", "public"], ["public"], ["public"]]


def test_what_is_hidden_or_over_is_in_no_list(mine: Program, alice: User) -> None:
    make_paste(owner=alice)
    for field in ("expires_at", "deleted_at", "hidden_at"):
        Paste.objects.update(
            **{"expires_at": None, "deleted_at": None, "hidden_at": None, field: "2020-01-01T00:00:00Z"}
        )
        assert mine.get(GISTS).json() == mine.get(f"{GISTS}/public").json() == []


def test_a_text_that_is_read_once_is_not_read_here(mine: Program, his: Program, anon: Program, alice: User) -> None:
    burning = make_paste(owner=alice, burn=True)
    for program in (his, anon):
        for path in ("", "/commits", "/comments"):
            response = program.get(f"{GISTS}/{burning.key}{path}")
            assert response.status_code == 403
            assert "files" not in response.json()
    assert his.ask("POST", f"{GISTS}/{burning.key}/forks").status_code == 403
    assert Paste.objects.get().opens == 0
    assert contents(mine.get(f"{GISTS}/{burning.key}").json())


def test_a_password_keeps_others_out(his: Program, alice: User) -> None:
    paste = make_paste(owner=alice, password="open sesame")
    version = publishing.latest(paste).version
    for path in ("", "/commits", "/comments", f"/{version}"):
        assert his.get(f"{GISTS}/{paste.key}{path}").status_code == 403
    assert his.ask("POST", f"{GISTS}/{paste.key}/forks").status_code == 403


def test_it_answers_a_bad_token_as_github_does(anon: Program) -> None:
    for sent in ("token nothing", "Bearer a.b.c", "Basic !", "Basic YTpi", "Digest x", "", "token"):
        response = anon.get(GISTS, Authorization=sent)
        assert (response.status_code, response.json()["message"]) == (401, "Bad credentials")
        assert response["WWW-Authenticate"].startswith("Bearer")


def test_it_asks_for_a_token_where_it_needs_one(anon: Program, alice: User) -> None:
    key = make_paste(owner=alice).key
    for method, path in (
        ("POST", GISTS),
        ("GET", f"{GISTS}/starred"),
        ("GET", f"{API}/user"),
        ("PATCH", f"{GISTS}/{key}"),
        ("DELETE", f"{GISTS}/{key}"),
        ("GET", f"{GISTS}/{key}/star"),
        ("PUT", f"{GISTS}/{key}/star"),
        ("POST", f"{GISTS}/{key}/forks"),
        ("POST", f"{GISTS}/{key}/comments"),
        ("POST", "/api/graphql"),
    ):
        response = anon.ask(method, path, {})
        assert (response.status_code, response.json()["message"]) == (401, "Requires authentication"), (method, path)


@pytest.mark.parametrize("scheme", ["token", "bearer", "Bearer", "TOKEN"])
def test_it_takes_a_token_in_every_way_clients_send_it(mine: Program, scheme: str) -> None:
    response = Program().get(f"{API}/user", Authorization=f"{scheme} {mine.token}")
    assert response.json()["login"] == "alice"
    assert response["X-OAuth-Scopes"] == "gist:read, gist:write"


def test_it_takes_a_token_as_a_password_but_not_from_a_browser(mine: Program) -> None:
    basic = f"Basic {b64encode(f'alice:{mine.token}'.encode()).decode()}"
    assert Program().get(f"{API}/user", Authorization=basic).status_code == 200
    forged = Program().ask("POST", GISTS, {}, Authorization=basic, Origin="https://evil.example")
    assert forged.status_code == 401


def test_a_token_does_what_its_scopes_say(alice: User) -> None:
    reader, writer = program_of(alice, Scope.GIST_READ), program_of(alice, Scope.GIST_WRITE)
    other = program_of(alice, Scope.PASTE_READ, Scope.PASTE_WRITE)
    gist = make_gist(writer)
    assert reader.get(f"{GISTS}/{gist['id']}").status_code == 200
    for program, method, path in (
        (reader, "POST", GISTS),
        (reader, "PUT", f"{GISTS}/{gist['id']}/star"),
        (reader, "DELETE", f"{GISTS}/{gist['id']}"),
        (writer, "GET", GISTS),
        (other, "GET", GISTS),
        (other, "POST", GISTS),
    ):
        response = program.ask(method, path)
        assert response.status_code == 403
        assert response.json()["message"] == "Resource not accessible by personal access token"
    assert other.get(f"{API}/user").status_code == 200


def test_a_token_opens_the_text_at_the_address_it_was_told(alice: User) -> None:
    paste = make_paste(owner=alice, visibility="private", text="mine")
    reader, writer = program_of(alice, Scope.GIST_READ), program_of(alice, Scope.GIST_WRITE)
    address = next(iter(reader.get(f"{GISTS}/{paste.key}").json()["files"].values()))["raw_url"]
    path = address.removeprefix("http://testserver")
    assert reader.get(path).content == b"mine"
    assert reader.ask("POST", path).status_code == 403
    assert writer.get(path).status_code == 403
    assert reader.get(f"/{paste.key}").status_code == 403


def test_a_session_is_nobody_here(alice: User) -> None:
    client = Client()
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    make_paste(owner=alice, visibility="private")
    assert client.get(GISTS).json() == []
    assert client.get(f"{API}/user").status_code == 401


def test_a_token_ends_with_the_account(mine: Program, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert mine.get(f"{API}/user").status_code == 401


def test_a_client_that_has_it_is_told_so(mine: Program) -> None:
    gist = make_gist(mine)
    etag = mine.get(f"{GISTS}/{gist['id']}")["ETag"]
    again = mine.ask("GET", f"{GISTS}/{gist['id']}", **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    mine.ask("PATCH", f"{GISTS}/{gist['id']}", {"description": "Another"})
    assert mine.ask("GET", f"{GISTS}/{gist['id']}", **{"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/gists/",
        "/gists/x",
        "/gists/%00",
        "/gists/11111111111",
        "/users/nobody",
        "/users/%00",
        "/users/n/gists",
    ],
)
def test_what_is_not_there_is_not_found(mine: Program, path: str) -> None:
    response = mine.get(f"{API}{path}")
    assert (response.status_code, response.json()["message"]) == (404, "Not Found")
    assert response["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, "-1", "1.5", "²"])
def test_a_comment_that_cannot_be_is_not_found(mine: Program, number: str) -> None:
    gist = make_gist(mine)
    assert mine.get(f"{GISTS}/{gist['id']}/comments/{number}").status_code == 404


def test_other_methods_are_told_which_there_are(mine: Program) -> None:
    response = mine.ask("PUT", GISTS)
    assert response.status_code == 405
    assert response["Allow"] == "GET, POST, HEAD"


def test_it_answers_head(mine: Program) -> None:
    response = mine.ask("HEAD", GISTS)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("accept", ["", "text/html", "application/vnd.github+json", "*/*"])
def test_it_answers_json_whatever_is_accepted(mine: Program, accept: str) -> None:
    for path in (GISTS, f"{API}/nothing"):
        assert mine.get(path, Accept=accept)["Content-Type"] == "application/json; charset=utf-8"


def test_addresses_are_the_configured_ones(mine: Program, settings: Settings) -> None:
    settings.SITE_URL = "https://paste.example"
    gist = make_gist(mine, files={"a,b c.txt": {"content": "x"}})
    assert gist["url"].startswith("https://paste.example/api/v3/gists/")
    assert gist["files"]["a,b c.txt"]["raw_url"].endswith("/raw/a%2Cb%20c.txt?revision=1")


def test_the_program_gist_may_try_twice(mine: Program) -> None:
    body = {"files": {"a": {"content": "x"}}}
    agent = {"User-Agent": "gist/6.0.0 (Net::HTTP, ruby)"}
    first, second = (mine.ask("POST", GISTS, body, **agent).json() for _twice in range(2))
    assert first["id"] == second["id"]
    mine.ask("DELETE", f"{GISTS}/{first['id']}")
    assert mine.ask("POST", GISTS, body, **agent).json()["id"] != first["id"]
    assert make_gist(mine)["id"] != make_gist(mine)["id"]


def test_it_asks_the_database_as_often_for_many_as_for_few(mine: Program, alice: User, bob: User) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert mine.get(path).status_code == 200
        return len(captured)

    one = make_paste(owner=alice)
    discussion.create(paste=one, viewer=viewer_for(bob), body="1")
    make_paste(owner=bob)
    paths = [
        GISTS,
        f"{GISTS}/public",
        f"{GISTS}/{one.key}",
        f"{GISTS}/{one.key}/comments",
        f"{GISTS}/{one.key}/commits",
    ]
    mine.get(API)  # notes that the token was used, once a minute
    few = {path: queries(path) for path in paths}
    for number in range(8):
        make_paste(owner=make_user(f"user{number}"), files=[NewFile(b"1", "a"), NewFile(b"2", "b")])
        make_paste(owner=alice, files=[NewFile(b"1", "a"), NewFile(b"2", "b")])
        Comment.objects.create(paste=one, author=make_user(f"guest{number}"), body="x")
        mine.ask("PATCH", f"{GISTS}/{one.key}", {"files": {"hello": {"content": str(number)}}})
    assert {path: queries(path) for path in paths} == few
    assert max(few.values()) <= 12


def test_gh_asks_who_it_is(mine: Program) -> None:
    response = mine.ask("POST", "/api/graphql", {"query": "query UserCurrent{viewer{login}}"})
    assert response.json() == {"data": {"viewer": {"login": "alice"}}}


LIST = """query GistList($endCursor:String$per_page:Int!$visibility:GistPrivacy!){viewer{gists(first: $per_page, after:
$endCursor, privacy: $visibility, orderBy: {field: CREATED_AT, direction: DESC}){nodes{description,files{name,text
@include(if: $text)},isPublic,name,updatedAt},pageInfo{hasNextPage,endCursor}}}}"""
"""As gh writes it, which names every variable again where it is used."""


def test_gh_asks_which_gists_are_its_own(mine: Program, alice: User) -> None:
    public, secret = make_paste(owner=alice, name="a.txt"), make_paste(owner=alice, name="b.txt", visibility="unlisted")

    def ask(**variables: object) -> Any:
        sent = {"per_page": 1, "endCursor": None, "visibility": "ALL", "text": False} | variables
        return mine.ask("POST", "/api/graphql", {"query": LIST, "variables": sent}).json()["data"]["viewer"]["gists"]

    first = ask()
    assert set(first) == {"nodes", "pageInfo"}
    assert [set(node) for node in first["nodes"]] == [{"description", "files", "isPublic", "name", "updatedAt"}]
    assert first["nodes"][0]["files"] == [{"name": "b.txt"}]
    second = ask(endCursor=first["pageInfo"]["endCursor"])
    assert [node["name"] for node in second["nodes"]] == [public.key]
    assert second["pageInfo"]["hasNextPage"] is False
    assert [node["name"] for node in ask(visibility="PUBLIC")["nodes"]] == [public.key]
    assert [node["name"] for node in ask(visibility="SECRET")["nodes"]] == [secret.key]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": 5},
        {"query": ""},
        {"query": "{"},
        {"query": "{" * 5_000},
        {"query": "{viewer{gists("},
        {"query": "{viewer @include"},
        {"query": "{viewer{login}}", "variables": []},
    ],
)
def test_a_question_that_is_none_is_refused(mine: Program, body: object) -> None:
    assert mine.ask("POST", "/api/graphql", body).status_code == 422


def test_other_questions_are_not_answered(mine: Program) -> None:
    answer = mine.ask("POST", "/api/graphql", {"query": "{repository{name}}"}).json()
    assert answer["data"] is None
    assert answer["errors"]
