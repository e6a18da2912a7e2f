"""A language and a theme, remembered in a cookie or the account."""

import pytest

from accounts.models import User
from tests.factories import client_for

pytestmark = pytest.mark.django_db


def test_it_remembers_a_language_without_an_account() -> None:
    client = client_for()
    response = client.post("/preferences", {"language": "ru", "next": "/recent"})
    assert (response.status_code, response["Location"]) == (303, "/recent")
    assert client.get("/recent", headers={"accept-language": "en"})["Content-Language"] == "ru"


def test_it_remembers_both_in_the_account_for_every_browser(alice: User) -> None:
    client_for(alice).post("/preferences", {"language": "ru"})
    client_for(alice).post("/preferences", {"theme": "dark"})
    alice.refresh_from_db()
    assert (alice.language, alice.theme) == ("ru", "dark")


def test_it_shows_the_theme_at_once_to_whoever_is_signed_in(alice: User) -> None:
    client = client_for(alice)
    client.post("/preferences", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/recent").text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "\\\\evil"])
def test_it_leads_to_no_other_site(target: str) -> None:
    assert client_for().post("/preferences", {"language": "ru", "next": target})["Location"] == "/"


@pytest.mark.parametrize("form", [{"language": "xx"}, {"theme": "<b>"}, {}, {"language": "\0"}])
def test_it_ignores_what_it_does_not_know(form: dict[str, str]) -> None:
    client = client_for()
    assert client.post("/preferences", form).status_code == 303
    assert not client.cookies


def test_it_needs_a_token_from_whoever_is_signed_in(alice: User) -> None:
    assert client_for(alice, csrf=True).post("/preferences", {"theme": "dark"}).status_code == 403
    assert client_for(csrf=True).post("/preferences", {"language": "ru"}).status_code == 303
