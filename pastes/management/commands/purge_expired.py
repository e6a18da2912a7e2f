"""`manage.py purge_expired`: remove what is over."""

from pastes.domain import expiry
from pastes.management.housekeeping import HousekeepingCommand


class Command(HousekeepingCommand):
    """Remove expired and deleted pastes for good, and rows that were kept for a while only."""

    help = "Remove expired and deleted pastes with their objects, and old counters."

    def work(self, *, dry_run: bool) -> str:
        """Purge in batches."""
        waiting = expiry.purge(dry_run=True)
        if dry_run:
            return f"{waiting} pastes and {expiry.forget(dry_run=True)} old rows to remove."
        with self.bar(total=waiting, unit="pastes") as bar:
            removed = expiry.purge(progress=bar.update)
        return f"{removed} pastes and {expiry.forget()} old rows removed."
