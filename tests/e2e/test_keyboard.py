"""By keyboard: keys press what is on the page, a list shows them, a switch turns them off, and none acts on typing."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser import Opener
from tests.e2e.conftest import Site
from tests.e2e.test_paste import publish

pytestmark = pytest.mark.browser

TEXT = "".join(f"step {number}\n" for number in range(1, 81)).encode()


@pytest.fixture
def page(open_page: Opener) -> Page:
    return open_page(permissions=["clipboard-read", "clipboard-write"])


def russian(page: Page, code: str, key: str) -> None:
    """Press a key of a Russian keyboard: it has its place, and another letter on it."""
    page.evaluate(
        "([code, key]) => document.body.dispatchEvent("
        "new KeyboardEvent('keydown', { code, key, bubbles: true, cancelable: true }))",
        [code, key],
    )


def test_keys_press_what_is_on_the_page(page: Page, site: Site) -> None:
    path = site.publish(TEXT, "steps.txt")
    page.goto(path)
    page.keyboard.press("w")
    expect(page.get_by_role("button", name="Wrap")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("c")
    expect(page.locator("#status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == TEXT.decode()
    page.locator("#L3 > a").click()
    page.keyboard.press("y")
    expect(page.locator("#status")).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.address}{path}#L3"
    page.keyboard.press("l")
    expect(page.get_by_label("Line", exact=True)).to_be_focused()
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    expect(page.locator("#L70")).to_be_in_viewport()
    page.locator("body").focus()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("r")
    page.wait_for_url("**/raw")
    page.goto(path)
    page.keyboard.press("n")
    page.wait_for_url(f"{site.address}/")


def test_e_edits_for_whom_there_is_a_link_to_edit(page: Page, open_page: Opener) -> None:
    address = publish(page, "one\n")
    page.goto(address)
    page.keyboard.press("e")
    page.wait_for_url("**/edit")
    reader = open_page()
    reader.goto(address)
    reader.keyboard.press("e")
    reader.keyboard.press("?")
    expect(reader.get_by_role("dialog").get_by_text("Raw text")).to_be_visible()
    expect(reader.get_by_role("dialog").get_by_text("Edit", exact=True)).to_be_hidden()
    assert reader.url == address


def test_keys_of_another_script_count_by_their_place(page: Page, site: Site) -> None:
    path = site.publish(TEXT, "steps.txt")
    page.goto(path)
    russian(page, "KeyW", "ц")
    expect(page.get_by_role("button", name="Wrap")).to_have_attribute("aria-pressed", "true")
    # Of the same script by what is written on them: a French keyboard has its W where others have their Z.
    russian(page, "KeyZ", "w")
    expect(page.get_by_role("button", name="Wrap")).to_have_attribute("aria-pressed", "false")
    russian(page, "KeyR", "к")
    page.wait_for_url("**/raw")


def test_no_key_acts_while_somebody_types_or_holds_another(page: Page, site: Site) -> None:
    path = site.publish(TEXT, "steps.txt")
    page.goto(path)
    for keys in ("Control+w", "Alt+w", "Shift+w", "Meta+r"):
        page.evaluate("addEventListener('keydown', (event) => event.preventDefault(), { once: true })")
        page.keyboard.press(keys)
    page.get_by_role("searchbox").click()
    page.keyboard.type("w?/rnj")
    expect(page.get_by_role("searchbox")).to_have_value("w?/rnj")
    expect(page.get_by_role("button", name="Wrap")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith(path)


def test_the_list_opens_says_what_works_here_and_gives_the_focus_back(page: Page, site: Site) -> None:
    page.goto(site.publish(TEXT, "steps.txt"))
    page.get_by_label("Line", exact=True).focus()
    page.get_by_role("button", name="Wrap").focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("Go to a line")).to_be_visible()
    expect(dialog.get_by_text("Side by side")).to_be_hidden()
    page.keyboard.press("w")
    expect(page.locator("[data-wrap-lines]")).to_have_attribute("aria-pressed", "false")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Wrap")).to_be_focused()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Keyboard shortcuts").click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    site.publish(TEXT, "listed.txt", visibility="public")
    page.goto("/recent")
    page.keyboard.press("?")
    expect(dialog.get_by_text("The next and the one before in a list")).to_be_visible()
    expect(dialog.get_by_text("Raw text")).to_be_hidden()


def test_keys_are_switched_off_and_on_again(page: Page, site: Site) -> None:
    path = site.publish(TEXT, "steps.txt")
    page.goto(path)
    expect(page.get_by_role("link", name="Raw")).to_have_attribute("aria-keyshortcuts", "r")
    page.keyboard.press("?")
    page.get_by_role("switch", name="Keys work").uncheck()
    page.keyboard.press("Escape")
    for _ in range(2):
        page.keyboard.press("r")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("link", name="Raw")).not_to_have_attribute("aria-keyshortcuts", "r")
        assert page.url.endswith(path)
        page.reload()
    page.get_by_role("link", name="Keyboard shortcuts").click()
    switch = page.get_by_role("switch", name="Keys work")
    expect(switch).not_to_be_checked()
    switch.check()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_url("**/raw")


def test_j_and_k_go_through_a_list_and_enter_opens(page: Page, site: Site) -> None:
    paths = [site.publish(b"walk through them\n", f"listed{number}.txt", visibility="public") for number in range(3)]
    page.goto("/recent")
    titles = page.locator("[data-row] .title")
    page.keyboard.press("k")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(titles.nth(1)).to_be_focused()
    outline = titles.nth(1).evaluate("one => getComputedStyle(one).outlineStyle")
    assert outline == "solid", "the focus can be seen"
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(titles.nth(0)).to_be_focused()
    page.goto("/search?q=walk+through")
    page.locator("h1").first.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"{paths[1]}$"))


def test_without_javascript_the_list_is_a_page(open_page: Opener) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Keyboard shortcuts").click()
    expect(page.locator("h2")).to_have_text("Keyboard shortcuts")
    expect(page.get_by_text("Keys need JavaScript.")).to_be_visible()
    expect(page.get_by_role("switch")).to_be_hidden()
    expect(page.get_by_role("button", name="Close")).to_be_hidden()


def test_a_list_that_cannot_be_loaded_is_followed_as_a_link(page: Page) -> None:
    def unavailable(route: Route) -> None:
        if route.request.resource_type == "fetch":
            route.fulfill(status=503)
        else:
            route.continue_()

    page.goto("/recent")
    page.route("**/help/shortcuts", unavailable)
    page.keyboard.press("?")
    page.wait_for_url("**/help/shortcuts")
