"""People, for the operators."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import domain
from accounts.models import User

# Operators sign in on the site's own page: it limits guesses, asks for the second factor and lists the session.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg] # it takes none when it runs
    """Finds people. What they published is not known here; `pastes.admin.people` adds what concerns it."""

    list_display = ["username", "name", "email", "is_active", "is_staff", "banned_at", "date_joined", "last_login"]
    list_filter = ["is_active", ("banned_at", admin.EmptyFieldListFilter), "is_staff", "is_superuser", "date_joined"]
    search_fields = ["username", "name", "email"]
    date_hierarchy = "date_joined"
    ordering = ["-date_joined", "-pk"]
    readonly_fields = ["banned_at", "ban_reason", "last_login", "date_joined"]
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["name", "email", "language", "theme", "default_visibility", "default_expiry"]}),
        (
            _("Permissions"),
            {
                "fields": [
                    "is_active",
                    "banned_at",
                    "ban_reason",
                    "is_staff",
                    "is_superuser",
                    "groups",
                    "user_permissions",
                ]
            },
        ),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Delete one person with their sessions."""
        del request
        domain.remove(user=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete the chosen people with their sessions."""
        del request
        for user in queryset:
            domain.remove(user=user)
