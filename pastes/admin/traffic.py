"""Keys, and the short-lived rows that count what people do."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from pastes.admin.tables import FixedRecord, Record
from pastes.models import IdempotencyKey, Key, RateCount, View


@admin.register(Key)
class KeyAdmin(FixedRecord):
    """The keys that wait; `manage.py seed_keys` adds some."""

    ordering = ["value"]
    search_fields = ["=value"]
    search_help_text = gettext_lazy("A whole key")


@admin.register(View)
class ViewAdmin(FixedRecord):
    """Who saw what today, as hashes that mean nothing tomorrow."""

    list_display = ["paste", "seen_at", "counted"]
    list_select_related = ["paste"]
    list_filter = ["counted", "seen_at"]
    search_fields = ["=paste__key"]
    search_help_text = gettext_lazy("The key of a paste")


@admin.register(RateCount)
class RateCountAdmin(Record):
    """How often somebody did something; deleting a row lets them do it again."""

    list_display = ["subject", "window", "count"]
    list_filter = ["window"]
    search_fields = ["subject"]
    search_help_text = gettext_lazy("What and who, such as publish:user:1")


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(Record):
    """Requests to publish that may be sent again."""

    list_display = ["subject", "paste", "created"]
    list_select_related = ["paste"]
    list_filter = ["created"]
    search_fields = ["=paste__key"]
    search_help_text = gettext_lazy("The key of a paste")
