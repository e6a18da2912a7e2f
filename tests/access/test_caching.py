"""Promises 6 to 8: what caches may keep, and that nothing outlives its paste there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pastes import hot
from pastes.domain import access, expiry, moderation, publishing, sharing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Paste
from tests.access.everybody import PASSWORD
from tests.factories import client_for, is_kept, make_paste, make_user, viewer_for

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "",
    "/raw",
    "/raw/notes.txt",
    "/download",
    "/lines/0/1",
    "/revisions",
    "/revisions/1",
    "/diff/1..1",
    "/fork",
    "/share",
    "/qr.svg",
)
LONG = "a line of it\n" * 3_000
"""Text of two parts."""


def make(**draft: Any) -> Paste:
    return make_paste(owner=make_user("alice"), text=LONG, name="notes.txt", **draft)


@pytest.mark.parametrize(
    ("draft", "visitor"),
    [
        ({"visibility": "private"}, "owner"),
        ({"visibility": "private"}, "guest"),
        ({"password": PASSWORD}, "unlocked"),
        ({"burn": True}, "anonymous"),
        ({}, "owner"),
    ],
    ids=["private", "shared", "password", "burn", "own"],
)
def test_it_lets_no_cache_keep_what_is_not_for_everybody(draft: dict[str, Any], visitor: str) -> None:
    paste = make(**draft)
    client = visitor_of(paste, visitor)
    for address in ADDRESSES:
        response = client.get(f"/{paste.key}{address}")
        assert "no-store" in response["Cache-Control"], address
        assert "public" not in response["Cache-Control"], address
    assert client.get(f"/diff/{paste.key}..{paste.key}")["Cache-Control"].endswith("no-store")


def visitor_of(paste: Paste, visitor: str) -> Client:
    if visitor == "owner":
        return client_for(paste.owner)
    client = client_for()
    if visitor == "guest":
        client.cookies["share_token"] = sharing.make(paste=paste, viewer=viewer_for(paste.owner))[1]
    if visitor == "unlocked":
        client.cookies["unlocked"] = access.unlock_proof(paste)
    return client


def test_it_has_a_public_page_asked_for_again_each_time() -> None:
    """no-cache: kept, perhaps, and never shown without asking. Nothing else would let an edit or an end be seen."""
    paste = make()
    for address in ("", "/raw", "/lines/0/1", "/lines/0/2"):
        response = client_for().get(f"/{paste.key}{address}")
        assert response["Cache-Control"] == "no-cache", address
        assert "Set-Cookie" not in response
        assert response.cookies == {}


def test_it_serves_a_public_page_to_everybody_alike_and_from_the_cache() -> None:
    paste = make()
    pages = [client_for().get(f"/{paste.key}") for _ in range(2)]
    assert pages[0].content == pages[1].content
    assert is_kept(f"/{paste.key}")
    assert b"csrfmiddlewaretoken" not in pages[0].content


@pytest.fixture
def warm() -> Paste:
    """A public paste whose page is in the hot cache in both languages."""
    paste = make()
    for language in ("en", "ru"):
        client_for().get(f"/{paste.key}", headers={"accept-language": language})
        assert is_kept(f"/{paste.key}", language=language)
    for address in (f"/{paste.key}/raw", *hot.LIST_PATHS):
        client_for().get(address)
        assert is_kept(address)
    return paste


def revise(paste: Paste, **changed: Any) -> None:
    draft = Draft(files=[NewFile(LONG.encode(), "notes.txt")], **changed)
    publishing.revise(paste=paste, draft=draft, base=paste.revision_count, viewer=viewer_for(paste.owner))


CHANGES: dict[str, Callable[[Paste], object]] = {
    "private": lambda paste: revise(paste, visibility="private"),
    "burn": lambda paste: revise(paste, burn=True),
    "password": lambda paste: revise(paste, password=PASSWORD),
    "expired": lambda paste: expiry.change(
        paste=paste, viewer=viewer_for(paste.owner), expires_at=timezone.now() - timedelta(seconds=1)
    ),
    "deleted": lambda paste: publishing.remove(paste=paste, viewer=viewer_for(paste.owner)),
    "hidden": lambda paste: moderation.hide(pastes=[paste], moderator=make_user("mona"), reason="spam"),
    "destroyed": lambda paste: moderation.delete(pastes=[paste], moderator=make_user("mona"), reason="spam"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_shows_the_change_on_the_very_next_request(warm: Paste, change: str) -> None:
    etag = client_for().get(f"/{warm.key}/raw")["ETag"]
    CHANGES[change](warm)
    for language in ("en", "ru"):
        response = client_for().get(f"/{warm.key}", headers={"accept-language": language})
        assert b"a line of it" not in response.content
    for headers in ({}, {"if-none-match": etag}, {"range": "bytes=0-9"}):
        assert client_for().get(f"/{warm.key}/raw", headers=headers).status_code in {403, 404}
    for address in hot.LIST_PATHS:
        assert warm.key.encode() not in client_for().get(address).content, address


@pytest.mark.parametrize("address", ["", "/raw"])
@pytest.mark.parametrize("change", CHANGES)
def test_it_does_not_keep_what_was_computed_before_the_change(
    warm: Paste, change: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow reader has the old page in hand when the change is done, and only then puts it into the cache."""
    hot.clear()
    keep = hot.keep

    def change_before_keeping(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(hot, "keep", keep)
        CHANGES[change](warm)
        keep(*args, **kwargs)

    monkeypatch.setattr(hot, "keep", change_before_keeping)
    client_for().get(f"/{warm.key}{address}")
    assert not is_kept(f"/{warm.key}{address}")
    assert b"a line of it" not in client_for().get(f"/{warm.key}{address}").content


def test_it_keeps_no_page_longer_than_its_paste_lives() -> None:
    paste = make(expires_at=timezone.now() + timedelta(seconds=0.5))
    assert client_for().get(f"/{paste.key}").status_code == 200
    assert not is_kept(f"/{paste.key}")


class TestUnlisted:
    """Promise 8: whoever has the address reads it; nobody finds it."""

    def test_it_asks_search_engines_to_stay_away_on_every_address(self) -> None:
        paste = make(visibility="unlisted")
        for _ in range(2):  # computed, then from the cache
            for address in (*ADDRESSES, "/fork"):
                response = client_for().get(f"/{paste.key}{address}")
                tagged = response.get("X-Robots-Tag") == "noindex"
                assert tagged or b'<meta name="robots" content="noindex">' in response.content, address

    @pytest.mark.parametrize(
        "draft",
        [
            {"visibility": "unlisted"},
            {"visibility": "private"},
            {"password": PASSWORD},
            {"burn": True},
            {"max_views": 3},
        ],
        ids=["unlisted", "private", "password", "burn", "views"],
    )
    def test_it_is_in_no_list(self, draft: dict[str, Any]) -> None:
        paste = make(title="nowhere to be found", **draft)
        bob = client_for(make_user("bob"))
        for client in (client_for(), bob):
            for address in ("/", "/recent", "/recent?language=text"):
                assert paste.key.encode() not in client.get(address).content
        assert paste.key.encode() not in bob.get("/mine").content
        assert paste.key.encode() in client_for(paste.owner).get("/mine").content
