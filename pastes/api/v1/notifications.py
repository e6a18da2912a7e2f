"""What somebody was told, and how often they get mails about it."""

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Path, Router
from pydantic import BaseModel, Field

from accounts.models import Mail, User
from pastes.api.v1 import examples
from pastes.api.v1.door import ApiRequest, account_of
from pastes.api.v1.endpoints import endpoint
from pastes.api.v1.paging import LINK, Page, Paging, next_link
from pastes.api.v1.schemas import Moment, Sent
from pastes.domain import discovery, mailing, notifications, wording
from pastes.domain.wording import Item
from pastes.exceptions import NotFound
from pastes.views.door import origin

router = Router(tags=["Notifications"])

LARGEST_ID = 2**63 - 1
NotificationId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The `id` of the notification.", examples=[41])]

NOTIFICATION = {
    "id": 41,
    "kind": "comment",
    "created": examples.CREATED,
    "read": False,
    "text": "Bob commented on “Hello”",
    "quote": "Why not *two* of them?",
    "url": f"{examples.SITE}/{examples.KEY}/comments/17#comment-17",
}


class NotificationInfo(BaseModel):
    """Something that happened."""

    id: int
    kind: Literal["reply", "comment", "mention", "expiry", "moderation", "webhook"]
    created: Moment
    read: bool
    text: str = Field(description="A sentence, in the language that Accept-Language asks for.")
    quote: str = Field(description="What was said, or a moderator's reason.")
    url: str | None = Field(description="Where to look at it; null when there is nothing left to look at.")


class Seen(Sent):
    """How far somebody has read."""

    up_to: int = Field(
        ge=1, le=LARGEST_ID, description="The `id` of the newest that was seen: what has come since stays new."
    )


class Unread(BaseModel):
    """What is still new."""

    unread: int = Field(description="How many notifications.")


class MailChoice(Sent):
    """How often you want mails."""

    mail: Literal["off", "at_once", "daily"]


class MailSettings(BaseModel):
    """How often you get mails about what happens."""

    mail: Literal["off", "at_once", "daily"]
    sends_mails: bool = Field(description="Whether this site sends mails at all.")


@endpoint(
    router,
    "GET",
    "/notifications",
    scope="account",
    account=True,
    answers={200: Page[NotificationInfo]},
    example=examples.page(NOTIFICATION),
    headers={200: LINK},
)
def list_notifications(request: ApiRequest, response: HttpResponse, window: Paging) -> Page[NotificationInfo]:
    """List what you were told.

    The newest first, of the last 90 days. Reading the list marks nothing as read.
    """
    page = notifications.page(user=account_of(request), before=discovery.number(window.after), size=window.limit)
    items = [_info(item, origin(request)) for item in wording.items(page.rows)]
    cursor = str(page.before) if page.before else ""
    return Page[NotificationInfo](items=items, next=next_link(request, response, cursor))


@endpoint(
    router,
    "PUT",
    "/notifications/read",
    scope="account",
    account=True,
    answers={200: Unread},
    sends={"up_to": 41},
    example={"unread": 0},
)
def mark_notifications_read(request: ApiRequest, body: Seen) -> Unread:
    """Mark as read what you have seen."""
    user = account_of(request)
    notifications.mark_read(user=user, up_to=body.up_to)
    return _unread(user)


@endpoint(
    router,
    "PUT",
    "/notifications/{int:notification_id}/read",
    scope="account",
    account=True,
    answers={200: Unread},
    fails=(404,),
    example={"unread": 2},
)
def mark_notification_read(request: ApiRequest, notification_id: NotificationId) -> Unread:
    """Mark one as read."""
    user = account_of(request)
    row = notifications.find(user=user, notification_id=notification_id)
    if row is None:
        raise NotFound
    notifications.mark_read(user=user, only=row.pk)
    return _unread(user)


@endpoint(
    router,
    "GET",
    "/notifications/settings",
    scope="account",
    account=True,
    answers={200: MailSettings},
    example={"mail": "at_once", "sends_mails": True},
)
def read_notification_settings(request: ApiRequest) -> MailSettings:
    """Read how often you get mails."""
    return _settings(account_of(request))


@endpoint(
    router,
    "PUT",
    "/notifications/settings",
    scope="account",
    account=True,
    answers={200: MailSettings},
    sends={"mail": "daily"},
    example={"mail": "daily", "sends_mails": True},
)
def set_notification_settings(request: ApiRequest, body: MailChoice) -> MailSettings:
    """Choose how often you get mails.

    They go to your confirmed primary address.
    """
    user = account_of(request)
    mailing.choose(user=user, mail=Mail(body.mail))
    user.refresh_from_db(fields=["mail"])
    return _settings(user)


def _info(item: Item, site: str) -> NotificationInfo:
    return NotificationInfo.model_validate(
        {
            "id": item.row.pk,
            "kind": item.row.kind,
            "created": item.row.created,
            "read": item.row.read_at is not None,
            "text": item.sentence,
            "quote": item.quote,
            "url": site + item.url if item.url else None,
        }
    )


def _unread(user: User) -> Unread:
    user.refresh_from_db(fields=["unread"])
    return Unread(unread=user.unread)


def _settings(user: User) -> MailSettings:
    return MailSettings.model_validate({"mail": user.mail, "sends_mails": mailing.is_possible()})
