"""A running worker takes up what the site enqueues."""

import pytest
from django.conf import settings

from pastes import queue
from pastes.domain import keys
from tests.services.process import wait_until


@pytest.mark.worker
def test_it_does_what_is_enqueued() -> None:
    assert keys.level() == 0
    queue.later("top_up_keys")
    wait_until(lambda: keys.level() == settings.KEYS_TOP_UP, seconds=30, what="the worker's work")
