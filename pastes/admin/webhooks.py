"""Where people's programs are told what happens. What they are told is theirs; whether it arrives, operators see."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from pastes.admin.tables import FixedRecord, Record
from pastes.models import Delivery, Webhook


@admin.register(Webhook)
class WebhookAdmin(Record):
    """Webhooks. One that does harm can be removed."""

    list_display = ["name", "user", "url", "is_on", "failing_since", "created"]
    list_select_related = ["user"]
    list_filter = ["is_on", ("failing_since", admin.EmptyFieldListFilter)]
    search_fields = ["=user__username", "url"]
    search_help_text = gettext_lazy("A user name, or a part of an address")
    fields = ["user", "name", "url", "events", "is_on", "created", "failing_since", "paused_until"]


@admin.register(Delivery)
class DeliveryAdmin(FixedRecord):
    """What was sent, without what it said."""

    list_display = ["webhook", "event", "state", "attempts", "status", "problem", "milliseconds", "created"]
    list_select_related = ["webhook"]
    list_filter = ["state", "problem", "created"]
    search_fields = ["=message_id", "=webhook__user__username"]
    search_help_text = gettext_lazy("The id of a message, or a user name")
    fields = [
        "webhook",
        "message_id",
        "event",
        "created",
        "state",
        "attempts",
        "due_at",
        "tried_at",
        "status",
        "problem",
        "milliseconds",
    ]
