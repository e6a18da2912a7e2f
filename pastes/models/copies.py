"""Pages as they were sent, kept for the readers who find them in no cache."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from pastes.models.pastes import Paste


class PageCopy(models.Model):
    """The page of a paste in one language as all anonymous readers get it, compressed. It is made anew when it is gone.

    Only pages that may be in the hot cache have one: nothing private, nothing behind a gate.
    """

    paste = models.ForeignKey(Paste, models.CASCADE, related_name="copies", db_index=False, verbose_name=_("paste"))
    page_language = models.CharField(_("language of the page"), max_length=10)
    # It is right as long as its paste has this version, and the site is the one that made it.
    version = models.PositiveIntegerField(_("version"))
    made_by = models.CharField(_("made by"), max_length=64)
    made_at = models.DateTimeField(_("made"), db_index=True)
    headers = models.JSONField(_("headers"), default=dict)
    packed = models.BinaryField()

    class Meta:
        verbose_name = _("kept page")
        verbose_name_plural = _("kept pages")
        constraints = [models.UniqueConstraint(fields=["paste", "page_language"], name="copy_once_per_language")]

    def __str__(self) -> str:
        return f"{self.paste_id} ({self.page_language})"
