"""Encrypted texts in a browser: what a program published opens here, and what is written here opens in a program."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pastes.domain import keys
from tests.browser import Opener, home
from tests.clients.test_pbincli import PASSWORD, TEXT, Program
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser

WRITTEN = "# Not for the site\nжар \u202e🔥"


def link_of(sent: dict[str, str]) -> str:
    """As the program prints it."""
    return f"/?{sent['id']}#{sent['key']}"


def shown(page: Page) -> list[str]:
    """The lines of the text, with their numbers."""
    expect(page.locator(".code .l").first).to_be_visible()
    return page.locator(".code .l").all_text_contents()


def test_what_a_program_sent_opens_with_its_password_and_what_is_attached(
    site: Site, open_page: Opener, tmp_path: Path
) -> None:
    attached = tmp_path / "page.html"
    attached.write_text("<script>alert(1)</script>")
    sent = Program(site).send(password=PASSWORD, file=str(attached))
    page = open_page(reduced_motion="reduce")
    page.goto(link_of(sent))
    expect(page.get_by_role("heading", name="The link alone does not open it")).to_be_visible()
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The password is wrong, or the link")
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    assert shown(page) == ["1жар 🔥\n", "2\tsecond line  \n"]
    for name, data in (("page.html", attached.read_bytes()), ("Download", TEXT.encode())):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        assert download.value.path().read_bytes() == data
    page.emulate_media(color_scheme="dark")
    assert Axe().run(page).response["violations"] == []
    page.goto(f"{page.url.split('#')[0]}#{sent['key'][:30]}")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("The key is missing")
    other = sent["key"][:-1] + ("2" if sent["key"].endswith("1") else "1")
    page.goto(f"{page.url.split('#')[0]}#{other}")  # the page stays: only what is behind the # is another
    expect(page.get_by_label("Password")).to_be_visible()


def test_what_burns_is_shown_once_to_whoever_confirms_it(site: Site, open_page: Opener) -> None:
    link = link_of(Program(site).send(burn=True))
    page = open_page()
    page.goto(link)
    page.reload()
    page.get_by_role("button", name="Open and burn").click()
    assert len(shown(page)) == 2
    expect(page.get_by_role("heading", name="This paste is gone")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="There is no paste at this address.")).to_be_visible()


def test_what_is_written_here_opens_elsewhere_and_in_a_program_and_nothing_else_was_sent(
    site: Site, open_page: Opener
) -> None:
    page = home(open_page(reduced_motion="reduce"))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    page.get_by_label("Title").fill("Known to nobody")
    page.get_by_label("Encrypt", exact=True).check()
    expect(page.get_by_text("only who has the whole link can read it")).to_be_visible()
    expect(page.get_by_label("Title")).to_be_hidden()
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("Text", exact=True).fill(WRITTEN)
    page.get_by_label("Password").fill(PASSWORD)
    page.wait_for_timeout(900)  # as long as it takes until a language would be recognised
    page.get_by_role("button", name="Publish").last.click()
    page.wait_for_url("**/*published=1#*")
    assert sum('"adata"' in body for body in sent) == 1
    assert not any(word in body for body in sent for word in ("Not for the site", "Known to nobody", PASSWORD))
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    assert shown(page) == ["1# Not for the site\n", "2жар [U+202E]🔥\n"]  # what is hidden is written out
    link = page.locator("#address").inner_text()
    key, fragment = link.removeprefix(f"{site.address}/").split("#")
    found = {"id": keys.to_hex(key), "key": fragment}
    assert Program(site).get(found, password=PASSWORD)[0] == WRITTEN
    page.goto(f"/{key}/delete")
    page.get_by_role("button", name="Delete").click()
    other = open_page()
    other.goto(link)
    expect(other.get_by_role("heading", name="There is no paste at this address.")).to_be_visible()


def test_what_cannot_be_encrypted_stays_and_is_said(site: Site, open_page: Opener) -> None:
    page = home(open_page())
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Add file").click()
    page.get_by_label("Encrypt", exact=True).check()
    for number, text in enumerate(("one", "two")):
        page.get_by_label("Text", exact=True).nth(number).fill(text)
    page.get_by_role("button", name="Publish").last.click()
    expect(page.get_by_role("alert").filter(has_text="not several files")).to_be_focused()
    page.get_by_role("button", name="Remove 2").click()
    page.route("**/cipher*.js", lambda route: route.fulfill(status=404))
    page.reload()  # the draft comes back, and with it the choice; the script does not
    expect(page.get_by_label("Encrypt", exact=True)).to_be_checked()
    page.get_by_role("button", name="Publish").last.click()
    expect(page.get_by_role("alert").filter(has_text="could not be encrypted")).to_be_focused()
    assert sent == []
    page.unroute("**/cipher*.js")
    page.get_by_role("button", name="Publish").last.click()
    page.wait_for_url("**/*published=1#*")
    assert shown(page) == ["1one\n"]
