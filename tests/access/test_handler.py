"""The short ways within Django: the same view is found, and programs get the same answers with less middleware."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.urls.exceptions import Resolver404
from pytest_django import Settings

from accounts.models import User
from pastebin import handler
from pastebin.middleware import TokensBeforeCookies
from pastes import hot
from pastes.models import Paste
from tests.factories import HTML, client_for, make_paste

KEY = "11111111111"
RANDOM = re.compile(r"r=\d+;t=\d+|\d{4}-\d\d-\d\dT[0-9:.]+Z|[0-9a-f]{16,}|[A-Za-z0-9_-]{32}(?=\\\")")
"""How often yet, moments, ids, versions, and tokens in JSON."""

VALUES = {"key": KEY, "hex": "0" * 16, "int": "7", "uuid": "0" * 8 + "-0000" * 3 + "-" + "0" * 12, "path": "a/b"}
"""Something for each kind of parameter; "a" for all others."""


def addresses(patterns: list[Any], before: str = "/") -> Iterator[str]:
    """One for each route of the site."""
    for pattern in patterns:
        assert isinstance(pattern, URLPattern | URLResolver)
        route = str(pattern.pattern)
        for name, converter in getattr(pattern.pattern, "converters", {}).items():
            kind = type(converter).__name__.lower().removesuffix("converter")
            for written in (f"<{name}>", f"<{kind}:{name}>", *[f"<{known}:{name}>" for known in VALUES]):
                route = route.replace(written, VALUES.get(kind, "a"))
        path = before + route.replace("^", "").replace("$", "")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        else:
            yield path


ADDRESSES = [
    *addresses(get_resolver("pastebin.urls").url_patterns),
    *("/", "//", "/recent/", "/recent/x", "/a/b/c", f"/{KEY}/nothing", "/api", "/api/", "/api/v1", "/api/v1/none"),
    *(
        "/preferences/raw",
        "/adminx",
        "/accounts",
        "/u",
        "/u/",
        "/tags/a.atom",
        "/search.atom",
        "/é",
        "/%00",
        "/diff",
        f"/{KEY}.py",
    ),
]


def found(find: Any, path: str) -> object:
    """What is at an address."""
    try:
        match = find(path)
    except Resolver404:
        return None
    return match.func, match.args, match.kwargs, match.view_name, match.route, match.app_names, match.namespaces


def test_the_view_at_every_address_is_the_one_that_django_finds() -> None:
    assert len(ADDRESSES) > 200
    assert {path: found(handler._found, path) for path in ADDRESSES} == {
        path: found(resolve, path) for path in ADDRESSES
    }


def test_few_views_are_looked_at() -> None:
    few, all_of_them = (
        [*addresses(found.url_patterns)] for found in (handler._resolver("recent", keyed=False), get_resolver())
    )
    assert len(few) * 4 < len(all_of_them)


PUBLISHED = {"files": [{"name": "a.py", "content": "hello = 1\n"}]}
REQUESTS: dict[str, dict[str, Any]] = {
    "a file": {"method": "PUT", "path": "/a.py", "data": "hello = 1\n"},
    "a text": {"method": "POST", "path": "/", "data": "hello = 1\n"},
    "a text, put": {"method": "PUT", "path": "/", "data": "hello = 1\n"},
    "a text to a name": {"method": "POST", "path": "/a.py", "data": "hello = 1\n"},
    "a text for JSON": {"method": "POST", "path": "/", "data": "hello\n", "accept": "application/json"},
    "a form": {
        "method": "POST",
        "path": "/",
        "data": "content=hello&expires=1h&burn=1",
        "content_type": "application/x-www-form-urlencoded",
    },
    "a file by the API": {"method": "POST", "path": "/api/v1/pastes", "data": json.dumps(PUBLISHED)},
    "no encrypted text": {"method": "POST", "path": "/", "data": "{}", "x-requested-with": "JSONHttpRequest"},
    "nothing": {"method": "PUT", "path": "/a.py", "data": ""},
    "nothing, in Russian": {"method": "PUT", "path": "/a.py", "data": "", "accept-language": "ru"},
    "a wrong option": {"method": "POST", "path": "/", "data": "content=a&expires=never-ever"},
    "too much": {"method": "PUT", "path": "/a.py", "data": "x" * 3_000},
    "a wrong body": {"method": "POST", "path": "/api/v1/pastes", "data": "{"},
    "wrong fields": {"method": "POST", "path": "/api/v1/pastes", "data": '{"files": []}'},
    "raw": {"path": "/{key}/raw"},
    "raw, of a file": {"path": "/{key}/raw/a.py"},
    "raw, a part": {"path": "/{key}/raw", "range": "bytes=2-5"},
    "raw, compressed": {"path": "/{key}/raw", "accept-encoding": "gzip"},
    "raw of nothing": {"path": f"/{KEY}/raw"},
    "by the API": {"path": "/api/v1/pastes/{key}"},
    "nothing by the API": {"path": f"/api/v1/pastes/{KEY}"},
}


def ask(client: Client, *, path: str, key: str, method: str = "GET", data: str = "", **rest: str) -> Any:
    content_type = rest.pop("content_type", "text/plain" if "/api/" not in path else "application/json")
    return client.generic(method, path.format(key=key), data, content_type=content_type, headers=rest)


def told(answer: Any) -> tuple[Any, ...]:
    """All that it says, but for what is another one each time."""
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
    text = json.dumps([headers, answer.getvalue().decode("latin-1")], sort_keys=True)
    for own in (Paste.objects.latest("pk").key, answer.headers.get("X-Delete-Token", "no token")):
        text = text.replace(own, "")
    return answer.status_code, RANDOM.sub("", text)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which way each request went, in order."""
    went: list[str] = []
    call = TokensBeforeCookies.__call__

    def passes(middleware: Any, request: Any) -> Any:
        went.append("long")
        return call(middleware, request)

    monkeypatch.setattr(TokensBeforeCookies, "__call__", passes)
    answer = handler._ForPrograms.get_response

    def short(programs: Any, request: Any) -> Any:
        went.append("short")
        return answer(programs, request)

    monkeypatch.setattr(handler._ForPrograms, "get_response", short)
    return went


@pytest.mark.django_db
@pytest.mark.parametrize("name", REQUESTS)
def test_a_program_gets_what_all_middleware_would_have_sent(
    name: str, ways: list[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = settings.MAX_BYTES_ANONYMOUS = settings.MAX_BYTES_ACCOUNT = 2_000
    key = make_paste(text="hello = 1\n", name="a.py").key
    short = told(ask(client_for(browser=False), key=key, **REQUESTS[name]))
    monkeypatch.setattr(handler, "FOR_PROGRAMS", frozenset())
    hot.clear()
    long = told(ask(client_for(browser=False), key=key, **REQUESTS[name]))
    assert ways == ["short", "long"]
    assert short == long


@pytest.mark.django_db
@pytest.mark.parametrize(
    "brought",
    [
        {"cookie": "sessionid=x"},
        {"cookie": "django_language=ru"},
        {"authorization": "Bearer x"},
        {"accept": HTML},
        {"hx-request": "true"},
    ],
)
def test_whoever_brings_something_goes_through_all_of_it(brought: dict[str, str], ways: list[str]) -> None:
    client_for(browser=False).post("/", "content=a", content_type="application/x-www-form-urlencoded", headers=brought)
    assert ways == ["long"]


@pytest.mark.django_db
def test_a_foreign_page_cannot_publish_for_somebody(alice: User, ways: list[str]) -> None:
    browser = client_for(alice, browser=False, csrf=True)
    assert browser.put("/a.txt", "mine", content_type="text/plain").status_code == 403
    assert ways == ["long"]


@pytest.mark.django_db
def test_pages_go_through_all_of_it(ways: list[str]) -> None:
    client_for(browser=False).get("/recent")
    client_for(browser=False).get("/nothing/at/all")
    client_for(browser=False).delete("/a.txt")
    assert ways == ["long"] * 3


def test_middleware_that_programs_are_spared_is_there_for_everybody_else(settings: Settings) -> None:
    assert set(handler.FOR_PEOPLE) < set(settings.MIDDLEWARE)
    assert RequestFactory().get("/").META.get("HTTP_COOKIE") == "", "an empty one brings nothing"
