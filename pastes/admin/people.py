"""People, with what a moderator does about what they publish."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import UserAdmin
from accounts.models import User
from pastes.admin.asking import Question, ask, moderator_of, reason_in
from pastes.domain import account, moderation

# The table of the accounts app, which knows no pastes, with two actions more.
admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Finds people, bans and unbans them, and ends accounts."""

    actions = ["ban", "unban"]

    @admin.action(
        description=gettext_lazy("Ban: sign out everywhere, no signing in, all pastes hidden"), permissions=["change"]
    )
    def ban(self, request: HttpRequest, queryset: QuerySet[User]) -> TemplateResponse | None:
        """Ask why, then ban the chosen, except whoever asks and people with more power than they have."""
        moderator = moderator_of(request)
        people = list(moderation.bannable_by(moderator).filter(banned_at=None, pk__in=queryset))
        reason = reason_in(request)
        if people and not reason:
            return ask(self, request, _about_banning(people))
        for person in people:
            moderation.ban(author=person, moderator=moderator, reason=reason)
        count = len(people)
        sentence = ngettext("%(count)d person is banned.", "%(count)d people are banned.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS if count else messages.WARNING)
        return None

    @admin.action(description=gettext_lazy("Unban: let them sign in again"), permissions=["change"])
    def unban(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let the chosen people in again; what was hidden stays so until somebody shows it."""
        moderator = moderator_of(request)
        people = list(queryset.exclude(banned_at=None))
        count = sum(moderation.unban(author=person, moderator=moderator) for person in people)
        sentence = ngettext("%(count)d person may sign in again.", "%(count)d people may sign in again.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS if count else messages.WARNING)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """End one account as its owner would: what they published stays without a name, what was private goes."""
        account.remove(user=obj, keep_pastes=True)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """End the chosen accounts."""
        for person in queryset:
            account.remove(user=person, keep_pastes=True)


def _about_banning(people: list[User]) -> Question:
    return Question(
        action="ban",
        title=_("Ban these people?"),
        text=_("They are signed out everywhere, cannot sign in again, and all their pastes are hidden."),
        count=ngettext("%(count)d person", "%(count)d people", len(people)) % {"count": len(people)},
        rows=[(person, person.username) for person in people],
    )
