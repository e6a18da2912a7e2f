"""Everything that happens by itself, and how often; `manage.py sync_schedules` writes it into the queue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Every:
    """A task of `pastes.tasks`, and when it runs, as cron writes it (minute hour day month weekday)."""

    task: str
    cron: str


SCHEDULES = (
    Every("purge_expired", "*/5 * * * *"),
    Every("flush_views", "* * * * *"),
    Every("top_up_keys", "*/10 * * * *"),
    Every("count_tags", "7 * * * *"),
    Every("mail_overdue", "*/10 * * * *"),
    Every("mail_digests", "0 7 * * *"),
    Every("send_webhooks", "* * * * *"),
    Every("keep_webhooks", "53 3 * * *"),
    Every("remind_expiring", "17 * * * *"),
    Every("forget_notifications", "41 3 * * *"),
    Every("sweep_objects", "23 3 * * *"),
)
