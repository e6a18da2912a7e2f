"""Stars and likes: one row for each person and paste."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pastes.models.pastes import Paste


class Star(models.Model):
    """Somebody keeps a paste in their list."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="stars",
        verbose_name=_("person"),
        db_index=False,  # the one below begins with it
    )
    paste = models.ForeignKey(Paste, models.CASCADE, related_name="star_rows", verbose_name=_("paste"))
    created = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("star")
        verbose_name_plural = _("stars")
        indexes = [models.Index(fields=["user", "-id"], name="star_list")]
        constraints = [models.UniqueConstraint(fields=["user", "paste"], name="star_once")]

    def __str__(self) -> str:
        return f"{self.user_id} ★ {self.paste_id}"


class Like(models.Model):
    """Somebody likes a paste."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="likes",
        verbose_name=_("person"),
        db_index=False,  # one below begins with it
    )
    paste = models.ForeignKey(Paste, models.CASCADE, related_name="like_rows", verbose_name=_("paste"))
    created = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("like")
        verbose_name_plural = _("likes")
        constraints = [models.UniqueConstraint(fields=["user", "paste"], name="like_once")]

    def __str__(self) -> str:
        return f"{self.user_id} ♥ {self.paste_id}"
