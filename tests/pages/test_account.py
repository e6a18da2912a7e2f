"""/accounts/export and /accounts/delete: what an account takes along, and what it leaves behind."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from pastes.domain import webhooks
from pastes.domain.webhooks import WebhookDraft
from pastes.models import Comment, File, Like, Paste, Star
from tests.factories import client_for, make_paste, make_user, read_all

pytestmark = pytest.mark.django_db

EXPORT, REMOVE = "/accounts/export", "/accounts/delete"


def remove(user: User, pastes: str) -> Any:
    """Confirm the end of an account, as its owner does."""
    user.set_password("correct horse battery")
    user.save()
    return client_for(user).post(REMOVE, {"pastes": pastes, "password": "correct horse battery"})


def test_it_exports_every_file_of_every_revision_byte_for_byte() -> None:
    alice = make_user("alice")
    paste = make_paste(owner=alice, text=b"caf\xe9\r\n", name="menu.txt", visibility="private")
    make_paste(text="somebody else's")
    archive = zipfile.ZipFile(io.BytesIO(read_all(client_for(alice).get(EXPORT))))
    assert sorted(archive.namelist()) == [
        "account.json",
        "comments.json",
        "likes.json",
        f"pastes/{paste.key}/1/menu.txt",
        f"pastes/{paste.key}/paste.json",
        "stars.json",
        "webhooks.json",
    ]
    assert archive.read(f"pastes/{paste.key}/1/menu.txt") == b"caf\xe9\r\n"
    assert json.loads(archive.read(f"pastes/{paste.key}/paste.json"))["visibility"] == "private"
    assert json.loads(archive.read("account.json"))["username"] == "alice"


def test_it_exports_what_was_said_and_given() -> None:
    alice, bob = make_user("alice", bio="Alice writes", shows_stars=False), make_user("bob")
    paste = make_paste(owner=bob)
    first = Comment.objects.create(
        paste=paste, author=alice, body="a remark", file_name="a.py", first_line=3, last_line=5
    )
    Comment.objects.create(paste=paste, author=alice, body="taken back", deleted=timezone.now())
    Comment.objects.create(paste=paste, author=bob, body="Bob's own")
    Star.objects.create(user=alice, paste=paste)
    Like.objects.create(user=bob, paste=paste)
    archive = zipfile.ZipFile(io.BytesIO(read_all(client_for(alice).get(EXPORT))))
    about, comments, stars, likes = (
        json.loads(archive.read(f"{name}.json")) for name in ("account", "comments", "stars", "likes")
    )
    assert (about["bio"], about["shows_profile"], about["shows_stars"]) == ("Alice writes", True, False)
    [comment] = comments
    assert (comment["paste"], comment["id"], comment["text"]) == (paste.key, first.pk, "a remark")
    assert (comment["file"], comment["first_line"], comment["last_line"]) == ("a.py", 3, 5)
    assert [star["paste"] for star in stars] == [paste.key]
    assert likes == []


def test_it_exports_no_secret() -> None:
    alice = make_user("alice")
    make_paste(owner=alice, password="hunter2 and more")
    draft = WebhookDraft(name="bot", url="https://bot.example/", events=["paste.created"])
    webhook, secret = webhooks.create(user=alice, draft=draft)
    data = read_all(client_for(alice).get(EXPORT))
    [exported] = json.loads(zipfile.ZipFile(io.BytesIO(data)).read("webhooks.json"))
    assert (exported["url"], exported["events"]) == ("https://bot.example/", ["paste.created"])
    assert webhook.sealed_secret not in str(exported)
    assert secret not in str(exported)
    assert b"password" not in data
    assert b"argon2" not in data


def test_it_removes_the_pastes_with_the_account() -> None:
    alice = make_user("alice")
    paste = make_paste(owner=alice)
    answer = remove(alice, "delete")
    assert answer.status_code == 200
    assert "Your account is closed" in answer.content.decode()
    assert "Your pastes are deleted, too." in answer.content.decode()
    assert not User.objects.filter(pk=alice.pk).exists()
    assert not File.objects.exists()
    assert client_for().get(f"/{paste.key}").status_code == 404


def test_it_keeps_the_pastes_without_the_name() -> None:
    alice = make_user("alice")
    paste, private = make_paste(owner=alice), make_paste(owner=alice, visibility="private")
    client_for().get(f"/{paste.key}")
    assert "Your pastes stay, without your name." in remove(alice, "keep").content.decode()
    page = read_all(client_for().get(f"/{paste.key}")).decode()
    assert "alice" not in page
    assert not Paste.objects.filter(pk=private.pk).exists(), "nobody could open it any more"


def test_it_takes_back_the_stars_and_likes_it_gave() -> None:
    alice, paste = make_user("alice"), make_paste()
    Star.objects.create(user=alice, paste=paste)
    Like.objects.create(user=alice, paste=paste)
    Paste.objects.update(stars=1, likes=1)
    assert "Your pastes stay, without your name." in remove(alice, "keep").content.decode()
    paste.refresh_from_db()
    assert (paste.stars, paste.likes) == (0, 0)
