"""Comments and votes through the API."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pastes.models import Comment, CommentVote, Paste
from tests.api.programs import as_program, links_of
from tests.factories import make_paste, make_user

pytestmark = pytest.mark.django_db

TEXT = "one\ntwo\nthree\n"


@pytest.fixture
def alice() -> User:
    return make_user("alice")


@pytest.fixture
def bob() -> User:
    person = make_user("bob")
    User.objects.update(name="Bob B.")
    return person


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, text=TEXT, name="n.txt")


def say(user: User, paste: Paste, body: str = "Well *said*", **sent: Any) -> dict[str, Any]:
    response = as_program(user).post(url(paste), {"body": body} | sent, content_type="application/json")
    assert response.status_code == 201, response.content
    found: dict[str, Any] = response.json()
    return found


def url(paste: Paste, *path: object) -> str:
    return "/".join(["/api/v1/pastes", paste.key, "comments", *map(str, path)])


def test_it_posts_and_reads(paste: Paste, bob: User) -> None:
    comment = say(bob, paste)
    assert comment["html"] == "<p>Well <em>said</em></p>\n"
    assert (comment["author"], comment["author_name"], comment["own"], comment["parent"]) == (
        "bob",
        "Bob B.",
        True,
        None,
    )
    read = Client().get(url(paste, comment["id"])).json()
    assert read == comment | {"own": False}
    assert Client().get(comment["url"]).status_code == 200
    assert Paste.objects.get().comments == 1


def test_it_says_where_the_new_comment_is(paste: Paste, bob: User) -> None:
    response = as_program(bob).post(url(paste), {"body": "Hm"}, content_type="application/json")
    assert Client().get(response["Location"]).json()["body"] == "Hm"


def test_it_posts_on_lines(paste: Paste, bob: User) -> None:
    comment = say(bob, paste, lines={"first": 2, "last": 3})
    now = {"file": "n.txt", "first": 2, "last": 3}
    assert comment["lines"] == now | {"revision": 1, "quote": "two\nthree", "now": now}


@pytest.mark.parametrize("lines", [{"first": 4}, {"first": 1, "file": "other"}, {"first": 1, "revision": 9}])
def test_it_refuses_lines_that_are_not_there(paste: Paste, bob: User, lines: dict[str, Any]) -> None:
    sent = {"body": "Hm", "lines": lines}
    response = as_program(bob).post(url(paste), sent, content_type="application/json")
    assert (response.status_code, list(response.json()["errors"])) == (422, ["lines"])


def test_it_says_where_lines_are_now(paste: Paste, alice: User, bob: User) -> None:
    comment = say(bob, paste, lines={"first": 2})
    as_program(alice).patch(
        f"/api/v1/pastes/{paste.key}",
        {"files": [{"name": "n.txt", "content": "zero\n" + TEXT}]},
        content_type="application/json",
        headers={"If-Match": "*"},
    )
    lines = Client().get(url(paste, comment["id"])).json()["lines"]
    assert (lines["first"], lines["revision"], lines["now"]["first"]) == (2, 1, 3)


def test_it_answers_a_comment_of_this_paste_only(paste: Paste, alice: User, bob: User) -> None:
    comment = say(bob, paste)
    answer = say(alice, paste, "Thanks", parent=comment["id"])
    assert (answer["parent"], answer["thread"]) == (comment["id"], comment["id"])
    other, client = make_paste(owner=alice), as_program(alice)
    sent = {"body": "Hm", "parent": comment["id"]}
    assert client.post(url(other), sent, content_type="application/json").status_code == 404
    assert client.get(url(other, comment["id"])).status_code == 404
    assert client.get(url(other, comment["id"], "thread")).status_code == 404
    bobs = as_program(bob)
    assert bobs.delete(url(other, comment["id"])).status_code == 404
    assert bobs.patch(url(other, comment["id"]), {"body": "x"}, content_type="application/json").status_code == 404
    vote = client.put(url(other, comment["id"], "vote"), {"value": 1}, content_type="application/json")
    assert vote.status_code == 404
    assert not CommentVote.objects.exists()


def test_it_lists_threads_page_by_page_in_the_order_asked_for(paste: Paste, bob: User) -> None:
    ids = [Comment.objects.create(paste=paste, author=bob, body=str(number)).pk for number in range(5)]
    pages = list(links_of(Client(), url(paste) + "?order=oldest&limit=2"))
    assert [[thread["comment"]["id"] for thread in page] for page in pages] == [ids[:2], ids[2:4], ids[4:]]
    newest = Client().get(url(paste), {"order": "newest"}).json()["items"]
    assert [thread["comment"]["id"] for thread in newest] == ids[::-1]
    assert Client().get(url(paste), {"order": "random"}).status_code == 422


def test_it_leads_on_to_the_other_answers_of_a_long_thread(paste: Paste, bob: User) -> None:
    first = Comment.objects.create(paste=paste, author=bob, body="first")
    place: dict[str, Any] = {"paste": paste, "author": bob, "parent": first, "root": first, "depth": 1}
    ids = [Comment.objects.create(body=str(number), **place).pk for number in range(120)]
    [thread] = Client().get(url(paste), {"order": "oldest"}).json()["items"]
    found, address = [reply["id"] for reply in thread["replies"]], thread["next"]
    while address:
        response = Client().get(address)
        found += [reply["id"] for reply in response.json()["replies"]]
        address = response.json()["next"]
    assert found == ids


def test_it_takes_as_many_queries_for_many_as_for_few(
    paste: Paste, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, revision = as_program(bob), paste.revisions.get()
    lines: dict[str, Any] = {"revision": revision, "file_name": "n.txt", "first_line": 1, "last_line": 1}
    for wanted in (1, 12):
        while Comment.objects.filter(parent=None).count() < wanted:
            author = make_user(f"author{Comment.objects.count()}")
            first = Comment.objects.create(paste=paste, author=author, body="a", **lines)
            Comment.objects.create(paste=paste, author=author, body="b", parent=first, root=first, depth=1)
        with django_assert_num_queries(6):  # the token, the paste, threads, answers, own votes, revisions
            assert len(client.get(url(paste)).json()["items"]) == wanted


def test_only_its_author_changes_and_deletes_it(paste: Paste, alice: User, bob: User) -> None:
    comment = say(bob, paste)
    where, change = url(paste, comment["id"]), {"body": "Better said"}
    assert as_program(alice).patch(where, change, content_type="application/json").status_code == 403
    assert as_program(alice).delete(where).status_code == 403
    changed = as_program(bob).patch(where, change, content_type="application/json").json()
    assert (changed["body"], changed["edited"] is None) == ("Better said", False)
    for _time in range(2):
        assert as_program(bob).delete(where).status_code == 204
    gone = Client().get(where).json()
    assert (gone["body"], gone["html"], gone["author"], gone["author_name"]) == ("", "", None, "")
    assert gone["deleted"]
    assert as_program(bob).patch(where, change, content_type="application/json").status_code == 410
    assert Paste.objects.get().comments == 0


def test_it_counts_the_vote_that_was_sent_last_once(paste: Paste, alice: User, bob: User) -> None:
    where = url(paste, say(bob, paste)["id"], "vote")
    client = as_program(alice)
    for value, counts in ((1, (1, 0)), (1, (1, 0)), (-1, (0, 1)), (0, (0, 0))):
        counted = client.put(where, {"value": value}, content_type="application/json").json()
        assert ((counted["ups"], counted["downs"]), counted["vote"]) == (counts, value)
    assert as_program(bob).put(where, {"value": 1}, content_type="application/json").status_code == 403
    assert client.put(where, {"value": 2}, content_type="application/json").status_code == 422


def test_its_author_closes_the_discussion_and_opens_it(paste: Paste, alice: User, bob: User) -> None:
    where = f"/api/v1/pastes/{paste.key}/discussion"
    assert as_program(bob).put(where, {"open": False}, content_type="application/json").status_code == 403
    assert as_program(alice).put(where, {"open": False}, content_type="application/json").json() == {"open": False}
    refused = as_program(bob).post(url(paste), {"body": "Hm"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "discussion_closed")
    as_program(alice).put(where, {"open": True}, content_type="application/json")
    say(bob, paste)


def test_somebody_without_a_profile_has_no_user_name_here(paste: Paste, bob: User) -> None:
    comment = say(bob, paste)
    User.objects.filter(pk=bob.pk).update(shows_profile=False)
    read = Client().get(url(paste, comment["id"])).json()
    assert (read["author"], read["author_name"]) == (None, "Bob B.")


def test_why_it_was_removed_is_for_its_author_alone(paste: Paste, alice: User, bob: User) -> None:
    comment = say(bob, paste)
    Comment.objects.update(deleted=paste.created, body="", html="", removed_reason="rude")
    assert as_program(alice).get(url(paste, comment["id"])).json()["removed_reason"] == ""
    assert as_program(bob).get(url(paste, comment["id"])).json()["removed_reason"] == "rude"


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 10_001, "a\0b", "\ud800", 1, None, ["x"]])
def test_it_refuses_what_is_no_comment(paste: Paste, bob: User, body: object) -> None:
    response = as_program(bob).post(url(paste), {"body": body}, content_type="application/json")
    assert (response.status_code, list(response.json()["errors"])) == (422, ["body"])


@pytest.mark.parametrize("number", ["0", str(2**63), "9" * 40])
def test_it_refuses_what_is_no_number_of_a_comment(paste: Paste, number: str) -> None:
    assert Client().get(url(paste, number)).status_code == 422
