"""/api/v1/auth: signing in for programs, and the pairs of tokens that they and browsers get."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import domain, pairs
from accounts.models import TokenPair, User
from accounts.pairs import RACE, Tokens
from tests.accounts.cast import PASSWORD, confirm, is_signed_in, sign_in
from tests.factories import make_paste
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

LOGIN, REFRESH, SESSION = "/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/session"
PAGE, MAKE = "/accounts/tokens", "/accounts/tokens/jwt"
JSON = {"accept": "application/json"}


def post(url: str, body: Any, **headers: str) -> HttpResponse:
    answer = Client(enforce_csrf_checks=True).post(url, body, content_type="application/json", headers=headers)
    assert isinstance(answer, HttpResponse)
    return answer


def log_in(user: User) -> dict[str, Any]:
    """What a program gets for a user name and a password."""
    answer = post(LOGIN, {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 200, answer.content
    meta: dict[str, Any] = answer.json()["meta"]  # type: ignore[attr-defined]
    return meta


def pair_of(browser: Client) -> dict[str, Any]:
    """What a browser's session gets."""
    confirm(browser)
    answer = browser.post(MAKE, headers=JSON)
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def works(access_token: str) -> bool:
    """Whether the token opens a door."""
    status = Client().get("/mine", headers={"authorization": f"Bearer {access_token}"}).status_code
    assert status in {200, 401}
    return status == 200


def refreshed(refresh_token: str, *, later: timedelta = timedelta()) -> Tokens | None:
    return pairs.refresh(refresh_token=refresh_token, at=timezone.now() + later)


class TestSigningIn:
    def test_a_program_gets_a_pair_and_reads_what_is_private(self, alice: User) -> None:
        got = log_in(alice)
        key = make_paste(owner=alice, visibility="private").key
        answer = Client().get(f"/{key}/raw", headers={"authorization": f"Bearer {got['access_token']}"})
        assert answer.status_code == 200
        assert got["expires_in"] == 15 * 60

    def test_an_access_token_is_good_for_every_scope_and_for_no_account_page(self, alice: User) -> None:
        asked = {"authorization": f"Bearer {log_in(alice)['access_token']}"}
        assert Client().get("/notifications", headers=asked).status_code == 200
        assert Client().post("/", "x", content_type="text/plain", headers=asked).status_code == 201
        assert Client().get("/accounts/settings", headers=asked).status_code == 302

    @pytest.mark.parametrize(
        "body",
        [
            {"username": "alice", "password": "wrong"},
            {"username": "nobody", "password": PASSWORD},
            {"username": "alice"},
            {"username": "alice\0", "password": PASSWORD},
            {"username": "\ud800", "password": PASSWORD},
            {"username": "alice", "password": "\ud800"},
            {"email": "\ud800@example.org", "password": PASSWORD},
            {"username": "x" * 100_000, "password": PASSWORD},
            {"username": ["alice"], "password": {"a": 1}},
            {},
        ],
    )
    @pytest.mark.usefixtures("alice")
    def test_it_refuses_everything_else_alike(self, body: dict[str, Any]) -> None:
        answer = post(LOGIN, body)
        assert answer.status_code in {400, 422}, answer.content
        assert answer["Content-Type"] == "application/problem+json"
        assert b"token" not in answer.content

    @pytest.mark.parametrize("url", [LOGIN, REFRESH, "/api/v1/auth/2fa/authenticate"])
    @pytest.mark.parametrize("body", ["{", "[]", "null", '"x"', "\ud800".encode("utf-8", "surrogatepass")])
    def test_it_refuses_what_is_no_object(self, url: str, body: str | bytes) -> None:
        answer = post(url, body)
        assert answer.status_code in {400, 422}
        assert answer["Content-Type"] == "application/problem+json"

    def test_the_locked_get_nothing(self, alice: User) -> None:
        domain.ban(user=alice, at=timezone.now())
        answer = post(LOGIN, {"username": "alice", "password": PASSWORD})
        assert answer.status_code in {400, 401}
        assert b"access_token" not in answer.content

    @pytest.mark.usefixtures("alice")
    def test_guessing_is_limited(self) -> None:
        answers = [post(LOGIN, {"username": "alice", "password": f"guess {number}"}) for number in range(12)]
        assert answers[-1].status_code in {400, 429}
        right = post(LOGIN, {"username": "alice", "password": PASSWORD})
        assert right.status_code in {400, 429}, "too many wrong ones came before"


class TestTheSessionBehindIt:
    """The session of a program is no browser's, and the reverse."""

    def test_its_token_is_no_cookie_and_no_cookie_is_its_token(self, alice: User) -> None:
        token = log_in(alice)["session_token"]
        browser = Client()
        browser.cookies["sessionid"] = token
        assert not is_signed_in(browser)
        cookie = sign_in(alice).cookies["sessionid"].value
        assert Client().get(SESSION, headers={"X-Session-Token": token}).status_code == 200
        assert Client().get(SESSION, headers={"X-Session-Token": cookie}).status_code == 410

    @pytest.mark.usefixtures("alice")
    def test_no_answer_and_no_token_has_its_key(self) -> None:
        answer = post(LOGIN, {"username": "alice", "password": PASSWORD})
        key = UserSession.objects.get().session_key
        assert key not in answer.content.decode()
        got: dict[str, Any] = answer.json()["meta"]  # type: ignore[attr-defined]
        for name in ("access_token", "refresh_token"):
            assert key not in str(jwt.decode(got[name], options={"verify_signature": False}))
        assert "sessionid" not in answer.cookies

    def test_a_browsers_cookie_is_not_looked_at(self, alice: User) -> None:
        assert sign_in(alice).get(SESSION).status_code == 401

    def test_a_browsers_pair_does_not_lead_into_its_session(self, alice: User) -> None:
        browser = sign_in(alice)
        asked = {"authorization": f"Bearer {pair_of(browser)['access_token']}"}
        assert Client().delete(SESSION, headers=asked).status_code == 401
        assert is_signed_in(browser)

    def test_signing_out_ends_every_token(self, alice: User) -> None:
        got = log_in(alice)
        answer = Client().delete(SESSION, headers={"authorization": f"Bearer {got['access_token']}"})
        assert answer.status_code == 204
        assert not works(got["access_token"])
        assert refreshed(got["refresh_token"]) is None
        assert Client().get(SESSION, headers={"X-Session-Token": got["session_token"]}).status_code == 410


class TestRefreshing:
    def test_each_refresh_token_works_once(self, alice: User) -> None:
        first = log_in(alice)
        answer = post(REFRESH, {"refresh_token": first["refresh_token"]})
        assert answer.status_code == 200
        second: dict[str, Any] = answer.json()["data"]  # type: ignore[attr-defined]
        assert works(first["access_token"]), "until its time is over"
        assert works(second["access_token"])
        assert refreshed(second["refresh_token"])

    @pytest.mark.parametrize("later", [RACE + timedelta(seconds=1), timedelta(days=3)])
    def test_one_that_comes_again_ends_all_of_them(self, alice: User, later: timedelta) -> None:
        got, other = log_in(alice), log_in(alice)
        second = refreshed(got["refresh_token"])
        assert second
        assert refreshed(got["refresh_token"], later=later) is None
        assert not works(got["access_token"])
        assert not works(second.access)
        assert refreshed(second.refresh) is None
        assert Client().get(SESSION, headers={"X-Session-Token": got["session_token"]}).status_code == 410
        assert works(other["access_token"]), "another sign-in is another family"

    def test_one_that_comes_again_at_once_is_only_refused(self, alice: User) -> None:
        got = log_in(alice)
        second = refreshed(got["refresh_token"])
        answer = post(REFRESH, {"refresh_token": got["refresh_token"]})
        assert answer.status_code == 401
        assert answer.json()["code"] == "sign_in_refused"  # type: ignore[attr-defined]
        assert "used before" in answer.content.decode()
        assert second
        assert works(second.access)
        assert refreshed(second.refresh)

    def test_one_before_the_last_ends_all_of_them_even_at_once(self, alice: User) -> None:
        got = log_in(alice)
        second = refreshed(got["refresh_token"])
        assert second
        third = refreshed(second.refresh)
        assert third
        assert refreshed(got["refresh_token"]) is None
        assert not works(third.access)

    def test_a_browser_stays_signed_in_when_a_copy_of_its_pair_is_found_out(self, alice: User) -> None:
        browser = sign_in(alice)
        got, other = pair_of(browser), pair_of(browser)
        refreshed(got["refresh_token"])
        refreshed(got["refresh_token"], later=timedelta(minutes=1))
        assert not works(got["access_token"])
        assert not works(other["access_token"])
        assert is_signed_in(browser)

    @pytest.mark.django_db(transaction=True)
    def test_of_two_at_once_one_wins(self, alice: User) -> None:
        got = log_in(alice)
        answers = at_once([lambda: pairs.refresh(refresh_token=got["refresh_token"])] * 4)
        winners = [answer for answer in answers if isinstance(answer, Tokens)]
        assert len(winners) == 1
        assert answers.count(None) == 3
        assert works(winners[0].access)
        assert refreshed(winners[0].refresh)

    def test_tokens_end_with_their_time(self, alice: User) -> None:
        got = log_in(alice)
        assert pairs.find(access_token=got["access_token"], at=timezone.now() + timedelta(minutes=14))
        assert (
            pairs.find(access_token=got["access_token"], at=timezone.now() + timedelta(minutes=15, seconds=1)) is None
        )
        assert refreshed(got["refresh_token"], later=timedelta(days=30, seconds=1)) is None

    def test_a_session_lives_as_long_as_its_refresh_token(self, alice: User) -> None:
        got = log_in(alice)
        before = Session.objects.get().expire_date
        assert refreshed(got["refresh_token"], later=timedelta(days=20))
        assert Session.objects.get().expire_date - before >= timedelta(days=19)

    def test_one_kind_does_not_pass_for_the_other(self, alice: User) -> None:
        got = log_in(alice)
        assert not works(got["refresh_token"])
        assert refreshed(got["access_token"]) is None

    @pytest.mark.parametrize("token", ["", "a.b.c", "\ud800", "x" * 100_000])
    def test_what_is_no_token_is_refused(self, token: str) -> None:
        answer = post(REFRESH, {"refresh_token": token})
        assert answer.status_code in {400, 401, 422}
        assert answer["Content-Type"] == "application/problem+json"


class TestTheKeys:
    """Promise of the documentation: put a new key first, keep the old one as a fallback for a while."""

    def test_tokens_of_the_key_before_work_until_it_is_removed(self, alice: User, settings: Settings) -> None:
        got = log_in(alice)
        old, settings.SECRET_KEY = settings.SECRET_KEY, "of-the-next-year-" * 4
        settings.SECRET_KEY_FALLBACKS = [old]
        for _again in range(2):
            assert works(got["access_token"])
            assert Client().get(SESSION, headers={"X-Session-Token": got["session_token"]}).status_code == 200
        second = refreshed(got["refresh_token"])
        assert second
        settings.SECRET_KEY_FALLBACKS = []
        assert not works(got["access_token"])
        assert works(second.access), "the new key has signed it"

    def test_a_program_that_only_refreshes_goes_on_under_the_new_key(self, alice: User, settings: Settings) -> None:
        got = log_in(alice)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "of-the-next-year-" * 4, [settings.SECRET_KEY]
        second = refreshed(got["refresh_token"])
        assert second
        settings.SECRET_KEY_FALLBACKS = []
        assert works(second.access)

    @pytest.mark.parametrize("algorithm", ["none", "HS384"])
    def test_it_takes_no_other_algorithm(self, alice: User, settings: Settings, algorithm: str) -> None:
        claims = jwt.decode(log_in(alice)["access_token"], options={"verify_signature": False})
        key = "" if algorithm == "none" else settings.SECRET_KEY
        assert not works(jwt.encode(claims, key, algorithm=algorithm))
        assert works(jwt.encode(claims, settings.SECRET_KEY, algorithm="HS256"))

    @pytest.mark.parametrize(
        "change", [{"sid": "x"}, {"sid": "²"}, {"sid": "9" * 30}, {"sub": "0"}, {"token_use": "all"}]
    )
    def test_it_takes_no_other_claims(self, alice: User, settings: Settings, change: dict[str, str]) -> None:
        claims = jwt.decode(log_in(alice)["access_token"], options={"verify_signature": False})
        assert not works(jwt.encode(claims | change, settings.SECRET_KEY, algorithm="HS256"))


class TestTheBrowsersPair:
    def test_it_is_shown_once_or_sent_as_json(self, alice: User) -> None:
        browser = sign_in(alice)
        assert works(pair_of(browser)["access_token"])
        shown = browser.post(MAKE)
        assert shown.status_code == 201
        assert "eyJ" in shown.content.decode()
        assert "eyJ" not in browser.get(PAGE).content.decode()

    def test_it_needs_the_form_of_this_site_and_a_session(self, alice: User) -> None:
        assert Client().post(MAKE).status_code == 302
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(alice, backend="accounts.sessions.Backend")
        assert browser.post(MAKE).status_code == 403
        assert sign_in(alice).get(MAKE).status_code == 405

    def test_it_asks_for_the_password_again(self, alice: User) -> None:
        browser = sign_in(alice)
        session = browser.session
        session["account_authentication_methods"] = []
        session.save()
        assert browser.post(MAKE).headers["Location"].startswith("/accounts/reauthenticate/")
        assert not TokenPair.objects.exists()

    def test_it_is_listed_and_revoked(self, alice: User, bob: User) -> None:
        browser, stranger = sign_in(alice), sign_in(bob)
        got, program = pair_of(browser), log_in(alice)
        page = browser.get(PAGE).content.decode()
        assert "made in a browser" in page
        assert "signed in by the API" in page
        assert page.count("Revoke the tokens of") == 2
        for pair in TokenPair.objects.all():
            stranger.post(f"{PAGE}/jwt/{pair.pk}/revoke")
        assert works(got["access_token"])
        for pair in TokenPair.objects.all():
            for _again in range(2):
                assert browser.post(f"{PAGE}/jwt/{pair.pk}/revoke").status_code == 303
        assert not works(got["access_token"])
        assert not works(program["access_token"])
        assert Client().get(SESSION, headers={"X-Session-Token": program["session_token"]}).status_code == 410
        assert is_signed_in(browser)

    def test_a_session_has_no_more_than_fifty(self, alice: User) -> None:
        browser = sign_in(alice)
        pair_of(browser)
        one = TokenPair.objects.get()
        rest = [TokenPair(session=one.session, expires_at=one.expires_at) for _number in range(pairs.MOST_PAIRS - 1)]
        TokenPair.objects.bulk_create(rest)
        answer = browser.post(MAKE, headers=JSON)
        assert answer.status_code == 422
        assert "50" in answer.content.decode()


class TestPromise10:
    """Whatever ends a session or a person ends their tokens at once."""

    @pytest.fixture
    def browser(self, alice: User) -> Client:
        return sign_in(alice)

    @pytest.fixture
    def both(self, alice: User, browser: Client) -> list[dict[str, Any]]:
        """A pair of the browser and one of a program."""
        return [pair_of(browser), log_in(alice)]

    def assert_ended(self, *several: dict[str, Any]) -> None:
        for one in several:
            assert not works(one["access_token"])
            assert refreshed(one["refresh_token"]) is None

    def test_signing_out(self, browser: Client, both: list[dict[str, Any]]) -> None:
        browser.post("/accounts/logout/")
        self.assert_ended(both[0])
        assert works(both[1]["access_token"])

    def test_ending_the_other_sessions(self, browser: Client, both: list[dict[str, Any]]) -> None:
        browser.post("/accounts/sessions/")
        self.assert_ended(both[1])
        assert works(both[0]["access_token"])

    def test_another_password(self, browser: Client, both: list[dict[str, Any]]) -> None:
        new = "an entirely new phrase"
        browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
        assert is_signed_in(browser)
        self.assert_ended(*both)

    def test_deactivation(self, alice: User, both: list[dict[str, Any]]) -> None:
        User.objects.filter(pk=alice.pk).update(is_active=False)
        self.assert_ended(*both)

    def test_a_ban_for_good(self, alice: User, both: list[dict[str, Any]]) -> None:
        domain.ban(user=alice, at=timezone.now())
        self.assert_ended(*both)
        domain.unban(user=alice)
        self.assert_ended(*both)

    def test_the_end_of_the_account(self, alice: User, both: list[dict[str, Any]]) -> None:
        domain.remove(user=alice)
        self.assert_ended(*both)
