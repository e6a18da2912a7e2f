"""The editor as people use it who have JavaScript; without, it is in ``tests/pages/test_home.py`` and beside."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Request, expect

from tests.browser import Opener, home
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser

RUST = 'fn main() {\n    let words: Vec<String> = std::env::args().skip(1).collect();\n    println!("{words:?}");\n}\n'
PYTHON = "import os\n\n\ndef main() -> None:\n    for name in sorted(os.listdir()):\n        print(name)\n\n\nmain()\n"


def asked(page: Page, path: str) -> list[Request]:
    """The requests to ``path``, as they come."""
    found: list[Request] = []
    page.on("request", lambda request: found.append(request) if request.url.endswith(path) else None)
    return found


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


# Writing


def test_the_text_area_grows_with_its_text_and_the_button_stays_in_sight(open_page: Opener) -> None:
    page = home(open_page(viewport={"width": 1280, "height": 800}))
    button = page.locator("[data-publish]")
    start = height(page)
    put(page, "line\n" * 30)
    assert start < height(page) < 800
    put(page, "line\n" * 3_000)
    assert height(page) <= 800 * 0.8 + 1
    expect(button).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 320, "height": 640})
    expect(button).to_be_in_viewport(ratio=1)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def put(page: Page, text: str) -> None:
    """Have a long text in the field: typing one takes Chromium a minute."""
    script = "(area, text) => { area.value = text; area.dispatchEvent(new Event('input', { bubbles: true })); }"
    page.locator("[name=content]").evaluate(script, text)


def height(page: Page) -> float:
    box = page.locator("[name=content]").bounding_box()
    assert box
    return box["height"]


def test_it_names_the_keys_of_the_device_at_hand(open_page: Opener) -> None:
    keys = home(open_page(locale="en")).locator("[data-publish] kbd")
    expect(keys).to_have_text("Ctrl ↵")
    mac = open_page()
    mac.add_init_script("Object.defineProperty(navigator, 'userAgentData', { value: { platform: 'macOS' } })")
    expect(home(mac).locator("[data-publish] kbd")).to_have_text("⌘ ↵")
    expect(home(open_page(has_touch=True, is_mobile=True)).locator("[data-publish] kbd")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_choices_stand_in_one_line(open_page: Opener, language: str) -> None:
    page = home(open_page(locale=language, viewport={"width": 1280, "height": 800}))
    for row in (".choices", ".adders"):
        boxes = [one.bounding_box() for one in page.locator(f"{row} > *:visible:not(.hide)").all()]
        tops = [box["y"] + box["height"] / 2 for box in boxes if box]
        assert max(tops) - min(tops) < 4, row


@pytest.mark.parametrize("width", [961, 1000, 1100])
def test_the_button_stands_in_one_line_with_what_adds_files(open_page: Opener, width: int) -> None:
    page = home(open_page(locale="ru", viewport={"width": width, "height": 700}))
    page.fill("[name=content]", "x" * 9_000)
    boxes = [page.locator(one).bounding_box() for one in ("[data-add]", "[data-publish]")]
    tops = [box["y"] + box["height"] / 2 for box in boxes if box]
    assert max(tops) - min(tops) < 4


# Files


DROP = """async (files) => {
  const transfer = new DataTransfer();
  for (const [name, size, byte] of files) transfer.items.add(new File([new Uint8Array(size).fill(byte)], name));
  const event = new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.querySelector("main").dispatchEvent(event);
}"""


def test_of_dropped_files_only_those_that_cannot_be_taken_are_left_out(open_page: Opener) -> None:
    page = home(open_page(locale="en"))
    many = [[f"{number}.txt", 3, 65] for number in range(60)]
    page.evaluate(DROP, [["huge.log", 11_000_001, 65], ["image.png", 9, 0], *many])
    left_out = page.locator("[data-left-out] p")
    expect(left_out).to_have_text(
        [
            re.compile(r"limit is .*: huge\.log$"),
            "Left out, because one paste can have 50 files: 49.txt, 50.txt, 51.txt, 52.txt, 53.txt, …",
        ]
    )
    expect(page.locator("[data-card]")).to_have_count(49)
    expect(page.locator("[data-attached] li")).to_contain_text(["image.png"])
    expect(page.locator("[data-add]")).to_be_disabled()


def test_a_folder_is_left_out_in_words_and_the_file_beside_it_taken(open_page: Opener) -> None:
    page = home(open_page(locale="en"))
    page.evaluate(
        """() => {
          const event = new DragEvent("drop", { dataTransfer: new DataTransfer(), bubbles: true, cancelable: true });
          // A real folder cannot be made by a script; this is what a browser gives for one.
          const item = (name, isDirectory) => ({
            kind: "file",
            webkitGetAsEntry: () => ({ name, isDirectory }),
            getAsFile: () => new File(["x"], name),
          });
          const transfer = { types: ["Files"], items: [item("src", true), item("a.py", false)] };
          Object.defineProperty(event, "dataTransfer", { value: transfer });
          document.querySelector("[name=content]").dispatchEvent(event);
        }"""
    )
    expect(page.locator("[data-left-out]")).to_have_text("Only files can be added, no folders: src")
    expect(page.locator("[name=filename]")).to_have_value("a.py")


def test_files_are_pasted_from_the_clipboard(open_page: Opener) -> None:
    page = home(open_page())
    page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["print(1)"], "a.py"));
          const event = new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true });
          document.querySelector("[name=content]").dispatchEvent(event);
        }"""
    )
    expect(page.locator("[name=content]")).to_have_value("print(1)")
    expect(page.locator("[name=filename]")).to_have_value("a.py")


# The keys


def test_ctrl_enter_publishes_whatever_button_was_used_before(open_page: Opener) -> None:
    page = home(open_page())
    page.fill("[name=content]", "one")
    page.locator("[data-add]").click()
    page.locator("[name=content]").nth(1).fill("two")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/*?published=1")
    expect(page.locator("[data-file]")).to_have_count(2)


def test_the_fields_behind_more_are_as_high_as_their_own_text(open_page: Opener) -> None:
    page = home(open_page())
    page.locator(".more-toggle > summary").click()
    tags, views = (page.locator(f"[name={name}]").bounding_box() for name in ("tags", "max_views"))
    assert tags is not None
    assert views is not None
    assert (views["y"], views["height"]) == (tags["y"], tags["height"])


# What is refused


def test_what_is_refused_is_said_in_place_and_nothing_is_lost(open_page: Opener) -> None:
    page = home(open_page(locale="en"))
    page.fill("[name=content]", "text")
    page.fill("[name=password]", "secret")
    page.locator("[data-add]").click()
    page.locator("[name=filename]").nth(1).fill("..")
    page.locator("[name=content]").nth(1).fill("more")
    page.set_input_files("[data-upload]", FilePayload(name="a.bin", mimeType="", buffer=b"\0\1"))
    page.evaluate("window.here = true")
    page.locator("[data-publish]").click()
    summary = page.locator("[data-errors]")
    expect(summary).to_contain_text("Not published yet. Everything you typed is kept.")
    expect(summary).to_be_focused()
    expect(page.locator("#card-1-errors li")).to_contain_text("more than dots")
    expect(page.locator("#card-1 [name=content]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=password]")).to_have_value("secret")
    expect(page.locator("[data-attached] li")).to_have_count(1)
    assert page.evaluate("window.here"), "the page is the same"
    page.locator("[name=filename]").nth(1).fill("b.txt")
    page.locator("[data-publish]").click()
    page.wait_for_url("**/*?published=1")
    expect(page.locator("[data-file], .files a").filter(has_text="a.bin").first).to_be_attached()


def test_a_folded_field_that_is_wrong_is_unfolded(open_page: Opener) -> None:
    page = home(open_page())
    page.fill("[name=content]", "text")
    page.locator(".more-toggle > summary").click()
    page.fill("[name=tags]", ",".join("x" * number for number in range(1, 14)))
    page.locator(".more-toggle > summary").click()
    page.locator("[data-publish]").click()
    expect(page.locator("[name=tags]")).to_be_visible()
    expect(page.locator("[name=tags]")).to_have_attribute("aria-invalid", "true")


def test_who_edits_what_changed_meanwhile_sees_both_and_goes_on(open_page: Opener) -> None:
    page = home(open_page(locale="en"))
    page.fill("[name=content]", "first")
    page.locator("[data-publish]").click()
    page.wait_for_url("**/*?published=1")
    address = page.url.partition("?")[0]
    other = page.context.new_page()
    for one in (page, other):
        one.goto(f"{address}/edit")
    other.fill("[name=content]", "second, by another tab")
    other.locator("[data-publish]").click()
    other.wait_for_url(address)
    page.fill("[name=content]", "second, by this tab")
    page.locator("[data-publish]").click()
    expect(page.locator("[data-problem] .notice")).to_be_focused()
    expect(page.locator("[data-problem] textarea")).to_have_value("second, by another tab")
    expect(page.locator("[name=content]")).to_have_value("second, by this tab")
    page.locator("[data-publish]").click()
    page.wait_for_url(address)
    expect(page.locator("#L1")).to_contain_text("second, by this tab")


# Sending


@pytest.fixture
def lenient_page(chromium: Browser, site: Site) -> Iterator[Page]:
    """A page that may say in the console that a request was not answered."""
    context = chromium.new_context(base_url=site.address, locale="en")
    yield context.new_page()
    context.close()


def throttle(page: Page, *, bytes_each_second: int) -> None:
    """Slow down what the page sends; -1 is as fast as can be."""
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_each_second}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", conditions)


def test_a_large_file_shows_how_far_it_is_and_can_be_stopped(lenient_page: Page) -> None:
    page = home(lenient_page)
    page.fill("[name=content]", "beside it")
    page.set_input_files("[data-upload]", FilePayload(name="a.bin", mimeType="", buffer=b"\0\1" * 300_000))
    throttle(page, bytes_each_second=100_000)
    page.locator("[data-publish]").click()
    expect(page.locator("[data-sent]")).to_have_text(re.compile(r"^[1-9]\d?%$"))
    expect(page.locator("[data-publish]")).to_have_attribute("aria-disabled", "true")
    page.locator("[data-stop]").click()
    expect(page.locator("[data-sending]")).to_be_hidden()
    expect(page.locator("[data-publish]")).to_be_focused()
    expect(page.locator("[name=content]")).to_have_value("beside it")
    expect(page.locator("[data-attached] li")).to_have_count(1)
    throttle(page, bytes_each_second=-1)
    page.locator("[data-publish]").click()
    page.wait_for_url("**/*?published=1")


def test_without_a_network_everything_stays_and_goes_later(lenient_page: Page) -> None:
    page = home(lenient_page)
    page.fill("[name=content]", "text")
    page.context.set_offline(True)
    page.locator("[data-publish]").click()
    expect(page.locator("[data-problem] .notice")).to_contain_text("Not sent: the site did not answer.")
    expect(page.locator("[data-problem] .notice")).to_be_focused()
    expect(page.locator("[name=content]")).to_have_value("text")
    page.context.set_offline(False)
    page.locator("[data-publish]").click()
    page.wait_for_url("**/*?published=1")


# Markdown


MARKDOWN = "# Title\n\nSome *text*.\n\n<script>document.title = 'owned'</script>\n"


def test_markdown_is_previewed_with_mouse_and_keys(open_page: Opener) -> None:
    page = home(open_page(locale="en"))
    expect(page.locator("[data-tabs]")).to_be_hidden()
    page.fill("[name=content]", MARKDOWN)
    page.fill("[name=filename]", "notes.md")
    page.get_by_role("tab", name="Preview").click()
    panel = page.locator("[data-preview]")
    expect(panel.locator("h2")).to_have_text("Title")
    expect(panel.locator("em")).to_have_text("text")
    expect(page.locator("[name=content]")).to_be_hidden()
    assert page.title() != "owned"
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Write")).to_be_focused()
    expect(page.locator("[name=content]")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(panel).to_be_visible()
    page.keyboard.press("ControlOrMeta+Enter")
    page.wait_for_url("**/*?published=1")


def test_markdown_is_offered_a_preview_when_it_is_chosen_or_recognised(open_page: Opener) -> None:
    page = home(open_page(locale="en"))
    page.fill("[name=content]", "text")
    page.fill("[name=language]", "Markdown")
    expect(page.locator("[data-tabs]")).to_be_visible()
    page.get_by_role("tab", name="Preview").click()
    page.fill("[name=language]", "Python")
    expect(page.locator("[data-tabs]")).to_be_hidden()
    expect(page.locator("[name=content]")).to_be_visible()


def test_why_there_is_no_preview_is_said(open_page: Opener) -> None:
    page = home(open_page(locale="en"))
    page.fill("[name=filename]", "notes.md")
    put(page, "x" * 200_000)
    page.get_by_role("tab", name="Preview").click()
    expect(page.locator("[data-preview]")).to_contain_text("There is no preview of more than 100\u00a0KiB.")
    page.get_by_role("tab", name="Write").click()
    expect(page.locator("[name=content]")).to_be_focused()
