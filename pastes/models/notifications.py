"""What the site tells people."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pastes.models.comments import Comment
from pastes.models.pastes import Paste


class Notification(models.Model):
    """Something happened that concerns somebody. It goes when what it is about goes."""

    class Kind(models.TextChoices):
        """What happened."""

        REPLY = "reply", _("A reply to a comment of yours")
        COMMENT = "comment", _("A comment on a paste of yours")
        MENTION = "mention", _("Somebody mentioned you")
        EXPIRY = "expiry", _("A paste of yours is about to expire")
        MODERATION = "moderation", _("A moderator did something")
        WEBHOOK = "webhook", _("A webhook of yours was switched off")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notifications",
        verbose_name=_("person"),
        db_index=False,  # one below begins with it
    )
    kind = models.CharField(_("what happened"), max_length=10, choices=Kind)
    # One event tells somebody once, however many reasons there are for it.
    event = models.CharField(max_length=100)
    paste = models.ForeignKey(
        Paste, models.CASCADE, null=True, blank=True, related_name="notifications", verbose_name=_("paste")
    )
    comment = models.ForeignKey(
        Comment, models.CASCADE, null=True, blank=True, related_name="notifications", verbose_name=_("comment")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by whom")
    )
    # What remains to be said when the paste itself is gone.
    text = models.CharField(_("text"), max_length=400, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_list"),
            models.Index(fields=["created"], name="notification_created"),
            models.Index(
                fields=["user", "created"], name="notification_to_mail", condition=Q(mailed_at=None, read_at=None)
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="notify_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.event}"
