"""What is kept of a paste so that it is found by its text."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from pastes.models.pastes import Paste
from pastes.search.fields import WordsField


class SearchText(models.Model):
    """The text of a paste's latest revision. Who may find it is the paste's own row to say, at every search.

    ``folded`` is the title, the description, the names of the files and ``text`` in lower case. The text stands at its
    end and has the same length there, so that a place in one is a place in the other.

    Migration 0003 made the indexes, and for SQLite a table of its own with triggers here: a migration that makes this
    table anew there has to make the triggers anew.
    """

    paste = models.OneToOneField(
        Paste, models.CASCADE, primary_key=True, related_name="search_text", verbose_name=_("paste")
    )
    text = models.TextField(_("text"))
    folded = models.TextField(_("searched text"))
    words = WordsField(_("words"))
    # [[position, name, where it begins in text], ...]
    files = models.JSONField(_("files"))

    class Meta:
        verbose_name = _("searched text")
        verbose_name_plural = _("searched texts")

    def __str__(self) -> str:
        return str(self.paste_id)
