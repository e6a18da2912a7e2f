"""What the editor keeps in the browser until it is published, and what is asked of who leaves."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser import Opener, home

pytestmark = pytest.mark.browser


def leave(page: Page) -> list[str]:
    """Reload; the kinds of questions the browser asked, answered with yes."""
    kinds: list[str] = []

    def answer(dialog: Dialog) -> None:
        kinds.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.reload()
    page.remove_listener("dialog", answer)
    return kinds


def test_a_draft_comes_back_without_its_password(open_page: Opener) -> None:
    page = home(open_page(locale="en"))
    page.fill("[name=title]", "Mine")
    page.locator("[name=content]").press_sequentially("unsaved")
    page.fill("[name=language]", "Go")
    page.fill("[name=password]", "secret")
    page.check("[name=burn]")
    page.locator("[data-add]").click()
    page.locator("[name=content]").nth(1).fill("second")
    assert leave(page) == ["beforeunload"]
    notice = page.locator("[data-draft]")
    expect(notice).to_contain_text("Draft restored · now")
    expect(page.locator("[name=content]").first).to_have_value("unsaved")
    expect(page.locator("[name=content]").nth(1)).to_have_value("second")
    expect(page.locator("[name=title]")).to_have_value("Mine")
    expect(page.locator("[name=language]").first).to_have_value("Go")
    expect(page.locator("[name=burn]")).to_be_checked()
    expect(page.locator("[name=password]")).to_have_value("")
    assert "secret" not in page.evaluate("JSON.stringify(localStorage)")
    notice.get_by_role("button", name="Discard").click()
    expect(page.locator("[name=content]")).to_have_value("")
    notice.get_by_role("button", name="Undo").click()
    expect(page.locator("[name=content]").first).to_have_value("unsaved")
    notice.get_by_role("button", name="Discard").click()
    assert leave(page) == []
    expect(notice).to_be_hidden()


def test_a_draft_is_gone_when_it_is_published_and_stays_when_it_is_refused(open_page: Opener) -> None:
    page = home(open_page(locale="en"))
    page.fill("[name=content]", "text")
    page.fill("[name=filename]", "..")
    page.locator("[data-publish]").click()
    expect(page.locator("[data-errors]")).to_be_visible()
    leave(page)
    expect(page.locator("[name=content]")).to_have_value("text")
    page.fill("[name=filename]", "a.txt")
    kinds: list[str] = []

    def answer(dialog: Dialog) -> None:
        kinds.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.locator("[data-publish]").click()
    page.wait_for_url("**/*?published=1")
    assert kinds == [], "publishing is no leaving"
    home(page)
    expect(page.locator("[name=content]")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft'))") == []


def test_two_tabs_have_a_draft_each(open_page: Opener) -> None:
    page = home(open_page())
    page.fill("[name=content]", "of the first tab")
    other = home(page.context.new_page())
    expect(other.locator("[name=content]")).to_have_value("")
    other.fill("[name=content]", "of the second tab")
    other.wait_for_timeout(700)
    other.close()
    leave(page)
    expect(page.locator("[name=content]")).to_have_value(re.compile("of the (first|second) tab"))
    third = home(page.context.new_page())
    expect(third.locator("[name=content]")).to_have_value(re.compile("of the (first|second) tab"))
    assert {page.input_value("[name=content]"), third.input_value("[name=content]")} == {
        "of the first tab",
        "of the second tab",
    }


def test_every_edited_paste_has_a_draft_of_its_own(open_page: Opener) -> None:
    page = home(open_page(locale="en"))
    page.fill("[name=content]", "first")
    page.locator("[data-publish]").click()
    page.wait_for_url("**/*?published=1")
    address = page.url.partition("?")[0]
    page.goto(f"{address}/edit")
    page.fill("[name=content]", "changed")
    page.wait_for_timeout(700)
    home(page)
    expect(page.locator("[name=content]")).to_have_value("")
    page.goto(f"{address}/edit")
    expect(page.locator("[name=content]")).to_have_value("changed")
    page.locator("[data-publish]").click()
    page.wait_for_url(address)
    expect(page.locator("#L1")).to_contain_text("changed")


def test_a_browser_that_keeps_nothing_is_no_hindrance(open_page: Opener) -> None:
    page = open_page()
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }")
    home(page)
    page.locator("[name=content]").press_sequentially("text")
    page.wait_for_timeout(700)
    assert leave(page) == ["beforeunload"]
    expect(page.locator("[name=content]")).to_have_value("")
    page.fill("[name=content]", "text")
    page.locator("[data-publish]").click()
    page.wait_for_url("**/*?published=1")
