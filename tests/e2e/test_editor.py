"""The editor as people use it who have JavaScript; without, it is in ``tests/pages/test_home.py`` and beside."""

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser import Opener

pytestmark = pytest.mark.browser

RUST = 'fn main() {\n    let words: Vec<String> = std::env::args().skip(1).collect();\n    println!("{words:?}");\n}\n'
PYTHON = "import os\n\n\ndef main() -> None:\n    for name in sorted(os.listdir()):\n        print(name)\n\n\nmain()\n"


def asked(page: Page, path: str) -> list[Request]:
    """The requests to ``path``, as they come."""
    found: list[Request] = []
    page.on("request", lambda request: found.append(request) if request.url.endswith(path) else None)
    return found


def home(page: Page) -> Page:
    page.goto("/")
    return page


# The language


def test_it_says_which_language_it_recognises_while_somebody_types(open_page: Opener) -> None:
    page = home(open_page())
    questions = asked(page, "/language")
    page.locator("[name=content]").press_sequentially("#!/bin/bash\necho 1\n")
    expect(page.locator("[data-recognised]")).to_have_text("Bash, recognised")
    assert len(questions) == 1, "it waits for a pause"
    page.fill("[name=filename]", "main.rs")
    expect(page.locator("[data-recognised]")).to_have_text("Rust, recognised")
    page.fill("[name=filename]", "")
    page.fill("[name=content]", PYTHON)
    expect(page.locator("[data-recognised]")).to_have_text("Python, recognised")
    sent = questions[-1].post_data or ""
    assert {part.partition("=")[0] for part in sent.split("&")} == {"name", "text"}, "nothing else of the form"


def test_who_chooses_a_language_is_not_contradicted(open_page: Opener) -> None:
    page = home(open_page())
    page.fill("[name=content]", RUST)
    expect(page.locator("[data-recognised]")).to_have_text("Rust, recognised")
    page.fill("[name=language]", "Go")
    page.locator("[name=title]").focus()
    expect(page.locator("[data-recognised]")).to_be_hidden()
    questions = asked(page, "/language")
    page.locator("[name=content]").press_sequentially("// more")
    page.wait_for_timeout(1_000)
    assert questions == []
    page.locator("[data-publish]").click()
    expect(page.locator(".meta, .sheet > header").filter(has_text="Go").first).to_be_visible()


def test_each_file_has_a_language_of_its_own(open_page: Opener) -> None:
    page = home(open_page())
    page.fill("[name=content]", RUST)
    page.locator("[data-add]").click()
    second = page.locator("[data-card]").nth(1)
    expect(second.locator("[data-recognised]")).to_be_empty()
    second.locator("[name=content]").fill(PYTHON)
    expect(second.locator("[data-recognised]")).to_have_text("Python, recognised")
    expect(page.locator("[data-recognised]").first).to_have_text("Rust, recognised")


def test_an_answer_that_does_not_come_disturbs_nobody(open_page: Opener) -> None:
    page = home(open_page())
    page.route("**/language", lambda route: route.fulfill(status=503, body="<p>down</p>"))
    with page.expect_response("**/language"):
        page.fill("[name=content]", RUST)
    expect(page.locator("[data-recognised]")).to_be_empty()
    expect(page.locator("#status")).to_be_empty()
    page.unroute("**/language")
    page.fill("[name=filename]", "main.rs")
    expect(page.locator("[data-recognised]")).to_have_text("Rust, recognised")
