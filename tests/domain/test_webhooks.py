"""Webhooks: who is told what, how it is signed, and what becomes of what does not arrive."""

import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from pastes import outgoing, sealing
from pastes.domain import deliveries, discussion, expiry, reactions, webhooks
from pastes.domain.webhooks import WebhookDraft
from pastes.exceptions import Forbidden, Invalid, NotFound, TooMany
from pastes.models import Delivery, Like, Notification, Paste, Star, Webhook
from pastes.outgoing import Outcome, Problem
from tests.factories import make_paste, make_user, viewer_for
from tests.services.receiver import Receiver, receiver

pytestmark = pytest.mark.django_db

EVENTS = tuple(Webhook.Event.values)
SITE = "https://paste.example.org"


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = SITE
    settings.WEBHOOK_RATE = "1000/m"


@pytest.fixture
def hook(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_HTTP = True
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with receiver() as server:
        yield server


class Net:
    """A net that answers as it is told, and remembers what was posted where."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, str]] = []
        self.answers: list[Outcome] = []
        self.always = Outcome(200, "", 5)

    def post(self, *, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        assert json.loads(body)
        self.posts.append((url, headers["webhook-id"]))
        return self.answers.pop(0) if self.answers else self.always


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Net:
    fake = Net()
    monkeypatch.setattr(outgoing, "post", fake.post)
    return fake


def draft(url: str = "https://hook.example/", **fields: Any) -> WebhookDraft:
    return WebhookDraft(**({"name": "bot", "url": url, "events": EVENTS} | fields))


def make(user: User, url: str = "https://hook.example/", **fields: Any) -> Webhook:
    return webhooks.create(user=user, draft=draft(url, **fields))[0]


def refused(user: User, **fields: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        webhooks.create(user=user, draft=draft(**fields))
    return caught.value.errors


def told() -> list[dict[str, Any]]:
    return [json.loads(payload) for payload in Delivery.objects.order_by("pk").values_list("payload", flat=True)]


def only_delivery() -> Delivery:
    return Delivery.objects.get()


def test_what_it_sends_is_signed_as_standard_webhooks_says(alice: User, hook: Receiver) -> None:
    _webhook, secret = webhooks.create(user=alice, draft=draft(hook.url))
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert len(key) == 32
    make_paste(owner=alice, title="Notes")
    assert deliveries.send() == 1
    [post] = hook.posts
    sent_at = int(post.headers["webhook-timestamp"])
    assert abs(sent_at - timezone.now().timestamp()) < 5
    signed = f"{post.headers['webhook-id']}.{sent_at}.".encode() + post.body
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert post.headers["webhook-signature"] == f"v1,{signature}"
    assert post.headers["Content-Type"] == "application/json"
    row = only_delivery()
    assert (row.state, row.status, row.attempts, row.due_at) == ("delivered", 200, 1, None)
    assert post.headers["webhook-id"] == row.message_id


def test_the_signature_is_the_one_of_the_specification() -> None:
    """The example of https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries (its tests)."""
    headers = deliveries.headers_of(
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        body=b'{"test": 2432232314}',
        secret=base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        at=datetime.fromtimestamp(1_614_265_330, tz=UTC),
    )
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_it_tells_what_happened_and_nothing_more(alice: User, bob: User) -> None:
    make(alice)
    paste = make_paste(owner=alice, title="Notes", text="a secret text")
    comment = discussion.create(paste=paste, viewer=viewer_for(bob), body="A word")
    reactions.react(kind=Star, paste=paste, viewer=viewer_for(bob), on=True)
    about = {"key": paste.key, "url": f"{SITE}/{paste.key}", "title": "Notes", "visibility": "public"}
    created, commented, starred = told()
    assert created == {
        "type": "paste.created",
        "timestamp": paste.created.isoformat(),
        "data": {"paste": about, "actor": "alice"},
    }
    url = f"{SITE}/{paste.key}/comments/{comment.pk}"
    assert commented["data"] == {"paste": about, "actor": "bob", "comment": {"id": comment.pk, "url": url}}
    assert (starred["type"], starred["data"]) == ("paste.starred", {"paste": about, "actor": "bob"})


@pytest.mark.parametrize("fields", [{"visibility": "private"}, {"password": "open sesame"}, {"burn": True}])
def test_of_what_not_everybody_may_read_it_tells_only_the_address(alice: User, fields: dict[str, Any]) -> None:
    make(alice)
    paste = make_paste(owner=alice, title="Plans", **fields)
    assert told()[0]["data"]["paste"]["title"] is None
    assert told()[0]["data"]["paste"]["key"] == paste.key
    assert "Plans" not in only_delivery().payload


def test_somebody_who_hides_their_stars_is_not_named(alice: User) -> None:
    make(alice, events=["paste.starred"])
    paste = make_paste(owner=alice)
    for name, fields in (("carol", {"shows_stars": False}), ("dave", {"shows_profile": False})):
        reactions.react(kind=Star, paste=paste, viewer=viewer_for(make_user(name, **fields)), on=True)
    assert [message["data"]["actor"] for message in told()] == [None, None]


def test_only_the_owner_hears_of_what_they_chose(alice: User, bob: User) -> None:
    make(bob)
    make(alice, events=["paste.commented"])
    make(alice, is_on=False)
    paste = make_paste(owner=alice)
    make_paste()
    reactions.react(kind=Like, paste=paste, viewer=viewer_for(bob), on=True)
    reactions.react(kind=Star, paste=paste, viewer=viewer_for(bob), on=True)
    discussion.create(paste=paste, viewer=viewer_for(bob), body="A word")
    assert [message["type"] for message in told()] == ["paste.commented"]


def test_a_star_that_comes_and_goes_is_told_once(alice: User, bob: User) -> None:
    make(alice, events=["paste.starred"])
    paste = make_paste(owner=alice)
    for on in (True, False, True):
        reactions.react(kind=Star, paste=paste, viewer=viewer_for(bob), on=on)
    assert len(told()) == 1


def test_without_webhooks_an_event_costs_one_query(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    paste = make_paste(owner=alice)
    with django_assert_num_queries(1):
        deliveries.created(paste=paste)
    with django_assert_num_queries(0):
        deliveries.created(paste=Paste())


def test_with_many_webhooks_it_costs_no_more_than_with_one(alice: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            make_paste(owner=alice)
        return len(queries)

    make(alice)
    one = cost()
    for _number in range(8):
        make(alice)
    assert cost() == one


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"url": ""}, "url"),
        ({"url": "http://hook.example/"}, "url"),
        ({"url": "https://localhost:6379/"}, "url"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "url"),
        ({"url": "https://hook.example/" + "x" * 500}, "url"),
        ({"events": []}, "events"),
        ({"events": ["paste.created", "everything"]}, "events"),
    ],
)
def test_it_takes_only_what_fits(alice: User, fields: dict[str, Any], wrong: str) -> None:
    assert list(refused(alice, **fields)) == [wrong]


def test_a_person_has_ten_at_most_and_makes_them_only_so_often(alice: User, settings: Settings) -> None:
    for _number in range(webhooks.MOST_WEBHOOKS):
        make(alice)
    assert list(refused(alice)) == [""]
    webhooks.remove(webhook=webhooks.of(user=alice)[0])
    settings.WEBHOOK_RATE = "1/d"
    make(alice)
    with pytest.raises(TooMany):
        make(alice)


def test_it_keeps_no_secret_in_the_clear(alice: User) -> None:
    webhook, secret = webhooks.create(user=alice, draft=draft())
    assert secret not in webhook.sealed_secret
    assert sealing.unseal(webhook.sealed_secret) == secret
    other = webhooks.renew_secret(webhook=webhook)
    webhook.refresh_from_db()
    assert sealing.unseal(webhook.sealed_secret) == other != secret


def test_nobody_finds_somebody_elses(alice: User, bob: User) -> None:
    mine, theirs = make(alice), make(bob)
    with pytest.raises(NotFound):
        webhooks.find(user=alice, webhook_id=theirs.pk)
    delivery = webhooks.ping(webhook=theirs)
    with pytest.raises(NotFound):
        webhooks.find_delivery(webhook=mine, delivery_id=delivery.pk)


def test_a_test_says_which_webhook_it_is(alice: User, net: Net) -> None:
    webhook = make(alice)
    webhooks.ping(webhook=webhook)
    deliveries.send()
    assert told()[0]["type"] == "ping"
    assert told()[0]["data"] == {"webhook": {"id": webhook.pk, "name": "bot"}}
    webhooks.change(webhook=webhook, draft=draft(is_on=False))
    webhook.refresh_from_db()
    with pytest.raises(Forbidden):
        webhooks.ping(webhook=webhook)


def test_what_does_not_arrive_is_tried_eight_times_in_a_day(alice: User, net: Net) -> None:
    make(alice)
    net.always = Outcome(500, "", 5)
    make_paste(owner=alice)
    now, gaps, row = timezone.now(), [], only_delivery()
    for _attempt in range(8):
        assert deliveries.send(at=now) == 1
        assert deliveries.send(at=now) == 0, "not again before its time"
        row = only_delivery()
        if row.due_at:
            gaps.append(row.due_at - now)
            now = row.due_at
    assert gaps == list(deliveries.DELAYS)
    assert (row.state, row.attempts, row.due_at, row.status) == ("failed", 8, None, 500)
    assert len({message for _url, message in net.posts}) == 1, "all attempts have one id"
    assert len(net.posts) == 8


def test_a_webhook_to_which_nothing_arrives_is_switched_off_and_its_owner_told(alice: User, net: Net) -> None:
    webhook = make(alice, name="build bot")
    net.always = Outcome(None, Problem.TIMEOUT.value, 10_000)
    make_paste(owner=alice)
    make_paste(owner=alice)
    now = timezone.now()
    while Webhook.objects.filter(is_on=True).exists():
        deliveries.send(at=now)
        waiting = Delivery.objects.filter(state="waiting").order_by("due_at").first()
        now = max(now + timedelta(minutes=1), waiting.due_at or now) if waiting else now
    assert timedelta(days=1) < now - webhook.created < timedelta(days=2)
    webhook.refresh_from_db()
    assert webhook.was_given_up
    assert not Delivery.objects.filter(state="waiting").exists()
    note = Notification.objects.get(user=alice)
    assert (note.kind, note.text) == ("webhook", "build bot")
    assert deliveries.send(at=now) == 0
    changed = webhooks.change(webhook=webhook, draft=draft())
    assert (changed.is_on, changed.failing_since) == (True, None)


def test_one_that_works_in_between_stays_on(alice: User, net: Net) -> None:
    webhook = make(alice)
    make_paste(owner=alice)
    row = only_delivery()
    now = timezone.now()
    Delivery.objects.update(attempts=7)
    Webhook.objects.update(failing_since=now - timedelta(hours=2))
    net.answers = [Outcome(500, "", 5)]
    deliveries.send(at=now)
    webhook.refresh_from_db()
    row.refresh_from_db()
    assert (row.state, webhook.is_on) == ("failed", True)
    make_paste(owner=alice)
    deliveries.send(at=now + timedelta(minutes=5))
    webhook.refresh_from_db()
    assert webhook.failing_since is None


def test_one_that_says_it_is_gone_is_switched_off_at_once(alice: User, net: Net) -> None:
    webhook = make(alice)
    net.answers = [Outcome(410, "", 5)]
    make_paste(owner=alice)
    deliveries.send()
    webhook.refresh_from_db()
    assert (webhook.is_on, only_delivery().state) == (False, "failed")


def test_one_in_trouble_keeps_nobody_waiting_but_once_a_minute(alice: User, bob: User, net: Net) -> None:
    slow = make(alice, "https://slow.example/")
    make(bob, "https://quick.example/")
    for owner in (alice, bob):
        for _number in range(3):
            make_paste(owner=owner)
    net.always = Outcome(200, "", 5)
    now = timezone.now()
    Webhook.objects.filter(pk=slow.pk).update(paused_until=now + timedelta(seconds=30))
    assert deliveries.send(at=now) == 3
    assert {url for url, _message in net.posts} == {"https://quick.example/"}
    net.always = Outcome(200, "", deliveries.SLOW + 1)
    assert deliveries.send(at=now + timedelta(minutes=1)) == 1
    assert deliveries.send(at=now + timedelta(minutes=1)) == 0
    assert deliveries.send(at=now + timedelta(minutes=2)) == 1


def test_hosts_that_hang_cost_a_round_their_time_once_and_keep_no_message_from_others(
    alice: User, bob: User, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 1.0)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        for number in range(3):
            make(alice, f"http://127.0.0.1:{silent.getsockname()[1]}/{number}")
        make(bob, hook.url)
        for owner in (alice, bob):
            make_paste(owner=owner)
        began = time.monotonic()
        deliveries.send()
        first = time.monotonic() - began
        assert len(hook.posts) == 1
        assert first < 2.5, "side by side"
        for owner in (alice, bob):
            make_paste(owner=owner)
        began = time.monotonic()
        deliveries.send()
        assert len(hook.posts) == 2
        assert time.monotonic() - began < 0.9, "they are left alone now"


def test_two_workers_do_not_deliver_to_one_webhook_at_once(alice: User, net: Net) -> None:
    webhook = make(alice)
    make_paste(owner=alice)
    now = timezone.now()
    assert deliveries._claim(webhook, now) is not None
    assert deliveries._claim(webhook, now) is None
    assert deliveries.send(at=now) == 0
    # The first one has died: after its lease another goes on.
    assert deliveries.send(at=now + deliveries.LEASE) == 1


def test_a_worker_that_was_too_slow_changes_nothing(alice: User, net: Net) -> None:
    webhook = make(alice)
    make_paste(owner=alice)
    now = timezone.now()
    late = deliveries._claim(webhook, now)
    assert late is not None
    deliveries.send(at=now + deliveries.LEASE)
    deliveries._record(late, [Outcome(500, "", 5)], now + deliveries.LEASE)
    assert (only_delivery().state, only_delivery().attempts) == ("delivered", 1)


def test_one_round_is_bounded(alice: User, net: Net) -> None:
    make(alice)
    for _number in range(deliveries.IN_A_ROW + 2):
        make_paste(owner=alice)
    assert deliveries.send() == deliveries.IN_A_ROW
    assert deliveries.send() == 2


def test_one_that_does_not_keep_up_loses_what_is_too_much(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "MOST_WAITING", 2)
    make(alice)
    Webhook.objects.update(failing_since=timezone.now())
    for _number in range(4):
        make_paste(owner=alice)
    assert Delivery.objects.count() == 2


def test_something_is_delivered_again_under_the_same_id(alice: User, net: Net) -> None:
    webhook = make(alice)
    make_paste(owner=alice)
    deliveries.send()
    row = only_delivery()
    again = webhooks.redeliver(webhook=webhook, delivery_id=row.pk)
    assert (again.state, again.attempts) == ("waiting", 0)
    deliveries.send()
    assert [message for _url, message in net.posts] == [row.message_id] * 2


def test_what_is_switched_off_does_not_get_what_waited(alice: User, net: Net) -> None:
    webhook = make(alice)
    make_paste(owner=alice)
    webhooks.change(webhook=webhook, draft=draft(is_on=False))
    assert only_delivery().state == "failed"
    assert deliveries.send() == 0


def test_nothing_is_sent_for_somebody_who_is_shut_out(alice: User, net: Net) -> None:
    make(alice)
    make_paste(owner=alice)
    User.objects.update(is_active=False)
    make_paste(owner=alice)
    assert deliveries.send() == 0
    assert Delivery.objects.count() == 1


def test_a_webhook_that_cannot_be_signed_for_is_switched_off(alice: User, net: Net, settings: Settings) -> None:
    webhook = make(alice)
    make_paste(owner=alice)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-" * 6
    assert deliveries.send() == 0
    webhook.refresh_from_db()
    assert not webhook.is_on
    with pytest.raises(Invalid):
        webhooks.change(webhook=webhook, draft=draft())
    settings.SECRET_KEY_FALLBACKS = [former]
    assert webhooks.reseal() == 1
    assert webhooks.reseal() == 0
    settings.SECRET_KEY_FALLBACKS = []
    webhook.refresh_from_db()
    assert webhooks.change(webhook=webhook, draft=draft()).is_on


def test_what_was_sent_goes_after_a_month_or_with_its_paste(alice: User) -> None:
    make(alice)
    old, kept, removed = (make_paste(owner=alice) for _number in range(3))
    now = timezone.now()
    Delivery.objects.filter(paste=old).update(created=now - timedelta(days=31))
    assert deliveries.forget(at=now) == 1
    expiry.destroy([removed.pk])
    assert [row.paste for row in Delivery.objects.all()] == [kept]
