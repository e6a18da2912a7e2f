"""What a page costs: bytes, requests, waiting, and nothing that moves under its reader."""

import gzip
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response

from accounts.models import User
from pastes.models import Paste
from tests.factories import make_paste
from tests.pages.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STYLES_AND_SCRIPTS = 60_000
"""Of a paste page with a discussion: bytes, compressed."""
TEN_KILOBYTES_OF_PYTHON = 12_000
"""The page of such a file: bytes, compressed."""
REQUESTS = 24
FUNCTION = '''def step_{0}(items: list[int], by: int = {0}) -> int:
    """Add up {0} of them."""
    return sum(items[:by]) + {0}


'''
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def paste(alice: User) -> Paste:
    """10 kB of Python."""
    text = "".join(FUNCTION.format(number) for number in range(200))[:10_000]
    return make_paste(owner=alice, text=text, name="steps.py", title="Steps", tags="python")


def test_a_paste_page_is_light_and_asks_nobody_else(open_page: Opener, live_server: object, paste: Paste) -> None:
    answers: list[Response] = []
    page = open_page()
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 # Playwright marks what it is given
    page.goto(f"/{paste.key}", wait_until="networkidle")
    assert {urlsplit(answer.url).netloc for answer in answers} == {urlsplit(str(live_server)).netloc}
    assert len(answers) <= REQUESTS
    pieces = [answer for answer in answers if answer.request.resource_type in {"script", "stylesheet"}]
    assert len(pieces) > 5
    assert sum(len(gzip.compress(answer.body())) for answer in pieces) <= STYLES_AND_SCRIPTS
    assert len(gzip.compress(answers[0].body())) <= TEN_KILOBYTES_OF_PYTHON


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_moves_while_a_page_loads(open_page: Opener, paste: Paste, width: int) -> None:
    for number in range(20):
        make_paste(title=f"Number {number}", text="one\ntwo\n" * 8, tags="python retry")
    page = open_page(viewport={"width": width, "height": 800})
    page.add_init_script(SHIFTS)
    addresses = [
        "/",
        f"/{paste.key}",
        f"/{paste.key}/revisions",
        "/recent",
        "/popular",
        "/search?q=one",
        "/tags",
        "/no",
    ]
    moved = {address: shift_of(page, address) for address in addresses}
    assert {address: shift for address, shift in moved.items() if shift} == {}


def shift_of(page: Page, address: str) -> float:
    """The cumulative layout shift of a page, to three places as browsers report it."""
    page.goto(address)
    page.wait_for_timeout(100)  # scripts have run; what they change has been painted
    return round(float(page.evaluate("window.shifted")), 3)


def test_the_first_paint_waits_for_one_small_script_only(open_page: Opener, paste: Paste) -> None:
    page = open_page()
    page.goto(f"/{paste.key}")
    blocking = page.locator("script[src]:not([defer], [async], [type=module])")
    [script] = blocking.evaluate_all("scripts => scripts.map((one) => one.src)")
    assert len(gzip.compress(page.request.get(script).body())) < 1_400


def test_a_page_shows_its_text_while_its_scripts_never_come(open_page: Opener, paste: Paste) -> None:
    page = open_page()
    page.route("**/*.js", lambda route: None if "display.js" not in route.request.url else route.continue_())
    page.goto(f"/{paste.key}", wait_until="commit")
    page.locator("#L6").wait_for()
    painted = "performance.getEntriesByName('first-contentful-paint').length"
    page.wait_for_function(painted)
