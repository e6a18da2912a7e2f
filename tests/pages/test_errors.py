"""Promise 32: every error, for every status, in the asker's form and language."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from pastebin import errors
from pastes import conf, storage
from pastes.domain import discovery, publishing
from pastes.models import File
from tests.factories import HTML, client_for, make_paste

pytestmark = pytest.mark.django_db

NOWHERE = "/11111111111"


type Ask = Callable[[Client, dict[str, str]], Any]


@dataclass(frozen=True)
class Case:
    """A request that ends in an error."""

    status: int
    code: str
    ask: Ask
    words: str


def _fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret that belongs in no page")


def _loses_its_database(*args: Any, **kwargs: Any) -> None:
    raise OperationalError("the connection is closed")


def _forged(client: Client, headers: dict[str, str]) -> Any:
    client.handler.enforce_csrf_checks = True
    return client.post("/accounts/login/", headers=headers)


def _on_a_paste(method: str, tail: str = "", **draft: Any) -> Ask:
    """A request to a new paste."""
    return lambda client, headers: client.generic(
        method, f"/{make_paste(name='a.txt', **draft).key}{tail}", headers=headers
    )


def _lost(client: Client, headers: dict[str, str]) -> Any:
    """A paste whose object is not in the store any more."""
    paste = make_paste(name="a.txt")
    storage.delete(File.objects.values_list("object_name", flat=True))
    return client.get(f"/{paste.key}/raw", headers=headers)


def _huge(client: Client, headers: dict[str, str]) -> Any:
    return client.post(NOWHERE, b"x", "text/plain", CONTENT_LENGTH="99999999", headers=headers)


def _elsewhere(client: Client, headers: dict[str, str]) -> Any:
    return client.get("/recent", headers=headers | {"host": "evil.example"})


CASES = [
    Case(
        404, "not_found", lambda client, sent: client.get(NOWHERE, headers=sent), "There is no paste at this address."
    ),
    Case(404, "not_found", lambda client, sent: client.get("/no/page", headers=sent), "There is no paste at this"),
    Case(405, "method_not_allowed", lambda client, sent: client.put("/recent", headers=sent), "does not take"),
    Case(403, "forbidden", _on_a_paste("DELETE"), "Only the author"),
    Case(403, "csrf_failed", _forged, "too old"),
    Case(403, "locked", _on_a_paste("GET", "/raw", burn=True), "does not open"),
    Case(413, "too_large", _huge, "larger"),
    Case(
        400, "bad_request", lambda client, sent: client.get("/recent", headers=sent, HTTP_HOST="evil.example"), "be und"
    ),
    Case(503, "unavailable", _lost, "cannot be read"),
    Case(500, "server_error", lambda client, sent: client.get("/recent", headers=sent), "Something went wrong"),
]


@pytest.fixture(params=CASES, ids=lambda case: f"{case.status} {case.code}")
def case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Case:
    case: Case = request.param
    if case.status == 500:
        monkeypatch.setattr(discovery, "recent", _fails)
    return case


def ask(case: Case, **headers: str) -> Any:
    client = Client(raise_request_exception=False)
    response = case.ask(client, {name.replace("_", "-"): value for name, value in headers.items()})
    assert response.status_code == case.status
    assert "no-store" in response["Cache-Control"]
    assert "a secret that belongs" not in response.text
    return response


def test_it_is_a_page_for_a_browser(case: Case) -> None:
    response = ask(case, accept="text/html")
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert case.words in response.text
    assert f'<p class="status num">{case.status}</p>' in response.text
    assert 'name="robots" content="noindex"' in response.text


def test_it_is_a_fragment_for_htmx(case: Case) -> None:
    response = ask(case, accept="text/html", HX_Request="true")
    assert case.words in response.text
    assert "<html" not in response.text
    assert 'role="alert"' in response.text


def test_it_is_json_for_a_program_that_asks_for_it(case: Case) -> None:
    response = ask(case, accept="application/json")
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["code"]) == (case.status, case.code)
    assert case.words in body["title"]
    assert body["request_id"] == response["X-Request-ID"]


def test_it_is_one_or_two_lines_of_text_for_curl(case: Case) -> None:
    response = ask(case, accept="*/*")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert case.words in response.text
    assert "<" not in response.text


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_it_speaks_russian_to_whoever_does(case: Case, accept: str) -> None:
    english, russian = (ask(case, accept=accept, accept_language=language) for language in ("en", "ru"))
    assert english["Content-Language"] == "en"
    assert russian["Content-Language"] == "ru"
    text = russian.json()["title"] if accept == "application/json" else russian.text
    assert any("а" <= letter <= "я" for letter in text)
    assert case.words not in text


def test_it_leads_back_where_another_try_may_help(case: Case) -> None:
    response = ask(case, accept="text/html")
    leads_back = f'href="{response.wsgi_request.get_full_path()}">Try again' in response.text
    assert leads_back == (case.status in {500, 503})


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_it_says_an_id_that_is_in_the_log(case: Case, accept: str) -> None:
    response = ask(case, accept=accept)
    assert response["X-Request-ID"] in response.text


def test_it_says_when_to_come_back_and_what_is_allowed() -> None:
    response = client_for().put("/recent")
    assert set(response["Allow"].split(", ")) == {"GET", "HEAD"}


class TestDatabaseAway:
    """A database that does not answer is a part that is away, like any other."""

    def test_it_is_503_wherever_the_query_was(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(discovery, "recent", _loses_its_database)
        response = Client().get("/recent", headers={"accept": "text/html"})
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert "cannot be read or saved right now" in response.text

    def test_it_is_503_before_any_view_and_signs_nobody_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(SessionStore, "load", _loses_its_database)
        client = Client(raise_request_exception=False)
        client.cookies["sessionid"] = "of-somebody"
        response = client.get("/mine", headers={"accept": "text/html"})
        assert response.status_code == 503
        assert "cannot be read or saved right now" in response.text
        assert "sessionid" not in response.cookies

    def test_a_text_is_kept_on_the_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(publishing, "create", _loses_its_database)
        response = Client().post("/", {"content": "typed for an hour", "publish": "1"}, headers={"accept": "text/html"})
        assert response.status_code == 503
        assert "typed for an hour" in response.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/recent/", "/recent"),
        ("/11111111111/?a=1", "/11111111111?a=1"),
        ("/11111111111/raw/", "/11111111111/raw"),
        ("/u/alice/", "/u/alice"),
        ("/accounts/login", "/accounts/login/"),
        ("/help", "/help/clients"),
        ("/help/", "/help/clients"),
        ("/api", "/api/v1/docs"),
    ],
)
def test_an_address_that_is_almost_right_leads_where_it_was_meant(typed: str, meant: str) -> None:
    response = client_for().get(typed)
    assert (response.status_code, response["Location"]) == (302, meant)


def test_a_file_may_be_sent_under_a_name_that_people_try() -> None:
    assert client_for(browser=False).put("/help", b"x").status_code == 201


@pytest.mark.parametrize("path", ["/nonsense/", "/%2Fevil.example/", "/api/v1/pastes/", "/no/page/"])
def test_no_other_address_leads_anywhere(path: str) -> None:
    assert client_for().get(path).status_code in {401, 404}
    assert client_for().post("/recent/").status_code == 404


@pytest.mark.parametrize(("accept", "kept"), [(HTML, True), ("*/*", False), ("application/json", False)])
def test_only_a_browser_is_told_that_its_text_is_still_there(
    monkeypatch: pytest.MonkeyPatch, accept: str, kept: bool
) -> None:
    monkeypatch.setattr(publishing, "create", lambda **_: 1 / 0)
    client = Client(raise_request_exception=False, headers={"accept": accept})
    response = client.post("/", {"content": "typed for an hour", "publish": "1"})
    assert response.status_code == 500
    assert ("still in your browser" in response.text) == kept


def test_it_still_answers_when_the_error_page_itself_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "render_to_string", _fails)
    response = errors.server_error(RequestFactory().get("/", headers={"accept": "text/html"}))
    assert response.status_code == 500
    assert "Something went wrong" in response.text


def test_it_names_the_limit_where_something_is_too_large() -> None:
    program = client_for(browser=False)
    limit = conf.limits_for(None).bytes
    response = program.post("/", b"x" * (limit + 1), content_type="text/plain", headers={"accept": "application/json"})
    assert response.status_code == 413
    body = response.json()
    assert (body["limit"], body["actual"]) == (limit, limit + 1)


def test_it_shows_no_debug_page(settings: Settings) -> None:
    assert settings.DEBUG is False
    assert "Traceback" not in client_for().get("/no/such/page").text
