"""A person's own webhooks: made, changed, tested, removed. `pastes.domain.deliveries` sends what they are told."""

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from pastes import conf, outgoing, sealing, validators
from pastes.domain import deliveries, limits
from pastes.exceptions import Forbidden, Invalid, NotFound
from pastes.models import Delivery, Webhook

MOST_WEBHOOKS = 10
"""Of one person."""

MOST_NAME, MOST_URL = 80, 500
"""Characters."""

SECRET_BYTES = 32
"""Standard Webhooks wants 24 to 64 (192 to 512 bits), and this prefix:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""
PREFIX = "whsec_"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDraft:
    """What somebody wants a webhook to be. ``events`` are names of `Webhook.Event`."""

    name: str
    url: str
    events: Collection[str]
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Some deliveries, and the id before which the next page begins (None: this is the last)."""

    rows: list[Delivery]
    before: int | None


def of(*, user: User) -> QuerySet[Webhook]:
    """All webhooks of a person, the newest first."""
    return Webhook.objects.filter(user=user).order_by("-pk")


def find(*, user: User, webhook_id: int) -> Webhook:
    """One of them.

    Raises:
        NotFound: when there is none, or it is somebody else's.
    """
    webhook = of(user=user).filter(pk=webhook_id).first()
    if webhook is None:
        raise NotFound(_("There is no such webhook."), _("It may have been removed."))
    return webhook


def create(*, user: User, draft: WebhookDraft) -> tuple[Webhook, str]:
    """A new webhook, and the secret that its messages are signed with; it is not shown again.

    Raises:
        Invalid: when something does not fit, or there are too many already.
        TooMany: too often.
    """
    _require_valid(draft)
    _spend(user)
    secret = _new_secret()
    with transaction.atomic():
        # Whoever creates two at once counts one after the other.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if of(user=user).count() >= MOST_WEBHOOKS:
            message = _("You can have %(limit)s webhooks. Remove one first.") % {"limit": MOST_WEBHOOKS}
            raise _invalid({"": [message]})
        webhook = Webhook.objects.create(user=user, sealed_secret=sealing.seal(secret), **_fields(draft))
    return webhook, secret


def change(*, webhook: Webhook, draft: WebhookDraft) -> Webhook:
    """Make it what the draft says. Switching it on, or giving it another address, begins anew after failures.

    Raises:
        Invalid: when something does not fit.
        TooMany: too often.
    """
    _require_valid(draft)
    if draft.is_on and sealing.unseal(webhook.sealed_secret) is None:
        raise _invalid({"is_on": [_("Its secret is lost, because the site has another key. Make a new secret first.")]})
    _spend(webhook.user)
    with transaction.atomic():
        current = _lock(webhook)
        fields = _fields(draft)
        if (draft.is_on and not current.is_on) or draft.url != current.url:
            fields |= {"failing_since": None, "paused_until": None}
        if not draft.is_on:
            deliveries.abandon(webhook=current)
        Webhook.objects.filter(pk=current.pk).update(**fields)
    return find(user=webhook.user, webhook_id=webhook.pk)


def renew_secret(*, webhook: Webhook) -> str:
    """Sign with another secret from now on; it is returned, and not shown again.

    Raises:
        TooMany: too often.
    """
    _spend(webhook.user)
    secret = _new_secret()
    Webhook.objects.filter(pk=webhook.pk).update(sealed_secret=sealing.seal(secret))
    return secret


def remove(*, webhook: Webhook) -> None:
    """End it, with the log of what was sent; twice is once."""
    Webhook.objects.filter(pk=webhook.pk).delete()


def page(*, webhook: Webhook, before: int | None = None, size: int) -> DeliveryPage:
    """What was sent, or waits to be, the newest first."""
    rows = Delivery.objects.filter(webhook=webhook).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: size + 1])
    return DeliveryPage(found[:size], found[size - 1].pk if len(found) > size else None)


def find_delivery(*, webhook: Webhook, delivery_id: int) -> Delivery:
    """One of them.

    Raises:
        NotFound: when there is none, or it is another webhook's.
    """
    delivery = Delivery.objects.filter(webhook=webhook, pk=delivery_id).first()
    if delivery is None:
        raise NotFound(_("There is no such delivery."), _("They are kept for 30 days."))
    return delivery


def ping(*, webhook: Webhook) -> Delivery:
    """Send a message that says nothing, to see whether it arrives.

    Raises:
        Forbidden: when the webhook is off.
        TooMany: too often.
    """
    _require_on(webhook)
    _spend(webhook.user)
    return deliveries.ping(webhook=webhook)


def redeliver(*, webhook: Webhook, delivery_id: int, at: datetime | None = None) -> Delivery:
    """Send something again that has arrived or was given up; what waits is left to wait.

    Raises:
        NotFound: as `find_delivery`.
        Forbidden: when the webhook is off.
        TooMany: too often.
    """
    delivery = find_delivery(webhook=webhook, delivery_id=delivery_id)
    _require_on(webhook)
    _spend(webhook.user)
    deliveries.repeat(delivery=delivery, at=at or timezone.now())
    return find_delivery(webhook=webhook, delivery_id=delivery_id)


def reseal() -> int:
    """Carry all secrets over to the present `SECRET_KEY`; returns how many were under a former one."""
    if not settings.SECRET_KEY_FALLBACKS:
        return 0
    count = 0
    for pk, sealed in Webhook.objects.values_list("pk", "sealed_secret").iterator():
        if carried := sealing.reseal(sealed):
            # Only what was read: its owner may have made a new one at this moment.
            count += Webhook.objects.filter(pk=pk, sealed_secret=sealed).update(sealed_secret=carried)
    return count


def _lock(webhook: Webhook) -> Webhook:
    """Its row, with nobody else changing it until the transaction ends.

    Raises:
        NotFound: when it was removed meanwhile.
    """
    current = Webhook.objects.select_for_update().filter(pk=webhook.pk).first()
    if current is None:
        raise NotFound
    return current


def _require_on(webhook: Webhook) -> None:
    if not webhook.is_on:
        raise Forbidden(_("This webhook is off."), _("Switch it on, and try again."))


def _require_valid(draft: WebhookDraft) -> None:
    errors: dict[str, list[str]] = {}
    for field, text, most in (("name", draft.name, MOST_NAME), ("url", draft.url, MOST_URL)):
        if not text.strip():
            errors[field] = [_("This is missing.")]
        elif len(text) > most:
            errors[field] = [_("At most %(limit)s characters fit here.") % {"limit": most}]
    try:
        validators.storable(draft.name)
    except ValidationError as error:
        errors.setdefault("name", []).extend(error.messages)
    if "url" not in errors:
        try:
            outgoing.check(draft.url)
        except outgoing.BadAddress as error:
            errors["url"] = [str(error)]
    known = Webhook.Event.values
    if not draft.events or any(name not in known for name in draft.events):
        errors["events"] = [_("Choose one or more of: %(choices)s.") % {"choices": ", ".join(known)}]
    if errors:
        raise _invalid(errors)


def _invalid(errors: dict[str, list[str]]) -> Invalid:
    return Invalid(errors, _("Nothing was saved, because something does not fit."), _("Change it and send it again."))


def _fields(draft: WebhookDraft) -> dict[str, object]:
    events = " ".join(event.value for event in Webhook.Event if event.value in draft.events)
    return {"name": draft.name.strip(), "url": draft.url, "events": events, "is_on": draft.is_on}


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _spend(user: User) -> None:
    subject = limits.subject_of(user=user, address="")
    limits.spend(what="webhook", subject=subject, rate=conf.rate("WEBHOOK_RATE"))
