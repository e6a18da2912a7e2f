"""What the highlighter made of files, kept so that no reader waits for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from pastes.models.revisions import File


class Highlight(models.Model):
    """The part of a file that its page begins with, as HTML. It goes with the file, and is made anew when it is gone.

    Only texts that anybody may read again have one: never those behind a gate, never those that a browser encrypted.
    """

    file = models.OneToOneField(
        File, models.CASCADE, primary_key=True, related_name="highlight", verbose_name=_("file")
    )
    # What it was made by, and as which language; another of either makes other HTML.
    renderer = models.CharField(_("renderer"), max_length=40)
    language = models.CharField(_("language"), max_length=50)
    packed = models.BinaryField()

    class Meta:
        verbose_name = _("highlighted text")
        verbose_name_plural = _("highlighted texts")

    def __str__(self) -> str:
        return str(self.file_id)

    @staticmethod
    def beside(file: File) -> "Highlight | None":
        """The one that was read together with the file; None, without asking, where it was not."""
        kept = File._meta.get_field("highlight").get_cached_value(file, default=None)
        return kept if isinstance(kept, Highlight) else None
