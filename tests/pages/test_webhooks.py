"""The pages of webhooks."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from pastes.domain import deliveries, webhooks
from pastes.models import Delivery, Notification, Webhook
from tests.factories import client_for, make_paste
from tests.services.receiver import Receiver, receiver

pytestmark = pytest.mark.django_db

URL = "/accounts/webhooks"
FORM = {"name": "build bot", "url": "https://bot.example/hook", "events": ["paste.created", "paste.starred"]}


@pytest.fixture
def hook(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_HTTP = True
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with receiver() as server:
        yield server


@pytest.fixture
def client(alice: User) -> Client:
    return client_for(alice)


def made(client: Client, url: str = FORM["url"]) -> Webhook:  # type: ignore[assignment]
    response = client.post(URL, FORM | {"url": url})
    assert response.status_code == 201, response.content
    return Webhook.objects.latest("pk")


def test_it_makes_one_and_shows_its_secret_once(client: Client) -> None:
    page = client.post(URL, FORM).content.decode()
    [secret] = re.findall(r"whsec_[\w+/=]+", page)
    webhook = Webhook.objects.get()
    assert (webhook.name, webhook.url, webhook.events) == ("build bot", FORM["url"], "paste.created paste.starred")
    for address in (URL, f"{URL}/{webhook.pk}"):
        later = client.get(address).content.decode()
        assert "build bot" in later
        assert secret not in later


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("url", "http://bot.example/", "must begin with https://"),
        ("url", "https://[::1]/", "no public address"),
        ("url", "https://bot.example:22/", "80, 443, 8080 and 8443"),
        ("name", "", "This field is required"),
        ("events", [], "This field is required"),
    ],
)
def test_it_says_what_does_not_fit_and_keeps_the_rest(
    client: Client, field: str, value: str | list[str], says: str
) -> None:
    response = client.post(URL, FORM | {field: value})
    assert response.status_code == 422
    page = response.content.decode()
    assert says in page
    assert ("build bot" in page) == (field != "name")
    assert not Webhook.objects.exists()


def test_it_changes_one(client: Client) -> None:
    webhook = made(client)
    address = f"{URL}/{webhook.pk}"
    response = client.post(address, FORM | {"name": "other", "events": "paste.commented"})
    assert (response.status_code, response["Location"]) == (303, address)
    webhook.refresh_from_db()
    assert (webhook.name, webhook.events, webhook.is_on) == ("other", "paste.commented", False)
    assert "Send a test" not in client.get(address).content.decode()
    assert client.post(f"{address}/ping").status_code == 403
    assert client.post(address, FORM | {"url": "ftp://bot.example/"}).status_code == 422


def test_a_test_arrives_and_the_log_says_so(client: Client, hook: Receiver) -> None:
    webhook = made(client, hook.url)
    address = f"{URL}/{webhook.pk}"
    assert client.post(f"{address}/ping").status_code == 303
    assert "Waiting" in client.get(address).content.decode()
    deliveries.send()
    assert len(hook.posts) == 1
    page = client.get(address).content.decode()
    assert "Delivered" in page
    assert "answer 200" in page
    assert "1 attempt" in page
    row = Delivery.objects.get()
    assert client.post(f"{address}/deliveries/{row.pk}").status_code == 303
    deliveries.send()
    assert [post.headers["webhook-id"] for post in hook.posts] == [row.message_id] * 2


def test_the_log_has_pages(client: Client, alice: User) -> None:
    webhook = made(client)
    for _number in range(26):
        deliveries.ping(webhook=webhook)
    page = client.get(f"{URL}/{webhook.pk}").content.decode()
    [older] = re.findall(r"\?before=\d+", page)
    rest = client.get(f"{URL}/{webhook.pk}{older}").content.decode()
    assert (page.count("msg_"), rest.count("msg_")) == (25, 1)
    assert client.get(f"{URL}/{webhook.pk}?before=x").status_code == 200


def test_one_that_was_switched_off_says_why_and_the_owner_is_told(client: Client, alice: User, hook: Receiver) -> None:
    webhook = made(client, hook.url)
    hook.statuses = [410]
    make_paste(owner=alice)
    deliveries.send()
    assert "It was switched off because" in client.get(f"{URL}/{webhook.pk}").content.decode()
    page = client.get("/notifications").content.decode()
    assert "build bot" in page
    assert "was switched off, because nothing could be delivered" in page
    note = Notification.objects.get()
    assert client.post(f"/notifications/{note.pk}")["Location"] == URL


def test_it_renews_the_secret_and_removes_one(client: Client) -> None:
    webhook = made(client)
    response = client.post(f"{URL}/{webhook.pk}/secret")
    assert (response.status_code, "whsec_" in response.content.decode()) == (201, True)
    assert client.post(f"{URL}/{webhook.pk}/remove")["Location"] == URL
    assert client.post(f"{URL}/{webhook.pk}/remove").status_code == 404


def test_somebody_elses_is_not_there(client: Client, bob: User) -> None:
    webhook = made(client)
    row = deliveries.ping(webhook=webhook)
    stranger = client_for(bob)
    for path in ("", "/remove", "/secret", "/ping", f"/deliveries/{row.pk}"):
        assert stranger.post(f"{URL}/{webhook.pk}{path}", FORM).status_code == 404
    assert webhooks.find(user=webhook.user, webhook_id=webhook.pk).name == "build bot"


def test_an_id_beyond_all_numbers_is_not_there(client: Client) -> None:
    assert client.get(f"{URL}/{10**30}").status_code == 404


def test_a_forged_form_changes_nothing(alice: User) -> None:
    forger = client_for(alice, csrf=True)
    assert forger.post(URL, FORM).status_code == 403
    assert not Webhook.objects.exists()
