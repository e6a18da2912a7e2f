"""In Chromium: reading what one was told, and keeping a paste, with the headers that a real browser sends."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Mail, User
from pastes.domain import discussion, mailing, reminders
from pastes.models import Paste
from tests.factories import client_for, make_paste, make_user, viewer_for
from tests.pages.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, user: User) -> None:
    page.goto("/robots.txt")
    cookie = client_for(user).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": page.url}])


def about_to_expire(owner: User) -> Paste:
    now = timezone.now()
    paste = make_paste(owner=owner, name="build.log", expires_at=now + timedelta(hours=20))
    Paste.objects.filter(pk=paste.pk).update(created=now - timedelta(days=9), updated=now - timedelta(days=9))
    reminders.remind(at=now)
    return paste


def test_the_number_in_the_bar_goes_with_a_click_and_the_list_stays(open_page: Opener, alice: User) -> None:
    paste = make_paste(owner=alice, title="An unreasonably long title " * 6)
    discussion.create(paste=paste, viewer=viewer_for(make_user("bob")), body="Line 3 is wrong. " * 30)
    about_to_expire(alice)
    page = open_page(viewport={"width": 320, "height": 800}, color_scheme="dark")
    sign_in(page, alice)
    page.goto("/notifications")
    assert Axe().run(page).response["violations"] == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    expect(page.get_by_role("link", name="2 new notifications")).to_have_text("2")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_have_text("")
    expect(page.get_by_text("bob commented on")).to_be_visible()
    assert page.url.endswith("/notifications")
    page.get_by_role("link", name="bob commented on").click()
    page.wait_for_url("**/comments/*#comment-*")


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "by the mail alone"])
def test_the_links_of_a_mail_work(open_page: Opener, alice: User, signed_in: bool) -> None:
    paste = about_to_expire(alice)
    page = open_page()
    if signed_in:
        sign_in(page, alice)
    page.goto(f"/extend/{reminders.token_for(paste)}")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Keep it 30 days longer").click()
    expect(page.get_by_role("heading", name="build.log is kept")).to_be_visible()
    page.goto(f"/mail/{mailing.token_for(alice)}")
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("Never").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_have_text("Saved.")
    alice.refresh_from_db()
    assert alice.mail == Mail.OFF
