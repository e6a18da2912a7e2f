"""The queue of what readers reported, and the page where a moderator decides."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from pastes.admin.asking import moderator_of
from pastes.admin.tables import FixedRecord
from pastes.domain import moderation, reports
from pastes.exceptions import Invalid
from pastes.models import ModerationAction, Report

Verb = ModerationAction.Verb

SHOWN = 60
"""Characters of a text in the list."""

BUTTONS = {
    Verb.REJECT: gettext_lazy("Reject the report"),
    Verb.REMOVE: gettext_lazy("Remove the comment"),
    Verb.HIDE: gettext_lazy("Hide the paste"),
    Verb.BAN: gettext_lazy("Ban the author"),
    Verb.DELETE: gettext_lazy("Delete the paste"),
}

DONE = {
    Verb.REJECT: gettext_lazy("The report is rejected."),
    Verb.REMOVE: gettext_lazy("The comment is removed."),
    Verb.HIDE: gettext_lazy("The paste is hidden."),
    Verb.BAN: gettext_lazy("The author is banned, and what they published is hidden."),
    Verb.DELETE: gettext_lazy("The paste is deleted."),
}


class QueueFilter(admin.SimpleListFilter):
    """The open ones, unless something else is asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices beside the open ones."""
        return [
            (Report.State.ACCEPTED, Report.State.ACCEPTED.label),
            (Report.State.REJECTED, Report.State.REJECTED.label),
            ("all", gettext_lazy("All")),
        ]

    def choices(self, changelist: Any) -> Any:
        """The same, with the open ones in the place of "All"."""
        first, *others = super().choices(changelist)
        return [{**first, "display": pgettext("state of a report", "Open")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        """The chosen ones."""
        value = self.value()
        return queryset if value == "all" else queryset.filter(state=value or Report.State.OPEN)


@admin.register(Report)
class ReportAdmin(FixedRecord):
    """What readers want a moderator to look at: the open ones, the oldest first."""

    list_display = ["thing", "category", "what", "reporter", "created"]
    list_select_related = ["paste", "comment", "reporter"]
    list_filter = [QueueFilter, "category", "created"]
    search_fields = ["=paste__key", "=reporter__username", "reason"]
    search_help_text = gettext_lazy("The key of a paste, a user name, or words of the reason")
    ordering = ["created", "pk"]

    @admin.display(description=gettext_lazy("what they say"))
    def what(self, report: Report) -> str:
        """The first words."""
        return Truncator(report.reason).chars(SHOWN) or "–"

    @admin.display(description=gettext_lazy("about"))
    def thing(self, report: Report) -> str:
        """What it is about."""
        name = Truncator(str(report.comment or report.paste)).chars(SHOWN)
        return _("comment: %(text)s") % {"text": name} if report.comment else name

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what is reported beside the report, and do what the moderator decides."""
        everything = Report.objects.select_related(
            "paste__owner", "comment__author", "comment__parent__author", "reporter", "handled_by"
        )
        number = unquote(object_id)
        report = everything.filter(pk=number).first() if number.isdecimal() else None
        if not self.has_view_permission(request, report):
            raise PermissionDenied
        if report is None:
            self.message_user(request, _("This report is gone, with what it was about."), messages.WARNING)
            return redirect("admin:pastes_report_changelist")
        if request.method == "POST":
            return self._decide(request, report)
        return self._page(request, report)

    def _decide(self, request: HttpRequest, report: Report) -> HttpResponse:
        verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "")
        try:
            reports.decide(report=report, verb=verb, moderator=moderator_of(request), reason=reason)
        except Invalid as error:
            return self._page(request, report, errors=[text for texts in error.errors.values() for text in texts])
        except reports.Handled as error:
            self.message_user(request, str(error.message), messages.WARNING)
        else:
            self.message_user(request, str(DONE[Verb(verb)]), messages.SUCCESS)
        return redirect("admin:pastes_report_changelist")

    def _page(self, request: HttpRequest, report: Report, *, errors: list[str] | None = None) -> TemplateResponse:
        author = reports.author_of(report)
        others = reports.about_the_same(paste_id=report.paste_id, comment_id=report.comment_id)
        allowed = reports.decisions(report=report, moderator=moderator_of(request))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Report"),
            "report": report,
            "paste": report.paste,
            "comment": report.comment,
            "author": author,
            "excerpts": reports.excerpts(report=report),
            "others": others.exclude(pk=report.pk).select_related("reporter")[: reports.SHOWN_REPORTS],
            "actions": moderation.earlier_actions(author=author, paste=report.paste)[: reports.SHOWN_ACTIONS],
            "buttons": [(verb.value, BUTTONS[verb]) for verb in allowed],
            "errors": errors or [],
            "reason": request.POST.get("reason", ""),
            "longest": moderation.MOST_REASON,
        }
        return TemplateResponse(request, "admin/pastes/report.html", context, status=422 if errors else 200)
