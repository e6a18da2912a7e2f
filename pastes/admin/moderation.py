"""The list of what moderators did, and why."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from pastes.admin.tables import FixedRecord
from pastes.models import ModerationAction


@admin.register(ModerationAction)
class ModerationActionAdmin(FixedRecord):
    """Who did what, when and why. Nobody changes it; it stays when what it was done to is gone."""

    list_display = ["created", "moderator", "verb", "paste_key", "comment_id", "person", "reason"]
    list_select_related = ["moderator"]
    list_filter = ["verb", ("moderator", admin.RelatedOnlyFieldListFilter), "created"]
    search_fields = ["=paste_key", "=person", "=moderator__username"]
    search_help_text = gettext_lazy("The key of a paste, or the user name of an author or a moderator")
    date_hierarchy = "created"
