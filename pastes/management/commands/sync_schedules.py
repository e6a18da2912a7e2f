"""`manage.py sync_schedules`: write the schedules file into the queue."""

from pastes import queue
from pastes.management.housekeeping import HousekeepingCommand
from pastes.schedules import SCHEDULES


class Command(HousekeepingCommand):
    """Make the queue's schedules what `pastes/schedules.py` says: new ones in, changed ones changed, old ones out."""

    help = "Make the queue's schedules what pastes/schedules.py says."

    def work(self, *, dry_run: bool) -> str:
        """Write them."""
        if dry_run:
            return ", ".join(f"{item.task} {item.cron}" for item in SCHEDULES)
        queue.sync({item.task: item.cron for item in SCHEDULES})
        return f"{len(SCHEDULES)} schedules in place."
