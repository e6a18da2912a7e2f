"""What the worker runs: each is one verb. All of them may run twice."""

from pastes import mails
from pastes.domain import (
    counting,
    deliveries,
    expiry,
    indexing,
    keys,
    mailing,
    notifications,
    ranking,
    reading,
    reminders,
    sweeping,
    tags,
    webhooks,
)
from pastes.models import File, Revision


def remove_objects(names: list[str]) -> None:
    """Remove objects whose rows are gone."""
    sweeping.remove_unreferenced(names)


def warm(file_id: int) -> None:
    """Highlight a long file for its readers."""
    file = File.objects.filter(pk=file_id).first()
    if file:
        reading.warm(file)


def index(paste_id: int) -> None:
    """Read a paste's text, so that it is found, and highlighted before anybody asks."""
    indexing.index(paste_id)
    reading.keep_highlights(paste_id)
    reading.warm_later(paste_id)


def index_new(version: str) -> None:
    """The same for a new paste, whose id is not known when the task is written: by its revision's version."""
    if paste_id := Revision.objects.filter(version=version).values_list("paste", flat=True).first():
        index(paste_id)


def rank(paste_id: int) -> None:
    """Count how popular a paste is."""
    ranking.rank([paste_id])


def mail_notifications(notification_ids: list[int]) -> int:
    """Send the mails that are wanted at once."""
    return mails.send_each(notification_ids)


def mail_overdue() -> int:
    """Send those that could not be sent at once."""
    return mails.send_each(mailing.overdue())


def mail_digests() -> int:
    """Have the daily mails sent."""
    return mailing.enqueue_digests()


def mail_digest(user_ids: list[int]) -> int:
    """Send daily mails."""
    return mails.send_digests(user_ids)


def remind_expiring() -> int:
    """Tell authors of pastes that are about to expire."""
    return reminders.remind()


def forget_notifications() -> int:
    """Remove what people were told long ago."""
    return notifications.forget()


def send_webhooks() -> int:
    """Tell webhooks what happened."""
    return deliveries.send()


def keep_webhooks() -> int:
    """Forget what was sent long ago, and keep secrets under the present key."""
    return deliveries.forget() + webhooks.reseal()


def count_tags() -> int:
    """Count how often each tag is used."""
    return tags.count_uses()


def purge_expired() -> int:
    """Remove what is over."""
    return expiry.purge() + expiry.forget()


def top_up_keys() -> int:
    """Add keys when few are left."""
    return keys.top_up()


def sweep_objects() -> int:
    """Compare the object store and the rows."""
    return sweeping.sweep().orphans


def flush_views() -> int:
    """Add new views to the counters."""
    return counting.flush_views()
