"""What the housekeeping commands share: a dry run and a sentence at the end."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class HousekeepingCommand(BaseCommand):
    """A task of the worker, by hand. Subclasses say in `work` what they do."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only say what would be done")

    def handle(self, *args: Any, dry_run: bool, verbosity: int, **options: Any) -> None:
        """Do it and say what was done."""
        del args, options
        sentence = self.work(dry_run=dry_run)
        if verbosity:
            self.stdout.write(f"Dry run. {sentence}" if dry_run else sentence)

    def work(self, *, dry_run: bool) -> str:
        """Do the work, and return the sentence that says how much it was."""
        raise NotImplementedError
