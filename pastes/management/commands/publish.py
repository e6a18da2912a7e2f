"""`manage.py publish`: publish files from this machine."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import User
from pastes import conf
from pastes.domain import expiry, keys, publishing
from pastes.domain.access import Viewer
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Invalid, PasteError
from pastes.models import Visibility
from pastes.urlkeys import address_of


class Command(BaseCommand):
    """Publish files, or all files of directories, one paste each, and print their addresses."""

    help = "Publish files and directories, one paste for each file, and print their addresses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Paths, whose they are, and how they are published."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--user", help="publish as this account (by default as nobody)")
        parser.add_argument("--visibility", choices=Visibility.values, default=Visibility.PUBLIC)
        parser.add_argument("--expires", choices=list(expiry.PRESETS), default="never")
        parser.add_argument("--tags", default="", help="with commas between them")

    def handle(self, *args: Any, paths: list[Path], verbosity: int, **options: Any) -> None:
        """Publish all that can be.

        Raises:
            CommandError: at the end, when something could not be published; at once, when nothing can be.
        """
        del args
        if options["visibility"] == Visibility.PRIVATE and not options["user"]:
            raise CommandError("A private paste needs an owner, else nobody could read it: add --user.")
        viewer = Viewer(user=_user(options["user"])) if options["user"] else Viewer()
        everything = [(file, path) for path in paths for file in _files(path)]
        found = [(file, _title(file, path)) for file, path in everything if file == path or file.stat().st_size]
        if verbosity and len(found) < len(everything):
            self.stderr.write(f"{len(everything) - len(found)} empty files are left out.")
        keys.seed(count=len(found))
        failed = 0
        for file, title in tqdm(found, unit=" files", disable=None if verbosity else True):
            try:
                draft = Draft(
                    files=[NewFile(_read(file), file.name)],
                    title=title if len(found) > 1 else "",
                    visibility=options["visibility"],
                    expires_at=expiry.moment(choice=options["expires"]),
                    tags=options["tags"],
                )
                paste = publishing.create(draft=draft, viewer=viewer, trusted=True).paste
            except (PasteError, OSError) as error:
                failed += 1
                line, stream = f"{file}: {_reason(error)}", self.stderr
            else:
                address = address_of("pastes:paste", paste.key)
                line, stream = f"{settings.SITE_URL}{address}\t{file}", self.stdout
            with tqdm.external_write_mode():
                stream.write(line)
        if failed:
            raise CommandError(f"{failed} of {len(found)} files were not published.")


def _read(file: Path) -> bytes:
    """All of it, or as much as shows that it is too large."""
    with file.open("rb") as stream:
        return stream.read(conf.largest() + 1)


def _title(file: Path, given: Path) -> str:
    """Where the file is, from the directory that was given on: readers need not know what lies above."""
    return str(file.relative_to(given.parent))[-200:]


def _reason(error: PasteError | OSError) -> str:
    if isinstance(error, Invalid):
        return " ".join(text for texts in error.errors.values() for text in texts)
    return str(error.message if isinstance(error, PasteError) else error.strerror)


def _files(path: Path) -> Iterator[Path]:
    """The file, or the files of a directory and its directories, hidden ones left out, in the order of names."""
    if path.is_file():
        yield path
    elif path.is_dir():
        for entry in sorted(path.iterdir()):
            if not entry.name.startswith(".") and not entry.is_symlink():
                yield from _files(entry)
    elif not path.exists():
        raise CommandError(f"There is no {path}.")


def _user(name: str) -> User:
    try:
        return User.objects.get_by_natural_key(name)
    except User.DoesNotExist as error:
        raise CommandError(f"There is no account {name}.") from error
