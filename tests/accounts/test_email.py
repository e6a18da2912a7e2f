"""/accounts/email/"""

from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.accounts.cast import confirm, link_in, sign_in

URL = "/accounts/email/"


def test_it_adds_an_address_which_its_owner_confirms(alice: User, mailoutbox: list[EmailMessage]) -> None:
    browser = sign_in(alice)
    confirm(browser)
    browser.post(URL, {"action_add": "", "email": "second@example.org"})
    [mail] = [mail for mail in mailoutbox if mail.to == ["second@example.org"]]
    browser.post(link_in(mail))
    browser.post(URL, {"action_primary": "", "email": "second@example.org"})
    alice.refresh_from_db()
    assert alice.email == "second@example.org"
    assert any("was changed from" in str(mail.body) and mail.to == ["alice@example.org"] for mail in mailoutbox)
    browser.post(URL, {"action_remove": "", "email": "alice@example.org"})
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["second@example.org"]


def test_it_does_not_touch_the_addresses_of_others(alice: User, bob: User) -> None:
    sign_in(alice).post(URL, {"action_remove": "", "email": bob.email})
    assert EmailAddress.objects.filter(user=bob).count() == 1


def test_it_asks_for_the_password_once_more(alice: User) -> None:
    browser = sign_in(alice)
    response = browser.post(URL, {"action_add": "", "email": "second@example.org"})
    assert response.headers["Location"].startswith("/accounts/reauthenticate/")
    confirm(browser)
    assert browser.post(URL, {"action_add": "", "email": "third@example.org"}).headers["Location"] == URL


def test_it_is_not_for_strangers(client: Client, db: None) -> None:
    assert client.get(URL).status_code == 302


def test_a_link_that_confirms_nothing_says_so(client: Client, db: None) -> None:
    response = client.get("/accounts/confirm-email/nonsense:nonsense/")
    assert response.status_code == 200
    assert "has expired or is wrong" in response.content.decode()
