"""`manage.py sweep_objects`: compare the object store and the rows."""

from pastes.domain import sweeping
from pastes.management.housekeeping import HousekeepingCommand


class Command(HousekeepingCommand):
    """Remove objects that no row names; report rows whose object is missing."""

    help = "Remove objects that no row names, and report rows whose object is missing."

    def work(self, *, dry_run: bool) -> str:
        """Walk the store."""
        with self.bar(unit="objects") as bar:
            found = sweeping.sweep(dry_run=dry_run, progress=bar.update)
        verb = "to remove" if dry_run else "removed"
        return (
            f"{found.objects} objects; {found.orphans} without a row ({found.orphan_bytes} bytes) {verb}; "
            f"{found.missing} rows without an object."
        )
