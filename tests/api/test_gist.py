"""GitHub's Gist interface, as HTTP says it; `tests.clients` has the programs that speak it."""

from base64 import b64encode
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from pastes.domain import publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Paste, Revision, Star
from tests.api.gist_programs import GISTS, Program, contents, make_gist
from tests.factories import make_paste, viewer_for

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("gone", [None, {}, {"content": ""}, {"filename": None}, {"other": 1}])
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
        {"a": {"content": None}},
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
            draft = Draft(files=[NewFile(b"theirs", "a"), NewFile(b"2", "b")])
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


def test_a_client_that_has_it_is_told_so(mine: Program) -> None:
    gist = make_gist(mine)
    etag = mine.get(f"{GISTS}/{gist['id']}")["ETag"]
    again = mine.ask("GET", f"{GISTS}/{gist['id']}", **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    mine.ask("PATCH", f"{GISTS}/{gist['id']}", {"description": "Another"})
    assert mine.ask("GET", f"{GISTS}/{gist['id']}", **{"If-None-Match": etag}).status_code == 200


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
