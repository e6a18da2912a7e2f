"""People who come through another site."""

from typing import Self
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from accounts import domain
from accounts.adapter import AccountAdapter, SocialAccountAdapter
from accounts.models import User, validate_username
from tests.accounts.cast import confirm, is_signed_in, make_user, sign_in

pytestmark = pytest.mark.django_db
PROVIDERS = {
    "github": {"APPS": [{"client_id": "id", "secret": "s", "key": ""}]},
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": "Example Corp",
                "client_id": "id",
                "secret": "s",
                "settings": {"server_url": "https://id.example.org"},
            }
        ]
    },
}


@pytest.fixture
def connected(settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = PROVIDERS


def test_a_click_sends_to_the_provider_with_a_state_and_only_by_post(client: Client, connected: None) -> None:
    assert client.get("/accounts/github/login/").status_code == 200
    response = client.post("/accounts/github/login/")
    assert response.headers["Location"].startswith("https://github.com/login/oauth/authorize?")
    assert "state=" in response.headers["Location"]


def test_any_provider_of_openid_has_its_own_name(client: Client, connected: None) -> None:
    assert "Example Corp" in client.get("/accounts/login/").content.decode()


def test_the_menu_shows_connections_only_when_there_are_some(alice: User, settings: Settings) -> None:
    browser = sign_in(alice)
    assert "/accounts/3rdparty/" not in browser.get("/accounts/sessions/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = PROVIDERS
    assert "/accounts/3rdparty/" in browser.get("/accounts/sessions/").content.decode()
    assert browser.get("/accounts/3rdparty/").status_code == 200


@pytest.mark.parametrize("answer", ["", "?error=access_denied", "?code=x&state=y", "?code=%00"])
def test_a_forged_answer_of_a_provider_signs_nobody_in(client: Client, connected: None, answer: str) -> None:
    response = client.get(f"/accounts/github/login/callback/{answer}")
    assert response.status_code < 500
    assert not User.objects.exists()


class GitHub:
    """Stands for the site at the other end: Ada is signed in there and agrees."""

    status_code = 200
    headers = {"content-type": "application/json"}

    def __init__(self, address: str = "") -> None:
        self.address = address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def request(self, _method: str, url: str, **_options: object) -> "GitHub":
        return GitHub(url)

    def get(self, url: str, **_options: object) -> "GitHub":
        return GitHub(url)

    def raise_for_status(self) -> None:
        pass

    def json(self) -> object:
        if self.address.endswith("/access_token"):
            return {"access_token": "t", "token_type": "bearer"}
        if self.address.endswith("/emails"):
            return [{"email": "ada@example.org", "primary": True, "verified": True}]
        return {"id": 7, "login": "ada", "name": "Ada Lovelace", "html_url": "https://github.com/ada"}


@pytest.fixture
def github(connected: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SocialAccountAdapter, "get_requests_session", lambda _adapter: GitHub())


def come_through_github(client: Client) -> str:
    """Go there and come back; the page one arrives on."""
    away = client.post("/accounts/github/login/").headers["Location"]
    [state] = parse_qs(urlsplit(away).query)["state"]
    return client.get("/accounts/github/login/callback/", {"code": "c", "state": state}, follow=True).content.decode()


def test_who_comes_for_the_first_time_gets_an_account(client: Client, github: None) -> None:
    come_through_github(client)
    user = User.objects.get()
    assert (user.username, user.name, user.email) == ("ada", "Ada Lovelace", "ada@example.org")
    assert not user.has_usable_password()
    assert is_signed_in(client)


def test_who_comes_again_is_the_same_person(client: Client, github: None) -> None:
    come_through_github(client)
    again = Client()
    come_through_github(again)
    assert User.objects.count() == 1
    assert is_signed_in(again)


def test_nobody_takes_an_account_over_by_its_address(client: Client, github: None) -> None:
    victim = make_user("victim")
    EmailAddress.objects.filter(user=victim).update(email="ada@example.org")
    come_through_github(client)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_nobody_new_comes_in_where_sign_up_is_closed(client: Client, github: None, settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    assert "No sign-up here" in come_through_github(client)
    assert not User.objects.exists()


def test_the_banned_do_not_come_in_this_way(client: Client, github: None) -> None:
    come_through_github(client)
    domain.ban(user=User.objects.get(), at=timezone.now())
    again = Client()
    assert "This account is blocked" in come_through_github(again)
    assert not is_signed_in(again)


def test_one_connects_and_disconnects_another_site(alice: User, github: None) -> None:
    browser = sign_in(alice)
    confirm(browser)
    away = browser.post("/accounts/github/login/?process=connect").headers["Location"]
    [state] = parse_qs(urlsplit(away).query)["state"]
    browser.get("/accounts/github/login/callback/", {"code": "c", "state": state})
    account = SocialAccount.objects.get()
    assert account.user == alice
    browser.post("/accounts/3rdparty/", {"account": account.pk})
    assert not SocialAccount.objects.exists()


def test_the_name_from_there_is_the_name_here() -> None:
    request = RequestFactory().get("/")
    login = SocialLogin(user=User(), account=SocialAccount(provider="github", uid="1"))
    user = get_adapter().populate_user(
        request, login, {"name": "Ada King Lovelace", "username": "ada", "email": "ada@example.org"}
    )
    assert user.name == "Ada King Lovelace"
    assert user.username == "ada"
    assert user.first_name == user.last_name == ""


@pytest.mark.parametrize("text", ["ada", "ada.", "..", "a", "Åda Löve", "имя", "x" * 200, "a+b@example.org", "admin"])
def test_it_makes_a_valid_user_name_of_any_text(alice: User, text: str) -> None:
    with context.request_context(RequestFactory().get("/")):
        name = AccountAdapter().generate_unique_username([text, "alice@example.org", "user"])
    validate_username(name)
    assert name.lower() not in {"alice", "admin"}
