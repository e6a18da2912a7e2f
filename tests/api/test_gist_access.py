"""Who is let in through the Gist interface, and what the others are told."""

from base64 import b64encode

import pytest
from django.test import Client

from accounts.models import Scope, User
from pastes.domain import publishing
from pastes.models import Paste
from tests.api.gist_programs import API, GISTS, Program, contents, make_gist, program_of
from tests.factories import make_paste

pytestmark = pytest.mark.django_db


def test_what_a_gist_was_copied_from_is_told_only_to_those_who_may_find_it(mine: Program, his: Program) -> None:
    gist = make_gist(mine)
    copy = his.ask("POST", f"{GISTS}/{gist['id']}/forks").json()
    Paste.objects.filter(key=gist["id"]).update(visibility="private")
    assert his.get(f"{GISTS}/{copy['id']}").json()["fork_of"] is None
    assert mine.get(f"{GISTS}/{copy['id']}").json()["fork_of"]["id"] == gist["id"]


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
    client.force_login(alice, backend="accounts.sessions.Backend")
    make_paste(owner=alice, visibility="private")
    assert client.get(GISTS).json() == []
    assert client.get(f"{API}/user").status_code == 401


def test_a_token_ends_with_the_account(mine: Program, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert mine.get(f"{API}/user").status_code == 401


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
