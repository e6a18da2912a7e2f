"""The page that describes the API, in a browser: whole, without a network, and with nothing the policy forbids."""

import pytest
from playwright.sync_api import Request, expect

from tests.browser import Opener
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser

SLOW = 30_000
"""Milliseconds: it is a large script."""


def test_it_shows_and_tries_the_operations(site: Site, open_page: Opener) -> None:
    """That the policy and the console have no complaint, `open_page` sees."""
    page = open_page()
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((site.address, "data:", "blob:")):
            elsewhere.append(request.url)

    page.on("request", note)
    page.goto("/api/v1/docs")
    expect(page.get_by_role("heading", name="Pastebin API")).to_be_visible(timeout=SLOW)
    operation = page.locator("#operations-Pastes-read_paste")
    operation.get_by_role("button", name="/api/v1/pastes/{key}").first.click()
    operation.get_by_role("button", name="Try it out").click()
    key = site.publish(b"tried\n", "tried.txt").strip("/")
    operation.get_by_placeholder("key").fill(key)
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table")).to_contain_text('"content": "tried', timeout=SLOW)
    assert elsewhere == []


def test_it_has_the_sites_bar_and_colours(open_page: Opener) -> None:
    page = open_page(color_scheme="dark")
    page.goto("/api/v1/docs")
    title = page.get_by_role("heading", name="Pastebin API")
    expect(title).to_be_visible(timeout=SLOW)
    expect(page.locator(".bar").get_by_role("link", name="Recent")).to_be_visible()
    ink = page.evaluate("getComputedStyle(document.body).color")
    expect(title).to_have_css("color", ink)
    expect(page.locator("html")).to_contain_class("dark-mode")
    page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).not_to_contain_class("dark-mode")
    expect(title).not_to_have_css("color", ink)


def test_it_says_where_the_description_is_without_scripts(open_page: Opener) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/api/v1/docs")
    expect(page.get_by_role("link", name="/api/v1/openapi.json")).to_be_visible()
