"""The tools of the reading page: lines marked and passed on, jumped to, walked through; files in a long list."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser import Opener
from tests.e2e.conftest import Site
from tests.e2e.test_paste import LOG

pytestmark = pytest.mark.browser

LINES = [f"step {number}\n" for number in range(1, 101)]
TEXT = "".join(LINES).encode()
PHONE: ViewportSize = {"width": 360, "height": 640}


@pytest.fixture
def page(open_page: Opener) -> Page:
    return open_page(permissions=["clipboard-read", "clipboard-write"])


@pytest.fixture(scope="module")
def many(site: Site) -> str:
    """A paste of 30 files."""
    return site.publish_all({f"module_{number}.py": f"number = {number}\n".encode() * 30 for number in range(1, 31)})


def clipboard(page: Page) -> object:
    return page.evaluate("navigator.clipboard.readText()")


def test_marked_lines_are_passed_on(page: Page, site: Site) -> None:
    path = site.publish(TEXT, "steps.txt")
    page.goto(path)
    bar = page.get_by_role("group", name="Marked lines")
    expect(bar).to_be_hidden()
    page.locator("#L3 > a").click()
    page.locator("#L5 > a").click(modifiers=["Shift"])
    expect(bar).to_contain_text("L3–L5")
    bar.get_by_role("button", name="Copy link").click()
    expect(page.locator("#status")).to_have_text("Link copied")
    assert clipboard(page) == f"{site.address}{path}#L3-L5"
    bar.get_by_role("button", name="Copy lines").click()
    expect(page.locator("#status")).to_have_text("Copied")
    assert clipboard(page) == "".join(LINES[2:5])
    assert Axe().run(page).response["violations"] == []
    bar.get_by_role("button", name="Unmark the lines").click()
    expect(bar).to_be_hidden()
    expect(page.locator(".l.hit")).to_have_count(0)
    assert page.url == site.address + path


def test_what_is_not_on_the_page_is_not_offered_to_be_copied(page: Page, site: Site) -> None:
    path = site.publish(LOG, "server.log")
    bar = page.get_by_role("group", name="Marked lines")
    page.goto(f"{path}#L10-L149000")
    expect(bar).to_contain_text("L10–L149000")
    expect(bar.get_by_role("button", name="Copy link")).to_be_visible()
    expect(bar.get_by_role("button", name="Copy lines")).to_be_hidden()
    # The next part comes by itself when its place is in view.
    page.goto(f"{path}#L1990-L2010")
    page.reload()
    bar.get_by_role("button", name="Copy lines").click()
    expect(page.locator("#status")).to_have_text("Copied")
    assert clipboard(page) == b"".join(LOG.splitlines(keepends=True)[1989:2010]).decode()


def test_without_a_clipboard_the_old_way_copies_and_a_refusal_is_said(open_page: Opener, site: Site) -> None:
    page = open_page()
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined })")
    page.goto(site.publish(TEXT, "steps.txt"))
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#status")).to_have_text("Copied")
    page.get_by_role("searchbox").click()
    page.keyboard.press("Control+v")
    expect(page.get_by_role("searchbox")).to_have_value("".join(LINES).replace("\n", " ")[:200])
    page.evaluate("document.execCommand = () => false")
    page.locator("h1").click()
    page.wait_for_timeout(1_700)
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#status")).to_have_text("This could not be copied. Select it, and copy it by hand.")


def test_one_jumps_to_lines_with_and_without_javascript(open_page: Opener, site: Site) -> None:
    path = site.publish(TEXT, "steps.txt")
    for scripted in (True, False):
        page = open_page(java_script_enabled=scripted)
        page.goto(path)
        field = page.get_by_label("Line", exact=True)
        field.fill("70-72")
        field.press("Enter")
        page.wait_for_url("**#L70-L72" if scripted else "**/*?line=70#L70-L72")
        if scripted:
            expect(page.locator("#L70")).to_be_in_viewport()
            expect(page.locator(".l.hit")).to_have_count(3)


def test_line_numbers_are_walked_through_by_keyboard(page: Page, site: Site) -> None:
    page.goto(site.publish(TEXT, "steps.txt"))
    page.locator(".code").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".l > a:focus")).to_be_in_viewport()
    page.keyboard.press("Home")
    expect(page.locator("#L1 > a")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#L3")).to_have_class("l hit")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".l.hit")).to_have_count(3)
    assert page.url.endswith("#L3-L5")
    page.keyboard.press("End")
    expect(page.locator("#L100 > a")).to_be_focused()
    expect(page.locator("#L100")).to_be_in_viewport()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#L100 > a")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".code a:focus")).to_have_count(0)


def test_wrapping_is_remembered_before_anything_is_painted(page: Page, site: Site) -> None:
    path = site.publish(b"word " * 500 + b"\nlast\n", "wide.txt")
    page.goto(path)
    assert page.evaluate("document.querySelector('.code').scrollWidth > innerWidth")
    page.get_by_role("button", name="Wrap").click()
    page.reload()
    expect(page.get_by_role("button", name="Wrap")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.querySelector('.code').scrollWidth <= innerWidth")
    shifts = """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().length))
      .observe({ type: 'layout-shift', buffered: true }) || setTimeout(() => done(0), 500))"""
    assert page.evaluate(shifts) == 0


def test_many_files_have_a_list_beside_them_that_says_which_is_in_view(page: Page, many: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(many)
    files = page.get_by_role("navigation", name="Files")
    expect(files.get_by_role("link")).to_have_count(30)
    expect(files.locator("[aria-current]")).to_contain_text("module_1.py")
    files.get_by_role("link", name="module_20.py").click()
    expect(page.locator("#file-20")).to_be_in_viewport()
    expect(files.locator("[aria-current]")).to_contain_text("module_20.py")
    expect(files.locator("[aria-current]")).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    expect(files.locator("[aria-current]")).to_contain_text("module_1.py")
    assert Axe().run(page).response["violations"] == []


def test_on_a_phone_the_list_is_a_menu_and_nothing_is_wider_than_the_window(page: Page, many: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{many}#F3-L2-F3-L4")
    files = page.get_by_role("navigation", name="Files")
    expect(files.get_by_role("link").first).to_be_hidden()
    files.get_by_text("30 files").click()
    expect(files.get_by_role("link").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    files.get_by_role("link", name="module_9.py").click()
    expect(page.locator("#file-9")).to_be_in_viewport()


def test_the_list_works_without_javascript(open_page: Opener, many: str) -> None:
    page = open_page(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page.goto(many)
    page.get_by_role("navigation", name="Files").get_by_role("link", name="module_20.py").click()
    expect(page.locator("#file-20")).to_be_in_viewport()
    expect(page.get_by_role("group", name="Marked lines")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("n" * 250 + ".py", b"x = 1\n" * 80),
        ("min.js", b"var a=1;" * 6_000 + b"\n" + b"x\n" * 80),
        ("عربي.txt", "مرحبا بالعالم\n".encode() * 80),
    ],
    ids=["long name", "long line", "right to left"],
)
def test_nothing_is_wider_than_a_phone(open_page: Opener, site: Site, name: str, data: bytes) -> None:
    page = open_page(viewport=PHONE)
    page.goto(f"{site.publish(data, name)}#L3-L5")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.get_by_role("group", name="Marked lines")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_in_viewport()
