"""Talking about a paste: on its page, on pages of the discussion, and in the fragments that HTMX asks for."""

import re

import pytest
from django.test import Client

from accounts.models import User
from pastes.models import Comment, CommentVote, Paste
from tests.factories import client_for, make_paste

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def paste(alice: User) -> Paste:
    return make_paste(owner=alice, text="one\ntwo\nthree\n", name="notes.txt")


def say(client: Client, paste: Paste, body: str = "Well said", **form: str | int) -> Comment:
    response = client.post(f"/{paste.key}/comments", {"body": body, **form})
    assert response.status_code == 303, response.text
    comment = Comment.objects.latest("pk")
    assert response["Location"] == f"/{paste.key}/comments/{comment.pk}#comment-{comment.pk}"
    return comment


def test_a_comment_stands_under_the_paste_for_everybody(paste: Paste, bob: User) -> None:
    client_for().get(f"/{paste.key}")  # kept in the hot cache without it
    comment = say(client_for(bob), paste, "It *works*")
    page = client_for().get(f"/{paste.key}").text
    assert f'id="comment-{comment.pk}"' in page
    assert "<p>It <em>works</em></p>" in page
    assert "1 comment" in page
    paste.refresh_from_db()
    assert paste.comments == 1
