"""Whoever is about to publish a key is asked in place, decides with the keyboard, and loses nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, expect

from tests.browser import Opener, home
from tests.domain.test_spotting import REAL

pytestmark = pytest.mark.browser

TOKEN = REAL["github_token"]


def test_the_question_is_read_first_and_a_chosen_file_is_redacted_too(open_page: Opener) -> None:
    page = home(open_page(locale="en"))
    page.fill("[name=content]", f"a\ntoken: {TOKEN}")
    page.set_input_files("[data-upload]", FilePayload(name="b.txt", mimeType="", buffer=f"{TOKEN}\n".encode()))
    page.locator("#card-0 [name=content]").press("Control+Enter")

    question = page.locator("[data-errors]")
    expect(question).to_contain_text("Not published yet: there are passwords or keys in it")
    expect(question).to_be_focused()
    expect(question).to_have_attribute("role", "alert")
    expect(question.locator("li")).to_have_text(
        ["File 1: Line 2: GitHub token, ghp_••••", "b.txt: Line 1: GitHub token, ghp_••••"]
    )
    expect(page.locator("#card-0-errors li")).to_have_text(["Line 2: GitHub token, ghp_••••"])
    assert Axe().run(page).violations_count == 0

    for _links_then_button in range(3):
        page.keyboard.press("Tab")
    expect(question.get_by_role("button", name="Redact and publish")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/*?published=1")
    expect(page.locator("[data-file]")).to_have_count(2)
    expect(page.locator("main")).not_to_contain_text(TOKEN)
    expect(page.locator("#F1-L2, #L2").first).to_contain_text("[redacted]")


def test_without_scripts_a_chosen_file_comes_back_as_text_and_is_published_anyway(open_page: Opener) -> None:
    page = open_page(locale="en", java_script_enabled=False)
    page.goto("/")
    page.set_input_files("[name=upload]", FilePayload(name="b.txt", mimeType="", buffer=f"{TOKEN}\n".encode()))
    page.locator("[data-publish]").click()

    expect(page.locator("[data-errors] a")).to_have_text(["b.txt: Line 1: GitHub token, ghp_••••"])
    expect(page.locator("[name=filename]")).to_have_value("b.txt")
    expect(page.locator("[name=content]")).to_have_value(f"{TOKEN}\n")
    page.get_by_role("button", name="Publish anyway").click()
    expect(page.locator("[data-file]")).to_contain_text(TOKEN)
