"""Alice's pastes, one of each kind, and everybody who asks for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import Scope, User
from pastes.domain import sharing, webhooks
from pastes.domain.webhooks import WebhookDraft
from pastes.models import Comment, Delivery, Paste
from tests.access.table import KINDS
from tests.factories import HTML, client_for, make_paste, make_user, read_all, viewer_for

PASSWORD = "open sesame"
TEXT = "the text of alice\n"

DRAFTS: dict[str, dict[str, Any]] = {
    "public": {},
    "unlisted": {"visibility": "unlisted"},
    "private": {"visibility": "private"},
    "password": {"password": PASSWORD},
    "burn": {"burn": True},
    "expired": {},
    "deleted": {},
    "hidden": {},
}


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is there, and what Alice has published.

    Attributes:
        clients: browsers by the names of `table.EVERYBODY`, and programs with Alice's tokens.
        pastes: by the names of `table.KINDS`.
        tokens: the token of a share link to each of them.
        links: the id of that link.
        comments: the id of a comment of Bob on each of them.
        delivery: to a webhook of Alice.
    """

    alice: User
    bob: User
    clients: dict[str, Client]
    pastes: dict[str, Paste]
    tokens: dict[str, str]
    links: dict[str, int]
    comments: dict[str, int]
    delivery: Delivery


def make_cast() -> Cast:
    """Everybody, and one paste of each kind."""
    alice, bob = make_user("alice"), make_user("bob")
    staff = make_user("sam", is_staff=True)
    pastes = {kind: make_paste(owner=alice, text=TEXT, name="notes.txt", **DRAFTS[kind]) for kind in KINDS}
    shares = {kind: sharing.make(paste=paste, viewer=viewer_for(alice), label=kind) for kind, paste in pastes.items()}
    Paste.objects.update(comments=1)
    comments = {kind: Comment.objects.create(paste=paste, author=bob, body="Nice").pk for kind, paste in pastes.items()}
    end(pastes)
    return Cast(
        alice=alice,
        bob=bob,
        clients={
            "anonymous": client_for(),
            "stranger": client_for(bob),
            "owner": client_for(alice),
            "staff": client_for(staff),
            "deactivated": client_for(alice),
            "expired token": _program(alice, expires_at=timezone.now()),
            "read-only token": _program(alice),
        },
        pastes=pastes,
        tokens={kind: token for kind, (link, token) in shares.items()},
        links={kind: link.pk for kind, (link, token) in shares.items()},
        comments=comments,
        delivery=_delivery(alice),
    )


def _delivery(user: User) -> Delivery:
    """What was sent to a webhook of ``user``."""
    draft = WebhookDraft(name="bot", url="https://hook.example/", events=["paste.starred"])
    webhook, _secret = webhooks.create(user=user, draft=draft)
    return webhooks.ping(webhook=webhook)


def _program(user: User, **fields: Any) -> Client:
    """A program with a token of ``user`` that is good for reading, and says that it is a browser."""
    _row, token = tokens.create(user=user, name="reader", scopes=[Scope.PASTE_READ], **fields)
    return Client(headers={"accept": HTML, "authorization": f"Bearer {token}"})


def end(pastes: dict[str, Paste]) -> None:
    """Let three of them be over, as time and people do it, while no worker runs."""
    now = timezone.now()
    Paste.objects.filter(pk=pastes["expired"].pk).update(expires_at=now - timedelta(seconds=1))
    Paste.objects.filter(pk=pastes["deleted"].pk).update(deleted_at=now)
    Paste.objects.filter(pk=pastes["hidden"].pk).update(hidden_at=now, hidden_reason="spam")


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever the block does to the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(cast: Cast, who: str, method: str, url: str, data: dict[str, Any] | None = None) -> int:
    """The status that one of them gets; the database and the browser's cookies are afterwards as they were.

    Asked as HTMX asks, for then an error is a fragment, which takes a fifth of a page's time to make.
    """
    client = cast.clients[who]
    cookies = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    sent = {"HX-Request": "true"}
    with undone():
        if who == "deactivated":
            User.objects.filter(pk=cast.alice.pk).update(is_active=False)
        posted = data is not None and method == "POST"
        response = client.post(url, data, headers=sent) if posted else client.generic(method, url, headers=sent)
        read_all(response)
    client.cookies = cookies
    return int(response.status_code)
