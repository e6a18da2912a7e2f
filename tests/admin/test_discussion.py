"""Comments, stars and likes in the admin: counters stay equal to the rows they count."""

import pytest
from django.test import Client

from accounts.models import User
from pastes.models import Comment, CommentVote, Like, Paste, Star
from tests.factories import make_paste


def choose(action: str, *rows: Comment | Star | Like | CommentVote, **more: str) -> dict[str, object]:
    return {"action": action, "_selected_action": [row.pk for row in rows], **more}


@pytest.fixture
def paste(alice: User, bob: User) -> Paste:
    """Alice's, with a comment, a star and a like of Bob."""
    paste = make_paste(owner=alice)
    Comment.objects.create(paste=paste, author=bob, body="First", score=1)
    Star.objects.create(paste=paste, user=bob)
    Like.objects.create(paste=paste, user=bob)
    Paste.objects.filter(pk=paste.pk).update(comments=1, stars=1, likes=1)
    return paste


def counters(paste: Paste) -> tuple[int, int, int]:
    paste.refresh_from_db()
    return paste.comments, paste.stars, paste.likes


def test_it_removes_a_comment_and_puts_it_back(desk: Client, paste: Paste) -> None:
    comment = Comment.objects.get()
    for _again in range(2):
        desk.post("/admin/pastes/comment/", choose("remove", comment, reason="rude"))
        assert counters(paste) == (0, 1, 1)
    desk.post("/admin/pastes/comment/", choose("restore", comment))
    assert counters(paste) == (1, 1, 1)
    comment.refresh_from_db()
    assert (comment.deleted, comment.removed_reason) == (None, "")


def test_it_asks_why_a_comment_is_removed(desk: Client, paste: Paste) -> None:
    asked = desk.post("/admin/pastes/comment/", choose("remove", Comment.objects.get()))
    assert "1 comment" in asked.text
    assert "First" in asked.text
    empty = desk.post("/admin/pastes/comment/", choose("remove", Comment.objects.get(), confirmed="yes", reason=" "))
    assert (empty.status_code, "Say why" in empty.text) == (422, True)
    assert counters(paste) == (1, 1, 1)
    desk.post("/admin/pastes/comment/", choose("remove", Comment.objects.get(), confirmed="yes", reason="rude"))
    assert Comment.objects.get().removed_reason == "rude"


def test_it_takes_stars_and_likes_away_with_their_counters(desk: Client, paste: Paste) -> None:
    desk.post("/admin/pastes/star/", choose("delete_selected", Star.objects.get(), post="yes"))
    desk.post(f"/admin/pastes/like/{Like.objects.get().pk}/delete/", {"post": "yes"})
    assert counters(paste) == (1, 0, 0)


def test_it_takes_a_vote_away_with_its_score(desk: Client, paste: Paste, bob: User) -> None:
    comment = Comment.objects.get()
    vote = CommentVote.objects.create(comment=comment, user=bob, value=1)
    desk.post("/admin/pastes/commentvote/", choose("delete_selected", vote, post="yes"))
    comment.refresh_from_db()
    assert comment.score == 0


def test_it_deletes_a_person_whose_rows_are_everywhere(desk: Client, paste: Paste, bob: User) -> None:
    desk.post("/admin/accounts/user/", {"action": "delete_selected", "_selected_action": [bob.pk], "post": "yes"})
    assert not User.objects.filter(pk=bob.pk).exists()
    assert Comment.objects.get().author is None, "what they said stays"
    assert counters(paste) == (1, 0, 0), "what they gave is gone"
