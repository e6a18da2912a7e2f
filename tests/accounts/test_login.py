"""/accounts/login/"""

import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import domain
from accounts.models import User
from tests.accounts.cast import PASSWORD, is_signed_in, sign_in

pytestmark = pytest.mark.django_db
URL = "/accounts/login/"


@pytest.mark.parametrize("login", ["alice", "Alice", "alice@example.org", "ALICE@Example.org", " alice "])
def test_it_takes_the_name_and_the_address(client: Client, alice: User, login: str) -> None:
    assert client.post(URL, {"login": login, "password": PASSWORD}).status_code == 302
    assert is_signed_in(client)


@pytest.mark.parametrize("logins", [("alice", "nobody"), ("alice@example.org", "nobody@example.org")])
def test_it_does_not_tell_who_has_an_account(alice: User, logins: tuple[str, str]) -> None:
    known, unknown = (Client().post(URL, {"login": login, "password": "wrong"}) for login in logins)
    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].errors == unknown.context["form"].errors


def test_what_is_to_be_typed_next_has_the_focus(client: Client, alice: User) -> None:
    def focused(page: str) -> list[str]:
        return re.findall(r'<input[^>]* name="(\w+)"[^>]* autofocus', page)

    assert focused(client.get("/accounts/login/").content.decode()) == ["login"]
    wrong = client.post("/accounts/login/", {"login": alice.username, "password": "wrong"}).content.decode()
    assert focused(wrong) == ["password"]


def test_it_gives_a_new_session(client: Client, alice: User) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    client.post(URL, {"login": "alice", "password": PASSWORD})
    assert client.cookies["sessionid"].value != session.session_key


@pytest.mark.parametrize("way", ["/recent", "http://testserver/recent"])
def test_it_goes_on_where_one_wanted_to_go(client: Client, alice: User, way: str) -> None:
    assert client.post(URL, {"login": "alice", "password": PASSWORD, "next": way}).headers["Location"] == way


@pytest.mark.parametrize(
    "way",
    [
        "https://evil.example/",
        "//evil.example/",
        "http://localhost/",
        "javascript:alert(1)",
        "/\\evil.example",
        "\t//e.x",
    ],
)
def test_it_does_not_send_people_elsewhere(client: Client, alice: User, way: str) -> None:
    response = client.post(URL, {"login": "alice", "password": PASSWORD, "next": way})
    assert response.headers["Location"] == "/mine"


def test_it_sends_the_signed_in_on(alice: User) -> None:
    assert sign_in(alice).get(URL).status_code == 302


def test_it_limits_guesses_for_one_account(client: Client, alice: User, bob: User) -> None:
    for _guess in range(5):
        client.post(URL, {"login": "alice", "password": "wrong"})
    response = client.post(URL, {"login": "alice", "password": PASSWORD})
    assert "Wait some minutes and try again" in response.content.decode()
    assert not is_signed_in(client)
    client.post(URL, {"login": "bob", "password": PASSWORD})
    assert is_signed_in(client), "others are not shut out"


def test_it_limits_guesses_from_one_place(client: Client, db: None) -> None:
    answers = [client.post(URL, {"login": f"name{n}", "password": "wrong"}) for n in range(11)]
    assert "Wait some minutes and try again" in answers[-1].content.decode()
    assert "Wait some minutes and try again" not in answers[-2].content.decode()


def test_it_counts_a_network_of_version_6_as_one_place(db: None) -> None:
    answers = [
        Client(REMOTE_ADDR=f"2001:db8::{n:x}").post(URL, {"login": f"name{n}", "password": "wrong"}) for n in range(11)
    ]
    assert "Wait some minutes and try again" in answers[-1].content.decode()
    answer = Client(REMOTE_ADDR="2001:db8:0:1::1").post(URL, {"login": "another", "password": "wrong"})
    assert "Wait some minutes and try again" not in answer.content.decode()


def test_it_is_not_fooled_by_a_forwarded_address(db: None) -> None:
    answers = [
        Client(headers={"x-forwarded-for": f"10.0.0.{n}"}).post(URL, {"login": f"n{n}", "password": "wrong"})
        for n in range(11)
    ]
    assert "Wait some minutes and try again" in answers[-1].content.decode()


def test_it_refuses_the_banned(client: Client, alice: User) -> None:
    domain.ban(user=alice, at=timezone.now(), reason="Advertising, <again>")
    response = client.post(URL, {"login": "alice", "password": PASSWORD}, follow=True)
    assert "This account is blocked" in response.content.decode()
    assert "Advertising, &lt;again&gt;" in response.content.decode()
    assert not is_signed_in(client)
    wrong = Client().post(URL, {"login": "alice", "password": "wrong"})
    assert wrong.status_code == 200, "only who knows the password is told"


def test_it_checks_the_token_of_its_form(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(URL, {"login": "alice", "password": PASSWORD}).status_code == 403
    token = browser.get(URL).context["csrf_token"]
    response = browser.post(URL, {"login": "alice", "password": PASSWORD, "csrfmiddlewaretoken": str(token)})
    assert response.status_code == 302


def test_it_brings_the_language_and_the_theme_of_the_account(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(language="ru", theme="dark")
    browser = sign_in(alice)
    response = browser.get("/accounts/sessions/", headers={"accept-language": "en"})
    assert response.headers["Content-Language"] == "ru"
    assert 'data-theme="dark"' in response.content.decode()


def test_it_leaves_no_session_with_those_who_only_look(client: Client) -> None:
    response = client.get(URL)
    assert "sessionid" not in response.cookies
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("field", ["login", "password"])
@pytest.mark.parametrize("value", ["", "\0", "x" * 100_000, "\xed\xa0\x80"])
def test_it_stands_strange_input(client: Client, alice: User, field: str, value: str) -> None:
    assert client.post(URL, {"login": "alice", "password": "wrong", field: value}).status_code == 200


GITHUB = {"github": {"APPS": [{"client_id": "id", "secret": "secret", "key": ""}]}}


def test_it_offers_other_sites_only_when_they_are_configured(client: Client, settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {}
    for page in (URL, "/accounts/signup/"):
        assert "GitHub" not in client.get(page).content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = GITHUB
    for page in (URL, "/accounts/signup/"):
        assert 'href="/accounts/github/login/?process=login"' in client.get(page).content.decode()
