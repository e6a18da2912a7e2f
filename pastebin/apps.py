"""The wiring as an application of Django's, so that every process has it, the worker too."""

from django.apps import AppConfig
from django.contrib.staticfiles import apps as staticfiles


class PastebinConfig(AppConfig):
    """What is counted, and who is told."""

    name = "pastebin"

    def ready(self) -> None:
        """Listen to the queue."""
        from pastebin import metrics  # noqa: F401, PLC0415 # it needs the models


class StaticFilesConfig(staticfiles.StaticFilesConfig):
    """Static files without those of packages that no page names: another view of the API's documentation."""

    ignore_patterns = [*staticfiles.StaticFilesConfig.ignore_patterns, "redoc.*"]  # as Django has it
