"""/accounts/sessions/"""

import pytest
from django.test import Client

from accounts.models import User
from accounts.templatetags.accounts import browser as browser_name
from tests.accounts.cast import is_signed_in, sign_in

URL = "/accounts/sessions/"


def test_it_lists_where_one_is_signed_in(alice: User, bob: User) -> None:
    here = sign_in(alice)
    sign_in(alice, user_agent="curl/8.0")
    sign_in(bob, user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1")
    html = here.get(URL).content.decode()
    assert "Firefox, Linux" in html
    assert "curl" in html
    assert "iPhone" not in html


def test_it_ends_all_others(alice: User, bob: User) -> None:
    here, there, somebody = sign_in(alice), sign_in(alice), sign_in(bob)
    here.post(URL)
    assert [is_signed_in(browser) for browser in (here, there, somebody)] == [True, False, True]


def test_it_is_not_for_strangers(client: Client, db: None) -> None:
    assert client.get(URL).status_code == 302
    assert client.post(URL).status_code == 302


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari, macOS"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox, Android"),
        ("", "Unknown program"),
        ("<script>", "Unknown program"),
    ],
)
def test_it_calls_a_browser_by_its_name(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
