"""Secret links to private pastes."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pastes.models.pastes import Paste


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    """The words for sets of share links."""

    def live(self, at: datetime | None = None) -> Self:
        """Those that still open."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at or timezone.now()))


class ShareLink(models.Model):
    """Whoever has the token may read the paste until its owner revokes the link; only the token's hash is kept."""

    paste = models.ForeignKey(Paste, models.CASCADE, related_name="share_links", verbose_name=_("paste"))
    label = models.CharField(_("for whom"), max_length=80, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("share link")
        verbose_name_plural = _("share links")

    def __str__(self) -> str:
        return self.label or f"#{self.pk}"
