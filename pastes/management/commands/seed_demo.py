"""`manage.py seed_demo`: example pastes for a look around."""

from pastes.domain import demo, keys
from pastes.management.housekeeping import HousekeepingCommand


class Command(HousekeepingCommand):
    """Publish the examples that are not there yet, with the people who wrote them and what others say."""

    help = "Publish example pastes, with people, revisions and comments. Those that are there already stay as they are."

    def work(self, *, dry_run: bool) -> str:
        """Publish them."""
        count = len(demo.missing())
        if dry_run:
            return f"{count} examples to publish."
        keys.seed(count=count)
        with self.bar(total=count, unit="pastes") as bar:
            return f"{demo.seed(progress=bar.update)} examples published."
