"""What people say and think about pastes: comments, votes, stars, likes, reports."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from pastes.admin.tables import FixedRecord, Record, Table
from pastes.domain import moderation
from pastes.models import Comment, CommentVote, Like, Report, Star


@admin.register(Comment)
class CommentAdmin(FixedRecord):
    """Comments. Removing one leaves its place in the thread, so that the answers to it still hang together."""

    list_display = ["__str__", "paste", "author", "created", "edited", "deleted", "score"]
    list_select_related = ["paste", "author"]
    list_filter = [("deleted", admin.EmptyFieldListFilter), "created"]
    search_fields = ["=paste__key", "=author__username", "body"]
    search_help_text = gettext_lazy("The key of a paste, a user name, or words of the text")
    date_hierarchy = "created"
    actions = ["remove", "restore"]

    @admin.action(description=gettext_lazy("Remove from the thread"), permissions=["moderate"])
    def remove(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Take the text away from readers."""
        count = moderation.remove_comments(comments=queryset)
        sentence = ngettext("%(count)d comment is removed.", "%(count)d comments are removed.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS if count else messages.WARNING)

    @admin.action(description=gettext_lazy("Put back"), permissions=["moderate"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Undo `remove`."""
        count = moderation.restore_comments(comments=queryset)
        sentence = ngettext("%(count)d comment is back.", "%(count)d comments are back.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS if count else messages.WARNING)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Whoever may change comments, though not their words."""
        return request.user.has_perm("pastes.change_comment")


class ReactionAdmin(Record):
    """Stars, likes and votes: taken away with the counter they are counted in."""

    date_hierarchy = "created"
    search_help_text = gettext_lazy("A user name, or the key of a paste")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Take one away."""
        moderation.withdraw(reactions=[obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take the chosen ones away."""
        moderation.withdraw(reactions=queryset)


@admin.register(Star, Like)
class StarAdmin(ReactionAdmin):
    """Who keeps or likes which paste."""

    list_display = ["user", "paste", "created"]
    list_display_links = ["created"]
    list_select_related = ["user", "paste"]
    search_fields = ["=user__username", "=paste__key"]


@admin.register(CommentVote)
class CommentVoteAdmin(ReactionAdmin):
    """Who thinks what of which comment."""

    list_display = ["user", "value", "comment", "created"]
    list_display_links = ["created"]
    list_select_related = ["user", "comment"]
    list_filter = ["value"]
    search_fields = ["=user__username", "=comment__paste__key"]


@admin.register(Report)
class ReportAdmin(Table):
    """What readers want a moderator to look at: the open ones are worked off in the list itself."""

    list_display = ["__str__", "paste", "comment", "reporter", "state", "created"]
    list_select_related = ["paste", "comment", "reporter"]
    list_editable = ["state"]
    list_filter = ["state", "created"]
    search_fields = ["=paste__key", "=reporter__username", "reason"]
    search_help_text = gettext_lazy("The key of a paste, a user name, or words of the reason")
    date_hierarchy = "created"
    readonly_fields = ["paste", "comment", "reporter", "reason", "created"]
