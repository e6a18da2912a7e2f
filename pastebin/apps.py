"""The wiring as an application of Django's, so that every process has it, the worker too."""

from django.apps import AppConfig


class PastebinConfig(AppConfig):
    """What is counted, and who is told."""

    name = "pastebin"

    def ready(self) -> None:
        """Listen to the queue."""
        from pastebin import metrics  # noqa: F401, PLC0415 # it needs the models
