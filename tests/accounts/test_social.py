"""People who come through another site."""

import pytest
from allauth.core import context
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.adapter import AccountAdapter
from accounts.models import User, validate_username
from tests.accounts.cast import sign_in

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
