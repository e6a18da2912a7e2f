"""Every page for everybody: axe finds nothing in either theme, and nothing scrolls sideways on a small phone."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from pastes.domain import moderation, webhooks
from pastes.domain.content import NewFile
from pastes.domain.webhooks import WebhookDraft
from pastes.models import Delivery, Webhook
from tests.factories import client_for, make_paste, make_user
from tests.pages.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "An unreasonably long title " * 7
CODE = 'import os\n\n\nclass A(B):\n    """Doc."""\n\n    def f(self) -> int:  # why\n        return os.x("s", 1)\n'


def addresses() -> list[str]:
    """All pages in their states, of a paste with everything and of others."""
    alice = make_user("alice-with-a-long-name")
    full = make_paste(
        owner=alice,
        title=LONG,
        description="What it is\nand why",
        files=[
            NewFile(CODE.encode(), "a.py"),
            NewFile(("x" * 11_000 + "\u202e\n").encode(), "b" * 200 + ".txt"),
            NewFile(b"\0\1", "c.bin"),
            NewFile(b"-a\n+b\n", "d.patch"),
        ],
        expires_at=timezone.now() + timedelta(days=6),
    ).key
    private = make_paste(owner=alice, visibility="private", text=CODE).key
    gated = make_paste(burn=True, password="secret").key
    hidden = make_paste(owner=alice, title=LONG)
    moderation.hide(pastes=[hidden], moderator=make_user("mona"), reason=LONG)
    own = (
        "",
        "/edit",
        "/delete",
        "/expiry",
        "/shares",
        "/revisions",
        "/diff/1..1",
        "/fork",
        "/statistics",
        "/star?on=1",
    )
    return [
        "/",
        "/recent",
        "/recent?language=python",
        "/popular",
        "/trending?language=python",
        "/search",
        "/search?q=def&author=nobody",
        "/search?q=" + "x" * 201,
        "/stars",
        "/stars?q=nothing",
        "/mine",
        "/mine?visibility=unlisted",
        "/diff?a=1&b=2",
        "/nothing/here",
        "/help/clients",
        "/help/api",
        "/help/shortcuts",
        f"/{gated}",
        f"/{make_paste().key}/token",
        *(f"/{full}{page}" for page in own),
        f"/{private}",
        f"/{full}/report",
        f"/{full}/report?sent=new",
        f"/{hidden.key}",
        "/accounts/settings",
        "/u/alice-with-a-long-name",
        "/accounts/delete",
        "/accounts/webhooks",
        f"/accounts/webhooks/{make_webhook(alice).pk}",
    ]


def make_webhook(user: User) -> Webhook:
    """One with a long name and address, to which a message did not get through."""
    draft = WebhookDraft(name="n" * 80, url=f"https://bot.example/{'x' * 400}", events=Webhook.Event.values)
    webhook, _secret = webhooks.create(user=user, draft=draft)
    Delivery.objects.create(
        webhook=webhook,
        message_id=f"msg_{'x' * 27}",
        event="paste.commented",
        occasion="comment:1",
        state="failed",
        attempts=8,
        tried_at=timezone.now(),
        problem="connection",
        milliseconds=3_000,
    )
    return webhook


def sign_in(page: Page) -> None:
    """Give the browser the session of the author."""
    client = client_for(User.objects.get(username="alice-with-a-long-name"))
    cookie = client.cookies["sessionid"]
    page.goto("/robots.txt")
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": page.url}])


@pytest.mark.parametrize(
    ("theme", "width", "signed_in"),
    [("light", 1280, True), ("dark", 320, True), ("dark", 1280, False), ("light", 320, False)],
    ids=["author, light, wide", "author, dark, small", "anybody, dark, wide", "anybody, light, small"],
)
def test_every_page_is_accessible_and_fits(open_page: Opener, theme: str, width: int, signed_in: bool) -> None:
    found: list[tuple[str, str, list[object]]] = []
    pages = addresses()
    page = open_page(color_scheme=theme, viewport={"width": width, "height": 800}, reduced_motion="reduce")
    if signed_in:
        sign_in(page)
    axe = Axe()
    for address in pages:
        page.goto(address)
        found += [
            (address, violation["id"], [node["target"] for node in violation["nodes"]][:3])
            for violation in axe.run(page).response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append((address, "scrolls sideways", []))
    assert found == []
