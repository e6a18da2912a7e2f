"""What people say and think about pastes: comments, votes, stars, likes."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pastes.admin.asking import Question, ask, moderator_of, reason_in
from pastes.admin.tables import FixedRecord, Record
from pastes.domain import moderation
from pastes.models import Comment, CommentVote, Like, Star


@admin.register(Comment)
class CommentAdmin(FixedRecord):
    """Comments. Removing one leaves its place in the thread, so that the answers to it still hang together."""

    list_display = ["__str__", "paste", "author", "created", "edited", "deleted", "removed_reason", "score"]
    list_select_related = ["paste", "author"]
    list_filter = [("deleted", admin.EmptyFieldListFilter), "created"]
    search_fields = ["=paste__key", "=author__username", "body"]
    search_help_text = gettext_lazy("The key of a paste, a user name, or words of the text")
    actions = ["remove", "restore"]

    @admin.action(description=gettext_lazy("Remove from the thread"), permissions=["moderate"])
    def remove(self, request: HttpRequest, queryset: QuerySet[Comment]) -> TemplateResponse | None:
        """Ask why, then take the text away from readers."""
        chosen = list(queryset.filter(deleted=None).select_related("paste", "author"))
        count = 0
        if chosen:
            if not (reason := reason_in(request)):
                return ask(self, request, _about_removing(chosen))
            count = moderation.remove_comments(comments=chosen, moderator=moderator_of(request), reason=reason)
        sentence = ngettext("%(count)d comment is removed.", "%(count)d comments are removed.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS if count else messages.WARNING)
        return None

    @admin.action(description=gettext_lazy("Put back"), permissions=["moderate"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Undo `remove`."""
        chosen = queryset.exclude(deleted=None).select_related("paste", "author")
        count = moderation.restore_comments(comments=chosen, moderator=moderator_of(request))
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


def _about_removing(comments: Sequence[Comment]) -> Question:
    count = ngettext("%(count)d comment", "%(count)d comments", len(comments)) % {"count": len(comments)}
    return Question(
        action="remove",
        title=_("Remove from the thread?"),
        text=_("Readers see that something was here; its author also sees why it is gone. It can be put back."),
        count=count,
        rows=[(comment, str(comment)) for comment in comments],
    )
