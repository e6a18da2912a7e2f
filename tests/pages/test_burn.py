"""Promises 1 and 2: a paste that may be read so often is read so often, by whoever confirms it, and then it is gone."""

import io
import zipfile
from collections.abc import Callable
from functools import partial
from threading import Barrier

import pytest
from django.http import HttpResponseBase
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from pastes import storage
from pastes.domain.content import NewFile
from pastes.models import BurnReceipt, File, Paste
from tests.conftest import REAL
from tests.factories import client_for, make_paste, publish, read_all
from tests.parallel import at_once

SECRET = "read me once and no more"
PASSWORD = "open sesame"
READERS, ROUNDS = (100, 20) if REAL else (25, 2)
"""SQLite has one writer at a time, so there the race is a short one."""

DOORS: tuple[Callable[[str], HttpResponseBase], ...] = (
    lambda key: client_for().post(f"/{key}"),
    lambda key: client_for().post(f"/{key}/open"),
    lambda key: client_for(browser=False).post(f"/{key}/raw"),
    lambda key: client_for(browser=False).post(f"/{key}/raw/secret.txt"),
    lambda key: client_for(browser=False).post(f"/documents/{key}"),
    lambda key: client_for(browser=False).post(f"/raw/{key}.txt"),
    lambda key: client_for(browser=False).post(f"/api/v1/pastes/{key}/open", {}, content_type="application/json"),
)
"""Every way to open such a paste."""


LOOKED_AT = (
    *("open", "view", "raw", "raw/secret.txt", "download", "download/secret.txt", "lines/0/1", "revisions"),
    *("revisions/1", "diff/1..1", "fork", "edit", "delete", "token", "restore", "claim", "expiry", "shares"),
)
"""Every address under its own."""


def has_text(response: HttpResponseBase) -> bool:
    return SECRET.encode() in read_all(response)


def race(keys: list[str], *, readers: int) -> list[list[HttpResponseBase]]:
    """What so many readers get for each key in turn. All begin on a key together, each through a door of their own."""
    together = Barrier(readers)

    def read(number: int) -> list[HttpResponseBase]:
        answers = []
        for key in keys:
            together.wait(60)
            answers.append(DOORS[number % len(DOORS)](key))
        return answers

    readings = at_once([partial(read, number) for number in range(readers)])
    assert not [error for error in readings if isinstance(error, Exception)]
    return [list(answers) for answers in zip(*readings, strict=True)]


@pytest.mark.django_db(transaction=True)
class TestManyReadersAtOnce:
    """A real race: each reader is a thread with its own connection to the database."""

    @pytest.mark.usefixtures("empty_store")
    def test_it_gives_the_text_to_exactly_one_of_a_hundred(self) -> None:
        keys = [make_paste(text=SECRET, name="secret.txt", burn=True).key for _ in range(ROUNDS)]
        for answers in race(keys, readers=READERS):
            assert sum(has_text(answer) for answer in answers) == 1
            assert {answer.status_code for answer in answers} == {200, 404}
        assert not Paste.objects.exists()
        assert not File.objects.exists()
        assert list(storage.iterate()) == []
        assert BurnReceipt.objects.count() == ROUNDS

    def test_it_gives_the_text_to_exactly_as_many_as_may_read_it(self) -> None:
        (answers,) = race([make_paste(text=SECRET, name="secret.txt", max_views=5).key], readers=20)
        assert sum(has_text(answer) for answer in answers) == 5
        assert not Paste.objects.exists()


@pytest.mark.django_db
class TestBurning:
    @pytest.fixture
    def secret(self, alice: User) -> Paste:
        return make_paste(owner=alice, text=SECRET, name="secret.txt", burn=True, title="For Bob")

    def test_it_asks_before_it_shows_the_text_and_says_what_will_happen(self, secret: Paste) -> None:
        page = read_all(client_for().get(f"/{secret.key}")).decode()
        assert SECRET not in page
        assert "This paste can be read once" in page
        assert "For Bob" not in page  # nothing of it, its title included

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_it_is_not_burnt_by_looking(self, secret: Paste, method: str) -> None:
        own = ["", "?line=1", *(f"/{tail}" for tail in LOOKED_AT)]
        others = [f"/diff/{secret.key}..{secret.key}", f"/documents/{secret.key}", f"/raw/{secret.key}"]
        for url in [*(f"/{secret.key}{tail}" for tail in [*own, ".txt"]), *others]:
            for browser in (True, False):
                assert not has_text(client_for(browser=browser).generic(method, url)), url
        assert Paste.objects.get().opens == 0

    def test_it_is_not_burnt_by_forms_of_other_things(self, secret: Paste) -> None:
        for tail in ("view", "fork", "claim", "token", "expiry", "shares", "edit", "restore", "lines/0/1"):
            assert not has_text(client_for().post(f"/{secret.key}/{tail}", {"content": "x"}))
        assert client_for().get(f"/diff/{secret.key}..{secret.key}").status_code == 403
        assert Paste.objects.get().opens == 0

    def test_it_shows_all_of_it_to_the_first_who_confirms_and_nothing_to_the_second(self, alice: User) -> None:
        files = [NewFile(f"{SECRET} {n}\n".encode() * 3_000, f"{n}.txt") for n in range(3)]
        key = make_paste(owner=alice, files=files, burn=True).key
        page = read_all(client_for().post(f"/{key}")).decode()
        assert all(page.count(f"{SECRET} {n}") == 3_000 for n in range(3))
        assert "This paste is gone" in page
        assert client_for().post(f"/{key}").status_code == 404

    def test_it_is_gone_for_everybody_its_author_included(
        self, secret: Paste, alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        name = File.objects.get().object_name
        with django_capture_on_commit_callbacks(execute=True):
            assert has_text(client_for().post(f"/{secret.key}"))
        assert storage.get(name, size=len(SECRET)) is None
        assert not File.objects.exists()
        for tail in ("", "/raw", "/download", "/revisions", "/edit"):
            assert client_for().get(f"/{secret.key}{tail}").status_code == 404
            assert client_for(alice).get(f"/{secret.key}{tail}").status_code in {404, 410}

    def test_it_leaves_a_receipt_for_its_author_alone(self, secret: Paste, alice: User, bob: User) -> None:
        client_for().post(f"/{secret.key}")
        receipt = client_for(alice).get(f"/{secret.key}")
        assert receipt.status_code == 410
        assert SECRET not in receipt.text
        assert secret.key in client_for(alice).get("/mine").text
        assert client_for(bob).get(f"/{secret.key}").status_code == 404

    def test_it_leaves_a_receipt_for_an_author_with_an_edit_token(self) -> None:
        published = publish(text=SECRET, burn=True, name="secret.txt")
        client_for().post(f"/{published.paste.key}")
        address = f"/{published.paste.key}"
        assert client_for().get(address, headers={"X-Edit-Token": published.edit_token}).status_code == 410
        assert client_for().get(address, headers={"X-Edit-Token": "guessed"}).status_code == 404
        assert BurnReceipt.objects.get().edit_token_hash != published.edit_token

    def test_it_lets_its_author_read_it_without_burning(self, secret: Paste, alice: User) -> None:
        for method in ("get", "post"):
            assert has_text(getattr(client_for(alice), method)(f"/{secret.key}/raw"))
        assert Paste.objects.get().opens == 0

    def test_it_is_not_burnt_by_a_wrong_password(self) -> None:
        key = make_paste(text=SECRET, name="secret.txt", burn=True, password=PASSWORD).key
        for wrong in ("", "Open Sesame", "guessed"):
            assert not has_text(client_for().post(f"/{key}", {"password": wrong}))
            assert not has_text(client_for(browser=False).post(f"/{key}/raw", {"password": wrong}))
        assert Paste.objects.get().opens == 0
        assert has_text(client_for().post(f"/{key}", {"password": PASSWORD}))
        assert not Paste.objects.exists()

    def test_it_is_not_burnt_by_the_name_of_a_file_it_does_not_have(self, secret: Paste) -> None:
        assert client_for().post(f"/{secret.key}/raw/other.txt").status_code == 404
        assert Paste.objects.get().opens == 0

    def test_it_costs_nobody_the_reading_when_the_store_is_down(
        self, secret: Paste, request: pytest.FixtureRequest
    ) -> None:
        request.getfixturevalue("store_down")
        for tail in ("", "/open", "/raw"):
            response = client_for().post(f"/{secret.key}{tail}")
            assert response.status_code == 503
            assert response["Retry-After"]
        assert Paste.objects.get().opens == 0
        assert not BurnReceipt.objects.exists()

    def test_it_counts_the_openings_that_are_left(self, alice: User) -> None:
        key = make_paste(owner=alice, text=SECRET, name="secret.txt", max_views=3).key
        for left in (3, 2, 1):
            page = client_for().get(f"/{key}").text
            assert "limited number of times" in page
            assert Paste.objects.get().max_views == 3
            assert has_text(client_for().post(f"/{key}")), left
        assert client_for().get(f"/{key}").status_code == 404
        assert not Paste.objects.exists()


@pytest.mark.django_db
def test_it_gives_all_files_of_the_one_reading_or_none(alice: User) -> None:
    files = [NewFile(SECRET.encode(), "a.txt"), NewFile(b"and this", "b.txt")]
    paste = make_paste(owner=alice, files=files, burn=True)
    reader = client_for(browser=False)
    for one in ("raw", "raw/b.txt", "download/a.txt"):
        assert reader.post(f"/{paste.key}/{one}").status_code == 403
    assert Paste.objects.filter(pk=paste.pk).exists()
    archive = zipfile.ZipFile(io.BytesIO(read_all(reader.post(f"/{paste.key}/download"))))
    assert [archive.read(name) for name in archive.namelist()] == [SECRET.encode(), b"and this"]
    assert not Paste.objects.filter(pk=paste.pk).exists()
