"""Passing a paste on, in a real browser: the dialog over it, and its frame on the pages of another site."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import Opener
from tests.e2e.conftest import Site
from tests.services.process import LOOPBACK

pytestmark = pytest.mark.browser

STEPS = "".join(f"def step_{number}(): return {number}\n" for number in range(1, 41)).encode()


class Blog:
    """Another site: pages that its author writes, under a policy that takes nothing from elsewhere but frames."""

    def __init__(self) -> None:
        blog = self
        self.html = ""
        self.policy = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/" else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                if blog.policy:
                    self.send_header("Content-Security-Policy", blog.policy)
                self.end_headers()
                if self.path == "/":
                    self.wfile.write(f"<!doctype html><title>A blog</title><p>Look:</p>{blog.html}<p>So.</p>".encode())

            def log_request(self, code: object = "-", size: object = "-") -> None:
                """Tests say enough."""

        self.server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self.address = f"http://{LOOPBACK}:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def blog() -> Iterator[Blog]:
    """A site of another origin."""
    blog = Blog()
    yield blog
    blog.server.shutdown()
    blog.server.server_close()


def snippet(page: Page, path: str, name: str, query: str = "") -> str:
    """What the Share page has to copy."""
    page.goto(f"{path}/share{query}")
    return page.locator(f"#share-{name}").inner_text()


def test_a_frame_shows_the_lines_on_another_site_without_any_script(site: Site, open_page: Opener, blog: Blog) -> None:
    path = site.publish(STEPS, "steps.py")
    page = open_page(java_script_enabled=False)
    blog.html = snippet(page, path, "frame", "?lines=10-12&theme=dark")
    blog.policy = f"default-src 'none'; frame-src {site.address}"
    page.goto(blog.address)
    frame = page.frame_locator("iframe")
    expect(frame.locator(".l")).to_have_count(3)
    expect(frame.locator(".l").first).to_contain_text("def step_10()")
    box = page.locator("iframe").bounding_box()
    assert box
    assert box["height"] >= 144


def test_a_frame_fits_a_sandbox(site: Site, open_page: Opener, blog: Blog) -> None:
    path = site.publish(STEPS, "steps.py")
    page = open_page()
    flags = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
    blog.html = snippet(page, path, "frame").replace("<iframe", f'<iframe sandbox="{flags}"')
    page.goto(blog.address)
    frame = page.frame_locator("iframe")
    expect(frame.locator(".l")).to_have_count(40)
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="steps.py").click()
    assert opened.value.url == f"{site.address}{path}"


def test_a_script_makes_the_frame_as_high_as_its_text(site: Site, open_page: Opener, blog: Blog) -> None:
    page = open_page()
    path = site.publish(STEPS, "steps.py")
    blog.html = snippet(page, path, "script", "?lines=1-4") + snippet(page, path, "script")
    page.goto(blog.address)
    for number, lines in enumerate((4, 40)):
        element = page.locator("iframe").nth(number)
        expect(element.content_frame.locator(".l")).to_have_count(lines)
        inner = element.content_frame.locator(".frame").evaluate(
            "node => Math.ceil(node.getBoundingClientRect().height)"
        )
        expect(element).to_have_attribute("height", str(inner))
    assert page.locator("p + iframe + iframe + p, p:has(+ script)").count(), "it stands where the script stood"


def test_a_page_that_only_claims_to_be_the_frame_moves_nothing(site: Site, open_page: Opener, blog: Blog) -> None:
    page = open_page()
    blog.html = snippet(page, site.publish(STEPS, "steps.py"), "script", "?lines=1-4")
    page.goto(blog.address)
    element = page.locator("iframe")
    expect(element.content_frame.locator(".l")).to_have_count(4)
    expect(element).not_to_have_attribute("height", "160")
    before = element.get_attribute("height")
    page.evaluate("postMessage({ height: 9000 }, '*')")
    page.wait_for_timeout(200)
    assert element.get_attribute("height") == before


def test_the_dialog_has_the_lines_that_are_marked_and_follows_the_choices(site: Site, open_page: Opener) -> None:
    path = site.publish(STEPS, "steps.py")
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{path}#L3-L5")
    page.get_by_role("link", name="Share").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#share-address")).to_have_text(f"{site.address}{path}?line=3-5")
    expect(dialog.get_by_role("button", name="Copy address")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.address}{path}?line=3-5"

    dialog.get_by_label("Lines").fill("7")
    expect(dialog.locator("#share-address")).to_have_text(f"{site.address}{path}?line=7")
    dialog.get_by_label("Colours of the frame").select_option("dark")
    expect(dialog.locator("#share-frame")).to_contain_text("lines=7&amp;theme=dark")
    dialog.get_by_label("Lines").fill("some")
    expect(dialog.get_by_role("alert")).to_contain_text("Write lines like 10-20.")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("link", name="Share")).to_be_focused()


def test_the_address_leads_to_the_lines(site: Site, open_page: Opener) -> None:
    path = site.publish(STEPS, "steps.py")
    page = open_page()
    page.goto(f"{path}?line=10-12")
    expect(page.locator(".l.hit")).to_have_count(3)
    assert page.url.endswith("#L10-L12")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_reads_the_code_from_the_screen(site: Site, open_page: Opener, scheme: str) -> None:
    path = site.publish(STEPS, "steps.py")
    page = open_page(color_scheme=scheme)
    page.goto(f"{path}/share?lines=2-3")
    shot = page.locator("figure img").screenshot()
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(shot)))
    assert code.text == f"{site.address}{path}?line=2-3"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(site: Site, open_page: Opener, scheme: str) -> None:
    path = site.publish(STEPS, "steps.py")
    page = open_page(color_scheme=scheme, viewport={"width": 320, "height": 700})
    for address in (f"{path}/share", f"{path}/embed?lines=3-8", f"{path}/embed?lines=99"):
        page.goto(address)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.goto(path)
    page.get_by_role("link", name="Share").click()
    expect(page.locator("#share-frame")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
