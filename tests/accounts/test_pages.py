"""What all pages about accounts have in common."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.cast import confirm, sign_in

ENTRANCE = [
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "socialaccount_login_cancelled",
]
OWN = [
    "accounts:settings",
    "accounts:remove",
    "accounts:tokens",
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "usersessions_list",
    "socialaccount_connections",
]


def assert_in_order(html: str) -> None:
    """A page has one heading and a title, and nothing that the content security policy forbids."""
    assert html.count("<h1") == 1
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    assert title
    assert re.fullmatch(r"\S.* · Pastebin", " ".join(title[1].split()))
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", html)
    assert not re.search(r"<script(?![^>]*(\ssrc=|application/json))", html)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", ENTRANCE)
def test_the_pages_of_the_entrance_are_in_order(client: Client, db: None, name: str, language: str) -> None:
    response = client.get(reverse(name), headers={"accept-language": language})
    assert_in_order(response.content.decode())
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", OWN)
def test_the_pages_of_ones_own_are_in_order_and_private(alice: User, name: str, language: str) -> None:
    User.objects.filter(pk=alice.pk).update(language=language)
    browser = sign_in(alice)
    confirm(browser)
    response = browser.get(reverse(name))
    assert response.status_code == 200
    assert_in_order(response.content.decode())
    assert f'lang="{language}"' in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("name", OWN)
def test_the_pages_of_ones_own_are_for_no_stranger(client: Client, db: None, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(("/accounts/login/", "/"))


def test_too_many_requests_are_refused_in_words(client: Client, db: None) -> None:
    for _attempt in range(20):
        client.post("/accounts/signup/", {})
    response = client.post("/accounts/signup/", {}, headers={"accept": "text/html"})
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert_in_order(response.content.decode())
