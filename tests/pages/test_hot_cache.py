"""The hot cache: pages of shared pastes, one for each language, and never a wrong one."""

import gzip

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pastes import cache, hot
from pastes.domain import reading
from pastes.hot.stores import Memcached
from pastes.models import Paste
from tests.factories import client_for, is_kept, make_paste, publish
from tests.services.process import LOOPBACK, free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def paste() -> Paste:
    return make_paste(text="some text\n" * 200, name="notes.txt")


def test_it_answers_the_second_reader_without_the_database(
    paste: Paste, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = client_for().get(f"/{paste.key}")
    with django_assert_num_queries(0):
        second = client_for().get(f"/{paste.key}")
    assert second.content == first.content
    assert second["Cache-Control"] == first["Cache-Control"] == "no-cache"
    assert second["Vary"] == first["Vary"]


def test_it_sends_it_as_it_is_kept_or_unpacked(paste: Paste) -> None:
    for _ in range(2):
        plain = client_for().get(f"/{paste.key}")
        packed = client_for().get(f"/{paste.key}", headers={"accept-encoding": "gzip, br"})
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain.content
        assert "Accept-Encoding" in plain["Vary"]
        assert "Accept-Encoding" in packed["Vary"]


def test_it_has_one_for_each_language(paste: Paste) -> None:
    for language in ("en", "ru", "en", "ru"):
        response = client_for().get(f"/{paste.key}", headers={"accept-language": language})
        assert response["Content-Language"] == language
        assert f'<html lang="{language}"' in response.text


def test_it_gives_no_shared_page_to_whoever_brings_something_of_their_own(paste: Paste, alice: User) -> None:
    client_for().get(f"/{paste.key}")
    signed_in = client_for(alice).get(f"/{paste.key}")
    assert "alice" in signed_in.text
    assert "no-store" in signed_in["Cache-Control"]


def test_it_keeps_nothing_of_a_person_for_everybody(alice: User) -> None:
    mine = make_paste(owner=alice, name="a.txt")
    published = publish(name="b.txt")
    client_for(alice).get(f"/{mine.key}")
    client_for().get(f"/{published.paste.key}", headers={"X-Edit-Token": published.edit_token})
    for key in (mine.key, published.paste.key):
        assert not is_kept(f"/{key}")
        assert "/edit" not in client_for().get(f"/{key}").text


@pytest.mark.parametrize("query", ["line=1", "file=1", "published=1", "x=1"])
def test_it_keeps_only_the_plain_address(paste: Paste, query: str) -> None:
    client_for().get(f"/{paste.key}?{query}")
    assert not is_kept(f"/{paste.key}")


def test_it_is_the_same_page_when_the_cache_is_gone(paste: Paste, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client_for().get(f"/{paste.key}")

    class Broken:
        def __getattr__(self, name: str) -> object:
            raise ConnectionError

    monkeypatch.setattr(cache, "caches", {"hot": Broken()})
    nowhere = Memcached([f"{LOOPBACK}:{free_port()}"])
    monkeypatch.setattr(hot, "_store", lambda: nowhere)
    again = client_for().get(f"/{paste.key}")
    assert again.content == first.content
    assert again["Cache-Control"] == first["Cache-Control"]


def test_it_has_fragments_that_depend_on_nothing_but_the_text(paste: Paste) -> None:
    """Two pastes with the same bytes in the same language share their highlighted text."""
    client_for().get(f"/{paste.key}")
    twin = make_paste(text="some text\n" * 200, name="notes.txt")
    before = cache.hits["fragment"]
    client_for().get(f"/{twin.key}")
    assert cache.hits["fragment"] == before + 1


def test_it_keeps_no_text_that_may_be_read_only_once() -> None:
    burn = make_paste(text="read me once\n", name="a.txt", burn=True)
    before = dict(cache.misses)
    client_for().post(f"/{burn.key}")
    assert not is_kept(f"/{burn.key}")
    assert cache.misses["fragment"] == before["fragment"]


def test_it_is_warmed_for_long_files_by_the_worker(paste: Paste) -> None:
    file = paste.revisions.get().files.get()
    reading.warm(file)
    before = cache.hits["fragment"]
    client_for().get(f"/{paste.key}")
    assert cache.hits["fragment"] == before + 1
