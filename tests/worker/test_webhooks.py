"""Webhooks really go out: from a door through the queue and a worker to a receiver, and again when it is away."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import Failure
from pytest_django import Settings

from pastes import queue
from pastes.domain import webhooks
from pastes.domain.webhooks import WebhookDraft
from pastes.models import Delivery, Webhook
from tests.factories import client_for, make_user
from tests.services.process import wait_until
from tests.services.receiver import Receiver, receiver
from tests.services.worker import worker

pytestmark = [pytest.mark.worker]

ALLOWED = "127.0.0.0/8"


@pytest.fixture(scope="module")
def hook() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


@pytest.fixture(scope="module")
def running_worker(django_db_setup: None) -> Iterator[int]:
    """A worker that may reach this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEBHOOK_HTTP", "1")
        patch.setenv("WEBHOOK_ALLOWED_NETWORKS", ALLOWED)
        with worker(database=str(connection.settings_dict["NAME"])) as pid:
            yield pid


@pytest.fixture
def webhook(settings: Settings, hook: Receiver) -> Webhook:
    settings.WEBHOOK_HTTP = True
    settings.WEBHOOK_ALLOWED_NETWORKS = [ALLOWED]
    hook.posts.clear()
    draft = WebhookDraft(name="bot", url=hook.url, events=["paste.created"])
    return webhooks.create(user=make_user("alice"), draft=draft)[0]


def arrived(hook: Receiver, count: int) -> None:
    wait_until(lambda: len(hook.posts) >= count, seconds=20, what="the message")
    assert not Failure.objects.exists()


def test_a_paste_is_told_a_moment_later(webhook: Webhook, hook: Receiver) -> None:
    client_for(webhook.user).post("/", {"content": "Hello", "filename": "hello.txt"})
    arrived(hook, 1)
    wait_until(lambda: Delivery.objects.get().state == "delivered", seconds=20, what="the log")
    assert hook.posts[0].headers["webhook-id"] == Delivery.objects.get().message_id


def test_what_did_not_arrive_is_sent_again_when_the_schedule_says(webhook: Webhook, hook: Receiver) -> None:
    hook.statuses[:] = [503]
    webhooks.ping(webhook=webhook)
    arrived(hook, 1)
    wait_until(lambda: Delivery.objects.get().attempts == 1, seconds=20, what="the log")
    Delivery.objects.update(due_at=timezone.now())
    Webhook.objects.update(paused_until=None)
    for _twice in range(2):
        queue.later("send_webhooks")
    arrived(hook, 2)
    wait_until(lambda: Delivery.objects.get().state == "delivered", seconds=20, what="the log")
    assert len(hook.posts) == 2
    assert len({post.headers["webhook-id"] for post in hook.posts}) == 1
