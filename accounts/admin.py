"""People, for the operators."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import domain
from accounts.models import User

# Operators sign in on the site's own page: it limits guesses, asks for the second factor and lists the session.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg] # it takes none when it runs
    """Finds people, and bans and unbans them."""

    list_display = ["username", "name", "email", "is_active", "is_staff", "banned_at", "date_joined", "last_login"]
    list_filter = ["is_active", ("banned_at", admin.EmptyFieldListFilter), "is_staff", "is_superuser", "date_joined"]
    search_fields = ["username", "name", "email"]
    date_hierarchy = "date_joined"
    ordering = ["-date_joined", "-pk"]
    readonly_fields = ["banned_at", "last_login", "date_joined"]
    show_full_result_count = False
    actions = ["ban", "unban"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["name", "email", "language", "theme", "default_visibility", "default_expiry"]}),
        (
            _("Permissions"),
            {"fields": ["is_active", "banned_at", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    @admin.action(description=_("Ban: sign out everywhere, no signing in"), permissions=["change"])
    def ban(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Ban the chosen people, except whoever asks and people with more power than they have."""
        people = [user for user in queryset.filter(banned_at=None) if user.pk != request.user.pk]
        if not request.user.is_superuser:
            people = [user for user in people if not user.is_superuser]
        for user in people:
            domain.ban(user=user, at=timezone.now())
            self.log_change(request, user, "banned")
        count = len(people)
        self.message_user(
            request,
            ngettext("%(count)d person is banned.", "%(count)d people are banned.", count) % {"count": count},
            messages.SUCCESS if count else messages.WARNING,
        )

    @admin.action(description=_("Unban: let them sign in again"), permissions=["change"])
    def unban(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let the chosen people in again."""
        people = list(queryset.exclude(banned_at=None))
        for user in people:
            domain.unban(user=user)
            self.log_change(request, user, "unbanned")
        count = len(people)
        self.message_user(
            request,
            ngettext("%(count)d person may sign in again.", "%(count)d people may sign in again.", count)
            % {"count": count},
            messages.SUCCESS if count else messages.WARNING,
        )

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Delete one person with their sessions."""
        del request
        domain.remove(user=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete the chosen people with their sessions."""
        del request
        for user in queryset:
            domain.remove(user=user)
