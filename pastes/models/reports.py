"""What readers want a moderator to look at."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pastes.models.comments import Comment
from pastes.models.pastes import Paste


class Report(models.Model):
    """Somebody says that a paste or a comment should not be here."""

    class State(models.TextChoices):
        """How far a moderator is with it."""

        OPEN = "open", pgettext_lazy("state of a report", "Open")
        ACCEPTED = "accepted", _("Acted on")
        REJECTED = "rejected", _("Rejected")

    paste = models.ForeignKey(Paste, models.CASCADE, related_name="reports", verbose_name=_("paste"))
    comment = models.ForeignKey(
        Comment, models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("comment")
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("reporter")
    )
    reason = models.TextField(_("reason"), max_length=2_000)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    created = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [models.Index(fields=["created"], name="report_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return self.reason[:60]
