"""/accounts/logout/"""

from django.test import Client

from accounts.models import User
from tests.accounts.cast import is_signed_in, sign_in

URL = "/accounts/logout/"


def test_it_signs_out(alice: User) -> None:
    browser = sign_in(alice)
    assert browser.post(URL).headers["Location"] == "/"
    assert not is_signed_in(browser)
    assert browser.cookies["sessionid"].value == ""


def test_it_only_asks_when_followed_as_a_link(alice: User) -> None:
    browser = sign_in(alice)
    assert browser.get(URL).status_code == 200
    assert is_signed_in(browser)


def test_it_ends_the_session_on_the_server(alice: User) -> None:
    browser = sign_in(alice)
    stolen = Client()
    stolen.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert is_signed_in(stolen)
    browser.post(URL)
    assert not is_signed_in(stolen)
