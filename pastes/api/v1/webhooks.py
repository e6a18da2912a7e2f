"""A person's own webhooks, and what was sent to them."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Path, Router, Status
from pydantic import BaseModel, Field

from pastes.api.v1 import examples
from pastes.api.v1.door import ApiRequest, account_of
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paging import Page, Paging, next_link
from pastes.api.v1.schemas import Moment, Sent, Text
from pastes.domain import discovery, webhooks
from pastes.domain.webhooks import WebhookDraft
from pastes.models import Delivery, Webhook

router = Router(tags=["Webhooks"])

EventName = Literal["paste.created", "paste.commented", "paste.starred"]
"""`Webhook.Event`; a test holds the two together."""

WebhookId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The `id` of the webhook.", examples=[4])]
DeliveryId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The `id` of the delivery.", examples=[9])]

SENT: dict[str, Any] = {"name": "build bot", "url": "https://bot.example/hook", "events": ["paste.created"]}
WEBHOOK: dict[str, Any] = {"id": 4} | SENT | {"is_on": True, "created": examples.CREATED, "failing_since": None}
SECRET: dict[str, Any] = {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs="}
DELIVERY: dict[str, Any] = {
    "id": 9,
    "message_id": "msg_p5jXN8AQM9LWM0D4loKWxJekPqT",
    "event": "paste.created",
    "created": examples.CREATED,
    "state": "delivered",
    "attempts": 1,
    "due_at": None,
    "tried_at": examples.CREATED,
    "status": 200,
    "problem": "",
    "milliseconds": 87,
}


class NewWebhook(Sent):
    """A webhook to make."""

    name: Annotated[Text, Field(min_length=1, max_length=webhooks.MOST_NAME)] = Field(description="For you.")
    url: Annotated[Text, Field(min_length=1, max_length=webhooks.MOST_URL)] = Field(
        description="Where your program listens: https, and not in a private network."
    )
    events: list[EventName] = Field(min_length=1, description="What it is told.")
    is_on: bool = Field(default=True, description="Whether anything is sent.")


class WebhookChange(Sent):
    """What to change; what is not mentioned stays."""

    name: Annotated[Text, Field(min_length=1, max_length=webhooks.MOST_NAME)] | None = None
    url: Annotated[Text, Field(min_length=1, max_length=webhooks.MOST_URL)] | None = None
    events: Annotated[list[EventName], Field(min_length=1)] | None = None
    is_on: bool | None = None


class WebhookInfo(BaseModel):
    """A webhook. Its secret is not shown again."""

    id: int
    name: str
    url: str
    events: list[EventName]
    is_on: bool
    created: Moment
    failing_since: Moment | None = Field(
        description="Since when nothing has arrived. After a day without success it is switched off."
    )


class Webhooks(BaseModel):
    """All webhooks of a person."""

    items: list[WebhookInfo]


class Secret(BaseModel):
    """What messages are signed with."""

    secret: str = Field(description="It is shown once. See https://www.standardwebhooks.com for how to check with it.")


class MadeWebhook(WebhookInfo, Secret):
    """A new webhook."""


class DeliveryInfo(BaseModel):
    """A message to a webhook, and how its last attempt went."""

    id: int
    message_id: str = Field(description="The header `webhook-id` of all its attempts.")
    event: str
    created: Moment
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    due_at: Moment | None = Field(description="When it is tried next; null when it is not.")
    tried_at: Moment | None
    status: int | None = Field(description="The HTTP status of the answer; null without one.")
    problem: Literal["", "address", "connection", "tls", "timeout", "protocol"] = Field(
        description="Why there was no answer."
    )
    milliseconds: int | None


@endpoint(
    router,
    "GET",
    "/webhooks",
    scope="account",
    account=True,
    answers={200: Webhooks},
    example={"items": [WEBHOOK]},
)
def list_webhooks(request: ApiRequest) -> Webhooks:
    """List your webhooks.

    All of them, the newest first.
    """
    return Webhooks(items=[_info(one) for one in webhooks.of(user=account_of(request))])


@endpoint(
    router,
    "POST",
    "/webhooks",
    scope="account",
    account=True,
    answers={201: MadeWebhook},
    sends=SENT,
    example=WEBHOOK | SECRET,
)
def create_webhook(request: ApiRequest, body: NewWebhook) -> Status[MadeWebhook]:
    """Make a webhook.

    When something happens that you chose, a signed message is posted to its address, as https://www.standardwebhooks.com
    describes: `{"type": "paste.created", "timestamp": …, "data": {"paste": {"key", "url", "title", "visibility"},
    "actor": …}}`. What is not answered with a 2xx within ten seconds is tried again, eight times in 26 hours.
    """
    made, secret = webhooks.create(user=account_of(request), draft=WebhookDraft(**body.model_dump()))
    return Status(201, MadeWebhook(**_fields(made), secret=secret))


@endpoint(
    router,
    "GET",
    "/webhooks/{int:webhook_id}",
    scope="account",
    account=True,
    answers={200: WebhookInfo},
    fails=(404,),
    example=WEBHOOK,
)
def read_webhook(request: ApiRequest, webhook_id: WebhookId) -> WebhookInfo:
    """Read one of your webhooks."""
    return _info(_find(request, webhook_id))


@endpoint(
    router,
    "PATCH",
    "/webhooks/{int:webhook_id}",
    scope="account",
    account=True,
    answers={200: WebhookInfo},
    fails=(404,),
    sends={"is_on": False},
    example=WEBHOOK | {"is_on": False},
)
def change_webhook(request: ApiRequest, webhook_id: WebhookId, body: WebhookChange) -> WebhookInfo:
    """Change a webhook.

    Switching it off gives up what waits; switching it on, or another address, begins anew after failures.
    """
    found = _find(request, webhook_id)
    now: dict[str, Any] = {"name": found.name, "url": found.url, "events": found.event_list, "is_on": found.is_on}
    draft = WebhookDraft(**(now | body.model_dump(exclude_none=True)))
    return _info(webhooks.change(webhook=found, draft=draft))


@endpoint(
    router,
    "DELETE",
    "/webhooks/{int:webhook_id}",
    scope="account",
    account=True,
    answers={204: None},
    fails=(404,),
)
def remove_webhook(request: ApiRequest, webhook_id: WebhookId) -> Status[None]:
    """Remove a webhook.

    With the log of what was sent. What waits is not sent any more.
    """
    webhooks.remove(webhook=_find(request, webhook_id))
    return Status(204, None)


@endpoint(
    router,
    "POST",
    "/webhooks/{int:webhook_id}/secret",
    scope="account",
    account=True,
    answers={201: Secret},
    fails=(404,),
    example=SECRET,
)
def renew_webhook_secret(request: ApiRequest, webhook_id: WebhookId) -> Status[Secret]:
    """Make a new secret for a webhook.

    From now on messages are signed with it alone.
    """
    return Status(201, Secret(secret=webhooks.renew_secret(webhook=_find(request, webhook_id))))


@endpoint(
    router,
    "POST",
    "/webhooks/{int:webhook_id}/ping",
    scope="account",
    account=True,
    answers={202: DeliveryInfo},
    fails=(404,),
    example=DELIVERY
    | {"event": "ping", "state": "waiting", "attempts": 0, "due_at": examples.CREATED}
    | {"tried_at": None, "status": None, "milliseconds": None},
)
def ping_webhook(request: ApiRequest, webhook_id: WebhookId) -> Status[DeliveryInfo]:
    """Send a test to a webhook.

    A message of type `ping`; the list of deliveries says how it went.
    """
    return Status(202, _delivery(webhooks.ping(webhook=_find(request, webhook_id))))


@endpoint(
    router,
    "GET",
    "/webhooks/{int:webhook_id}/deliveries",
    scope="account",
    account=True,
    answers={200: Page[DeliveryInfo]},
    fails=(404,),
    example=examples.page(DELIVERY),
)
def list_webhook_deliveries(
    request: ApiRequest, response: HttpResponse, webhook_id: WebhookId, window: Paging
) -> Page[DeliveryInfo]:
    """List what was sent to a webhook.

    The newest first, for 30 days, with what waits to be sent.
    """
    before = discovery.number(window.after)
    page = webhooks.page(webhook=_find(request, webhook_id), before=before, size=window.limit)
    following = next_link(request, response, str(page.before or ""))
    return Page[DeliveryInfo](items=[_delivery(row) for row in page.rows], next=following)


@endpoint(
    router,
    "POST",
    "/webhooks/{int:webhook_id}/deliveries/{int:delivery_id}",
    scope="account",
    account=True,
    answers={202: DeliveryInfo},
    fails=(404,),
    example=DELIVERY | {"state": "waiting", "attempts": 0, "due_at": examples.CREATED},
)
def redeliver_webhook(request: ApiRequest, webhook_id: WebhookId, delivery_id: DeliveryId) -> Status[DeliveryInfo]:
    """Deliver a message again.

    Under the same id. What waits already is left to wait.
    """
    found = webhooks.redeliver(webhook=_find(request, webhook_id), delivery_id=delivery_id)
    return Status(202, _delivery(found))


def _find(request: ApiRequest, webhook_id: int) -> Webhook:
    return webhooks.find(user=account_of(request), webhook_id=webhook_id)


def _info(webhook: Webhook) -> WebhookInfo:
    return WebhookInfo(**_fields(webhook))


def _fields(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.pk,
        "name": webhook.name,
        "url": webhook.url,
        "events": [event.value for event in webhook.event_list],
        "is_on": webhook.is_on,
        "created": webhook.created,
        "failing_since": webhook.failing_since,
    }


def _delivery(row: Delivery) -> DeliveryInfo:
    return DeliveryInfo(**{name: getattr(row, name) for name in DeliveryInfo.model_fields if name != "id"}, id=row.pk)
