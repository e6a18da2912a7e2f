"""What a paste said at each time it was saved."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pastes.models.pastes import Paste


class Revision(models.Model):
    """One saved state of a paste."""

    paste = models.ForeignKey(
        Paste,
        models.CASCADE,
        related_name="revisions",
        verbose_name=_("paste"),
        db_index=False,  # one below begins with it
    )
    number = models.PositiveIntegerField(_("number"))
    version = models.CharField(_("version"), max_length=40, unique=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    created = models.DateTimeField(_("created"), default=timezone.now)
    message = models.CharField(_("what changed"), max_length=200, blank=True)
    # Lines that the revision before does not have, and lines it alone has.
    added = models.PositiveIntegerField(_("lines added"), default=0)
    removed = models.PositiveIntegerField(_("lines removed"), default=0)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [models.UniqueConstraint(fields=["paste", "number"], name="revision_number")]

    def __str__(self) -> str:
        return f"{self.paste_id} #{self.number}"

    def has_files(self, files: "list[File]") -> None:
        """Have `files.all()` give these without a query, as `prefetch_related` would."""
        rows = self.files.all()
        rows._result_cache = files  # there is no public way; `prefetch_one_level` does the same
        rows._prefetch_done = True  # type: ignore[attr-defined]
        self._prefetched_objects_cache = {"files": rows}


class File(models.Model):
    """One file of a revision; its bytes are the object ``object_name``, shared by revisions that did not change it."""

    revision = models.ForeignKey(
        Revision,
        models.CASCADE,
        related_name="files",
        verbose_name=_("revision"),
        db_index=False,  # one below begins with it
    )
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=255)
    language = models.CharField(_("language"), max_length=50)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    lines = models.PositiveIntegerField(_("lines"))
    encoding = models.CharField(_("encoding"), max_length=12)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    object_name = models.CharField(_("object"), max_length=80, db_index=True)
    # [[first line, byte offset], ...] of the parts a long file is shown in; empty when it is shown in one.
    parts = models.JSONField(_("parts"), default=list, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["revision", "position"], name="file_position")]

    def __str__(self) -> str:
        return self.name
