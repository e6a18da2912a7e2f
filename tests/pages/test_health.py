"""Whether the process lives, whether its parts do, and numbers for whoever has the token."""

import re

import pytest
from django.conf import settings as settings_module
from django.db import DatabaseError
from pytest_django import DjangoAssertNumQueries, Settings

from pastebin import health
from pastes import cache, queue, storage
from pastes.exceptions import Unavailable
from tests.factories import client_for, make_paste

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
        assert len(named) == 8
        text = client_for().get("/metrics", headers={"authorization": "Bearer for-prometheus"}).text
        told = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
        assert named == {name for name in told if not name.endswith("_created")}

    @pytest.mark.usefixtures("store_down")
    def test_it_counts_failures_of_the_store_and_what_was_not_asked(self) -> None:
        def told(operation: str) -> float:
            text = client_for().get("/metrics", headers={"authorization": "Bearer for-prometheus"}).text
            found = re.search(rf'pastebin_object_store_failures{{operation="{operation}"}} (\S+)', text)
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
