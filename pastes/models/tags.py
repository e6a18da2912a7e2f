"""What authors say a paste is about."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from pastes.models.pastes import Paste

TAG_LENGTH = 30
"""Characters of a tag."""


class Tag(models.Model):
    """One name. ``uses`` orders the page of tags; the worker counts it now and then."""

    name = models.CharField(_("name"), max_length=TAG_LENGTH, unique=True)
    uses = models.PositiveIntegerField(_("uses"), default=0, db_index=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A paste has a tag."""

    tag = models.ForeignKey(
        Tag,
        models.CASCADE,
        related_name="taggings",
        verbose_name=_("tag"),
        db_index=False,  # one below begins with it
    )
    paste = models.ForeignKey(Paste, models.CASCADE, related_name="taggings", verbose_name=_("paste"))

    class Meta:
        verbose_name = _("tagging")
        verbose_name_plural = _("taggings")
        # In this order it is also the index that lists a tag's pastes, the newest first.
        constraints = [models.UniqueConstraint(fields=["tag", "paste"], name="tag_once")]

    def __str__(self) -> str:
        return f"{self.tag_id} {self.paste_id}"
