"""Files beyond their code, in a browser: views change in place, errors are gone to, folds open where a link leads."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import Opener
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser

README = (
    "# Title\n\nSome *text* and [a part](#part).\n\n```python\nx = 1\n```\n\n"
    + "word\n\n" * 80
    + "## Part\n\nThe end.\n"
)
TABLE = "name,square\n" + "".join(f"n{n},{n * n}\n" for n in range(1, 1_201))
TRACE = "Traceback (most recent call last):\n" + '  File "/a.py", line 1, in a\n    a()\n' * 4 + "ValueError: x\n"
LOG = (
    "03:00:00 INFO start\n\x1b[31mERROR no\x1b[0m\n"
    + TRACE
    + "".join(f"03:00:00 INFO job {'abcdefg'[n % 7]} {n}\n" for n in range(3_000))
    + "ERROR late\n"
)


def in_view(page: Page, selector: str) -> None:
    expect(page.locator(selector)).to_be_in_viewport()


def test_views_change_in_place_and_the_way_back_works(site: Site, open_page: Opener) -> None:
    path = site.publish(README.encode(), "README.md")
    page = open_page()
    page.goto(path)
    expect(page.get_by_role("heading", name="Title", level=2)).to_be_visible()
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Code", exact=True).click()
    expect(page.locator("#L3")).to_be_visible()
    assert page.url.endswith("?view=code")
    assert page.evaluate("window.same") is True
    wrap = page.get_by_role("button", name="Wrap")
    wrap.click()
    expect(wrap).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(page.get_by_role("heading", name="Title", level=2)).to_be_visible()
    page.get_by_role("link", name="a part").click()
    in_view(page, "#doc-part")


def test_a_link_to_a_line_of_a_document_shows_its_code(site: Site, open_page: Opener) -> None:
    page = open_page()
    page.goto(f"{site.publish(README.encode(), 'README.md')}#L3")
    expect(page.locator("#L3")).to_have_class(re.compile("hit"))


def test_rows_of_a_table_follow_and_its_head_stays(site: Site, open_page: Opener) -> None:
    page = open_page()
    page.goto(site.publish(TABLE.encode(), "a.csv"))
    assert page.locator("tbody tr").count() == 501
    page.get_by_role("link", name="More rows, from 501 of 1,200").click()
    expect(page.get_by_role("cell", name="n1000", exact=True)).to_have_count(1)
    page.evaluate("scrollTo(0, 0)")
    page.locator(".grid").evaluate("grid => grid.scrollTo(0, grid.scrollHeight)")
    in_view(page, "thead th >> nth=0")


def test_errors_are_gone_to_wherever_they_are(site: Site, open_page: Opener) -> None:
    page = open_page()
    page.goto(site.publish(LOG.encode(), "a.log"))
    forth = page.get_by_role("link", name="Next error")
    forth.click()
    expect(page.locator("#L2")).to_have_class(re.compile("hit"))
    expect(page.locator("#status")).to_have_text("Error 1 of 2, line 2")
    page.get_by_role("link", name="Next error").click()
    expect(page.locator("#L3013")).to_have_class(re.compile("hit"))
    in_view(page, "#L3013")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_to_a_folded_line_opens_its_fold(site: Site, open_page: Opener, *, scripts: bool) -> None:
    path = site.publish(LOG.encode(), "a.log")
    page = open_page(java_script_enabled=scripts)
    page.goto(path)
    expect(page.locator("#L5")).to_be_hidden()
    page.goto(f"{path}#L5") if scripts else page.goto(f"{path}?line=5#L5")
    in_view(page, "#L5")


def test_parts_bring_their_folds(site: Site, open_page: Opener) -> None:
    lines = [f"03:00:00 INFO job {'abcdefg'[n % 7]} {n}" for n in range(1, 2_101)]
    page = open_page()
    page.goto(site.publish("\n".join([*lines, *TRACE.splitlines(), "end"]).encode() + b"\n", "a.log"))
    page.locator(".more.next").scroll_into_view_if_needed()
    expect(page.locator("details.fold .l")).to_have_count(9)
    numbers = page.locator(".code .l").evaluate_all("rows => rows.map((row) => Number(row.id.slice(1)))")
    assert numbers == list(range(1, 2_112))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "text"), [("README.md", README), ("a.csv", TABLE), ("a.log", LOG)])
def test_it_is_accessible(site: Site, open_page: Opener, scheme: str, name: str, text: str) -> None:
    page = open_page(color_scheme=scheme)
    # Its beginning has every colour, and the whole of it, with the way to the rest, need not be looked at twice.
    page.goto(site.publish((text if scheme == "light" else text[:4_000]).encode(), name))
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found] == []


def test_nothing_is_wider_than_a_phone(site: Site, open_page: Opener) -> None:
    page = open_page(viewport={"width": 320, "height": 700})
    for name, text in (("README.md", README), ("a.csv", TABLE), ("a.log", LOG)):
        page.goto(site.publish(text.encode(), name))
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
