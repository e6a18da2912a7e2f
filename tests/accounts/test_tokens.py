"""/accounts/tokens, `manage.py create_token`, and what a token opens."""

import io
import re
from base64 import b64encode
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import credentials, domain, tokens
from accounts.models import AccessToken, Scope, User
from pastes.models import Paste
from tests.accounts.cast import confirm, sign_in
from tests.factories import HTML, client_for, make_paste
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

URL = "/accounts/tokens"
FORM = {"name": "backup", "scopes": ["paste:read", "paste:write"], "expiry": "1d"}
READ, WRITE = Scope.PASTE_READ, Scope.PASTE_WRITE


def token_for(user: User, *scopes: Scope, days: int | None = None) -> str:
    expires_at = None if days is None else timezone.now() + timedelta(days=days)
    return tokens.create(user=user, name="gadget", scopes=scopes or (READ, WRITE), expires_at=expires_at)[1]


def program(token: str, scheme: str = "Bearer", *, csrf: bool = True) -> Client:
    return Client(enforce_csrf_checks=csrf, headers={"authorization": f"{scheme} {token}"})


class TestThePage:
    def test_it_shows_a_new_token_once(self, alice: User, mailoutbox: list[EmailMessage]) -> None:
        browser = sign_in(alice)
        confirm(browser)
        answer = browser.post(URL, FORM)
        assert answer.status_code == 201
        [token] = re.findall(r"pbt_\w+", answer.content.decode())
        found = credentials.find(authorization=f"Bearer {token}")
        assert found is not None
        assert (found.user, found.scopes) == (alice, frozenset({READ, WRITE}))
        listed = browser.get(URL).content.decode()
        assert "backup" in listed
        assert token not in listed
        assert "no-store" in answer.headers["Cache-Control"]
        assert "backup" in str(mailoutbox[-1].body)
        assert token not in str(mailoutbox[-1].body)

    def test_it_speaks_of_a_token_in_russian_not_of_a_paste(self, alice: User) -> None:
        browser = sign_in(alice)
        confirm(browser)
        page = browser.post(URL, FORM, headers={"accept-language": "ru"}).content.decode()
        assert "Копировать токен" in page
        assert "истекает" in page
        assert "удалится" not in page
        assert "сделана" not in page

    def test_it_asks_for_the_password_before_it_makes_one(self, alice: User) -> None:
        browser = sign_in(alice)
        session = browser.session
        session["account_authentication_methods"] = []
        session.save()
        asked = browser.post(URL, FORM)
        assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
        assert not AccessToken.objects.exists()
        answer = browser.post(asked.headers["Location"], {"password": "correct horse battery"})
        assert "pbt_" in answer.content.decode(), "what was asked for is done then"
        assert AccessToken.objects.get().name == "backup"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"name": "x" * 81},
            {"name": "\0"},
            {"scopes": []},
            {"scopes": ["everything"]},
            {"expiry": "soon"},
            {"expiry": "date"},
            {"expiry": "date", "expires_at": "2001-01-01T00:00"},
        ],
    )
    def test_it_makes_none_of_what_does_not_fit(self, alice: User, wrong: dict[str, object]) -> None:
        answer = client_for(alice_without_password(alice)).post(URL, FORM | wrong)
        assert answer.status_code == 422
        assert not AccessToken.objects.exists()

    def test_it_lists_an_expired_one_and_revokes_any(self, alice: User) -> None:
        token_for(alice)
        AccessToken.objects.update(expires_at=timezone.now())
        browser = sign_in(alice)
        assert "Expired" in browser.get(URL).content.decode()
        row = AccessToken.objects.get()
        for _again in range(2):
            assert browser.post(f"{URL}/{row.pk}/revoke").headers["Location"] == URL
        assert not AccessToken.objects.exists()
        assert "No tokens yet" in browser.get(URL).content.decode()

    def test_it_shows_and_revokes_nothing_of_others(self, alice: User, bob: User) -> None:
        token = token_for(alice)
        browser = sign_in(bob)
        assert "gadget" not in browser.get(URL).content.decode()
        browser.post(f"{URL}/{AccessToken.objects.get().pk}/revoke")
        assert credentials.find(authorization=f"Bearer {token}")

    def test_it_makes_no_more_than_fifty(self, alice: User) -> None:
        for _number in range(tokens.MOST_TOKENS):
            token_for(alice)
        answer = client_for(alice_without_password(alice)).post(URL, FORM)
        assert answer.status_code == 422
        assert "50" in answer.content.decode()

    def test_it_takes_a_constant_number_of_queries(
        self, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        browser = sign_in(alice)
        for _number in range(20):
            token_for(alice)
        with django_assert_max_num_queries(12):
            browser.get(URL)


def alice_without_password(alice: User) -> User:
    """Somebody who came through another site: there is nothing to confirm with."""
    alice.set_unusable_password()
    alice.save()
    return alice


class TestTheToken:
    def test_it_tells_what_it_is_and_whether_it_is_whole(self, alice: User) -> None:
        token = token_for(alice)
        assert re.fullmatch(r"pbt_[0-9A-Za-z]{49}", token)
        assert tokens.looks_like_one(token)
        for other in ("", "pbt_", token[:-1], token + "0", token[:10] + "é" + token[11:], token.swapcase()):
            assert not tokens.looks_like_one(other)

    def test_it_is_kept_nowhere(self, alice: User) -> None:
        token = token_for(alice)
        assert token not in str(list(AccessToken.objects.values()))
        assert token[4:20] not in str(list(AccessToken.objects.values()))

    def test_it_ends_with_its_time_its_person_and_its_row(self, alice: User) -> None:
        token = token_for(alice, days=1)
        assert tokens.find(token=token)
        assert tokens.find(token=token, at=timezone.now() + timedelta(days=1)) is None
        assert list(tokens.working(user=alice, at=timezone.now() + timedelta(days=1))) == []
        domain.ban(user=alice, at=timezone.now())
        assert tokens.find(token=token) is None
        domain.unban(user=alice)
        assert tokens.find(token=token)
        tokens.revoke(user=alice, token_id=AccessToken.objects.get().pk)
        assert tokens.find(token=token) is None

    def test_its_use_is_noted_once_a_minute(self, alice: User) -> None:
        token = token_for(alice)
        now = timezone.now()
        noted = []
        for seconds in (0, 30, 59, 60):
            credentials.find(authorization=f"Bearer {token}", at=now + timedelta(seconds=seconds))
            noted.append(AccessToken.objects.get().last_used_at)
        assert noted == [now, now, now, now + timedelta(seconds=60)]

    @pytest.mark.django_db(transaction=True)
    def test_fifty_are_fifty_when_many_are_made_at_once(self, alice: User) -> None:
        for _number in range(tokens.MOST_TOKENS - 1):
            token_for(alice)
        made = at_once([lambda: token_for(alice)] * 4)
        assert sum(isinstance(one, str) for one in made) == 1
        assert AccessToken.objects.count() == tokens.MOST_TOKENS


class TestTheDoors:
    def test_a_program_publishes_reads_changes_and_deletes(self, alice: User) -> None:
        me = program(token_for(alice))
        address = me.post("/", "mine\n", content_type="text/plain").content.decode().strip()
        path = address.removeprefix("http://testserver")
        paste = Paste.objects.get()
        assert paste.owner == alice
        Paste.objects.update(visibility="private")
        assert Client().get(f"{path}/raw").status_code == 404
        assert me.get(f"{path}/raw").content == b"mine\n"
        edited = me.post(f"{path}/edit", {"content": "new", "filename": "", "base": "1", "visibility": "private"})
        assert edited.status_code == 303
        assert me.get(f"{path}/raw").content == b"new"
        assert me.get("/mine").status_code == 200
        assert me.delete(path).status_code == 204
        assert me.get(f"{path}/raw").status_code == 404

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "token", "TOKEN"])
    def test_it_takes_every_spelling_of_the_scheme(self, alice: User, scheme: str) -> None:
        key = make_paste(owner=alice, visibility="private").key
        assert program(token_for(alice), scheme).get(f"/{key}/raw").status_code == 200

    def test_it_takes_the_token_as_a_password(self, alice: User) -> None:
        key = make_paste(owner=alice, visibility="private").key
        basic = b64encode(f"alice:{token_for(alice)}".encode()).decode()
        assert program(basic, "Basic").get(f"/{key}/raw").status_code == 200

    def test_a_browser_that_remembers_the_password_is_no_way_in(self, alice: User) -> None:
        basic = b64encode(f"alice:{token_for(alice)}".encode()).decode()
        forged = program(basic, "Basic").post("/", {"content": "x"}, headers={"origin": "https://evil.example"})
        assert forged.status_code == 403
        assert program(basic, "Basic").post("/", "x", content_type="text/plain").status_code == 201

    @pytest.mark.parametrize(
        "sent",
        [
            "Bearer",
            "Bearer nothing",
            "Bearer a.b.c",
            "Basic !!!",
            "Basic YWxpY2U6cGFzc3dvcmQ=",
            "Digest x",
            "x",
            "Bearer é",
        ],
    )
    def test_what_is_no_token_is_refused_and_never_anonymous(self, sent: str) -> None:
        answer = Client().post("/", "x", content_type="text/plain", headers={"authorization": sent})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert "not valid" in answer.content.decode()
        assert not Paste.objects.exists()

    def test_a_token_that_has_ended_does_not_read_what_is_public(self, alice: User) -> None:
        paste, token = make_paste(), token_for(alice, days=1)
        AccessToken.objects.update(expires_at=timezone.now())
        client_for().get(f"/{paste.key}")
        for path in (f"/{paste.key}", f"/{paste.key}/raw", "/recent", "/", "/mine"):
            answer = program(token).get(path, headers={"accept": HTML, "accept-language": "en"})
            assert answer.status_code == 401, path

    def test_it_does_no_more_than_its_scopes(self, alice: User) -> None:
        key = make_paste(owner=alice, visibility="private").key
        reader, writer, gist = (
            program(token_for(alice, *scopes)) for scopes in ((READ,), (WRITE,), (Scope.GIST_WRITE,))
        )
        assert reader.get(f"/{key}/raw").status_code == 200
        refused = reader.delete(f"/{key}")
        assert refused.status_code == 403
        assert "paste:write" in refused.content.decode()
        assert "insufficient_scope" in refused.headers["WWW-Authenticate"]
        assert writer.get(f"/{key}/raw").status_code == 403
        assert gist.get(f"/{key}/raw").status_code == 403
        assert reader.get("/notifications").status_code == 403
        assert program(token_for(alice, Scope.ACCOUNT)).get("/notifications").status_code == 200
        assert writer.delete(f"/{key}").status_code == 204

    def test_the_refusal_speaks_the_askers_form_and_language(self) -> None:
        asked = Client(headers={"authorization": "Bearer x"})
        problem = asked.get("/recent", headers={"accept": "application/json"})
        assert problem.headers["Content-Type"] == "application/problem+json"
        assert problem.json()["code"] == "bad_credentials"
        assert asked.get("/recent", headers={"accept": HTML}).headers["Content-Type"].startswith("text/html")
        russian = asked.get("/recent", headers={"accept": HTML, "accept-language": "ru"})
        assert 'lang="ru"' in russian.content.decode()

    def test_cookies_beside_a_token_are_not_looked_at(self, alice: User, bob: User) -> None:
        private = make_paste(owner=alice, visibility="private").key
        browser = client_for(alice)
        assert browser.get(f"/{private}/raw").status_code == 200
        asked = {"authorization": f"Bearer {token_for(bob)}"}
        assert browser.get(f"/{private}/raw", headers=asked).status_code == 404
        assert browser.get("/accounts/settings", headers=asked).status_code == 302
        assert browser.get("/admin/", headers=asked).status_code == 302

    def test_an_account_page_takes_no_token(self, alice: User) -> None:
        me = program(token_for(alice, *Scope))
        for path in (URL, "/accounts/settings", "/accounts/export", "/accounts/delete", "/accounts/email/"):
            assert me.get(path).status_code == 302, path
        assert me.post("/accounts/delete", {"username": "alice", "pastes": "delete"}).status_code == 302
        assert User.objects.filter(pk=alice.pk).exists()

    def test_its_answers_stay_out_of_the_shared_cache(self, alice: User) -> None:
        key = make_paste(owner=alice).key
        me, anybody = program(token_for(alice)), client_for()
        for _first_and_second in range(2):
            mine = me.get(f"/{key}", headers={"accept": HTML})
            assert f"/{key}/edit" in mine.content.decode()
            assert mine.headers["Cache-Control"] == "private, no-store"
            assert f"/{key}/edit" not in anybody.get(f"/{key}").content.decode()
        assert me.get(f"/{key}/raw").headers["Cache-Control"] == "private, no-store"

    def test_a_foreign_form_still_needs_the_sessions_token(self, alice: User) -> None:
        assert client_for(alice, csrf=True).post("/", {"content": "x"}).status_code == 403


class TestTheCommand:
    def run(self, *args: str) -> tuple[str, str]:
        out, err = io.StringIO(), io.StringIO()
        call_command("create_token", *args, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    def test_it_prints_the_token_alone(self, alice: User) -> None:
        out, err = self.run(
            "Alice", "--scope", "gist:write", "--scope", "gist:read", "--name", "ci", "--expires-days", "30"
        )
        row = tokens.find(token=out.removesuffix("\n"))
        assert row
        assert (row.user, row.name, row.scope_list) == (alice, "ci", [Scope.GIST_READ, Scope.GIST_WRITE])
        assert row.expires_at
        assert timedelta(days=29) < row.expires_at - timezone.now() < timedelta(days=31)
        assert "gist:read" in err

    @pytest.mark.parametrize(
        "args",
        [
            ["nobody", "--scope", "account"],
            ["alice"],
            ["alice", "--scope", "all"],
            ["alice", "--scope", "account", "--expires-days", "0"],
        ],
    )
    @pytest.mark.usefixtures("alice")
    def test_it_makes_none_of_what_does_not_fit(self, args: list[str]) -> None:
        with pytest.raises(CommandError):
            self.run(*args)
        assert not AccessToken.objects.exists()

    def test_it_makes_none_for_a_locked_account(self, alice: User) -> None:
        domain.ban(user=alice, at=timezone.now())
        with pytest.raises(CommandError, match="locked"):
            self.run("alice", "--scope", "account")
