"""The one table."""

from django.db import models


class Note(models.Model):
    """A text in a row."""

    body = models.TextField()

    objects: models.Manager["Note"] = models.Manager()

    class Meta:
        app_label = "baseline"

    def __str__(self) -> str:
        return self.body[:20]
