"""Revisions, files and share links: what belongs to a paste."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pastes.admin.tables import FixedRecord, Record
from pastes.domain import content
from pastes.exceptions import Unavailable
from pastes.models import File, Highlight, PageCopy, Revision, SearchText, ShareLink

SHOWN_BYTES = 16 * 1024
"""How much of a file a moderator sees: enough to judge it, and a page that opens at once."""


@admin.register(Revision)
class RevisionAdmin(FixedRecord):
    """What a paste said when; its files are a link away."""

    list_display = ["paste", "number", "author", "created", "message", "added", "removed"]
    list_select_related = ["paste", "author"]
    search_fields = ["=paste__key", "=version", "=author__username"]
    search_help_text = gettext_lazy("The key of a paste, a version, or a user name")
    list_filter = ["created"]


@admin.register(File)
class FileAdmin(FixedRecord):
    """The files of all revisions, and the text of those that are no secret."""

    list_display = ["name", "paste", "language", "size", "lines", "encoding", "object_name"]
    list_select_related = ["revision__paste"]
    search_fields = ["=revision__paste__key", "=name", "=sha256", "=object_name"]
    search_help_text = gettext_lazy("The key of a paste, a file name, a SHA-256, or the name of an object")
    list_filter = ["encoding"]
    fields = ["revision", "position", "name", "language", "size", "lines", "encoding", "sha256", "object_name", "text"]

    @admin.display(description=gettext_lazy("paste"))
    def paste(self, file: File) -> str:
        """The paste's name and number."""
        return f"{file.revision.paste} #{file.revision.number}"

    @admin.display(description=gettext_lazy("text"))
    def text(self, file: File) -> str:
        """How the file begins, also when a moderator has hidden it from everybody.

        What its author let nobody but chosen people read stays theirs: the site's operators are no readers.
        """
        if not file.revision.paste.is_shared_page:
            return _("Not shown: it is private or protected.")
        if file.encoding == "binary":
            return _("Not shown: it is not text.")
        try:
            start = content.read_range(file, 0, min(file.size, SHOWN_BYTES))
        except Unavailable:
            return _("It cannot be read right now.")
        return format_html("<pre>{}</pre>{}", content.decode(file, start), "" if file.size <= SHOWN_BYTES else "…")


@admin.register(SearchText)
class SearchTextAdmin(FixedRecord):
    """Which pastes can be found by their text. The text itself is also of private ones, and not for operators."""

    list_display = ["paste"]
    list_select_related = ["paste"]
    search_fields = ["=paste__key"]
    search_help_text = gettext_lazy("The key of a paste")
    fields = ["paste"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SearchText]:
        """The rows without what makes them large."""
        return super().get_queryset(request).only("paste")


@admin.register(Highlight)
class HighlightAdmin(FixedRecord):
    """Which files are highlighted, and by what. The text itself is also of private ones, and not for operators."""

    list_display = ["file", "language", "renderer"]
    list_select_related = ["file"]
    search_fields = ["=file__revision__paste__key"]
    search_help_text = gettext_lazy("The key of a paste")
    fields = ["file", "language", "renderer"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Highlight]:
        """The rows without what makes them large."""
        return super().get_queryset(request).defer("packed")


@admin.register(PageCopy)
class PageCopyAdmin(FixedRecord):
    """Which pages are kept as they were sent, until when they are right. Deleting one has it made anew."""

    list_display = ["paste", "page_language", "version", "made_at"]
    list_select_related = ["paste"]
    search_fields = ["=paste__key"]
    search_help_text = gettext_lazy("The key of a paste")
    fields = ["paste", "page_language", "version", "made_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PageCopy]:
        """The rows without what makes them large."""
        return super().get_queryset(request).defer("packed")


@admin.register(ShareLink)
class ShareLinkAdmin(Record):
    """Secret links; deleting one revokes it. Nobody, operators included, can see a token."""

    list_display = ["paste", "label", "created", "expires_at"]
    list_select_related = ["paste"]
    search_fields = ["=paste__key", "label"]
    search_help_text = gettext_lazy("The key of a paste, or for whom the link is")
    date_hierarchy = "created"
    exclude = ["token_hash"]
