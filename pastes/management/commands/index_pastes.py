"""`manage.py index_pastes`: read the texts of pastes, so that they are found."""

from argparse import ArgumentParser
from typing import Any

from pastes.domain import indexing
from pastes.management.housekeeping import HousekeepingCommand


class Command(HousekeepingCommand):
    """Index pastes that are not indexed. Stopped in the middle and started again, it goes on where it was."""

    help = "Read the texts of pastes that search does not know yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--again, --after."""
        super().add_arguments(parser)
        parser.add_argument("--again", action="store_true", help="also those that search knows, such as after a change")
        parser.add_argument("--after", type=int, default=0, metavar="ID", help="go on after this id; the bar shows it")

    def handle(self, *args: Any, dry_run: bool, verbosity: int, **options: Any) -> None:
        """Remember what is wanted."""
        self._again, self._after = options["again"], options["after"]
        super().handle(*args, dry_run=dry_run, verbosity=verbosity, **options)

    def work(self, *, dry_run: bool) -> str:
        """Index in batches."""
        done = failed = 0
        with self.bar(unit="pastes") as bar:
            for batch in indexing.index_all(after=self._after, again=self._again, dry_run=dry_run):
                done, failed = done + batch.done, failed + batch.failed
                bar.set_postfix(id=batch.last, refresh=False)
                bar.update(batch.done + batch.failed)
        if dry_run:
            return f"{done} pastes to index."
        return f"{done} pastes indexed, {failed} whose text cannot be read."
