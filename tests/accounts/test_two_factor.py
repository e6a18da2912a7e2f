"""/accounts/2fa/: codes of an app, recovery codes, and the pages for passkeys (`test_passkeys.py` uses them)."""

import json
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from accounts.models import User
from tests.accounts.authenticator import Passkey
from tests.accounts.cast import PASSWORD, confirm, is_signed_in, make_user, sign_in

URL = "/accounts/2fa/"
LOGIN = {"login": "alice", "password": PASSWORD}


def code_for(secret: str) -> str:
    """What an app shows at this moment."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


@pytest.fixture
def protected(alice: User) -> str:
    """Alice has an app and recovery codes; the app's secret."""
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(alice, secret)
    RecoveryCodes.activate(alice)
    return secret


def test_it_connects_an_app(alice: User) -> None:
    browser = sign_in(alice)
    confirm(browser)
    page = browser.get("/accounts/2fa/totp/activate/")
    assert "data:image/svg+xml" in page.content.decode()
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code_for(page.context["form"].secret)})
    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    codes = browser.get("/accounts/2fa/recovery-codes/download/").content.decode().split()
    assert len(codes) == 10


def test_it_wants_a_confirmed_address_first(db: None) -> None:
    browser = sign_in(make_user("carol", verified=False))
    confirm(browser)
    page = browser.get("/accounts/2fa/totp/activate/", follow=True)
    assert "Confirm your e-mail address first" in page.content.decode()
    assert browser.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 302


def test_it_asks_for_the_code(client: Client, protected: str) -> None:
    assert client.post("/accounts/login/", LOGIN).headers["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client), "a password alone is not enough"
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert not is_signed_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_for(protected)})
    assert is_signed_in(client)


def test_a_code_works_once(protected: str) -> None:
    code = code_for(protected)
    first, second = Client(), Client()
    for browser in (first, second):
        browser.post("/accounts/login/", LOGIN)
        browser.post("/accounts/2fa/authenticate/", {"code": code})
    assert [is_signed_in(browser) for browser in (first, second)] == [True, False]


def test_a_recovery_code_works_once(alice: User, protected: str) -> None:
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (True, False):
        browser = Client()
        browser.post("/accounts/login/", LOGIN)
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        assert is_signed_in(browser) is expected


def test_it_limits_guesses_of_codes(protected: str) -> None:
    browser = Client()
    browser.post("/accounts/login/", LOGIN)
    for _guess in range(5):
        browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    browser.post("/accounts/2fa/authenticate/", {"code": code_for(protected)})
    assert not is_signed_in(browser)


def test_the_app_can_be_disconnected(alice: User, protected: str) -> None:
    browser = Client()
    browser.post("/accounts/login/", LOGIN)
    browser.post("/accounts/2fa/authenticate/", {"code": code_for(protected)})
    confirm(browser)
    browser.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(type="totp").exists()
    assert is_signed_in(browser)


@pytest.mark.parametrize("path", ["", "totp/activate/", "recovery-codes/", "webauthn/", "webauthn/add/"])
def test_it_is_not_for_strangers(client: Client, db: None, path: str) -> None:
    assert client.get(URL + path).status_code == 302


@pytest.mark.parametrize("path", ["", "webauthn/", "webauthn/add/", "recovery-codes/"])
def test_its_pages_open(alice: User, protected: str, path: str) -> None:
    browser = Client()
    browser.post("/accounts/login/", LOGIN)
    browser.post("/accounts/2fa/authenticate/", {"code": code_for(protected)})
    confirm(browser)
    assert browser.get(URL + path).status_code == 200


def answer(**response: str) -> str:
    """A passkey's answer in form, with nonsense in it."""
    return json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": response})


BROKEN = [
    "",
    "{",
    "{}",
    "[]",
    "null",
    '{"id": 1}',
    '{"id": "AA", "rawId": "AA", "type": "public-key"}',
    answer(userHandle="OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"),
    answer(clientDataJSON="e30", authenticatorData="AA", signature="AA"),
    answer(clientDataJSON="e30", authenticatorData="A" * 52, signature="AA", userHandle="MQ"),
    answer(clientDataJSON="e30", attestationObject="oA"),
    answer(clientDataJSON="!", attestationObject="!"),
]


@pytest.mark.parametrize("credential", BROKEN)
def test_a_broken_passkey_signs_nobody_in(client: Client, db: None, credential: str) -> None:
    options = client.get(URL + "webauthn/login/", headers={"accept": "application/json"})
    assert "challenge" in options.json()["request_options"]["publicKey"]
    assert client.post(URL + "webauthn/login/", {"credential": credential}).status_code < 500
    assert not is_signed_in(client)


@pytest.mark.parametrize("credential", BROKEN)
def test_a_broken_passkey_is_not_kept(alice: User, credential: str) -> None:
    browser = sign_in(alice)
    confirm(browser)
    page = browser.get(URL + "webauthn/add/")
    assert page.context["form"]["passwordless"].value() is True
    assert browser.post(URL + "webauthn/add/", {"name": "x", "credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()


def test_a_program_needs_the_code_as_well(protected: str) -> None:
    first = Client().post(
        "/api/v1/auth/login", {"username": "alice", "password": PASSWORD}, content_type="application/json"
    )
    assert (first.status_code, first.json()["code"]) == (401, "second_factor_required")
    meta = first.json()["meta"]
    assert "access_token" not in meta
    headers = {"X-Session-Token": meta["session_token"]}
    url = "/api/v1/auth/2fa/authenticate"
    wrong = Client().post(url, {"code": "000000"}, content_type="application/json", headers=headers)
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["code"])
    right = Client().post(url, {"code": code_for(protected)}, content_type="application/json", headers=headers)
    assert right.status_code == 200
    asked = {"authorization": f"Bearer {right.json()['meta']['access_token']}"}
    assert Client().get("/mine", headers=asked).status_code == 200


def ask(method: str, url: str, body: Any = None, *, token: str = "") -> Any:
    """A program's request of /api/v1/auth."""
    headers = {"X-Session-Token": token} if token else {}
    data = json.dumps(body) if body is not None else ""
    return Client().generic(method, f"/api/v1/auth{url}", data, content_type="application/json", headers=headers)


def test_a_program_signs_in_with_a_passkey_alone(alice: User) -> None:
    key = Passkey(alice)
    asked = ask("GET", "/webauthn/login").json()
    answer = ask(
        "POST",
        "/webauthn/login",
        {"credential": key.sign(asked["data"]["request_options"])},
        token=asked["meta"]["session_token"],
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["data"]["user"]["username"] == "alice"
    bearer = {"authorization": f"Bearer {answer.json()['meta']['access_token']}"}
    assert Client().get("/mine", headers=bearer).status_code == 200


def test_a_program_uses_a_passkey_as_the_second_step(alice: User) -> None:
    key = Passkey(alice)
    first = ask("POST", "/login", {"username": "alice", "password": PASSWORD})
    assert first.json()["code"] == "second_factor_required"
    token = first.json()["meta"]["session_token"]
    asked = ask("GET", "/webauthn/authenticate", token=token).json()
    credential = key.sign(asked["data"]["request_options"])
    answer = ask("POST", "/webauthn/authenticate", {"credential": credential}, token=token)
    assert answer.status_code == 200, answer.content
    assert answer.json()["meta"]["access_token"]


def test_what_a_passkey_signed_counts_for_one_challenge(alice: User) -> None:
    key = Passkey(alice)
    asked, other = (ask("GET", "/webauthn/login").json() for _ in range(2))
    credential = key.sign(asked["data"]["request_options"])
    refused = ask("POST", "/webauthn/login", {"credential": credential}, token=other["meta"]["session_token"])
    assert (refused.status_code, refused.json()["code"]) == (400, "sign_in_refused")
    assert "credential" in refused.json()["errors"]


@pytest.mark.django_db
@pytest.mark.parametrize("credential", [{}, {"id": "x"}, {"response": {"userHandle": "!"}}, {"id": 1, "rawId": []}])
def test_a_program_with_a_broken_passkey_is_told_so(credential: dict[str, Any]) -> None:
    token = ask("GET", "/webauthn/login").json()["meta"]["session_token"]
    refused = ask("POST", "/webauthn/login", {"credential": credential}, token=token)
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
