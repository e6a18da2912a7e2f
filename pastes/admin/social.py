"""Tags, what people were told, and who reads what: rows that the site makes by itself."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from pastes.admin.tables import FixedRecord
from pastes.models import DailyViews, Notification, Referral, Tag, Tagging


@admin.register(Tag)
class TagAdmin(FixedRecord):
    """The words that pastes are found by; a tag ends with the last paste that has it."""

    list_display = ["name", "uses"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("A part of a name")


@admin.register(Tagging)
class TaggingAdmin(FixedRecord):
    """Which paste has which tag."""

    list_display = ["tag", "paste"]
    list_select_related = ["tag", "paste"]
    search_fields = ["=tag__name", "=paste__key"]
    search_help_text = gettext_lazy("A tag or the key of a paste")


@admin.register(Notification)
class NotificationAdmin(FixedRecord):
    """What people were told, and whether they saw it. The words of it are theirs."""

    list_display = ["user", "kind", "created", "read_at", "mailed_at"]
    list_select_related = ["user"]
    list_filter = ["kind", ("read_at", admin.EmptyFieldListFilter), "created"]
    search_fields = ["=user__username"]
    search_help_text = gettext_lazy("A user name")
    fields = ["user", "kind", "created", "read_at", "mailed_at"]


@admin.register(DailyViews)
class DailyViewsAdmin(FixedRecord):
    """How often a paste was read on a day."""

    list_display = ["paste", "day", "views"]
    list_select_related = ["paste"]
    search_fields = ["=paste__key"]
    search_help_text = gettext_lazy("The key of a paste")


@admin.register(Referral)
class ReferralAdmin(FixedRecord):
    """From which sites a paste's readers came."""

    list_display = ["paste", "host", "views"]
    list_select_related = ["paste"]
    search_fields = ["=paste__key", "=host"]
    search_help_text = gettext_lazy("The key of a paste or the name of a site")
