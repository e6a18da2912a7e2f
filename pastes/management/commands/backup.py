"""`manage.py backup`: a copy of everything that cannot be made again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from pastes import archive, units
from pastes.domain import backing_up
from pastes.management.housekeeping import HousekeepingCommand


class Command(HousekeepingCommand):
    """Back up into a folder, where the next backup copies only what is new, or into one tar."""

    help = (
        "Copy all rows, as they are at one moment, and all texts to TARGET while the site runs. TARGET is a folder, in "
        "which the next backup copies only new texts; or a path that ends with .tar; or - for a tar to standard output."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """TARGET and --keep."""
        super().add_arguments(parser)
        parser.add_argument("target", metavar="TARGET")
        parser.add_argument(
            "--keep", type=int, default=0, metavar="N", help="then remove all but the last N backups of a folder"
        )

    def handle(self, *args: Any, dry_run: bool, verbosity: int, **options: Any) -> None:
        """Remember what is wanted."""
        self._target, self._keep = options["target"], options["keep"]
        if self._keep < 0 or (self._keep and (self._target == "-" or self._target.endswith(".tar"))):
            raise CommandError("--keep is for a folder, and at least 1.")
        if self._target == archive.STANDARD_OUTPUT:
            self.stdout = self.stderr  # standard output is the tar
        super().handle(*args, dry_run=dry_run, verbosity=verbosity, **options)

    def work(self, *, dry_run: bool) -> str:
        """Copy.

        Raises:
            CommandError: the target cannot be written, or a text is missing in the store.
        """
        rows, objects = backing_up.count()
        if dry_run:
            return f"{rows} rows and {objects} texts to copy to {self._target}."
        try:
            with archive.open_archive(self._target, writing=True) as target:
                with self.bar(unit="rows", total=rows) as done, self.bar(unit="texts", total=objects) as copied:
                    manifest = backing_up.back_up(target, rows=done.update, objects=copied.update)
                forgotten = self._forget(target)
        except OSError as error:
            raise CommandError(f"{self._target} cannot be written: {error.strerror or error}.") from error
        if manifest.lost:
            raise CommandError(
                f"The backup was made, but {len(manifest.lost)} texts that rows name are not in the object store or "
                f"not what was stored: {', '.join(manifest.lost[:5])} … An older backup may have them."
            )
        return (
            f"{sum(table.rows for table in manifest.tables)} rows; {manifest.objects} texts "
            f"({units.size(manifest.size)}), {manifest.copied} of them new; {len(manifest.gone)} removed meanwhile."
            f"{forgotten}"
        )

    def _forget(self, target: archive.Archive) -> str:
        if not self._keep or not isinstance(target, archive.FolderArchive):
            return ""
        backups, objects = backing_up.forget_old(target, keep=self._keep)
        return f" {backups} older backups and {objects} texts only they had were removed."
