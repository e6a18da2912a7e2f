"""`manage.py count_tags`: count how often each tag is used."""

from pastes.domain import tags
from pastes.management.housekeeping import HousekeepingCommand
from pastes.models import Tag


class Command(HousekeepingCommand):
    """Count how many public pastes each tag has, which orders the page of tags."""

    help = "Count how many public pastes each tag has, which orders the page of tags."

    def work(self, *, dry_run: bool) -> str:
        """Count."""
        return f"{Tag.objects.count()} tags to count." if dry_run else f"{tags.count_uses()} tags counted."
