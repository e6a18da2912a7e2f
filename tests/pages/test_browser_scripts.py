"""What scripts add to pages that work without them."""

import hashlib
import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from pastes.models import File, Paste
from tests.factories import make_paste
from tests.pages.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COPYING = {"permissions": ["clipboard-read", "clipboard-write"]}
SIX = "one\n\n\tthree\nfour\n\nsix\n"


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_link_to_a_late_line_opens_the_part_that_has_it(open_page: Opener) -> None:
    page = open_page()
    key = make_paste(text="".join(f"{number}\n" for number in range(1, 7001))).key
    page.goto(f"/{key}#L5000-L5002")
    page.wait_for_url(f"**/{key}?line=5000#L5000-L5002")
    expect(page.locator(".l.hit")).to_have_count(3)
    expect(page.locator("#L5000")).to_be_in_viewport()
    page.locator(".more.previous a").click()
    expect(page.locator("#L2001")).to_have_count(1)
    ids = page.evaluate("Array.from(document.querySelectorAll('.code .l'), (row) => row.id)")
    assert ids == [f"L{number}" for number in range(2001, 6001)]


def test_a_line_that_is_not_there_asks_for_nothing(open_page: Opener) -> None:
    page = open_page()
    key = make_paste(text=SIX).key
    page.goto(f"/{key}#L7")
    page.wait_for_load_state("networkidle")
    assert page.url.endswith(f"/{key}#L7")


def test_it_copies_hidden_characters_as_they_are(open_page: Opener) -> None:
    page = open_page(**COPYING)
    page.goto(f"/{make_paste(text='a\u202eb').key}")
    expect(page.locator(".hid")).to_have_text("[U+202E]")
    page.locator("[data-copy]").click()
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    assert clipboard(page) == "a\u202eb"


def test_wrapping_and_colours_are_remembered(open_page: Opener) -> None:
    page = open_page(color_scheme="light")
    page.goto(f"/{make_paste(text='x' * 500).key}")
    page.locator("[data-wrap-lines]").click()
    page.locator("[name=theme][value=dark]").click()
    page.reload()
    root = page.locator("html")
    expect(root).to_have_attribute("data-wrap", "")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(page.locator("[data-wrap-lines]")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_view_counts_when_the_page_is_seen(open_page: Opener) -> None:
    page = open_page()
    key = make_paste().key
    with page.expect_response(f"**/{key}/view") as reported:
        page.goto(f"/{key}")
    assert reported.value.status == 204


def test_tab_indents_and_escape_lets_it_leave(open_page: Opener) -> None:
    page = open_page()
    page.goto("/")
    area = page.locator("[name=content]")
    expect(area).to_be_focused()
    page.keyboard.type("if x:\n")
    page.keyboard.press("Tab")
    page.keyboard.type("y")
    expect(area).to_have_value("if x:\n\ty")
    page.keyboard.press("Shift+Tab")
    expect(area).to_have_value("if x:\ny")
    page.keyboard.press("ControlOrMeta+z")
    expect(area).to_have_value("if x:\n\ty")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(area).not_to_be_focused()


def test_chosen_files_become_cards_and_keep_every_byte(open_page: Opener) -> None:
    page = open_page()
    page.goto("/")
    files = {
        "a.py": b"\nprint(1)\n",
        "dos.txt": b"a\r\nb\r\n",
        "latin.txt": b"caf\xe9\n",
        "bom.txt": b"\xef\xbb\xbfx\n",
    }
    page.set_input_files(
        "[data-upload]",
        [FilePayload(name=name, mimeType="text/plain", buffer=data) for name, data in files.items()],
    )
    expect(page.locator("[data-card]")).to_have_count(2)  # those whose bytes a text area keeps
    expect(page.locator("[data-attached] li")).to_have_count(2)
    expect(page.locator("[data-total]")).to_have_text(re.compile(r"^26\sB of 512\sKiB$"))
    page.locator("[name=content]").first.press("ControlOrMeta+Enter")
    page.wait_for_url("**/*?published=1")
    stored = {file.name: file.sha256 for file in File.objects.all()}
    assert stored == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_a_double_click_publishes_once(open_page: Opener) -> None:
    page = open_page()
    page.goto("/")
    page.fill("[name=content]", "once")
    page.locator("[data-publish]").dblclick()
    page.wait_for_url("**/*?published=1")
    assert Paste.objects.count() == 1


def test_too_much_text_is_said_before_it_is_sent(open_page: Opener) -> None:
    page = open_page()
    page.goto("/")
    page.locator("[name=content]").evaluate("(area) => { area.value = 'x'.repeat(600 * 1024); }")
    page.locator("[name=content]").dispatch_event("input")
    expect(page.locator("[data-total]")).to_have_class(re.compile("wrong"))
    expect(page.locator("[data-total-alert]")).to_contain_text("too large")


def test_times_are_relative_and_say_the_exact_one_on_hover(open_page: Opener) -> None:
    page = open_page(locale="en")
    page.goto(f"/{make_paste().key}")
    time = page.locator("time").first
    expect(time).to_have_text("now")
    assert "20" in (time.get_attribute("title") or "")
