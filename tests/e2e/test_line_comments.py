"""Two people talk about lines while the owner edits around them: the talk stays at its lines until they are gone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import Opener
from tests.e2e.test_paste import publish

pytestmark = pytest.mark.browser

LINES = [f"def step_{number}(): return {number}" for number in range(1, 21)]
TEXT = "".join(f"{line}\n" for line in LINES)


def sign_up(page: Page, name: str) -> None:
    page.goto("/accounts/signup/")
    page.fill("[name=username]", name)
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password1]", "correct horse battery")
    page.fill("[name=password2]", "correct horse battery")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda address: "signup" not in address)


def save(page: Page, address: str, lines: list[str]) -> None:
    page.goto(f"{address}/edit")
    page.fill("[name=content]", "".join(f"{line}\n" for line in lines))
    page.locator("[data-publish]").click()
    page.wait_for_url(lambda there: not there.endswith("/edit"))


def test_two_people_talk_about_lines_while_the_owner_edits_above_them(open_page: Opener) -> None:
    author, reader = open_page(), open_page()
    sign_up(author, "lina")
    sign_up(reader, "rob")
    address = publish(author, TEXT, name="steps.py")

    # A reader marks lines 3 to 5 and writes under them, without leaving the page.
    reader.goto(address)
    reader.locator("#L3 > a").click()
    reader.locator("#L5 > a").click(modifiers=["Shift"])
    reader.get_by_role("link", name="Comment on these lines").click()
    reader.get_by_label("A comment on these lines").fill("Why not a *loop*?")
    reader.locator("#form-lines").get_by_role("button", name="Comment").click()
    remark = reader.locator("#L5 + .talk a[data-talk]")
    expect(remark).to_contain_text("Lines 3–5 rob Why not a *loop*?")
    expect(remark).to_have_attribute("aria-expanded", "true")
    expect(reader.locator("#L5 + .talk .comment")).to_be_focused()
    expect(reader.locator("#form-lines")).to_have_count(0)
    remark.click()
    expect(reader.locator("#threads .comment em")).to_have_text("loop")
    expect(reader.locator("#L5 + .talk .comment")).to_have_count(0)

    # The author finds it there, opens it by keyboard, and answers in place.
    author.goto(address)
    remark = author.locator("#L5 + .talk a[data-talk]")
    remark.focus()
    author.keyboard.press("Enter")
    here = author.locator("#L5 + .talk")
    expect(here.locator(".comment em")).to_have_text("loop")
    expect(author.locator("#threads .comment")).to_have_count(0)
    author.locator("#L9 > a").click()
    author.get_by_role("link", name="Comment on these lines").click()
    expect(author.locator("#L9 + .talk textarea")).to_be_focused()
    assert Axe().run(author).response["violations"] == []
    author.keyboard.press("Escape")
    here.get_by_role("link", name="Reply").click()
    here.get_by_label("Your reply").fill("There will be one.")
    here.get_by_role("button", name="Reply").click()
    expect(here.locator(".comment").nth(1)).to_contain_text("There will be one.")
    expect(author.get_by_role("heading", name="2 comments")).to_be_visible()

    # Lines come in above: what was said moves along, at the lines and in the thread, for both and without scripts.
    save(author, address, ["import os", "", *LINES])
    plain = open_page(java_script_enabled=False)
    for page in (author, reader, plain):
        page.goto(address)
        remark = page.locator("#L7 + .talk a[data-talk]")
        expect(remark).to_contain_text("Lines 5–7 rob Why not a *loop*? 1 reply")
        expect(page.locator(".talk a[data-talk]")).to_have_count(1)
    plain.locator("#L7 + .talk a").click()
    expect(plain.get_by_text("There will be one.")).to_be_visible()
    plain.get_by_role("link", name="Lines 5–7").click()
    expect(plain.locator("#L5")).to_be_in_viewport()

    # The lines go: the talk stays, with the lines as they were.
    save(author, address, LINES[:2] + LINES[5:])
    reader.reload()
    expect(reader.locator(".talk")).to_have_count(0)
    thread = reader.locator("#threads .thread")
    thread.get_by_text("Outdated").click()
    expect(thread.locator(".quote")).to_have_text("\n".join(LINES[2:5]))
    expect(thread).to_contain_text("There will be one.")
    reader.goto(f"{address}/revisions/1")
    expect(reader.locator("#L5 + .talk")).to_contain_text("Lines 3–5 rob")


def test_whoever_is_not_signed_in_comes_back_to_the_lines(open_page: Opener) -> None:
    page = open_page()
    sign_up(page, "mia")
    address = publish(page, TEXT, name="steps.py")
    page.context.clear_cookies()
    page.goto(f"{address}#L3-L5")
    page.get_by_role("link", name="Comment on these lines").click()
    page.fill("[name=login]", "mia")
    page.fill("[name=password]", "correct horse battery")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_label("First line")).to_have_value("3")
    expect(page.get_by_label("Last line")).to_have_value("5")
    page.get_by_label("A new comment").fill("Back again")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_text("Back again")).to_be_visible()
    page.goto(address)
    expect(page.locator("#L5 + .talk")).to_contain_text("Lines 3–5 mia Back again")


def test_talk_is_not_copied_with_the_code(open_page: Opener) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    sign_up(page, "nora")
    page.goto(publish(page, TEXT, name="steps.py"))
    page.locator("#L3 > a").click()
    page.get_by_role("link", name="Comment on these lines").click()
    page.get_by_label("A comment on these lines").press("Escape")
    expect(page.get_by_role("link", name="Comment on these lines")).to_be_focused()
    page.get_by_role("link", name="Comment on these lines").press("Enter")
    page.get_by_label("A comment on these lines").fill("Not code")
    # For 20 ms htmx knows nothing of a form that it has put there, and the browser would send it by itself.
    expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#L3 + .talk .comment")).to_contain_text("Not code")
    page.locator("#L3 + .talk a[data-talk]").click()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == TEXT
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.code'))")
    assert page.evaluate("getSelection().toString()").splitlines() == TEXT.splitlines()
