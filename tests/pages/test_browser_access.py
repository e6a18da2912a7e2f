"""Every page for everybody: axe finds nothing in either theme, nothing scrolls sideways on a phone or enlarged, nothing
moves for whom that is too much, and no page breaks the content security policy (`tests.browser` listens).

A page is loaded once. Its colours and its width then change under it, as they do when a device turns to its night or
is turned on its side; what depends on neither is looked at in one of them.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from axe_playwright_python.base import AXE_FILE_PATH
from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from accounts.models import User
from pastes.domain import discovery, discussion, moderation, reminders, sharing, webhooks
from pastes.domain.content import NewFile
from pastes.domain.webhooks import WebhookDraft
from pastes.models import Comment, Delivery, Paste, Webhook
from tests.access.table import rows_of_pastes, rows_of_the_site
from tests.browser import pages_of
from tests.factories import client_for, make_paste, make_user, viewer_for
from tests.pages.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AUTHOR = "alice-with-a-long-name"
LONG = "An unreasonably long title " * 7
CODE = 'import os\n\n\nclass A(B):\n    """Doc."""\n\n    def f(self) -> int:  # why\n        return os.x("s", 1)\n'
WIDE, ZOOMED, NARROW = 1280, 640, 320
"""Widths in pixels: a desk, the same at 200 %, the smallest phone (and a desk at 400 %)."""

#: What GET answers without a page of its own: data, feeds, pictures, what leads elsewhere or is not switched on.
NO_PAGES = {
    *("pastes:part", "pastes:raw", "pastes:raw_file", "pastes:haste_raw", "pastes:document", "pastes:paste_as"),
    *("pastes:download", "pastes:download_file", "pastes:comments_feed", "pastes:recent_feed", "pastes:search_feed"),
    *("pastes:popular_feed", "pastes:tag_feed", "pastes:profile_feed", "pastes:stars_feed", "pastes:shared"),
    *("pastes:qr", "pastes:card", "pastes:embed_script", "pastes:oembed", "accounts:export", "robots", "favicon"),
    *("manifest", "healthz", "readyz", "metrics", "upload", "mfa_download_recovery_codes"),
}


@dataclass
class Site:
    """Addresses in their states: of the author of most of it, of somebody who has just come, and of anybody."""

    people: dict[str, User]
    pages: dict[str, list[str]]


def make_site() -> Site:
    """A paste with everything, and others as they may be; an author who uses all there is."""
    alice, bob = make_user(AUTHOR, is_staff=True), make_user("bob")
    newcomer = make_user("nina")
    newcomer.set_password("correct horse battery")
    newcomer.save()
    EmailAddress.objects.create(user=newcomer, email=newcomer.email, verified=True, primary=True)
    full = make_full_paste(alice, bob)
    guarded = make_account(alice)
    comment = Comment.objects.get().pk
    private = make_paste(owner=alice, visibility="private", text=CODE)
    gated, once = make_paste(burn=True, password="secret").key, make_paste(max_views=3).key
    hidden, expired, deleted = (make_paste(owner=alice, title=LONG) for _ in range(3))
    moderation.hide(pastes=[hidden], moderator=make_user("mona"), reason=LONG)
    Paste.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    Paste.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    sharing.make(paste=private, viewer=viewer_for(alice), label=LONG[:80])
    key = full.key
    own = [f"/{key}/{page}" for page in ("edit", "redact", "delete", "expiry", "shares", "statistics", "share", "fork")]
    own += [f"/{key}/{page}" for page in ("star?on=1", "like?on=1", "revisions/1")]
    talk = [f"/{key}/comments/{comment}{page}" for page in ("/edit", "/delete", "/vote?value=1", "/report")]
    return Site(
        people={"author": alice, "newcomer": newcomer},
        pages={
            "author": [
                *("/", "/mine", "/mine?visibility=unlisted", "/stars", "/stars?q=nothing", "/notifications"),
                *("/tags", "/help/style", f"/{key}", *own, *talk[:3]),
                *(f"/{private.key}", f"/{hidden.key}", f"/{deleted.key}", f"/extend/{reminders.token_for(full)}"),
                *(f"/accounts/{page}" for page in ("settings", "delete", "tokens", "webhooks", "email/", "3rdparty/")),
                *(f"/accounts/{page}/" for page in ("password/set", "sessions", "logout", "2fa")),
                *(f"/accounts/2fa/{page}" for page in guarded),
                f"/accounts/webhooks/{make_webhook(alice).pk}",
            ],
            "newcomer": [
                *("/mine", "/stars", "/notifications", "/accounts/tokens", "/accounts/webhooks", "/accounts/email/"),
                *("/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/"),
                *("/accounts/2fa/webauthn/add/", "/u/nina"),
            ],
            "anybody": [
                *("/", "/recent", "/recent?language=python", "/recent?language=cobol", "/popular", "/trending"),
                *("/search", "/search?q=def&author=nobody", "/search?q=def", "/search?q=" + "x" * 201, "/diff?a=1&b=2"),
                *("/missing", f"/{expired.key}", "/help/clients", "/help/api", "/help/shortcuts", "/tags/python"),
                *(
                    f"/{gated}",
                    f"/{once}",
                    f"/{make_paste().key}/token",
                    f"/{key}",
                    f"/{key}/revisions",
                    f"/{key}/embed",
                ),
                *(
                    f"/{key}/diff/1..2",
                    f"/diff/{key}..{make_paste(text=CODE).key}",
                    f"/{key}/comments",
                    f"/{key}/report",
                ),
                *(f"/{key}/report?sent=new", f"/{key}/comments/{comment}", talk[3], f"/u/{AUTHOR}", "/mail/1.forged"),
                *(f"/accounts/{page}/" for page in ("login", "signup", "inactive", "confirm-email", "confirm-email/x")),
                *(f"/accounts/password/reset/{page}" for page in ("", "done/", "key/1-x/", "key/done/")),
                *("/accounts/3rdparty/login/cancelled/", "/accounts/3rdparty/login/error/"),
            ],
        },
    )


def make_full_paste(alice: User, bob: User) -> Paste:
    """One with files of every kind, two revisions, a comment on lines, a star to tell of."""
    paste = make_paste(
        owner=alice,
        title=LONG,
        description="What it is\nand why",
        tags="python " + "t" * 30,
        files=[
            NewFile(CODE.encode(), "a.py"),
            NewFile(("x" * 11_000 + "\u202e\n").encode(), "b" * 200 + ".txt"),
            NewFile(b"\0\1", "c.bin"),
            NewFile(b"-a\n+b\n", "d.patch"),
        ],
        expires_at=timezone.now() + timedelta(days=6),
    )
    client_for(alice).post(f"/{paste.key}/edit", {"content": CODE + "\n# more\n", "filename": "a.py", "base": "1"})
    paste.refresh_from_db()
    discussion.create(paste=paste, viewer=viewer_for(bob), body=f"`{LONG}` @{AUTHOR}")
    return paste


def make_account(user: User) -> list[str]:
    """Give ``user`` two addresses, an app with codes and a passkey, and return the pages about them."""
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    EmailAddress.objects.create(user=user, email=f"{'long.' * 20}@example.org")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": LONG[:80], "credential": {}}).pk
    return [
        *("totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/"),
        *(f"webauthn/keys/{key}/edit/", f"webauthn/keys/{key}/remove/"),
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


def sign_in(page: Page, user: User) -> None:
    """Give the browser a session of ``user``, who has just typed the password."""
    client = client_for(user)
    session = client.session
    password = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [password]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    page.goto("/robots.txt")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.url}])


def look_at(page: Page) -> Iterator[tuple[str, Any]]:
    """What is wrong with the page that is open, at three widths and in two themes."""
    page.evaluate(AXE_FILE_PATH.read_text() + "\n;0")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    yield from findings(page, {}, "light, wide")
    yield from (("moves", element) for element in moving(page))
    page.emulate_media(color_scheme="dark")
    yield from findings(page, {"runOnly": ["color-contrast"]}, "dark, wide")
    page.set_viewport_size({"width": ZOOMED, "height": 400})
    yield from sideways(page, "at 200 %")
    page.set_viewport_size({"width": NARROW, "height": 640})
    yield from sideways(page, "narrow")
    yield from findings(page, {}, "dark, narrow")
    page.emulate_media(color_scheme="light")
    yield from findings(page, {"runOnly": ["color-contrast"]}, "light, narrow")
    page.set_viewport_size({"width": WIDE, "height": 800})


def moving(page: Page) -> list[str]:
    """What does not change at once."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll("*")].filter((one) => ["", "::before", "::after"].some((part) => {
          const style = getComputedStyle(one, part);
          return /[1-9]/.test(style.transitionDuration) || style.animationName !== "none"
            || style.scrollBehavior === "smooth";
        })).slice(0, 3).map((one) => one.outerHTML.slice(0, 120))"""
    )
    return found


def findings(page: Page, options: dict[str, Any], state: str) -> Iterator[tuple[str, Any]]:
    """What axe finds."""
    run = "async (options) => (await axe.run(document, { ...options, resultTypes: ['violations'] })).violations"
    for violation in page.evaluate(run, options):
        yield f"{state}: {violation['id']}", [node["target"] for node in violation["nodes"]][:3]


def sideways(page: Page, state: str) -> Iterator[tuple[str, Any]]:
    """What does not fit into the width."""
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        yield (
            f"{state}: scrolls sideways",
            page.evaluate(
                """[...document.querySelectorAll("main *, header *, footer *")]
              .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
              .map((one) => one.outerHTML.slice(0, 120))"""
            ),
        )


def walk(page: Page, who: str, look: Callable[[Page], Iterable[tuple[str, Any]]]) -> list[tuple[Any, ...]]:
    """What is found on the pages that somebody has, by their addresses."""
    site = make_site()
    if who in site.people:
        sign_in(page, site.people[who])
    found: list[tuple[Any, ...]] = []
    for address in site.pages[who]:
        page.goto(address)
        if not page.url.endswith(address):
            found.append((address, "leads elsewhere", page.url))
        found += [(address, *finding) for finding in look(page)]
    return found


@pytest.mark.parametrize("who", ["author", "newcomer", "anybody"])
def test_every_page_is_accessible_and_fits(open_page: Opener, who: str) -> None:
    page = open_page(viewport={"width": WIDE, "height": 800}, reduced_motion="reduce")
    assert walk(page, who, look_at) == []


@pytest.mark.parametrize("who", ["author", "newcomer", "anybody"])
def test_every_page_fits_a_phone_in_russian_too_whose_words_are_longer(open_page: Opener, who: str) -> None:
    page = open_page(viewport={"width": NARROW, "height": 640}, locale="ru-RU")
    assert walk(page, who, lambda here: sideways(here, "narrow")) == []


def test_what_moves_is_found(open_page: Opener) -> None:
    """Or the walk would find nothing, whatever the pages do."""
    page = open_page(reduced_motion="no-preference")
    page.goto("/recent")
    assert moving(page)


def test_what_breaks_the_policy_is_found(chromium: Browser, live_server: object) -> None:
    """As above."""

    def open_a_page_with_a_style_of_its_own() -> None:
        with pages_of(chromium, str(live_server)) as opener:
            page = opener()
            page.goto("/recent")
            page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")

    with pytest.raises(AssertionError, match=r"/recent: .*Content Security Policy"):
        open_a_page_with_a_style_of_its_own()


def test_no_page_is_left_out() -> None:
    """An address that anybody or the author can open is in the lists above, or is said to be no page."""
    site = make_site()
    seen = {resolve(address.partition("?")[0]).view_name for pages in site.pages.values() for address in pages}
    rows = [row for row in rows_of_pastes() + rows_of_the_site() if row.method == "GET"]
    pages = {row.route for row in rows if 200 in row.expected.values()}
    assert pages - seen - NO_PAGES == set()


def test_errors_are_accessible_and_say_what_to_quote(
    open_page: Opener, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEARCH_RATE = "1/h"
    monkeypatch.setattr(discovery, "recent", lambda **_: 1 / 0)
    page = open_page(viewport={"width": WIDE, "height": 800})
    page.goto("/search?q=one")
    page.goto("/search?q=two")
    expect(page.get_by_text("That was too often in a short time.")).to_be_visible()
    assert list(look_at(page)) == []
    page.goto("/recent")
    expect(page.get_by_role("heading", name="Something went wrong on our side.")).to_be_visible()
    expect(page.get_by_text("If you report this, quote")).to_be_visible()
    assert list(look_at(page)) == []
