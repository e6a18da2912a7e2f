"""`manage.py restore`: a backup becomes a site again."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from pastes import archive
from pastes.domain import restoring
from pastes.management.housekeeping import HousekeepingCommand


class Command(HousekeepingCommand):
    """Restore the latest backup of a folder, or another one, or the one of a tar."""

    help = (
        "Put a backup of SOURCE, a folder or a tar, into an empty database and an empty object store, comparing all of "
        "it with its SHA-256. With --dry-run only compare."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """SOURCE and what may be done."""
        super().add_arguments(parser)
        parser.add_argument("source", metavar="SOURCE")
        parser.add_argument("--backup", default="", metavar="NAME", help="which of a folder (default: the latest)")
        parser.add_argument("--replace", action="store_true", help="remove the pastes and people that are here")
        parser.add_argument(
            "--without-countdown",
            action="store_true",
            help="leave out pastes that open only so often: they may have been read since the backup",
        )

    def handle(self, *args: Any, dry_run: bool, verbosity: int, **options: Any) -> None:
        """Remember what is wanted."""
        self._options = options
        super().handle(*args, dry_run=dry_run, verbosity=verbosity, **options)

    def work(self, *, dry_run: bool) -> str:
        """Restore, then do what a new site needs.

        Raises:
            CommandError: the source cannot be read.
        """
        try:
            with archive.open_archive(self._options["source"]) as source:
                backup = restoring.find(source, name=self._options["backup"])
                if dry_run:
                    with self.bar(unit="texts", total=backup.manifest.objects) as bar:
                        restoring.verify(backup, progress=bar.update)
                    return f"{backup.name} is whole: {backup.manifest.objects} texts. Nothing was restored."
                restored = self._restore(backup)
        except OSError as error:
            raise CommandError(f"{self._options['source']} cannot be read: {error.strerror or error}.") from error
        self._complete()
        sentence = (
            f"{restored.pastes} pastes with {restored.objects} texts restored from {backup.name}; "
            f"{restored.over} left out that are over."
        )
        if restored.countdown:
            sentence += (
                f" {restored.countdown} pastes open only so often: whether they were read since the backup nobody "
                f"knows (--without-countdown leaves them out)."
            )
        return sentence

    def _restore(self, backup: restoring.Backup) -> restoring.Restored:
        manifest = backup.manifest
        with (
            self.bar(unit="texts", total=manifest.objects) as objects,
            self.bar(unit="rows", total=sum(table.rows for table in manifest.tables)) as rows,
        ):
            return restoring.restore(
                backup,
                replace=self._options["replace"],
                countdown=not self._options["without_countdown"],
                rows=rows.update,
                objects=objects.update,
            )

    def _complete(self) -> None:
        """What is in no backup, because the site makes it itself."""
        call_command("migrate", interactive=False, verbosity=0)
        if "DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
            call_command("createcachetable", verbosity=0)
        call_command("seed_keys", top_up=True, verbosity=0)
        call_command("sync_schedules", verbosity=0)
        call_command("index_pastes", verbosity=0)
