"""`manage.py flush_views`: add new views to the counters."""

from pastes.domain import counting
from pastes.management.housekeeping import HousekeepingCommand


class Command(HousekeepingCommand):
    """Add the views that are not counted yet to their pastes."""

    help = "Add the views that are not counted yet to their pastes."

    def work(self, *, dry_run: bool) -> str:
        """Count."""
        count = counting.flush_views(dry_run=dry_run)
        return f"{count} views to count." if dry_run else f"{count} views counted."
