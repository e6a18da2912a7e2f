"""Pastes, and what a moderator does about them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pastes.admin.asking import Question, ask, moderator_of, reason_in
from pastes.admin.tables import Record, Table
from pastes.domain import expiry, moderation
from pastes.models import BurnReceipt, Paste


class StateFilter(admin.SimpleListFilter):
    """Whether people can still open it, and if not, why."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [
            ("live", gettext_lazy("open")),
            ("hidden", gettext_lazy("hidden")),
            ("deleted", gettext_lazy("deleted")),
            ("expired", gettext_lazy("expired")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Paste]) -> QuerySet[Paste]:
        """The chosen ones."""
        now = timezone.now()
        chosen = {
            "live": Q(hidden_at=None, deleted_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now)),
            "hidden": ~Q(hidden_at=None),
            "deleted": ~Q(deleted_at=None),
            "expired": Q(expires_at__lte=now),
        }
        return queryset.filter(chosen.get(self.value() or "", Q()))


@admin.register(Paste)
class PasteAdmin(Table):
    """Finds pastes; hides them, shows them again, deletes them with their objects, bans their authors.

    There is no drill-down by date: it would read the whole table twice for each page. Newer pastes have higher ids, and
    that is the order of the list.
    """

    list_display = ["key", "name", "owner", "visibility", "state", "language", "size", "views", "created", "expires_at"]
    list_select_related = ["owner"]
    list_filter = [StateFilter, "visibility", "burn", ("owner", admin.EmptyFieldListFilter), "created"]
    search_fields = ["=key", "=owner__username", "title", "file_name"]
    search_help_text = gettext_lazy("A key, a user name, or words of a title or file name")
    actions = ["hide", "show", "delete", "ban_author"]
    fieldsets = [
        (None, {"fields": ["key", "page", "owner", "title", "description", "beginning", "contents"]}),
        (
            gettext_lazy("Who may read it, and until when"),
            {"fields": ["visibility", "expires_at", "burn", "max_views", "opens", "protected", "encrypted"]},
        ),
        (gettext_lazy("Moderation"), {"fields": ["state", "hidden_at", "hidden_reason", "deleted_at"]}),
        (
            gettext_lazy("In numbers"),
            {"fields": ["views", "stars", "likes", "comments", "comments_enabled", "revision_count", "size"]},
        ),
        (gettext_lazy("Where it came from"), {"fields": ["created", "updated", "language", "forked_from"]}),
    ]
    # The rest is counted, or comes with a revision.
    editable = ("title", "description", "visibility", "expires_at", "comments_enabled")

    def get_readonly_fields(self, request: HttpRequest, obj: Paste | None = None) -> list[str]:
        """All but the few that a moderator may change."""
        shown = [str(name) for _heading, options in self.fieldsets for name in options["fields"]]
        return [name for name in shown if name not in self.editable]

    @admin.display(description=gettext_lazy("name"))
    def name(self, paste: Paste) -> str:
        """Its title, or what it is called without one."""
        return str(paste)

    @admin.display(description=gettext_lazy("state"))
    def state(self, paste: Paste) -> str:
        """The same words as in the filter."""
        if paste.hidden_at:
            return _("hidden")
        if paste.deleted_at:
            return _("deleted")
        return _("open") if paste.is_live() else _("expired")

    @admin.display(description=gettext_lazy("password"), boolean=True)
    def protected(self, paste: Paste) -> bool:
        """Whether it has one."""
        return bool(paste.password)

    @admin.display(description=gettext_lazy("page"))
    def page(self, paste: Paste) -> str:
        """The page to read it on."""
        return format_html('<a href="{0}">{0}</a>', paste.get_absolute_url())

    @admin.display(description=gettext_lazy("first lines"))
    def beginning(self, paste: Paste) -> str:
        """How it begins, where that is not only for chosen readers."""
        return paste.excerpt if paste.is_shared_page else _("Not shown: it is private or protected.")

    @admin.display(description=gettext_lazy("files"))
    def contents(self, paste: Paste) -> str:
        """The way to the files of all its revisions."""
        link = '<a href="../../../file/?q={}">{}</a>'
        return format_html(link, paste.key, _("Show the files of all revisions"))

    def save_model(self, request: HttpRequest, obj: Paste, form: "ModelForm[Paste]", change: bool) -> None:
        """Write what was changed and nothing else: the counters go on while somebody fills in the form."""
        with transaction.atomic():
            obj.save(update_fields=form.changed_data)
            expiry.drop_page(obj)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask why, then delete the paste with its objects."""
        paste = self.get_object(request, unquote(object_id))
        if not self.has_delete_permission(request, paste):
            raise PermissionDenied
        if paste is None:
            return redirect("admin:pastes_paste_changelist")
        if reason := reason_in(request):
            moderation.delete(pastes=[paste], moderator=moderator_of(request), reason=reason)
            self._say(request, 1, self._deleted(1))
            return redirect("admin:pastes_paste_changelist")
        return ask(self, request, self._about_deleting([paste], action=""))

    def get_actions(
        self, request: HttpRequest, action_location: admin.ActionLocation = admin.ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        """All but Django's own deleting, which asks for no reason and would list every row that goes too."""
        actions = super().get_actions(request, action_location)
        return {name: action for name, action in actions.items() if name != "delete_selected"}

    @admin.action(description=gettext_lazy("Delete for good"), permissions=["delete"])
    def delete(self, request: HttpRequest, queryset: QuerySet[Paste]) -> TemplateResponse | None:
        """Ask why, then delete them with their objects."""
        chosen = list(queryset)
        if chosen and not reason_in(request):
            return ask(self, request, self._about_deleting(chosen, action="delete"))
        count = len(chosen) and moderation.delete(
            pastes=chosen, moderator=moderator_of(request), reason=reason_in(request)
        )
        self._say(request, count, self._deleted(count))
        return None

    @admin.action(description=gettext_lazy("Hide from everybody"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Paste]) -> TemplateResponse | None:
        """Ask why, then hide them."""
        chosen = list(queryset.filter(hidden_at=None))
        count = 0
        if chosen:
            if not (reason := reason_in(request)):
                text = _("Nobody can read them until they are shown again. Nothing is removed.")
                return ask(self, request, _question(chosen, action="hide", title=_("Hide from everybody?"), text=text))
            count = moderation.hide(pastes=chosen, moderator=moderator_of(request), reason=reason)
        self._say(request, count, ngettext("%(count)d paste is hidden.", "%(count)d pastes are hidden.", count))
        return None

    @admin.action(description=gettext_lazy("Show again"), permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Paste]) -> None:
        """Undo `hide`."""
        count = moderation.show(pastes=queryset.exclude(hidden_at=None), moderator=moderator_of(request))
        self._say(
            request, count, ngettext("%(count)d paste is shown again.", "%(count)d pastes are shown again.", count)
        )

    @admin.action(description=gettext_lazy("Ban the author and hide all they published"), permissions=["ban"])
    def ban_author(self, request: HttpRequest, queryset: QuerySet[Paste]) -> TemplateResponse | None:
        """Ask why, then ban whoever published the chosen pastes; nobody bans themselves or somebody with more power."""
        moderator = moderator_of(request)
        bannable = moderation.bannable_by(moderator).filter(banned_at=None)
        authors = list(bannable.filter(pastes__in=queryset).distinct())
        reason = reason_in(request)
        if authors and not reason:
            names = ", ".join(author.username for author in authors)
            text = _("They are signed out, cannot sign in again, and all their pastes are hidden: %(names)s")
            title, action = _("Ban the authors?"), "ban_author"
            return ask(
                self, request, _question(list(queryset), action=action, title=title, text=text % {"names": names})
            )
        hidden = sum(moderation.ban(author=author, moderator=moderator, reason=reason) for author in authors)
        count = len(authors)
        sentence = ngettext("%(count)d author is banned", "%(count)d authors are banned", count)
        more = ngettext("%(count)d paste is hidden.", "%(count)d pastes are hidden.", hidden) % {"count": hidden}
        self._say(request, count, f"{sentence}; {more}")
        return None

    def has_ban_permission(self, request: HttpRequest) -> bool:
        """Whoever may change both pastes and people."""
        return self.has_change_permission(request) and request.user.has_perm("accounts.change_user")

    def _about_deleting(self, pastes: Sequence[Paste], *, action: str) -> Question:
        text = _("All their revisions, comments and links go too. This cannot be undone.")
        return _question(pastes, action=action, title=_("Delete for good?"), text=text)

    def _deleted(self, count: int) -> str:
        return ngettext("%(count)d paste is deleted.", "%(count)d pastes are deleted.", count)

    def _say(self, request: HttpRequest, count: int, sentence: str) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, sentence % {"count": count}, level)


@admin.register(BurnReceipt)
class BurnReceiptAdmin(Record):
    """What remains of burnt pastes."""

    list_display = ["key", "owner", "created", "read_at"]
    list_select_related = ["owner"]
    search_fields = ["=key", "=owner__username"]
    search_help_text = gettext_lazy("A key or a user name")
    date_hierarchy = "read_at"
    exclude = ["edit_token_hash"]


def _question(pastes: Sequence[Paste], *, action: str, title: str, text: str) -> Question:
    count = ngettext("%(count)d paste", "%(count)d pastes", len(pastes)) % {"count": len(pastes)}
    rows = [(paste, f"{paste.key} {paste}") for paste in pastes]
    return Question(action=action, title=title, text=text, count=count, rows=rows)
