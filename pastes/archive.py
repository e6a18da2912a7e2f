"""Where backups are kept: a folder that grows with each backup, or one tar for each.

Both have the same inside: objects under ``objects/``, which all backups of a folder share, and for each backup a folder
named by its moment, whose ``manifest.json`` is written last. A backup without one was broken off and is none.
"""

import contextlib
import io
import os
import secrets
import shutil
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, cast

MANIFEST = "manifest.json"
OBJECTS = "objects"
STANDARD_OUTPUT = "-"


class Archive(Protocol):
    """What both kinds can do. Names are paths with slashes; every failure is an `OSError`."""

    def size(self, name: str) -> int | None:
        """How many bytes a file has; None when it is not there."""

    def write(self, name: str, data: bytes) -> None:
        """Add a file, as a whole or not at all."""

    def write_from(self, name: str, file: BinaryIO) -> None:
        """Add a file of any size, from its beginning."""

    def read(self, name: str) -> BinaryIO:
        """Open a file; it is closed by whoever asked.

        Raises:
            FileNotFoundError: there is none.
        """

    def backups(self) -> list[str]:
        """The names of all backups that were finished, the oldest first."""


def open_archive(target: str, *, writing: bool = False) -> contextlib.AbstractContextManager[Archive]:
    """The archive at ``target``: a path that ends with ``.tar``, ``-`` for a tar to standard output, or a folder.

    Raises:
        OSError: it cannot be opened, or is there already and would be overwritten.
    """
    if target == STANDARD_OUTPUT:
        return TarArchive(sys.stdout.buffer)
    if target.endswith(".tar"):
        return TarArchive(Path(target).open("xb") if writing else Path(target).open("rb"))
    return FolderArchive(Path(target), writing=writing)


class FolderArchive(contextlib.AbstractContextManager["FolderArchive"]):
    """A folder. What is there already is not written again."""

    def __init__(self, root: Path, *, writing: bool) -> None:
        if writing:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
        elif not root.is_dir():
            raise FileNotFoundError(2, "There is no such folder", str(root))
        self._root = root

    def __exit__(self, *_error: object) -> None:
        """Nothing is held open."""

    def size(self, name: str) -> int | None:
        """See `Archive`."""
        try:
            return (self._root / name).stat().st_size
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """See `Archive`."""
        self.write_from(name, io.BytesIO(data))

    def write_from(self, name: str, file: BinaryIO) -> None:
        """Write beside, sync, then rename: a backup that was broken off leaves no half file under a good name."""
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        file.seek(0)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.draft")
        try:
            with draft.open("xb") as target:
                shutil.copyfileobj(file, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def read(self, name: str) -> BinaryIO:
        """See `Archive`."""
        return (self._root / name).open("rb")

    def backups(self) -> list[str]:
        """See `Archive`."""
        return sorted(path.parent.name for path in self._root.glob(f"*/{MANIFEST}"))

    def remove_backup(self, name: str) -> None:
        """Remove what belongs to one backup alone; its manifest first, so that no half of it looks whole."""
        (self._root / name / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(self._root / name)

    def objects(self) -> Iterator[str]:
        """The names of all objects, without the folder that they are in."""
        root = self._root / OBJECTS
        for folder in sorted(path for path in root.glob("*") if path.is_dir()):
            for entry in sorted(os.scandir(folder), key=lambda item: item.name):
                yield f"{folder.name}/{entry.name}"

    def remove_object(self, name: str) -> None:
        """Remove an object that no backup needs."""
        (self._root / OBJECTS / name).unlink(missing_ok=True)


class TarArchive(contextlib.AbstractContextManager["TarArchive"]):
    """One tar with one backup. It is written as a stream, and read where its file can be searched."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        mode = "w|" if file.writable() else "r:"
        try:
            self._tar = tarfile.open(fileobj=file, mode=mode)  # type: ignore[call-overload] # noqa: SIM115 # closed below
        except tarfile.TarError as error:
            raise OSError(str(error)) from error
        self._written: dict[str, int] = {}

    def __exit__(self, *_error: object) -> None:
        self._tar.close()
        self._file.flush() if self._file.writable() else None
        if self._file is not sys.stdout.buffer:
            self._file.close()

    def size(self, name: str) -> int | None:
        """See `Archive`."""
        if self._file.writable():
            return self._written.get(name)
        try:
            size: int = self._tar.getmember(name).size
        except KeyError:
            return None
        return size

    def write(self, name: str, data: bytes) -> None:
        """See `Archive`."""
        self.write_from(name, io.BytesIO(data))

    def write_from(self, name: str, file: BinaryIO) -> None:
        """See `Archive`."""
        info = tarfile.TarInfo(name)
        info.size = file.seek(0, os.SEEK_END)
        info.mode = 0o600
        file.seek(0)
        self._tar.addfile(info, file)
        self._written[name] = info.size

    def read(self, name: str) -> BinaryIO:
        """See `Archive`."""
        try:
            file = self._tar.extractfile(name)
        except KeyError as error:
            raise FileNotFoundError(2, "It is not in the archive", name) from error
        if file is None:
            raise FileNotFoundError(2, "It is not a file in the archive", name)
        return cast(BinaryIO, file)

    def backups(self) -> list[str]:
        """See `Archive`."""
        return sorted(name.split("/")[0] for name in self._tar.getnames() if name.endswith(f"/{MANIFEST}"))
