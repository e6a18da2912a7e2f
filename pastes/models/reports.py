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

    class Category(models.TextChoices):
        """What is wrong with it."""

        SPAM = "spam", _("Spam or advertising")
        SECRET = "secret", _("Somebody's password, key or personal data")
        MALWARE = "malware", _("Malware or phishing")
        ILLEGAL = "illegal", _("Against the law")
        ABUSE = "abuse", _("Insult or threat")
        OTHER = "other", _("Something else")

    paste = models.ForeignKey(Paste, models.CASCADE, related_name="reports", verbose_name=_("paste"))
    comment = models.ForeignKey(
        Comment, models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("comment")
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("reporter")
    )
    category = models.CharField(_("what is wrong"), max_length=8, choices=Category, default=Category.OTHER)
    reason = models.TextField(_("reason"), max_length=2_000, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    created = models.DateTimeField(_("created"), default=timezone.now)
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("handled by")
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [models.Index(fields=["created"], name="report_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return self.reason[:60] or str(self.Category(self.category).label)


class ModerationAction(models.Model):
    """What a moderator did, when, and why: a row that stays when what it was done to is gone."""

    class Verb(models.TextChoices):
        """What was done."""

        HIDE = "hide", _("Paste hidden")
        SHOW = "show", _("Paste shown again")
        DELETE = "delete", _("Paste deleted")
        REMOVE = "remove", _("Comment removed")
        RESTORE = "restore", _("Comment put back")
        BAN = "ban", _("Person banned")
        UNBAN = "unban", _("Person unbanned")
        REJECT = "reject", _("Report rejected")

    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("moderator")
    )
    verb = models.CharField(_("what was done"), max_length=8, choices=Verb)
    paste_key = models.CharField(_("key of the paste"), max_length=11, blank=True, db_index=True)
    comment_id = models.BigIntegerField(_("number of the comment"), null=True, blank=True)
    person = models.CharField(_("user name"), max_length=40, blank=True, db_index=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("moderator's action")
        verbose_name_plural = _("moderators' actions")

    def __str__(self) -> str:
        return f"{self.verb} {self.paste_key or self.person or self.comment_id}"
