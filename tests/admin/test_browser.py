"""The admin in a browser, under the site's content security policy."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from pastes.models import Comment, Paste, Report
from tests.admin.conftest import fill
from tests.browser import pages_of
from tests.factories import client_for, make_paste

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium: Browser, live_server: object, olga: User) -> Iterator[Page]:
    """Olga's browser; a violation of the policy fails the test."""
    session = client_for(olga).cookies[settings.SESSION_COOKIE_NAME].value
    with pages_of(chromium, str(live_server)) as open_page:
        page = open_page()
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": str(live_server)}
        page.context.add_cookies([cookie])  # type: ignore[list-item] # a plain dictionary is one
        yield page


def test_every_page_keeps_to_the_policy(page: Page, olga: User) -> None:
    fill("some", rows=1)
    page.goto("/admin/")
    expect(page.locator("#site-state")).to_contain_text("unused key")
    links = page.locator("#content-main th a").evaluate_all("links => links.map(link => link.href)")
    assert len(links) > 14
    for link in links:
        page.goto(link)
        expect(page.locator("#changelist, #changelist-form").first).to_be_visible()
    paste = Paste.objects.get()
    for place in ("change", "delete", "history"):
        page.goto(f"/admin/pastes/paste/{paste.pk}/{place}/")
        expect(page.locator("h1").last).to_be_visible()


def test_a_moderator_hides_and_can_step_back_before(page: Page) -> None:
    paste = make_paste(title="Spam", name="a.txt")
    page.goto("/admin/pastes/paste/")
    for confirm in ("No, take me back", "Yes, do it"):
        page.locator("#action-toggle").check()
        page.select_option("[name=action]", "hide")
        page.get_by_role("button", name="Run").or_(page.get_by_role("button", name="Go")).first.click()
        expect(page.get_by_text("Nobody can read them")).to_be_visible()
        page.fill("#reason", "advertising")
        page.get_by_role("button", name=confirm).click()
        expect(page.locator("#changelist")).to_be_visible()
    expect(page.get_by_text("1 paste is hidden.")).to_be_visible()
    paste.refresh_from_db()
    assert paste.hidden_reason == "advertising"


def test_a_moderator_reads_a_report_and_decides(page: Page, alice: User, bob: User) -> None:
    paste = make_paste(owner=alice, title="Watches " * 20, text="x" * 300 + "\n", name="b" * 200 + ".txt")
    comment = Comment.objects.create(paste=paste, author=bob, body="y" * 300)
    about_paste = Report.objects.create(paste=paste, reporter=bob, category="spam", reason="z" * 300)
    about_comment = Report.objects.create(paste=paste, comment=comment)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for address in (
            f"report/{about_paste.pk}/change",
            f"report/{about_comment.pk}/change",
            f"paste/{paste.pk}/delete",
        ):
            page.set_viewport_size({"width": 320, "height": 640})
            page.goto(f"/admin/pastes/{address}/")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
            assert Axe().run(page).response["violations"] == [], address
    page.goto(f"/admin/pastes/report/{about_paste.pk}/change/")
    page.get_by_role("button", name="Hide the paste").click()
    expect(page.locator("#reason:invalid")).to_be_focused()
    page.fill("#reason", "advertising")
    page.get_by_role("button", name="Hide the paste").click()
    expect(page.get_by_text("The paste is hidden.")).to_be_visible()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    paste.refresh_from_db()
    assert paste.hidden_reason == "advertising"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_permissions_of_a_person_can_be_read(page: Page, alice: User, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.goto(f"/admin/accounts/user/{alice.pk}/change/")
    expect(page.locator(".selector-chosen-title").first).to_be_visible()
    found = Axe().run(page, context=".selector", options={"runOnly": ["color-contrast"]}).response["violations"]
    assert [node["html"] for violation in found for node in violation["nodes"]] == []


def test_a_name_without_blanks_leaves_room_for_the_other_columns(page: Page) -> None:
    make_paste(title="W" * 200)
    page.goto("/admin/pastes/paste/")
    name = page.locator("#result_list .field-name").bounding_box()
    assert name is not None
    assert name["width"] < 400
