"""Webhooks through the API."""

import json
from typing import Any, get_args

import pytest
from django.test import Client

from accounts.models import User
from pastes.api.v1.webhooks import DeliveryInfo, EventName
from pastes.domain import deliveries, webhooks
from pastes.models import Delivery, Webhook
from pastes.outgoing import Problem
from tests.api.programs import as_program
from tests.factories import make_paste

pytestmark = pytest.mark.django_db

URL = "/api/v1/webhooks"
HOOK = {"name": "bot", "url": "https://bot.example/", "events": ["paste.created", "paste.starred"]}


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    data = "" if body is None else json.dumps(body)
    return client.generic(method, f"{URL}{path}", data, content_type="application/json")


def test_it_knows_the_sites_events_and_problems() -> None:
    assert list(get_args(EventName)) == Webhook.Event.values
    assert list(get_args(DeliveryInfo.model_fields["state"].annotation)) == Delivery.State.values
    assert list(get_args(DeliveryInfo.model_fields["problem"].annotation)) == ["", *Problem.values]


def test_it_makes_changes_and_removes_them(alice: User) -> None:
    client = as_program(alice)
    made = send(client, "POST", "", HOOK)
    assert made.status_code == 201
    secret, path = made.json()["secret"], f"/{made.json()['id']}"
    assert secret.startswith("whsec_")
    listed = send(client, "GET", "")
    assert secret.encode() not in listed.content
    assert listed.json()["items"] == [send(client, "GET", path).json()]
    changed = send(client, "PATCH", path, {"is_on": False, "events": ["paste.commented"]}).json()
    assert (changed["is_on"], changed["events"], changed["name"]) == (False, ["paste.commented"], "bot")
    assert send(client, "POST", f"{path}/ping").status_code == 403
    assert send(client, "POST", f"{path}/secret").json()["secret"] != secret
    assert send(client, "DELETE", path).status_code == 204
    assert send(client, "GET", path).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("url", "http://bot.example/"), ("url", "https://10.0.0.1/"), ("events", []), ("events", ["all"]), ("name", " ")],
)
def test_it_says_what_does_not_fit(alice: User, field: str, value: Any) -> None:
    refused = send(as_program(alice), "POST", "", HOOK | {field: value})
    assert refused.status_code == 422
    assert next(iter(refused.json()["errors"])).startswith(field)


def test_it_lists_deliveries_page_by_page_and_sends_again(alice: User) -> None:
    client = as_program(alice)
    hook = webhooks.find(user=alice, webhook_id=send(client, "POST", "", HOOK).json()["id"])
    for _number in range(3):
        make_paste(owner=alice)
    path = f"/{hook.pk}/deliveries"
    first = send(client, "GET", f"{path}?limit=2").json()
    rest = client.get(first["next"]).json()
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    deliveries.abandon(webhook=hook)
    again = send(client, "POST", f"{path}/{rest['items'][0]['id']}")
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    assert send(client, "POST", f"/{hook.pk}/ping").json()["event"] == "ping"


def test_somebody_elses_is_not_there(alice: User, bob: User) -> None:
    path = f"/{send(as_program(alice), 'POST', '', HOOK).json()['id']}"
    stranger = as_program(bob)
    asked = [("GET", path), ("PATCH", path), ("DELETE", path), ("POST", f"{path}/ping"), ("GET", f"{path}/deliveries")]
    assert {send(stranger, method, where, {}).status_code for method, where in asked} == {404}
