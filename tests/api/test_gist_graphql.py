"""The two questions of gh."""

from typing import Any

import pytest

from accounts.models import User
from tests.api.gist_programs import Program
from tests.factories import make_paste

pytestmark = pytest.mark.django_db


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
