"""What the housekeeping commands share: a dry run, a bar on a terminal, and a sentence at the end."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from pastes.exceptions import PasteError


class HousekeepingCommand(BaseCommand):
    """Work that may be stopped and repeated. Subclasses say in `work` what they do."""

    # Django's checks load every page; timers start these commands every few minutes, and a backup waits for no page.
    requires_system_checks: tuple[str, ...] = ()
    _verbosity = 1

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only say what would be done")

    def handle(self, *args: Any, dry_run: bool, verbosity: int, **options: Any) -> None:
        """Do it and say what was done.

        Raises:
            CommandError: when the domain cannot, such as without its object store.
        """
        del args, options
        self._verbosity = verbosity
        try:
            sentence = self.work(dry_run=dry_run)
        except PasteError as error:
            raise CommandError(f"{error.message} {error.advice}".strip()) from error
        if verbosity:
            self.stdout.write(f"Dry run. {sentence}" if dry_run else sentence)

    def work(self, *, dry_run: bool) -> str:
        """Do the work, and return the sentence that says how much it was."""
        raise NotImplementedError

    def bar(self, *, unit: str, total: int | None = None) -> "tqdm[Any]":
        """A progress bar, shown where a person looks on."""
        return tqdm(total=total, unit=f" {unit}", disable=None if self._verbosity else True)
