"""The life of a paste, with JavaScript and without: publish, read, link, edit, compare, share, burn, delete."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser import Opener
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser

TEXT = "\n".join(f"def step_{number}(): return {number}" for number in range(1, 41)) + "\n"
LINES = 150_000
LOG = b"".join(b"2026-11-23T%05d INFO request served in 12 ms, %05d bytes sent\n" % (n, n) for n in range(1, LINES + 1))


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def publish(page: Page, text: str, *, name: str = "", **choices: bool) -> str:
    """Publish from the home page; the path of the paste."""
    page.goto("/")
    page.fill("[name=content]", text)
    page.fill("[name=filename]", name)
    for choice, on in choices.items():
        page.set_checked(f"[name={choice}]", on)
    page.locator("[data-publish]").click()
    page.wait_for_url("**/*?published=1")
    return page.url.partition("?")[0]


def status_of(page: Page) -> int:
    """The status of the same page, asked for again."""
    response = page.reload()
    assert response
    return response.status


def test_it_lives(open_page: Opener, scripted: bool) -> None:
    page = open_page(java_script_enabled=scripted)
    address = publish(page, TEXT, name="steps.py")
    expect(page.locator("#edit-token")).to_be_visible()
    page.goto(address)
    expect(page.locator("#L3")).to_contain_text("def step_3(): return 3")
    expect(page.locator("#L3 .k").first).to_have_text("def")

    page.get_by_role("link", name="Edit").click()
    page.fill("[name=content]", TEXT.replace("return 7\n", "return 49\n"))
    page.locator("[data-publish]").click()
    expect(page.locator("#L7")).to_contain_text("return 49")
    page.get_by_role("link", name="Revision 2 of 2").click()
    page.get_by_role("button", name="Compare the two").click()
    expect(page.locator("tr.removed")).to_contain_text("return 7")
    expect(page.locator("tr.added")).to_contain_text("return 49")

    reader = open_page(java_script_enabled=scripted)
    reader.goto(address)
    expect(reader.locator("#L7")).to_contain_text("return 49")
    page.goto(f"{address}/edit")
    page.locator(".pick label", has_text="Private").click()
    page.locator("[data-publish]").click()
    expect(page.locator("#L7")).to_be_visible()
    assert status_of(reader) == 404

    page.get_by_role("link", name="Share", exact=True).click()
    page.get_by_role("link", name="Make a secret link for others").click()
    page.fill("[name=label]", "Bob")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#new-link").inner_text()
    bob = open_page(java_script_enabled=scripted)
    bob.goto(link)
    expect(bob.locator("#L7")).to_contain_text("return 49")
    assert bob.url == address, "the token has left the address bar"
    page.get_by_role("button", name="Revoke").click()
    assert status_of(bob) == 404


def test_it_burns(open_page: Opener, scripted: bool) -> None:
    author, first, second = (open_page(java_script_enabled=scripted) for _ in range(3))
    address = publish(author, "the code is 4711\n", burn=True)
    for reader in (first, second):
        reader.goto(address)
        assert "4711" not in reader.content()
    first.get_by_role("button", name="Open and burn").click()
    expect(first.locator("#L1")).to_contain_text("4711")
    second.get_by_role("button", name="Open and burn").click()
    expect(second.locator("h1")).to_have_text("There is no paste at this address.")
    assert "4711" not in second.content()
    author.goto(address)
    expect(author.locator("h1")).to_have_text("Read and burnt")


def test_a_link_to_a_late_line_of_a_10_mib_log(site: Site, open_page: Opener, scripted: bool) -> None:
    path = site.publish(LOG, "server.log")
    page = open_page(java_script_enabled=scripted)
    page.goto(path)
    expect(page.locator("#L1")).to_contain_text("00001 INFO")
    assert page.locator(".code .l").count() <= 2_000
    page.goto(f"{path}#L140000" if scripted else f"{path}?line=140000#L140000")
    expect(page.locator("#L140000")).to_contain_text("140000 INFO")
    expect(page.locator("#L140000")).to_be_in_viewport()
    page.fill("[data-jump] input", "99999")
    page.press("[data-jump] input", "Enter")
    expect(page.locator("#L99999")).to_contain_text("99999 INFO")


def test_somebody_signs_up_and_takes_an_anonymous_paste_along(open_page: Opener, scripted: bool) -> None:
    page = open_page(java_script_enabled=scripted)
    address = publish(page, "mine one day\n", name="claim.txt")
    name = f"carol{'s' if scripted else ''}"
    page.goto("/accounts/signup/")
    page.fill("[name=username]", name)
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password1]", "correct horse battery")
    page.fill("[name=password2]", "correct horse battery")
    page.locator("main form button[type=submit]").click()
    page.goto(address)
    page.get_by_role("button", name="Make it mine").click()
    expect(page.get_by_text("This paste is yours now.")).to_be_visible()
    page.locator("header .menu > summary").click()
    page.get_by_role("link", name="My pastes").click()
    expect(page.locator(".rows .title")).to_have_text("claim.txt")

    page.goto(f"{address}/delete")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("h1")).to_have_text(re.compile("is deleted"))
    page.locator("header .menu > summary").click()
    page.get_by_role("link", name="My pastes").click()
    expect(page.locator(".rows .title")).to_have_count(0)
    page.goto(address)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#L1")).to_contain_text("mine one day")


def test_a_phone_downloads_what_it_cannot_show(open_page: Opener) -> None:
    page = open_page(viewport={"width": 360, "height": 700})
    page.goto("/")
    files = [
        FilePayload(name="a.bin", mimeType="", buffer=b"\0\1"),
        FilePayload(name="a.txt", mimeType="", buffer=b"a\n"),
    ]
    page.set_input_files("[data-upload]", files)
    page.locator("[data-publish]").click()
    page.wait_for_url("**/*?published=1")
    binary, text = (
        page.locator("[data-file]", has_text=name).locator(".tools [download]") for name in ("a.bin", "a.txt")
    )
    expect(binary).to_be_visible()
    expect(text).to_be_hidden()


def test_lines_are_marked_by_clicks_and_stay_marked(open_page: Opener) -> None:
    page = open_page()
    address = publish(page, TEXT, name="steps.py")
    page.goto(address)
    page.locator("#L3 > a").click()
    assert page.url.endswith("#L3")
    page.locator("#L5 > a").click(modifiers=["Shift"])
    assert page.url.endswith("#L3-L5")
    page.reload()
    expect(page.locator(".l.hit")).to_have_count(3)


def test_numbers_are_neither_copied_nor_selected(open_page: Opener) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(publish(page, TEXT, name="steps.py"))
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == TEXT
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.code'))")
    selected = page.evaluate("getSelection().toString()")
    assert selected.splitlines() == TEXT.splitlines()
