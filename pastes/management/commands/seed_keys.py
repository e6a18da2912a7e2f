"""`manage.py seed_keys`: fill the table of keys."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from pastes.domain import keys


class Command(BaseCommand):
    """Fill the key table until it holds so many unused keys; stopped in the middle, it goes on when run again."""

    help = "Fill the key table until COUNT unused keys wait in it. Can be stopped and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--count and --top-up."""
        parser.add_argument("--count", type=int, default=100_000, help="how many keys shall wait (default: 100000)")
        parser.add_argument("--top-up", action="store_true", help="only act when fewer than KEYS_LOW_WATER wait")
        parser.add_argument("--dry-run", action="store_true", help="say what would be added")

    def handle(self, *args: Any, count: int, top_up: bool, dry_run: bool, verbosity: int, **options: Any) -> None:
        """Seed, with a bar on a terminal."""
        del args, options
        if top_up:
            added = keys.top_up(dry_run=dry_run)
        elif dry_run:
            added = max(0, count - keys.level())
        else:
            missing = max(0, count - keys.level())
            with tqdm(total=missing, unit=" keys", unit_scale=True, disable=None if verbosity else True) as bar:
                added = keys.seed(count=count, progress=bar.update)
        if verbosity:
            verb = "would be added" if dry_run else "added"
            self.stdout.write(f"{added} keys {verb}; {keys.level()} wait.")
