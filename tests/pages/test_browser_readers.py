"""In a real browser: where readers come from, and the parts of pages that HTMX exchanges."""

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from pastes.models import Star, View
from tests.factories import client_for, make_paste
from tests.pages.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, user: User) -> None:
    """Give the browser the user's session."""
    page.goto("/robots.txt")
    session = client_for(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": page.url}])


def test_a_reader_brings_the_host_of_the_site_they_come_from_and_no_more(open_page: Opener) -> None:
    key = make_paste().key
    page = open_page()
    page.goto("/robots.txt")
    address = page.url.replace("robots.txt", key)

    def news(route: Route) -> None:
        # The most talkative site there is: its whole address goes along.
        html = f'<meta name="referrer" content="unsafe-url"><a href="{address}">a paste</a>'
        route.fulfill(body=html, content_type="text/html")

    page.route("http://news.example/**", news)
    page.goto("http://news.example/private/thread?user=7")
    with page.expect_request_finished(lambda request: request.url.endswith("/view")) as sent:
        page.click("a")
    assert sent.value.response()
    assert View.objects.get().host == "news.example"
    assert "thread" not in (sent.value.post_data or "")


def test_a_reader_who_comes_from_the_site_itself_comes_from_nowhere(open_page: Opener) -> None:
    key = make_paste().key
    page = open_page()
    page.goto("/recent")
    with page.expect_request_finished(lambda request: request.url.endswith("/view")) as sent:
        page.click(f'a[href="/{key}"]')
    assert sent.value.response()
    assert View.objects.get().host == ""


def test_the_lists_of_a_profile_change_in_place_and_are_there_when_one_goes_back(
    open_page: Opener, alice: User
) -> None:
    starred = make_paste(title="What she starred")
    make_paste(owner=alice, title="What she wrote")
    Star.objects.create(user=alice, paste=starred)
    page = open_page()
    page.goto("/u/alice")
    page.evaluate("document.body.dataset.same = 'yes'")
    page.get_by_role("link", name="Stars").click()
    expect(page.get_by_text("What she starred")).to_be_visible()
    assert page.url.endswith("/u/alice?show=stars")
    assert page.evaluate("document.body.dataset.same") == "yes"
    page.go_back()
    expect(page.get_by_text("What she wrote")).to_be_visible()


def test_the_plot_looks_further_back_in_place(open_page: Opener, alice: User) -> None:
    key = make_paste(owner=alice).key
    page = open_page()
    sign_in(page, alice)
    page.goto(f"/{key}")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Statistics").click()
    page.get_by_role("link", name="365 days").click()
    expect(page.get_by_role("link", name="365 days")).to_have_attribute("aria-current", "page")
    assert page.url.endswith("?days=365")
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("region", name="Table of views per day").get_by_role("row")).to_have_count(366)
