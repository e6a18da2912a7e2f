"""A difference in Chromium: side by side and in one column, gaps that open in place, and all of it without scripts."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import Opener
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser

OLD = "".join(f"value_{number} = {number}\n" for number in range(1, 81))
NEW = OLD.replace("value_5 = 5", "value_5 = five").replace("value_70 = 70\n", "")
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 640}


@pytest.fixture(scope="module")
def address(site: Site) -> str:
    """The difference of two pastes of two files."""
    keys = (site.publish_all({"a.py": text.encode(), "b.py": b"same\n"}).lstrip("/") for text in (OLD, NEW))
    return "/diff/" + "..".join(keys)


def texts(page: Page, kind: str) -> list[str]:
    """What is to be seen of the changed lines, from top to bottom."""
    cells = [cell for cell in page.locator(f"td.x.{kind}, tr.{kind} td.x").all() if cell.is_visible()]
    return [cell.inner_text().strip() for cell in cells]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_switches_between_the_views_and_comes_back_to_the_last(
    open_page: Opener, address: str, scheme: str
) -> None:
    page = open_page(viewport=WIDE, color_scheme=scheme)
    page.goto(address)
    expect(page.locator("table.unified")).to_have_count(1)
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("v")
    page.wait_for_url("**view=split")
    left, right = page.locator("td.x.removed").first, page.locator("td.x.added").first
    expect(left.locator("mark")).to_have_text("5")
    expect(right.locator("mark")).to_have_text("five")
    boxes = left.bounding_box(), right.bounding_box()
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["y"] == boxes[1]["y"], "beside each other"
    assert boxes[0]["x"] < boxes[1]["x"]
    assert Axe().run(page).response["violations"] == []
    page.goto(address)
    expect(page.locator("table.split")).to_have_count(1)
    page.get_by_role("link", name="Unified").click()
    expect(page.locator("table.unified")).to_have_count(1)


def test_where_there_is_no_room_two_sides_stand_below_each_other(open_page: Opener, site: Site) -> None:
    keys = (site.publish(text, "a.txt").lstrip("/") for text in (b"one a\ntwo a\n", b"one b\ntwo b\n"))
    page = open_page(viewport=PHONE)
    page.goto("/diff/" + "..".join(keys) + "?view=split")
    lines = page.locator("td.x").all()
    order = sorted(lines, key=lambda cell: (cell.bounding_box() or {"y": 0})["y"])
    assert [cell.inner_text().strip() for cell in order] == ["one a", "two a", "one b", "two b"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.get_by_role("link", name="Side by side")).to_be_hidden()
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("view", ["unified", "split"])
@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without"])
def test_a_gap_opens(open_page: Opener, address: str, view: str, *, scripted: bool) -> None:
    page = open_page(viewport=WIDE, java_script_enabled=scripted)
    page.goto(f"{address}?view={view}")
    hidden = page.locator("td.x", has_text=re.compile(r"^value_40 = 40\s*$"))
    expect(hidden).to_have_count(0)
    page.get_by_role("link", name="58 unchanged lines").click()
    expect(hidden.first).to_be_visible()
    # In place the other gap stays closed and the focus goes to what came; the page without scripts shows all.
    expect(page.locator(".gap")).to_have_count(1 if scripted else 0)
    if scripted:
        expect(page.locator("tbody.opened")).to_be_focused()
    else:
        page.get_by_role("link", name="Only what changed").click()
        expect(page.locator(".gap")).to_have_count(2)


def test_signs_and_numbers_are_not_copied(open_page: Opener, address: str) -> None:
    page = open_page(viewport=WIDE)
    page.goto(f"{address}?view=unified")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('tbody.change'))")
    selected = page.evaluate("getSelection().toString()")
    assert [line.strip() for line in selected.splitlines() if line.strip()] == ["value_5 = 5", "value_5 = five"]


def test_whitespace_is_ignored_when_asked(open_page: Opener, site: Site) -> None:
    keys = (site.publish(text, "a.txt").lstrip("/") for text in (b"one two\n", b"one   two\n"))
    page = open_page(java_script_enabled=False)
    page.goto("/diff/" + "..".join(keys))
    assert texts(page, "added") == ["one   two"]
    page.get_by_role("link", name="Ignore whitespace").click()
    expect(page.get_by_text("Only blanks changed in this file.")).to_be_visible()
    page.get_by_role("link", name="Heed whitespace").click()
    assert texts(page, "removed") == ["one two"]


def test_many_files_have_a_list(open_page: Opener, site: Site) -> None:
    sides = ({f"f{n}.txt": f"{side} {n}\n".encode() * 20 for n in range(12)} for side in ("old", "new"))
    page = open_page(viewport=WIDE)
    page.goto("/diff/" + "..".join(site.publish_all(files).lstrip("/") for files in sides))
    files = page.get_by_role("navigation", name="Files")
    expect(files.get_by_role("link")).to_have_count(12)
    expect(files.get_by_role("link").first).to_contain_text("+20")
    files.get_by_role("link", name="f9.txt").click()
    expect(page.locator("#file-10")).to_be_in_viewport()
    expect(files.locator("[aria-current]")).to_contain_text("f9.txt")
