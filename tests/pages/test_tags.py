"""Tags on pages: written in the editor, sent by programs, followed from a paste to others like it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from pastes.domain import tags
from pastes.models import Paste
from tests.factories import client_for, make_paste
from tests.pages.editor import form

pytestmark = pytest.mark.django_db

ROW = re.compile(r'<a class="title" href="/([^"]+)">')


def test_the_editor_takes_them_and_shows_them_again(alice: User) -> None:
    client = client_for(alice)
    address = client.post("/", form("print()", tags="Python, web")).headers["Location"]
    paste = Paste.objects.get()
    assert paste.tags == "python web"
    assert 'href="/tags/python"' in client.get(address).text
    assert 'value="python web"' in client.get(f"/{paste.key}/edit").text
    assert 'value="python web"' in client.get(f"/{paste.key}/fork").text
    client.post(f"/{paste.key}/edit", form("print()", tags="", base="1"))
    paste.refresh_from_db()
    assert paste.tags == ""


def test_an_impossible_one_is_named_and_what_was_typed_stays() -> None:
    response = client_for().post("/", form("my text", tags="fine a/b"))
    assert response.status_code == 422
    assert "“a/b” cannot be a tag" in response.text
    assert 'value="fine a/b"' in response.text
    assert "my text" in response.text
    assert not Paste.objects.exists()


def test_a_program_sends_them_too() -> None:
    client = client_for(browser=False)
    assert client.post("/", {"content": "x", "tags": "python,c++"}).status_code == 201
    assert Paste.objects.get().tags == "python c++"
    refused = client.post("/", {"content": "x", "tags": "a/b"})
    assert (refused.status_code, "cannot be a tag" in refused.text) == (422, True)


def test_a_tag_leads_to_its_public_pastes_and_no_others(alice: User) -> None:
    shown = make_paste(tags="c++ python").key
    for draft in ({"visibility": "unlisted"}, {"visibility": "private"}, {"password": "x"}, {"burn": True}):
        make_paste(owner=alice, tags="c++", **draft)
    make_paste(tags="python")
    for address in ("/tags/c++", "/tags/C++", "/tags/%23c++"):
        assert ROW.findall(client_for(alice).get(address).text) == [shown]


@pytest.mark.parametrize("name", ["%27%22", "a%00b", "x" * 10_000, "..", "%25"])
def test_what_cannot_be_a_tag_is_not_there(name: str) -> None:
    assert client_for().get(f"/tags/{name}").status_code == 404


def test_a_tag_without_pastes_says_so() -> None:
    response = client_for().get("/tags/nothing")
    assert (response.status_code, "Nothing public has this tag" in response.text) == (200, True)


def test_the_page_of_tags_shows_where_they_lead() -> None:
    assert "No tags yet" in client_for().get("/tags").text
    make_paste(tags="nginx")
    make_paste(tags="secret-project", visibility="unlisted")
    tags.count_uses()
    page = client_for().get("/tags").text
    assert 'href="/tags/nginx"' in page
    assert "secret-project" not in page


def test_it_asks_the_database_as_often_for_many_as_for_few() -> None:
    client = client_for()
    counts = []
    for more in (2, 20):
        for number in range(more):
            make_paste(tags=f"common t{more}-{number}")
        with CaptureQueriesContext(
            connection,
        ) as of_list:
            client.get("/tags/common")
        with CaptureQueriesContext(connection) as of_tags:
            client.get("/tags")
        counts.append((len(of_list), len(of_tags)))
    assert counts[0] == counts[1]


def test_pages_go_on_where_the_last_one_ended() -> None:
    keys = [make_paste(tags="many").key for _ in range(30)]
    client = client_for()
    first = client.get("/tags/many").text
    following = re.search(r'href="(\?after=\d+)"', first)
    assert following
    second = client.get(f"/tags/many{following[1]}").text
    assert ROW.findall(first) + ROW.findall(second) == keys[::-1]
