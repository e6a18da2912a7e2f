"""Where a person wants to hear, by program, of what happens; and what was sent there."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pastes.models.pastes import Paste
from pastes.outgoing import Problem

URL_LENGTH = 500
"""Characters."""


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """The words for sets of webhooks."""

    def working(self) -> Self:
        """Those that are on, of people who are let in."""
        return self.filter(is_on=True, user__is_active=True)

    def free(self, at: datetime) -> Self:
        """Those that nobody delivers to now, and that need not be spared."""
        return self.filter(Q(paused_until=None) | Q(paused_until__lte=at))


class Webhook(models.Model):
    """An address of a person's own program, and what it is told of."""

    class Event(models.TextChoices):
        """What happens."""

        CREATED = "paste.created", _("I publish a paste")
        COMMENTED = "paste.commented", _("Somebody comments on a paste of mine")
        STARRED = "paste.starred", _("Somebody stars a paste of mine")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=URL_LENGTH)
    events = models.CharField(_("events"), max_length=200, help_text=_("Names with blanks between them."))
    # It has to be known to sign with it, so it is not a hash; see `pastes.sealing`.
    sealed_secret = models.CharField(max_length=400, editable=False)
    is_on = models.BooleanField(_("on"), default=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    # Since when nothing has arrived; still there after the site has switched it off for that.
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    # Whoever delivers moves it forward first, so that nobody else does at the same time.
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name

    @property
    def event_list(self) -> list["Webhook.Event"]:
        """What it is told of, in the order of `Event`."""
        names = self.events.split()
        return [event for event in Webhook.Event if event in names]

    @property
    def was_given_up(self) -> bool:
        """Whether the site, and not its owner, has switched it off."""
        return not self.is_on and self.failing_since is not None


class Delivery(models.Model):
    """One message to one webhook: how it went, or when it is tried next. It goes when what it is about goes."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    webhook = models.ForeignKey(
        Webhook,
        models.CASCADE,
        related_name="deliveries",
        verbose_name=_("webhook"),
        db_index=False,  # one below begins with it
    )
    paste = models.ForeignKey(Paste, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("paste"))
    # The same for all attempts, so that a receiver knows a message that it has had.
    message_id = models.CharField(_("message"), max_length=40, unique=True)
    event = models.CharField(_("event"), max_length=20)
    # What happened, such as star:17:3: it is told once, however often a star is taken back and given again.
    occasion = models.CharField(max_length=100)
    payload = models.TextField(_("payload"))
    created = models.DateTimeField(_("created"), default=timezone.now)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"), null=True, blank=True, default=timezone.now)
    # Of the last attempt.
    tried_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=10, choices=Problem, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery of a webhook")
        verbose_name_plural = _("deliveries of webhooks")
        indexes = [
            models.Index(fields=["webhook", "-id"], name="delivery_list"),
            models.Index(fields=["due_at", "id"], name="delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["created"], name="delivery_created"),
        ]
        constraints = [models.UniqueConstraint(fields=["webhook", "occasion"], name="deliver_once")]

    def __str__(self) -> str:
        return f"{self.event} {self.message_id}"

    @property
    def is_waiting(self) -> bool:
        """Whether it will be tried, again or for the first time."""
        return self.state == Delivery.State.WAITING
