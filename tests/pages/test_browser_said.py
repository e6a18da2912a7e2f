"""What changes without a new page is said: to the eye as a short note, to whoever hears the page as a live region."""

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import User
from pastes.domain import reactions
from pastes.models import Paste, Star
from tests.factories import make_paste
from tests.pages.conftest import Opener
from tests.pages.test_browser_focus import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def failing_page(chromium: Browser, live_server: object) -> Iterator[Page]:
    """A page that may say in the console that a request failed."""
    context = chromium.new_context(base_url=str(live_server))
    yield context.new_page()
    context.close()


def note(page: Page) -> Locator:
    return page.locator("#status[aria-live=polite]")


def star_of(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Star"))


def test_what_has_changed_is_said(open_page: Opener, alice: User) -> None:
    paste = make_paste(text="one\ntwo\n", name="a.py", visibility="public")
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, alice)
    page.goto(f"/{paste.key}")
    for words in ("Added to your stars.", "Taken out of your stars."):
        star_of(page).click()
        expect(note(page)).to_have_text(words)
    for words in ("You like this paste.", "You no longer like this paste."):
        page.get_by_role("button", name=re.compile("^Like")).click()
        expect(note(page)).to_have_text(words)
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(note(page)).to_have_text("Copied")
    page.goto("/recent")
    page.locator("#language").select_option("python")
    expect(note(page)).to_have_text("The list has changed.")


def test_in_a_dialog_it_is_said_there_and_an_error_by_itself(open_page: Opener) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/{make_paste(text='one\ntwo\n').key}")
    page.get_by_role("link", name="Share").click()
    dialog = page.get_by_role("dialog")
    said = dialog.get_by_role("status")
    page.evaluate(
        "document.addEventListener('htmx:afterSettle', ({ target }) => {"
        " if (target.matches('.share-ways')) document.title = 'settled'; })"
    )
    dialog.get_by_label("Lines").fill("nonsense")
    expect(dialog.get_by_role("alert")).to_contain_text("Write lines like 10-20.")
    expect(page).to_have_title("settled")
    assert said.inner_text() == ""
    dialog.get_by_label("Lines").fill("2")
    expect(said).to_have_text("The codes to copy have changed.")
    dialog.get_by_role("button", name="Copy address").click()
    expect(said).to_have_text("Copied")
    expect(said).to_be_in_viewport(ratio=1)


def test_what_was_not_sent_can_be_tried_again_when_the_network_is_back(failing_page: Page, alice: User) -> None:
    page = failing_page
    sign_in(page, alice)
    page.goto(f"/{make_paste().key}")
    page.context.set_offline(True)
    expect(note(page)).to_contain_text("There is no connection.")
    star_of(page).click()
    again = note(page).get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    page.context.set_offline(False)
    expect(note(page)).to_contain_text("The connection is back.")
    again.focus()
    page.keyboard.press("Enter")
    expect(note(page)).to_have_text("Added to your stars.")
    expect(star_of(page)).to_have_attribute("aria-pressed", "true")
    expect(star_of(page)).to_be_focused()
    assert Star.objects.count() == 1


def test_what_the_site_could_not_do_is_said(failing_page: Page, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "react", lambda **_: 1 / 0)
    page = failing_page
    sign_in(page, alice)
    page.goto(f"/{make_paste().key}")
    star_of(page).click()
    expect(note(page)).to_have_text("Something went wrong on our side.")
    expect(star_of(page)).to_have_attribute("aria-pressed", "false")


def test_who_stars_what_was_deleted_meanwhile_hears_that_it_is_gone(failing_page: Page, alice: User) -> None:
    page = failing_page
    sign_in(page, alice)
    paste = make_paste()
    page.goto(f"/{paste.key}")
    Paste.objects.filter(pk=paste.pk).update(deleted_at=timezone.now())
    star_of(page).click()
    expect(note(page)).to_have_text("There is no paste at this address.")


def test_an_answer_of_some_machine_in_between_is_not_read_out(failing_page: Page, alice: User) -> None:
    page = failing_page
    sign_in(page, alice)
    page.goto(f"/{make_paste().key}")
    page.route(
        "**/star", lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")
    )
    star_of(page).click()
    expect(note(page)).to_have_text("This could not be loaded. Follow the link, or try again.")
