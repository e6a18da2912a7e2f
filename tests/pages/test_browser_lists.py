"""Lists and stars in a real browser: rows come as they are scrolled to, and a star is given where one reads."""

import inspect
import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from pastes.domain import discovery
from pastes.models import Star
from tests.factories import client_for, make_paste
from tests.pages.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = ".rows > li:not(.after)"


def sign_in(page: Page, user: User) -> None:
    page.goto("/robots.txt")
    cookie = client_for(user).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": page.url}])


def test_rows_come_as_they_are_scrolled_to_until_the_foot_can_be_reached(
    open_page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = inspect.unwrap(discovery.recent).__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "size", 6)
    keys = [make_paste(text=f"{n}\n" * 9, name="a.txt").key for n in range(50)][::-1]
    page = open_page(viewport={"width": 800, "height": 400})
    page.goto("/recent")
    for count in (12, 18, 24, 30, 30):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(page.locator(ROWS)).to_have_count(count)
    page.get_by_role("link", name="Older").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{ROWS}:nth-child(31) .title")).to_be_focused()
    assert page.url.endswith("/recent"), "history is left alone"
    shown = page.locator(".rows .title").evaluate_all("links => links.map(link => link.pathname.slice(1))")
    assert shown == keys[: len(shown)]
    assert page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == page.evaluate(
        "document.querySelectorAll('[id]').length"
    )


def test_a_star_is_given_and_taken_back_without_leaving_the_page(open_page: Opener, alice: User) -> None:
    paste = make_paste(title="Worth keeping")
    page = open_page()
    sign_in(page, alice)
    page.goto(f"/{paste.key}")
    button = page.get_by_role("button", name=re.compile("^Star"))
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    expect(button).to_contain_text("1")
    page.goto("/stars")
    expect(page.get_by_role("link", name="Worth keeping")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Star")).click()
    expect(page.get_by_role("button", name=re.compile("^Star"))).to_have_attribute("aria-pressed", "false")
    assert not Star.objects.exists()
