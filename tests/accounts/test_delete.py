"""/accounts/delete"""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from tests.accounts.cast import PASSWORD, is_signed_in, sign_in

URL = "/accounts/delete"


@pytest.mark.parametrize("pastes", ["delete", "keep"])
def test_it_closes_the_account(alice: User, bob: User, pastes: str) -> None:
    here, there = sign_in(alice), sign_in(alice)
    assert here.post(URL, {"password": PASSWORD, "pastes": pastes}).status_code == 200
    assert list(User.objects.all()) == [bob]
    assert not EmailAddress.objects.filter(email="alice@example.org").exists()
    assert [is_signed_in(browser) for browser in (here, there)] == [False, False]
    again = Client().post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert again.status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {"password": "wrong", "pastes": "delete"},
        {"password": PASSWORD, "pastes": "sell"},
        {"pastes": "delete"},
        {"password": PASSWORD},
        {"username": "alice", "pastes": "delete"},
    ],
)
def test_it_closes_nothing_unless_the_owner_means_it(alice: User, form: dict[str, str]) -> None:
    browser = sign_in(alice)
    response = browser.post(URL, form)
    assert response.status_code in {200, 400, 422}
    assert is_signed_in(browser)


def test_it_limits_guesses_of_the_password(alice: User) -> None:
    browser = sign_in(alice)
    for _guess in range(5):
        browser.post(URL, {"password": "wrong", "pastes": "delete"})
    browser.post(URL, {"password": PASSWORD, "pastes": "delete"})
    assert User.objects.filter(pk=alice.pk).exists()


def test_it_takes_the_user_name_of_an_account_without_a_password(alice: User) -> None:
    browser = sign_in(alice)
    alice.set_unusable_password()
    alice.save()
    browser.force_login(alice)
    browser.post(URL, {"username": "bob", "pastes": "delete"})
    assert User.objects.filter(pk=alice.pk).exists()
    browser.post(URL, {"username": "Alice", "pastes": "delete"})
    assert not User.objects.filter(pk=alice.pk).exists()


def test_it_only_asks_when_followed_as_a_link(alice: User) -> None:
    browser = sign_in(alice)
    assert browser.get(URL).status_code == 200
    assert is_signed_in(browser)


def test_it_is_not_for_strangers(client: Client, db: None) -> None:
    assert client.post(URL, {"pastes": "delete"}).status_code == 302


def test_it_checks_the_token_of_its_form(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.post(URL, {"password": PASSWORD, "pastes": "delete"}).status_code == 403
