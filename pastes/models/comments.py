"""What people say about a paste, and what others think of that."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pastes.models.pastes import Paste
from pastes.models.revisions import Revision


class Comment(models.Model):
    """A remark in a thread, on the whole paste or on lines of one file in one revision."""

    paste = models.ForeignKey(Paste, models.CASCADE, related_name="comment_rows", verbose_name=_("paste"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="comments", verbose_name=_("author")
    )
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="replies", verbose_name=_("reply to")
    )
    # The comment on the paste itself that this one answers, over however many others; with it a thread is one query.
    root = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="thread", editable=False)
    depth = models.PositiveSmallIntegerField(_("depth"), default=0, editable=False)
    body = models.TextField(_("text"), max_length=10_000)
    # The body as HTML, made when it was written; `manage.py render_comments` makes all of them anew.
    html = models.TextField(editable=False, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    edited = models.DateTimeField(_("edited"), null=True, blank=True)
    deleted = models.DateTimeField(_("deleted"), null=True, blank=True)
    removed_reason = models.CharField(_("why it was removed"), max_length=200, blank=True)
    ups = models.PositiveIntegerField(_("votes up"), default=0)
    downs = models.PositiveIntegerField(_("votes down"), default=0)
    score = models.FloatField(_("score"), default=0)
    # The anchor: the lines as they were when somebody pointed at them, and their text.
    revision = models.ForeignKey(
        Revision, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("revision")
    )
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    first_line = models.PositiveIntegerField(_("first line"), null=True, blank=True)
    last_line = models.PositiveIntegerField(_("last line"), null=True, blank=True)
    lines_hash = models.CharField(_("hash of the lines"), max_length=64, blank=True)
    quote = models.TextField(_("the lines"), blank=True)
    # Where these lines are in the latest revision; None when they are gone.
    current_file = models.CharField(_("file now"), max_length=255, blank=True)
    current_first = models.PositiveIntegerField(_("first line now"), null=True, blank=True)
    current_last = models.PositiveIntegerField(_("last line now"), null=True, blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [
            models.Index(fields=["paste", "-id"], name="comment_newest", condition=Q(parent=None)),
            models.Index(fields=["paste", "-score", "-id"], name="comment_best", condition=Q(parent=None)),
            models.Index(fields=["root", "id"], name="comment_thread", condition=~Q(root=None)),
            models.Index(fields=["paste"], name="comment_anchored", condition=~Q(first_line=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_line=None, last_line=None)
                | Q(first_line__gte=1, last_line__gte=models.F("first_line")),
                name="comment_lines_in_order",
            )
        ]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def is_anchored(self) -> bool:
        """Whether it is about lines."""
        return self.first_line is not None

    @property
    def is_outdated(self) -> bool:
        """Whether the lines it is about are gone from the latest revision."""
        return self.first_line is not None and self.current_first is None


class CommentVote(models.Model):
    """One person's vote on a comment: up or down."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
        db_index=False,  # one below begins with it
    )
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="votes", verbose_name=_("comment"))
    value = models.SmallIntegerField(_("vote"), choices=[(1, _("up")), (-1, _("down"))])
    created = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint(fields=["user", "comment"], name="vote_once"),
            models.CheckConstraint(condition=Q(value__in=[1, -1]), name="vote_up_or_down"),
        ]

    def __str__(self) -> str:
        return f"{self.value:+d}"
