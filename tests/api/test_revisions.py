"""Revisions, differences and share links through /api/v1."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pastes.models import ShareLink
from tests.api.cast import Program, as_json, problem
from tests.factories import make_paste

pytestmark = pytest.mark.django_db


def revised(alice: User, *texts: str) -> tuple[Program, str]:
    """A paste that said one text after the other."""
    program = Program(alice, If_Match="*")
    key = program.publish(texts[0])["key"]
    for text in texts[1:]:
        changed = program.send("PATCH", f"/pastes/{key}", {"files": [{"content": text}], "message": "Better"})
        assert changed.status_code == 200
    return program, key


def test_it_lists_revisions_page_by_page(alice: User) -> None:
    program, key = revised(alice, "one\n", "two\n", "three\n")
    page = as_json(program.get(f"/pastes/{key}/revisions?limit=2"))
    assert [(item["number"], item["message"], item["added"]) for item in page["items"]] == [
        (3, "Better", 1),
        (2, "Better", 1),
    ]
    last = as_json(program.get(page["next"].removeprefix("http://testserver/api/v1")))
    assert ([item["number"] for item in last["items"]], last["next"]) == ([1], None)


def test_it_lists_many_revisions_with_as_many_queries_as_few(
    alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    program, key = revised(alice, *(f"{number}\n" for number in range(8)))
    with django_assert_max_num_queries(5):
        assert len(as_json(program.get(f"/pastes/{key}/revisions"))["items"]) == 8


def test_it_reads_what_a_revision_said(alice: User) -> None:
    _program, key = revised(alice, "one\n", "two\n")
    old = as_json(Program().get(f"/pastes/{key}/revisions/1"))
    assert (old["number"], old["files"][0]["content"]) == (1, "one\n")
    assert len(old["version"]) == 40
    assert Program().get(f"/pastes/{key}/raw?revision=1").content == b"one\n"
    problem(Program().get(f"/pastes/{key}/revisions/3"), 404, "not_found")
    assert Program().get(f"/pastes/{key}/revisions/99999999999999999999").status_code == 422


def test_it_says_what_changed_as_data_and_as_a_patch(alice: User) -> None:
    _program, key = revised(alice, "one\ntwo\n", "one\nthree\n")
    found = as_json(Program().get(f"/pastes/{key}/diff/1..2"))
    (change,) = found["files"]
    assert (change["status"], change["added"], change["removed"]) == ("changed", 1, 1)
    assert found["old"] == f"http://testserver/{key}/revisions/1"
    patch = Program().get(f"/pastes/{key}/diff/1..2.patch")
    assert patch["Content-Type"] == "text/plain; charset=utf-8"
    assert patch.content.decode() == change["patch"]
    assert "-two\n+three\n" in change["patch"]


def test_it_compares_two_pastes_that_may_be_read(alice: User) -> None:
    one, other = make_paste(text="one\n"), make_paste(text="two\n")
    found = as_json(Program().get(f"/diff/{one.key}..{other.key}"))
    assert (found["old"], found["new"]) == (f"http://testserver/{one.key}", f"http://testserver/{other.key}")
    assert "-one\n+two\n" in Program().get(f"/diff/{one.key}..{other.key}.patch").content.decode()
    private = make_paste(owner=alice, visibility="private")
    problem(Program().get(f"/diff/{one.key}..{private.key}"), 404, "not_found")


def test_it_shares_a_private_paste_until_the_link_is_revoked(alice: User) -> None:
    program = Program(alice)
    key = program.publish("private\n", visibility="private")["key"]
    link = as_json(program.post(f"/pastes/{key}/links", {"label": "for Bob", "expires_in": "1d"}))
    guest = Program(X_Share_Token=link["token"])
    assert as_json(guest.get(f"/pastes/{key}"))["files"][0]["content"] == "private\n"
    assert guest.get(f"/pastes/{key}")["Cache-Control"] == "private, no-store"
    assert link["url"] == f"http://testserver/s/{link['token']}"
    (listed,) = as_json(program.get(f"/pastes/{key}/links"))["items"]
    assert (listed["id"], listed["label"]) == (link["id"], "for Bob")
    assert link["token"] not in str(listed)
    for _ in range(2):
        assert program.send("DELETE", f"/pastes/{key}/links/{link['id']}").status_code == 204
    assert guest.get(f"/pastes/{key}").status_code == 404


def test_it_revokes_no_link_of_another_paste(alice: User) -> None:
    """Promise 5."""
    program = Program(alice)
    mine, other = program.publish()["key"], program.publish()["key"]
    link = as_json(program.post(f"/pastes/{other}/links", {}))["id"]
    assert program.send("DELETE", f"/pastes/{mine}/links/{link}").status_code == 204
    assert ShareLink.objects.filter(pk=link).exists()


def test_it_lists_links_page_by_page(alice: User) -> None:
    program = Program(alice)
    key = program.publish()["key"]
    ids = [as_json(program.post(f"/pastes/{key}/links", {}))["id"] for _ in range(3)]
    page = as_json(program.get(f"/pastes/{key}/links?limit=2"))
    last = as_json(program.get(page["next"].removeprefix("http://testserver/api/v1")))
    assert [link["id"] for link in page["items"] + last["items"]] == ids[::-1]
