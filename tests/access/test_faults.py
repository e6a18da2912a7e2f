"""Promises 24 and 26: the object store or memcached is down, slow or frozen, and the site says so in time and heals."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from pastes import storage
from pastes.domain.content import NewFile
from pastes.models import Paste
from tests.factories import client_for, make_paste, publish
from tests.services.faults import FaultProxy
from tests.services.process import LOOPBACK
from tests.services.servers import memcached

pytestmark = [pytest.mark.django_db, pytest.mark.real]

TEXT = "text in the store\n" * 500


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.monotonic()
    answer = call()
    return time.monotonic() - began, answer


class TestObjectStore:
    """The store is behind a proxy that misbehaves."""

    @pytest.fixture
    def proxy(self, settings: Settings) -> Iterator[FaultProxy]:
        pastes = settings.STORAGES["pastes"]
        port = int(pastes["OPTIONS"]["endpoint_url"].rpartition(":")[2])
        with FaultProxy(port) as proxy:
            options = pastes["OPTIONS"] | {"endpoint_url": f"http://{LOOPBACK}:{proxy.port}"}
            settings.STORAGES = settings.STORAGES | {"pastes": pastes | {"OPTIONS": options}}
            yield proxy

    @pytest.fixture(params=["refuse", "error500", "stall", "truncate"])
    def broken(self, request: pytest.FixtureRequest, proxy: FaultProxy) -> Callable[[], None]:
        """Break it in one of four ways."""
        return {
            "refuse": proxy.refuse,
            "error500": proxy.error500,
            "stall": lambda: proxy.stall(seconds=30),
            "truncate": lambda: proxy.truncate(size=100),
        }[request.param]

    def test_it_answers_503_in_time_keeps_lists_working_and_heals(
        self, proxy: FaultProxy, broken: Callable[[], None]
    ) -> None:
        paste = make_paste(text=TEXT, name="notes.txt")
        broken()
        for tail in ("/raw", "", "/download", "/lines/0/1"):
            seconds, response = timed(lambda tail=tail: client_for().get(f"/{paste.key}{tail}"))  # type: ignore[misc]
            assert response.status_code == 503, tail
            assert response["Retry-After"] == "5"
            assert seconds < 5
        assert paste.key in client_for().get("/recent").text
        assert client_for().get("/").status_code == 200
        proxy.heal()
        assert client_for().get(f"/{paste.key}/raw").text == TEXT
        assert client_for().get(f"/{paste.key}").status_code == 200

    def test_it_makes_no_half_of_a_paste(self, proxy: FaultProxy, broken: Callable[[], None]) -> None:
        form = {"content": ["one", "two"], "filename": ["a.txt", "b.txt"], "idempotency": "once"}
        broken()
        seconds, response = timed(lambda: client_for().post("/", form))
        if response.status_code == 503:  # a store whose answer is cut has taken the text
            assert seconds < 5
            assert "one" in response.text
            assert not Paste.objects.exists()
        proxy.heal()
        again = client_for().post("/", form)
        assert again.status_code == 303
        assert Paste.objects.count() == 1
        assert client_for().get(f"/{Paste.objects.get().key}/raw").content == b"one"

    def test_it_costs_nobody_the_one_reading(self, proxy: FaultProxy, broken: Callable[[], None]) -> None:
        files = [NewFile(TEXT.encode(), "a.txt"), NewFile(b"more" * 500, "b.txt")]
        paste = make_paste(files=files, burn=True)
        broken()
        assert client_for().post(f"/{paste.key}").status_code == 503
        assert Paste.objects.get().opens == 0
        proxy.heal()
        response = client_for().post(f"/{paste.key}")
        assert response.status_code == 200
        assert "text in the store" in response.text

    def test_it_is_said_by_readyz(self, proxy: FaultProxy) -> None:
        proxy.stall(seconds=30)
        seconds, response = timed(lambda: client_for().get("/readyz"))
        assert (response.status_code, response.json()["object_store"]) == (503, "failed: Unavailable")
        assert seconds < 5
        proxy.heal()
        assert client_for().get("/readyz").status_code == 200


class TestMemcached:
    """A memcached of its own, stopped or frozen while the site uses it."""

    @pytest.fixture
    def server(self, settings: Settings) -> Iterator[int]:
        with memcached() as server:
            hot = settings.CACHES["hot"] | {"LOCATION": [server.environment["MEMCACHED_SERVERS"]]}
            settings.CACHES = settings.CACHES | {"hot": hot}
            yield server.pid
            caches["hot"]._cache.close()  # type: ignore[attr-defined]  # its connections outlive requests

    @pytest.fixture(params=[signal.SIGKILL, signal.SIGSTOP], ids=["stopped", "frozen"])
    def fail(self, request: pytest.FixtureRequest, server: int) -> Iterator[Callable[[], None]]:
        yield lambda: os.kill(server, request.param)
        if request.param is signal.SIGSTOP:
            os.kill(server, signal.SIGCONT)

    def test_it_is_slower_and_never_wrong(self, fail: Callable[[], None], alice: User) -> None:
        alice.set_password("correct horse battery")
        alice.save()
        paste = make_paste(owner=alice, text=TEXT, name="notes.txt")
        before = client_for().get(f"/{paste.key}").content
        fail()
        urls = (f"/{paste.key}", "/recent", "/", f"/{paste.key}/raw", f"/{paste.key}", "/readyz")
        for url in urls:
            seconds, response = timed(lambda url=url: client_for().get(url))  # type: ignore[misc]
            assert response.status_code == 200, url
            assert seconds < 2, url
        assert client_for().get(f"/{paste.key}").content == before
        assert client_for().get("/readyz").json()["cache"] == "failed"
        client = client_for()
        form = {"login": "alice", "password": "correct horse battery"}
        seconds, response = timed(lambda: client.post(reverse("account_login"), form))
        assert (response.status_code, response["Location"]) == (302, "/mine")
        assert seconds < 3
        assert client.post(f"/{paste.key}/delete").status_code == 303
        assert client_for().get(f"/{paste.key}").status_code == 404

    def test_it_publishes_as_ever(self, fail: Callable[[], None]) -> None:
        fail()
        published = publish(text=TEXT, name="notes.txt")
        assert client_for().get(f"/{published.paste.key}/raw").text == TEXT
        assert list(storage.iterate())
