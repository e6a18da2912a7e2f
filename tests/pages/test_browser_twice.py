"""What a browser does with JavaScript and again without; the whole path of a paste is in ``tests/e2e``."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODE = "\nimport random\n\n\ndef f():\n    return random.random()\n"


@pytest.fixture(params=[True, False], ids=["scripted", "unscripted"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def publish(page: Page) -> str:
    """Press Publish; the key of the new paste."""
    page.locator("[data-publish]").click()
    page.wait_for_url("**/*?published=1")
    return page.url.rpartition("/")[2].partition("?")[0]


def test_it_keeps_what_was_typed_when_something_is_wrong(open_page: Opener, scripted: bool) -> None:
    page = open_page(java_script_enabled=scripted)
    page.goto("/")
    page.fill("[name=content]", CODE)
    page.select_option("[name=expiry]", "date")
    page.fill("[name=expires_at]", "2020-01-01T00:00")
    page.locator("[data-publish]").click()
    expect(page.locator("[data-errors] a")).to_have_count(1)
    expect(page.locator("[name=content]")).to_have_value(CODE)
    page.select_option("[name=expiry]", "1w")
    publish(page)


def test_it_reaches_every_line_of_a_long_file(open_page: Opener, scripted: bool) -> None:
    page = open_page(java_script_enabled=scripted)
    page.goto("/")
    text = "".join(f"line {number}\n" for number in range(1, 7001))
    page.set_input_files("[name=upload]", {"name": "a.log", "mimeType": "text/plain", "buffer": text.encode()})
    key = publish(page)
    page.goto(f"/{key}")
    page.fill("[data-jump] input", "5000")
    page.press("[data-jump] input", "Enter")
    expect(page.locator("#L5000")).to_contain_text("line 5000")
    page.goto(f"/{key}")
    if scripted:
        for count in (4000, 6000, 7000):
            page.locator(".more.next").scroll_into_view_if_needed()
            expect(page.locator(".code .l")).to_have_count(count)
        expect(page.locator(".more")).to_have_count(0)
    else:
        page.locator(".more.next a").click()
        expect(page.locator("#L2001")).to_contain_text("line 2001")
        page.locator(".more.previous a").click()
        expect(page.locator("#L1")).to_be_visible()


def test_it_changes_the_language(open_page: Opener, scripted: bool) -> None:
    page = open_page(java_script_enabled=scripted, locale="en")
    page.goto("/recent")
    page.locator("button[value=ru]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    assert page.url.endswith("/recent")
