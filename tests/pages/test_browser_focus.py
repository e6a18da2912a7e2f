"""By Tab: whatever can be used is reached, in the order of the page, and one sees where one is."""

import io
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories import client_for, make_paste
from tests.pages.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The element that has the focus, unless it had it before: its part of the page, and the box of it with its label.
STOP = """() => {
  const one = document.activeElement;
  window.reached ??= new Set([document.body]);
  if (reached.has(one)) return null;
  reached.add(one);
  const boxes = [one, ...(one.labels ?? [])].map((each) => each.getBoundingClientRect());
  const [left, top] = ["left", "top"].map((side) => Math.floor(Math.min(...boxes.map((box) => box[side]))));
  const [right, bottom] = ["right", "bottom"].map((side) => Math.ceil(Math.max(...boxes.map((box) => box[side]))));
  return {
    element: one.outerHTML.slice(0, 100),
    region: ["skip", "bar", "main", "foot"].find((region) => one.closest(`.${region}, ${region}`)),
    keepsTab: one.matches(".editor"),
    box: [left, top, right, bottom],
  };
}"""
#: What can be used and was not reached. Of radio buttons and of line numbers one is; arrows lead to the others.
MISSED = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter((one) =>
  !reached.has(one) && !one.disabled && !one.closest(".l, [aria-hidden=true]")
  && one.checkVisibility({ visibilityProperty: true })
  && !(one.type === "radio" && !one.checked)).map((one) => one.outerHTML.slice(0, 100))"""
AROUND = 6
"""Pixels: how far from an element a ring around it may be."""
MARKED = 64
"""How much lighter or darker, of 255, a pixel gets that can be seen to change."""


def sign_in(page: Page, user: User) -> None:
    page.goto("/robots.txt")
    cookie = client_for(user).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": page.url}])


def picture(page: Page, **options: Any) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot(**options))).convert("L")


def stops(page: Page) -> Iterator[dict[str, Any]]:
    """Press Tab from the first element to the last, and say where the focus is each time."""
    page.locator(".skip").focus()
    while stop := page.evaluate(STOP):
        yield stop
        if stop["keepsTab"]:
            page.keyboard.press("Escape")
        page.keyboard.press("Tab")


def marked(page: Page, before: Image.Image, box: list[int]) -> int:
    """How many pixels there do not look as they did ``before``."""
    left, top = (max(0, side - AROUND) for side in box[:2])
    right, bottom = (min(size, side + AROUND) for size, side in zip(before.size, box[2:], strict=True))
    now = picture(page, clip={"x": left, "y": top, "width": right - left, "height": bottom - top})
    return sum(ImageChops.difference(now, before.crop((left, top, right, bottom))).histogram()[MARKED:])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_focus_goes_through_the_whole_page_and_is_seen_everywhere(
    open_page: Opener, alice: User, theme: str
) -> None:
    page = open_page(viewport={"width": 1280, "height": 1600}, color_scheme=theme, reduced_motion="reduce")
    key = make_paste(owner=alice, text="one\ntwo\n", tags="python", visibility="public").key
    looked_at = set()  # The bar and the foot are on every page.
    for address in ("/accounts/login/", "/", f"/{key}", "/recent"):
        if address == "/":
            sign_in(page, alice)
        page.goto(address)
        page.evaluate("document.activeElement.blur()")
        before = picture(page)
        regions = []
        for stop in stops(page):
            regions.append(stop["region"])
            if stop["element"] not in looked_at:
                left, top, right, bottom = stop["box"]
                # Two pixels along its shorter side are the least; a ring of two pixels is more.
                assert marked(page, before, stop["box"]) >= 2 * min(right - left, bottom - top), stop["element"]
            looked_at.add(stop["element"])
        assert [region for region, _ in groupby(regions)] == ["skip", "bar", "main", "foot"], address
        assert page.evaluate(MISSED) == [], address


def test_the_first_tab_leads_past_the_bar(open_page: Opener) -> None:
    page = open_page(viewport={"width": 320, "height": 640})
    make_paste(visibility="public")
    page.goto("/recent")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).not_to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.locator("main :focus")).to_have_count(1)
