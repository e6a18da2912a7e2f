"""Whether the process lives, whether its parts do, and numbers for whoever has the token."""

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.conf import settings as settings_module
from django.db import DatabaseError
from pytest_django import DjangoAssertNumQueries, Settings

from pastebin import health
from pastes import cache, queue, storage
from pastes.breaker import Breaker
from pastes.domain import keys
from pastes.exceptions import Unavailable
from tests.factories import client_for, make_paste
from tests.services.process import accepts, free_port, wait_until

pytestmark = pytest.mark.django_db


def test_it_says_that_the_process_lives_and_asks_nothing_else(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        response = client_for().get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_it_names_every_part_when_all_is_well() -> None:
    response = client_for().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "database": "ok", "object_store": "ok", "cache": "ok", "queue": "ok"}


@pytest.mark.usefixtures("store_down")
def test_it_is_not_ready_without_the_object_store_and_says_so() -> None:
    response = client_for().get("/readyz")
    assert response.status_code == 503
    body = response.json()
    assert body["ready"] is False
    assert body["object_store"].startswith("failed")
    assert body["database"] == "ok"


def test_it_is_not_ready_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise DatabaseError("could not connect to server at 10.0.0.1")

    monkeypatch.setattr(health, "_database", broken)
    response = client_for().get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "failed: DatabaseError"
    assert "10.0.0.1" not in response.text


def test_it_is_ready_without_the_cache_and_with_a_late_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "check", lambda: False)
    monkeypatch.setattr(queue, "oldest_waiting", lambda **_: 900.0)
    response = client_for().get("/readyz")
    assert response.status_code == 200
    assert response.json()["cache"] == "failed"
    assert response.json()["queue"] == "late: 900 s"


class TestMetrics:
    @pytest.fixture(autouse=True)
    def token(self, settings: Settings) -> None:
        settings.METRICS_TOKEN = "for-prometheus"

    def test_it_gives_the_numbers_to_whoever_has_the_token(self) -> None:
        make_paste(name="a.txt")
        client_for().get("/recent")
        text = client_for().get("/metrics", headers={"authorization": "Bearer for-prometheus"}).text
        for name in ("pastebin_requests_total", "pastebin_request_seconds", "pastebin_keys_left", "pastebin_queue_age"):
            assert name in text
        assert 'route="pastes:recent"' in text

    @pytest.mark.parametrize("header", ["", "Bearer ", "Bearer guessed", "Basic for-prometheus", "Bearer \u00fc"])
    def test_it_is_not_there_for_anybody_else(self, header: str) -> None:
        assert client_for().get("/metrics", headers={"authorization": header}).status_code == 404

    def test_it_is_not_there_without_a_token_in_the_settings(self, settings: Settings) -> None:
        settings.METRICS_TOKEN = ""
        for header in ("", "Bearer "):
            assert client_for().get("/metrics", headers={"authorization": header}).status_code == 404

    def test_it_has_every_number_that_the_guide_names(self) -> None:
        make_paste(name="a.txt")
        client_for().get("/recent")
        guide = (settings_module.BASE_DIR / "docs" / "operating.md").read_text()
        named = set(re.findall(r"^\| `(pastebin_\w+)` \|", guide, re.MULTILINE))
        assert len(named) == 12
        text = client_for().get("/metrics", headers={"authorization": "Bearer for-prometheus"}).text
        told = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
        assert named == {name for name in told if not name.endswith("_created")}

    @pytest.mark.usefixtures("store_down")
    def test_it_counts_failures_of_the_store_and_what_was_not_asked(self) -> None:
        def told(operation: str) -> float:
            text = client_for().get("/metrics", headers={"authorization": "Bearer for-prometheus"}).text
            found = re.search(rf'pastebin_object_store_failures_total{{operation="{operation}",\S+ (\S+)', text)
            return float(found[1]) if found else 0.0

        failed, refused = told("get"), told("refused")
        for _again in range(7):
            with pytest.raises(Unavailable):
                storage.get("ab/object", size=10)
        assert (told("get") - failed, told("refused") - refused) == (5, 2)

    def test_it_has_no_name_of_any_paste_in_it(self) -> None:
        key = make_paste(name="a.txt").key
        for method in ("get", "post", "delete"):
            getattr(client_for(), method)(f"/{key}/raw")
        client_for().generic("BREW", f"/{key}")
        text = client_for().get("/metrics", headers={"authorization": "Bearer for-prometheus"}).text
        assert key not in text
        assert "BREW" not in text

    def test_it_has_the_numbers_of_every_process_whichever_is_asked(self) -> None:
        client_for().get("/recent")
        with another_process() as other:
            text = client_for().get("/metrics", headers={"authorization": "Bearer for-prometheus"}).text
            assert f'process="{os.getpid()}",route="pastes:recent"' in text
            assert f'process="{other.pid}",route="of-another"' in text
            assert re.search(r"^pastebin_processes 2.0$", text, re.MULTILINE)
        text = client_for().get("/metrics", headers={"authorization": "Bearer for-prometheus"}).text
        assert f'process="{other.pid}"' not in text
        assert not list(Path(settings_module.DATA_DIR).glob(f"metrics/{other.pid}.*")), "what it left is tidied up"

    def test_a_port_of_its_own_has_the_same_without_a_token(self) -> None:
        port = free_port()
        client_for().get("/recent")
        with another_process(METRICS_PORT=str(port)):
            wait_until(lambda: accepts(port), seconds=10, what="the port")
            text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert f'process="{os.getpid()}",route="pastes:recent"' in text
        assert 'route="of-another"' in text

    def test_it_tells_what_it_can_when_the_database_is_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken() -> int:
            raise DatabaseError

        monkeypatch.setattr(keys, "level", broken)
        text = client_for().get("/metrics", headers={"authorization": "Bearer for-prometheus"}).text
        assert "pastebin_requests_total" in text
        assert "pastebin_keys_left" not in text

    def test_it_says_what_is_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        breaker = Breaker(failures=1)
        monkeypatch.setattr(storage, "reading", breaker)
        for value in ("0.0", "1.0"):
            text = client_for().get("/metrics", headers={"authorization": "Bearer for-prometheus"}).text
            assert re.search(rf'^pastebin_left_alone{{part="reading_objects",\S+ {value}$', text, re.MULTILINE)
            breaker.failed()


@contextmanager
def another_process(**variables: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the same site that has answered one request."""
    code = """
        import django
        django.setup()
        from pastebin import metrics, numbers
        numbers.observe_request(route="of-another", method="GET", status=200, seconds=0.1)
        metrics.listen()
        print("listens", flush=True)
        input()
    """
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "pastebin.settings"} | variables
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "listens\n"
        path = Path(settings_module.DATA_DIR) / "metrics" / f"{process.pid}.socket"
        wait_until(path.exists, seconds=10, what="its socket")
        yield process
        process.kill()
