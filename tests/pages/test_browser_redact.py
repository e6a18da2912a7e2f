"""A leaked key leaves the history, in a browser without scripts: what people see and press."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from pastes.domain import discussion
from pastes.domain.content import NewFile
from pastes.models import Revision
from tests.factories import make_paste, viewer_for
from tests.pages.conftest import Opener
from tests.pages.test_browser_access import look_at, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEY = "-----BEGIN KEY-----\nc2VjcmV0LWtleQ==\n-----END KEY-----"
LONG = "a-word-without-a-blank" * 12


def test_a_key_of_several_lines_is_shown_where_it_is_and_removed(open_page: Opener, alice: User, bob: User) -> None:
    files = [NewFile(f"{LONG} = '{KEY}'; {LONG}\n".encode(), f"{LONG[:100]}.txt"), NewFile(KEY.encode(), "id")]
    paste = make_paste(owner=alice, title=LONG[:200], files=files)
    discussion.create(paste=paste, viewer=viewer_for(bob), body=f"Is this real?\n\n{KEY}")
    page = open_page(java_script_enabled=False)
    sign_in(page, alice)
    page.goto(f"/{paste.key}")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Remove a text everywhere").click()
    expect(page.get_by_label("Text to remove")).to_be_focused()
    page.keyboard.type(KEY)
    page.get_by_role("button", name="Show where it stands").click()
    expect(page.get_by_role("heading", name="Found in 3 places, in 1 revision")).to_be_visible()
    expect(page.get_by_text("1 comment says or quotes it")).to_be_visible()
    page.get_by_role("button", name="Remove it everywhere").click()
    expect(page.locator("p.notice")).to_contain_text("in 3 places, stands [redacted] now")
    page.get_by_role("link", name="Back to the paste").click()
    expect(page.locator("#F2-L2")).to_contain_text("[redacted]")
    expect(page.locator("body")).not_to_contain_text("c2VjcmV0")
    assert Revision.objects.count() == 2


def test_each_state_is_accessible_and_fits(open_page: Opener, alice: User) -> None:
    files = [NewFile(f"{LONG} = '{LONG}'\n".encode(), f"{LONG[:100]}.txt"), NewFile(LONG.encode() + b"\0", "a.bin")]
    paste = make_paste(owner=alice, title=LONG[:200], tags="a-word-without-a-blank", files=files)
    page = open_page()
    sign_in(page, alice)
    for text, said in (("ab", "too short"), ("nowhere", "nowhere"), ("a-word-without-a-blank", "Found in")):
        page.goto(f"/{paste.key}/redact")
        page.get_by_label("Text to remove").fill(text)
        page.get_by_role("button", name="Show where it stands").click()
        expect(page.get_by_text(said).first).to_be_visible()
        assert list(look_at(page)) == []
    page.get_by_role("button", name="Remove it everywhere").click()
    expect(page.get_by_role("heading", name="Removed")).to_be_visible()
    assert list(look_at(page)) == []
