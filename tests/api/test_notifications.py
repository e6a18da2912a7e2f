"""Notifications through the API."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pastes.domain import discussion
from pastes.models import Comment, Notification, Paste
from tests.api.programs import as_program, links_of
from tests.factories import make_paste, make_user, viewer_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return make_user("alice")


def hear(alice: User, *, times: int = 1) -> list[Comment]:
    """Let others comment on pastes of Alice."""
    comments = []
    for _time in range(times):
        paste = make_paste(owner=alice, title="Notes")
        bob = make_user(f"bob{Comment.objects.count()}")
        comments.append(discussion.create(paste=paste, viewer=viewer_for(bob), body="Nice"))
    return comments


def test_it_lists_what_one_was_told_page_by_page(alice: User) -> None:
    hear(alice, times=5)
    ids = list(Notification.objects.order_by("-pk").values_list("pk", flat=True))
    pages = list(links_of(as_program(alice), "/api/v1/notifications?limit=2"))
    assert [[item["id"] for item in page] for page in pages] == [ids[:2], ids[2:4], ids[4:]]


def test_it_says_what_happened_and_where(alice: User) -> None:
    [comment] = hear(alice)
    [item] = as_program(alice).get("/api/v1/notifications").json()["items"]
    assert (item["kind"], item["text"], item["quote"]) == ("comment", "bob0 commented on “Notes”", "Nice")
    assert item["url"].endswith(f"/{comment.paste.key}/comments/{comment.pk}#comment-{comment.pk}")


def test_reading_the_list_marks_nothing(alice: User) -> None:
    hear(alice)
    client = as_program(alice)
    for _time in range(2):
        assert client.get("/api/v1/notifications").json()["items"][0]["read"] is False


def test_it_marks_what_was_seen_and_not_what_came_since(alice: User) -> None:
    hear(alice, times=3)
    client, ids = as_program(alice), list(Notification.objects.order_by("pk").values_list("pk", flat=True))
    for _time in range(2):
        marked = client.put("/api/v1/notifications/read", {"up_to": ids[1]}, content_type="application/json")
        assert marked.json() == {"unread": 1}
    assert client.put(f"/api/v1/notifications/{ids[2]}/read").json() == {"unread": 0}
    assert [item["read"] for item in client.get("/api/v1/notifications").json()["items"]] == [True] * 3


def test_somebody_elses_are_not_there(alice: User) -> None:
    hear(alice)
    bob, row = as_program(make_user("carol")), Notification.objects.get()
    assert bob.get("/api/v1/notifications").json()["items"] == []
    assert bob.put(f"/api/v1/notifications/{row.pk}/read").status_code == 404
    assert bob.put("/api/v1/notifications/read", {"up_to": row.pk}, content_type="application/json").status_code == 200
    row.refresh_from_db()
    assert row.read_at is None


def test_it_leads_to_nothing_that_has_become_somebody_elses(alice: User) -> None:
    """Promise 4: a notification does not say the title of a paste that its reader may not read any more."""
    paste = make_paste(owner=alice, title="Notes")
    bob = make_user("bob")
    first = discussion.create(paste=paste, viewer=viewer_for(bob), body="Nice")
    discussion.create(paste=paste, viewer=viewer_for(alice), body="Thanks", parent_id=first.pk)
    Paste.objects.update(visibility="private")
    [item] = as_program(bob).get("/api/v1/notifications").json()["items"]
    assert (item["url"], item["quote"]) == (None, "")
    assert "Notes" not in item["text"]


def test_it_takes_as_many_queries_for_many_as_for_few(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_program(alice)
    for wanted in (1, 12):
        hear(alice, times=wanted - Notification.objects.count())
        with django_assert_num_queries(2):
            assert len(client.get("/api/v1/notifications").json()["items"]) == wanted


def test_it_keeps_how_often_mails_are_wanted(alice: User) -> None:
    client, url = as_program(alice), "/api/v1/notifications/settings"
    assert client.get(url).json()["mail"] == "at_once"
    assert client.put(url, {"mail": "daily"}, content_type="application/json").json()["mail"] == "daily"
    assert User.objects.get().mail == "daily"
    assert client.put(url, {"mail": "hourly"}, content_type="application/json").status_code == 422
