"""`manage.py redact`: take a text out of somebody's paste."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pastes.domain import redacting
from pastes.domain.access import Viewer
from pastes.exceptions import Invalid, PasteError
from pastes.models import Paste


class Command(BaseCommand):
    """Remove a text from a paste and its whole history, for an author who cannot, or whose history is too long."""

    help = "Remove the text on standard input from a paste and all its revisions; [redacted] stands in its place."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which paste. The text is read, for the shell would keep an argument, and others see it."""
        parser.add_argument("key", metavar="KEY")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only say how often it is there")

    def handle(self, *args: Any, key: str, dry_run: bool, **options: Any) -> None:
        """Do it, and say how often it was there.

        Raises:
            CommandError: when there is no such paste, or the text cannot be removed.
        """
        del args, options
        paste = Paste.objects.filter(key=key).first()
        if paste is None:
            raise CommandError(f"There is no paste {key}.")
        act = redacting.find if dry_run else redacting.redact
        try:
            found = act(paste=paste, viewer=Viewer(), text=sys.stdin.read(), trusted=True)
        except PasteError as error:
            errors = error.errors if isinstance(error, Invalid) else {}
            raise CommandError(" ".join([str(error.message), *errors.get("text", [])])) from error
        sentence = f"{found.count} places in {len(found.revisions)} revisions, and {found.comments} comments."
        self.stdout.write(f"Dry run. {sentence}" if dry_run else sentence)
