"""What the site answers before Django begins: only requests that are all answered alike, and as Django would."""

import gzip
import os
import re
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pastebin import hot as short_way
from pastes import cache, hot
from pastes.models import Paste
from tests.factories import client_for, is_kept, make_paste, publish
from tests.hot.rules import LANGUAGES, OWN, RULES, SHARED, Rule

pytestmark = pytest.mark.django_db

TEXT = "print('hello')\n" * 100


@pytest.fixture
def paste() -> Paste:
    return make_paste(text=TEXT, name="notes.py")


def ask(path: str, rule: Rule) -> HttpResponseBase:
    client = client_for(browser="Accept" not in rule.headers)
    answer: HttpResponseBase = client.generic(rule.method, f"{path}{rule.query}", headers=dict(rule.headers))
    return answer


def hits() -> int:
    return sum(cache.hits[kind] for kind in ("page", "raw", "list"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_it_answers_what_may_be_answered_alike(paste: Paste, rule: Rule) -> None:
    for path in (f"/{paste.key}", f"/{paste.key}/raw", *hot.LIST_PATHS):
        language = {"Accept-Language": "ru"} if "ru" in rule.headers.get("Cookie", "") else {}
        client_for().get(path, headers=language)
        before = hits()
        ask(path, rule)
        assert hits() - before == (1 if rule.answer == SHARED else 0), path
    assert {rule.answer for rule in RULES} == {SHARED, OWN}


@pytest.mark.parametrize(("accepted", "cookies", "language"), LANGUAGES)
def test_it_chooses_the_language_as_django_does(paste: Paste, accepted: str, cookies: str, language: str) -> None:
    headers = {"Accept-Language": accepted} | ({"Cookie": cookies} if cookies else {})
    before = 0
    for _ in range(2):
        before = hits()
        answer = client_for().get(f"/{paste.key}", headers=headers)
        assert (answer["Content-Language"], f'<html lang="{language}"' in answer.text) == (language, True)
    assert hits() == before + 1


def test_what_is_known_of_requests_has_an_end(paste: Paste, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short_way, "SAID", 3)
    short_way.forget()
    for cookie in ("a=1", "a=2", "a=3", "a=4", f"long={'x' * 500}"):
        for _ in range(2):
            assert client_for().get(f"/{paste.key}", headers={"Cookie": cookie}).status_code == 200
    assert {said[7] for said in short_way._asked} == {"a=4"}


def test_who_asks_is_looked_at_anew_where_a_setting_changed(paste: Paste, settings: Any) -> None:
    before = hits()
    for _ in range(2):
        client_for().get(f"/{paste.key}")
    assert hits() == before + 1
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    assert client_for().get(f"/{paste.key}").status_code == 400
    assert hits() == before + 1


VARYING = {"X-Request-ID", "Content-Length"}


def headers_of(answer: Any) -> dict[str, object]:
    kept = {name: value for name, value in answer.headers.items() if name not in VARYING}
    return kept | {"Vary": sorted(kept["Vary"].split(", "))}


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("visibility", ["public", "unlisted"])
@pytest.mark.parametrize("address", ["/{key}", "/{key}/raw", *hot.LIST_PATHS])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_its_answer_is_the_one_of_django(
    address: str, visibility: str, encoding: str, secure: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECURE_HSTS_SECONDS = 3600
    short_way.common_headers.cache_clear()
    paste = make_paste(text=TEXT, name="naïve.py", visibility=visibility)
    path = address.format(key=paste.key)
    made, kept = (client_for().get(path, headers={"accept-encoding": encoding}, secure=secure) for _ in range(2))
    short_way.common_headers.cache_clear()
    assert headers_of(kept) == headers_of(made)
    assert kept.content == made.content
    assert ("Strict-Transport-Security" in kept.headers) == secure
    assert kept["X-Request-ID"] != made["X-Request-ID"]
    del monkeypatch


def test_a_text_that_is_known_is_not_sent_again(
    paste: Paste, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    etags = [client_for().get(f"/{paste.key}/raw", headers={"accept-encoding": kind})["ETag"] for kind in ("", "gzip")]
    assert etags[0] != etags[1]
    with django_assert_num_queries(0):
        for etag in (*etags, f'"x", {etags[1]}', "*"):
            answer = client_for().get(f"/{paste.key}/raw", headers={"if-none-match": etag})
            assert (answer.status_code, answer.content) == (304, b"")
        assert client_for().get(f"/{paste.key}/raw", headers={"if-none-match": '"x"'}).content == TEXT.encode()


def test_a_text_is_the_same_for_all_languages(paste: Paste, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client_for().get(f"/{paste.key}/raw")
    with django_assert_num_queries(0):
        answer = client_for().get(f"/{paste.key}/raw", headers={"accept-language": "ru", "accept-encoding": "gzip"})
    assert gzip.decompress(answer.content) == TEXT.encode()


@pytest.mark.parametrize(
    "draft",
    [{"visibility": "private"}, {"password": "secret"}, {"burn": True}, {"max_views": 3}, {"text": b"\xff\xfe"}],
    ids=["private", "password", "burn", "views", "bytes"],
)
def test_it_keeps_no_text_that_is_not_for_everybody_or_not_text(draft: dict[str, Any], alice: User) -> None:
    paste = make_paste(owner=alice, **draft)
    for client in (client_for(), client_for(alice), client_for()):
        client.get(f"/{paste.key}/raw")
        client.get(f"/{paste.key}/raw", headers={"X-Paste-Password": "secret"})
        client.post(f"/{paste.key}/raw", {"password": "secret"})
    assert not is_kept(f"/{paste.key}/raw")


def test_nothing_of_any_person_is_in_what_is_kept(alice: User, bob: User) -> None:
    """Everybody looks at everything, with all that they can bring; then a stranger sees what a stranger always sees."""
    mine = make_paste(owner=alice, text=TEXT, name="a.py")
    private = make_paste(owner=alice, text="of alice alone", visibility="private", title="alices-secret")
    published = publish(text=TEXT, name="b.py")
    paths = [f"/{key}{rest}" for key in (mine.key, private.key, published.paste.key) for rest in ("", "/raw")]
    paths += hot.LIST_PATHS
    stranger = {path: seen(client_for(), path) for path in paths}
    hot.clear()
    token = {"X-Edit-Token": published.edit_token}
    for path in paths:
        client_for(alice).get(path)
        client_for(bob).get(path)
        client_for().get(path, headers=token)
        client_for().get(path, headers={"Cookie": f"edit_token={published.edit_token}"})
    assert not any(is_kept(path) for path in paths)
    for path in paths:
        client_for().get(path)
        answers = {seen(client_for(alice), path), seen(client_for(bob), path)}
        again = seen(client_for(), path)
        assert again == stranger[path], path
        assert path.endswith("/raw") or again not in answers
        assert "alices-secret" not in again
        assert "of alice alone" not in again


def seen(client: Client, path: str) -> str:
    """What somebody gets to see, but for the number of the request, which errors name."""
    return re.sub(r"\b[0-9a-f]{16}\b", "", client.get(path).text)


def test_lists_are_made_anew_when_a_paste_ends_or_begins() -> None:
    first = make_paste(name="first.txt")
    for path in hot.LIST_PATHS:
        client_for().get(path)
        assert is_kept(path)
    make_paste(name="unlisted.txt", visibility="unlisted")
    assert is_kept("/recent"), "nobody sees it there"
    second = make_paste(name="second.txt")
    assert not any(is_kept(path) for path in hot.LIST_PATHS)
    page = client_for().get("/recent").text
    assert first.key in page
    assert second.key in page


def test_hits_are_counted_for_operators(paste: Paste, settings: Any) -> None:
    settings.METRICS_TOKEN = "token"
    for _ in range(3):
        client_for().get(f"/{paste.key}")
    numbers = client_for(browser=False).get("/metrics", headers={"Authorization": "Bearer token"}).text
    own = f'process="{os.getpid()}"'
    assert f'pastebin_cache_reads_total{{kind="page",{own},result="hit"}} {float(cache.hits["page"])}' in numbers
    assert f'pastebin_requests_total{{method="GET",{own},route="pastes:paste",status="200"}}' in numbers
