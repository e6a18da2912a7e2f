"""A running worker takes up what the site enqueues."""

import re

import pytest
from django.conf import settings as the_settings
from pytest_django import Settings

from pastes import queue
from pastes.domain import keys
from tests.factories import client_for
from tests.services.process import wait_until


@pytest.mark.worker
def test_it_does_what_is_enqueued() -> None:
    assert keys.level() == 0
    queue.later("top_up_keys")
    wait_until(lambda: keys.level() == the_settings.KEYS_TOP_UP, seconds=30, what="the worker's work")


@pytest.mark.worker
def test_what_it_did_is_among_the_numbers_of_the_site(settings: Settings) -> None:
    settings.METRICS_TOKEN = "for-prometheus"
    queue.later("top_up_keys")

    def told() -> str:
        return client_for().get("/metrics", headers={"authorization": "Bearer for-prometheus"}).text

    counted = re.compile(r'^pastebin_tasks_total{process="\d+",result="done",task="top_up_keys"} [1-9]', re.MULTILINE)
    wait_until(lambda: bool(counted.search(told())), seconds=20, what="its numbers")
    assert re.search(r'^pastebin_task_seconds_count{process="\d+",task="top_up_keys"} [1-9]', told(), re.MULTILINE)
