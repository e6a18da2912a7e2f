"""Telling webhooks what happens, signed as Standard Webhooks has it (https://www.standardwebhooks.com).

What is to be told is a row, written in the transaction of what happened. A round of `send` takes the webhooks that have
something due, by moving their `paused_until` forward, so that each is delivered to by one worker at a time; talks to
them side by side; and writes down what came of it. Nobody waits for the next attempt: a schedule begins a round every
minute. A worker that dies in a round leaves the rows due again: a message may arrive twice, with the same id.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from pastes import outgoing, queue, sealing
from pastes.domain import notifications
from pastes.models import Comment, Delivery, Notification, Paste, Webhook
from pastes.outgoing import Outcome

Event, State = Webhook.Event, Delivery.State

PING = "ping"
"""What a test is called; nobody has to choose it."""

DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 3 * 60, 8 * 60, 14 * 60))
"""Before the second and each later attempt: eight in 26 hours."""

PATIENCE = timedelta(days=1)
"""A webhook to which nothing has arrived for so long is switched off with the next delivery that is given up."""

SPARED = timedelta(minutes=1)
"""How long one that failed, or was slow, is left alone: it may keep a worker waiting once a minute, not always."""

SLOW = 2_000
"""Milliseconds."""

SIDE_BY_SIDE = 16
"""Webhooks in one round."""

IN_A_ROW = 10
"""Deliveries to one webhook in one round, for `ROW_SECONDS`."""

ROW_SECONDS = 10.0
LEASE = timedelta(minutes=2)
"""How long a round may take until others may deliver to its webhooks; it takes half a minute at most."""

MOST_WAITING = 1_000
"""Deliveries to one webhook that does not keep up; what happens beyond is not told."""

KEPT = timedelta(days=30)
BATCH = 500
GONE = 410
"""What a receiver answers that wants no more, as Standard Webhooks has it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A webhook that this round delivers to, until when nobody else does, and what."""

    webhook: Webhook
    lease: datetime
    secret: bytes
    rows: list[Delivery]


def created(*, paste: Paste) -> None:
    """Tell its owner's webhooks of a new paste; call it in the same transaction, as all of these."""
    _happened(Event.CREATED, f"paste:{paste.pk}", paste, paste.owner, paste.created)


def commented(*, comment: Comment) -> None:
    """Tell the owner of a paste of a new comment. What it says is not sent."""
    url = settings.SITE_URL + reverse("pastes:comment", args=[comment.paste.key, comment.pk])
    about = {"comment": {"id": comment.pk, "url": url}}
    _happened(Event.COMMENTED, f"comment:{comment.pk}", comment.paste, comment.author, comment.created, about)


def starred(*, paste: Paste, user: User) -> None:
    """Tell the owner of a paste of a star; by whom, only if they let others see that."""
    actor = user if user.is_shown and user.shows_stars else None
    _happened(Event.STARRED, f"star:{paste.pk}:{user.pk}", paste, actor, timezone.now())


def retitle(*, paste: Paste) -> None:
    """Let what is kept, or not sent yet, say the title as it is now: there was something in it."""
    for row in Delivery.objects.filter(paste=paste).only("payload").iterator(BATCH):
        payload = json.loads(row.payload)
        if payload["data"]["paste"]["title"] is not None:
            payload["data"]["paste"]["title"] = paste.title
            Delivery.objects.filter(pk=row.pk).update(payload=json.dumps(payload, separators=(",", ":")))


def ping(*, webhook: Webhook) -> Delivery:
    """Have a message sent that says which webhook it is."""
    with transaction.atomic():
        token = secrets.token_hex(8)
        payload = _payload(PING, timezone.now(), {"webhook": {"id": webhook.pk, "name": webhook.name}})
        row = Delivery.objects.create(
            webhook=webhook, message_id=_message_id(), event=PING, occasion=f"{PING}:{token}", payload=payload
        )
        queue.later("send_webhooks")
    return row


def repeat(*, delivery: Delivery, at: datetime) -> None:
    """Have something sent again, unless it waits already."""
    again = {"state": State.WAITING, "attempts": 0, "due_at": at}
    with transaction.atomic():
        if Delivery.objects.filter(pk=delivery.pk).exclude(state=State.WAITING).update(**again):
            queue.later("send_webhooks")


def abandon(*, webhook: Webhook) -> None:
    """Give up all that waits: the webhook is switched off."""
    Delivery.objects.filter(webhook=webhook, state=State.WAITING).update(state=State.FAILED, due_at=None)


def send(*, at: datetime | None = None) -> int:
    """One round; returns how many messages were sent. If more is due, the next round waits behind other tasks."""
    now = at or timezone.now()
    claims = [claim for webhook in _due_webhooks(now) if (claim := _claim(webhook, now))]
    if not claims:
        return 0
    with ThreadPoolExecutor(len(claims)) as pool:
        # The threads only talk to hosts; all that is said to the database, this thread says.
        outcomes = list(pool.map(_talk, claims))
    for claim, found in zip(claims, outcomes, strict=True):
        _record(claim, found, at or timezone.now())
    if _due_webhooks(at or timezone.now()):
        queue.later("send_webhooks")
    return sum(len(found) for found in outcomes)


def forget(*, at: datetime | None = None) -> int:
    """Remove what was sent more than `KEPT` ago, and return how many that were."""
    old = Delivery.objects.filter(created__lt=(at or timezone.now()) - KEPT).order_by("pk")
    total = 0
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        total += Delivery.objects.filter(pk__in=ids).delete()[0]
    return total


def headers_of(*, message_id: str, body: bytes, secret: bytes, at: datetime) -> dict[str, str]:
    """What goes with a message, so that its receiver knows who sent it, and when.

    The signature is the HMAC-SHA256 of id, time and body with full stops between them (Standard Webhooks, "Signature
    scheme"); the time, in seconds since 1970, lets the receiver refuse what somebody sends again later.
    """
    timestamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    signature = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Pastebin-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }


def _happened(
    event: Webhook.Event,
    occasion: str,
    paste: Paste,
    actor: User | None,
    at: datetime,
    about: dict[str, Any] | None = None,
) -> None:
    """Write down what the webhooks of a paste's owner are told."""
    if paste.owner_id is None:
        return
    found = [hook for hook in Webhook.objects.working().filter(user=paste.owner_id) if event in hook.event_list]
    wanted = _that_keep_up(found)
    if not wanted:
        return
    about = {"paste": _about(paste), "actor": actor.username if actor else None} | (about or {})
    payload = _payload(event, at, about)
    Delivery.objects.bulk_create(
        [
            Delivery(
                webhook=hook,
                paste=paste,
                message_id=_message_id(),
                event=event,
                occasion=occasion,
                payload=payload,
                created=at,
                due_at=at,
            )
            for hook in wanted
        ],
        ignore_conflicts=True,
    )
    queue.later("send_webhooks")


def _that_keep_up(webhooks: Sequence[Webhook]) -> list[Webhook]:
    """Those that have not too much waiting; for the healthy this needs no query."""
    behind = [hook.pk for hook in webhooks if hook.failing_since or hook.paused_until]
    if not behind:
        return list(webhooks)
    waiting = Delivery.objects.filter(webhook__in=behind, state=State.WAITING).order_by()
    counts = dict(waiting.values_list("webhook").annotate(Count("pk")))
    return [hook for hook in webhooks if counts.get(hook.pk, 0) < MOST_WAITING]


def _about(paste: Paste) -> dict[str, Any]:
    """A paste as messages name it. What not everybody may read says nothing but where it is."""
    return {
        "key": paste.key,
        "url": settings.SITE_URL + paste.get_absolute_url(),
        "title": paste.title if paste.is_shared_page else None,
        "visibility": paste.visibility,
    }


def _payload(event: str, at: datetime, data: dict[str, Any]) -> str:
    return json.dumps({"type": event, "timestamp": at.isoformat(), "data": data}, separators=(",", ":"))


def _message_id() -> str:
    return f"msg_{secrets.token_urlsafe(20)}"


def _due_webhooks(now: datetime) -> list[Webhook]:
    due = Delivery.objects.filter(state=State.WAITING, due_at__lte=now).order_by()
    free = Webhook.objects.working().free(now).filter(pk__in=due.values("webhook"))
    # Those first that have waited longest: when there are more than one round can take, all have their turn.
    return list(free.select_related("user").order_by(F("paused_until").asc(nulls_first=True), "pk")[:SIDE_BY_SIDE])


def _claim(webhook: Webhook, now: datetime) -> Claim | None:
    """Take a webhook for this round; None when another worker was faster, or it cannot be signed for."""
    lease = now + LEASE
    if not Webhook.objects.free(now).filter(pk=webhook.pk, is_on=True).update(paused_until=lease):
        return None
    secret = sealing.unseal(webhook.sealed_secret)
    if secret is None:
        with transaction.atomic():
            _switch_off(webhook, since=now)
        return None
    due = Delivery.objects.filter(webhook=webhook, state=State.WAITING, due_at__lte=now)
    key = base64.b64decode(secret.partition("_")[2])
    return Claim(webhook, lease, key, list(due.order_by("pk")[:IN_A_ROW]))


def _talk(claim: Claim) -> list[Outcome]:
    """Send one after the other, until one does not arrive, or it takes long; the outcomes of those that were sent."""
    outcomes: list[Outcome] = []
    until = time.monotonic() + ROW_SECONDS
    for row in claim.rows:
        body = row.payload.encode()
        headers = headers_of(message_id=row.message_id, body=body, secret=claim.secret, at=timezone.now())
        outcomes.append(outgoing.post(url=claim.webhook.url, headers=headers, body=body))
        if _is_trouble(outcomes[-1]) or time.monotonic() > until:
            break
    return outcomes


def _is_trouble(outcome: Outcome) -> bool:
    return not outcome.is_success or outcome.milliseconds > SLOW


@transaction.atomic
def _record(claim: Claim, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down what came of it, and let others deliver there again."""
    # Whoever finds another lease was too slow: somebody else has begun to deliver the same.
    webhook = Webhook.objects.select_for_update().filter(pk=claim.webhook.pk, paused_until=claim.lease).first()
    if webhook is None:
        return
    for row, outcome in zip(claim.rows, outcomes, strict=False):
        webhook.failing_since = None if outcome.is_success else webhook.failing_since or now
        _note(row, outcome, now)
    webhook.paused_until = now + SPARED if any(map(_is_trouble, outcomes)) else None
    webhook.save(update_fields=["failing_since", "paused_until"])
    given_up = any(row.state == State.FAILED for row in claim.rows)
    if webhook.failing_since and given_up and now - webhook.failing_since >= PATIENCE:
        _switch_off(webhook, since=webhook.failing_since)
    elif any(outcome.status == GONE for outcome in outcomes):
        _switch_off(webhook, since=now)


def _note(row: Delivery, outcome: Outcome, now: datetime) -> None:
    """How an attempt went, and when the next one is."""
    row.attempts += 1
    row.state, row.due_at = State.WAITING, None
    if outcome.is_success:
        row.state = State.DELIVERED
    elif row.attempts > len(DELAYS) or outcome.status == GONE:
        row.state = State.FAILED
    else:
        row.due_at = now + DELAYS[row.attempts - 1]
    Delivery.objects.filter(pk=row.pk).update(
        attempts=row.attempts,
        state=row.state,
        due_at=row.due_at,
        tried_at=now,
        status=outcome.status,
        problem=outcome.problem,
        milliseconds=outcome.milliseconds,
    )


def _switch_off(webhook: Webhook, *, since: datetime) -> None:
    """End deliveries that do not arrive, and tell the owner; call it in a transaction."""
    Webhook.objects.filter(pk=webhook.pk).update(is_on=False, failing_since=since, paused_until=None)
    abandon(webhook=webhook)
    notifications.tell(
        users=[webhook.user],
        kind=Notification.Kind.WEBHOOK,
        event=f"webhook:{webhook.pk}:{int(since.timestamp())}",
        text=webhook.name,
    )
