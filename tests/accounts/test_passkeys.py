"""Passkeys in a real browser, under the site's content security policy."""

import os
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.accounts.cast import PASSWORD, make_user

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
def page(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """Chromium with a built-in key; a message of the policy or of a script fails the test."""
    # Playwright's loop runs in this thread, and Django would refuse the test's own queries beside it.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_context(base_url=live_server.url).new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        yield page
        browser.close()
    assert not said


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
