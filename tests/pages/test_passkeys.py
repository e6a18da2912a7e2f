"""Passkeys in a real browser, under the site's content security policy."""

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.db import connections
from playwright.sync_api import Page

from accounts.models import User
from tests.accounts.cast import PASSWORD, make_user
from tests.pages.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(open_page: Opener) -> Iterator[Page]:
    """A page in a browser that has a key built in."""
    page = open_page()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield page
    # Beside Playwright's loop the test has a connection of its own, which nobody else would close.
    connections.close_all()


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", "alice")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.click("main button.primary")


def test_a_passkey_is_added_and_signs_in_alone_and_as_a_second_step(page: Page) -> None:
    alice: User = make_user("alice")
    sign_in(page)
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")
    page.fill("[name=name]", "laptop")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    key = Authenticator.objects.get(user=alice, type="webauthn").wrap()
    assert (key.name, key.is_passwordless) == ("laptop", True)

    sign_out(page)
    page.goto("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/mine")

    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/2fa/authenticate/")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url("**/mine")


def test_it_says_why_a_passkey_was_not_used(page: Page) -> None:
    page.goto("/accounts/login/")
    page.evaluate(
        """document.dispatchEvent(new CustomEvent("allauth.error", {detail: {exception: {name: "NotAllowedError"}}}))"""
    )
    assert page.inner_text("#passkey-problem") == "No passkey was used."
