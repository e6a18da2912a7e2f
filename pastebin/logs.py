"""How log lines look: readable in a terminal, or one JSON object a line."""

from typing import Any

import structlog


def logging_config(*, form: str, level: str) -> dict[str, Any]:
    """A ``logging.config`` dictionary.

    Args:
        form: ``console`` or ``json``.
        level: the name of the lowest level that is written.
    """
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_addresses": {"()": "pastebin.logs.WithoutAddresses"}},
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": shared,
            },
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "structured", "filters": ["no_addresses"]},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # What was refused is in this site's own line of the request; failures are wanted with their traceback.
            "django.request": {"level": "ERROR"},
            "django-q": {"handlers": [], "propagate": True, "level": level},
            "urllib3": {"level": "WARNING"},
            # It logs the id of every passkey that is used.
            "fido2": {"level": "WARNING"},
        },
    }


class WithoutAddresses:
    """A logging filter: Django's own lines name paths, and a path may be an unlisted paste or a share link."""

    def filter(self, record: Any) -> bool:
        """Keep every record, without the path that Django puts last: "Not Found: /…" becomes "Not Found"."""
        if record.name in {"django.request", "django.security.csrf"} and record.args:
            record.msg, record.args = record.msg.rpartition(":")[0], record.args[:-1]
        return True
