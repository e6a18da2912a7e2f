"""/accounts/signup/"""

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.adapter import AccountAdapter
from accounts.models import User
from tests.accounts.cast import PASSWORD, is_signed_in, link_in

pytestmark = pytest.mark.django_db
URL = "/accounts/signup/"


def form(**changes: str) -> dict[str, str]:
    return {
        "username": "carol",
        "email": "carol@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
    } | changes


def test_it_makes_an_account_and_signs_in(client: Client) -> None:
    response = client.post(URL, form())
    assert response.status_code == 302
    user = User.objects.get(username="carol")
    assert user.check_password(PASSWORD)
    assert is_signed_in(client)


def test_it_asks_by_mail_to_confirm_the_address(client: Client, mailoutbox: list[EmailMessage]) -> None:
    client.post(URL, form())
    [mail] = mailoutbox
    assert mail.to == ["carol@example.org"]
    assert mail.subject.startswith("[Pastebin] ")
    body = str(mail.body)
    assert body.startswith("Hello carol,")
    assert body.rstrip().endswith("-- \nPastebin\nhttp://testserver/")

    link = link_in(mail)
    client.get(link)
    assert not EmailAddress.objects.get(email="carol@example.org").verified, "looking at the link confirms nothing"
    client.post(link)
    assert EmailAddress.objects.get(email="carol@example.org").verified


def test_it_keeps_the_way_back(client: Client) -> None:
    assert client.post(URL, form(next="/recent")).headers["Location"] == "/recent"


@pytest.mark.parametrize(
    "name",
    ["a", "x" * 41, "..", ".x", "x.", "a b", "a/b", "a@b", "имя", "a\0b", "<b>", "a\n", "Admin", "root", "alice.Atom"],
)
def test_it_refuses_a_name_that_is_no_name(client: Client, name: str) -> None:
    response = client.post(URL, form(username=name))
    assert response.status_code == 200
    assert response.context["form"].errors["username"]
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["ab", "x" * 40, "a.b-c_d", "007", "Carol"])
def test_it_takes_a_name_that_is_one(client: Client, name: str) -> None:
    client.post(URL, form(username=name))
    assert User.objects.get().username == name


def test_it_refuses_a_name_that_differs_only_in_case(client: Client, alice: User) -> None:
    response = client.post(URL, form(username=alice.username.upper()))
    assert response.context["form"].errors["username"]
    with pytest.raises(IntegrityError):
        User.objects.create_user("ALICE")


def test_it_tells_who_lost_the_race_for_a_name(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    # The form looked just before Alice took the name.
    monkeypatch.setattr(AccountAdapter, "clean_username", lambda _adapter, username: username)
    response = client.post(URL, form(username="Alice"), follow=True)
    assert response.redirect_chain == [(URL, 302)]
    assert "Somebody has this user name already." in response.content.decode()
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["short1x", "password123", "84629502845", "carol@example.org"])
def test_it_refuses_a_weak_password(client: Client, password: str) -> None:
    response = client.post(URL, form(password1=password, password2=password))
    assert response.status_code == 200
    assert not User.objects.exists()


def test_it_keeps_what_was_typed_but_the_passwords(client: Client) -> None:
    html = client.post(URL, form(password2="another one")).content.decode()
    assert 'value="carol"' in html
    assert PASSWORD not in html


def test_it_hides_that_an_address_has_an_account_where_mail_confirms(
    client: Client, alice: User, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    known = client.post(URL, form(email=alice.email))
    unknown = Client().post(URL, form(username="dave", email="dave@example.org"))
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert not User.objects.filter(username="carol").exists()
    assert {mail.to[0]: mail.subject for mail in mailoutbox} == {
        alice.email: "[Pastebin] There is an account already",
        "dave@example.org": "[Pastebin] Confirm your e-mail address",
    }


def test_it_lets_nobody_in_before_the_address_is_confirmed_where_that_is_asked(
    client: Client, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    client.post(URL, form())
    assert not is_signed_in(client)
    client.post(link_in(mailoutbox[0]))
    browser = Client()
    browser.post(reverse("account_login"), {"login": "carol", "password": PASSWORD})
    assert is_signed_in(browser)


def test_it_can_be_closed(client: Client, settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    assert "No sign-up here" in client.get(URL).content.decode()
    client.post(URL, form())
    assert not User.objects.exists()
    assert URL not in client.get(reverse("account_login")).content.decode()


def test_it_checks_the_token_of_its_form() -> None:
    assert Client(enforce_csrf_checks=True).post(URL, form()).status_code == 403
    assert not User.objects.exists()


def test_it_speaks_russian(client: Client) -> None:
    response = client.get(URL, headers={"accept-language": "ru"})
    assert response.headers["Content-Language"] == "ru"
    assert 'lang="ru"' in response.content.decode()
