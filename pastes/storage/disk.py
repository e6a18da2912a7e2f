"""Objects as files: one machine, nothing to install."""

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from pastes.storage.objects import StoredObject


class DiskObjects(FileSystemStorage):
    """Objects as files under one folder."""

    def put(self, name: str, data: bytes) -> None:
        """Write and sync the file, and then its name. Nobody looks for it before its row is there.

        Names are random, so nothing can be overwritten, and nobody has to be asked first. What a crash leaves half
        written has no row, and the sweep takes it away.
        """
        path = Path(self.path(name))
        folder = path.parent
        try:
            file = path.open("wb")
        except FileNotFoundError:
            folder.mkdir(parents=True, exist_ok=True)
            _sync(folder.parent)
            file = path.open("wb")
        with file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _sync(folder)

    def read(self, name: str, start: int, stop: int) -> bytes:
        """Bytes ``start`` to ``stop`` (exclusive)."""
        with Path(self.path(name)).open("rb") as file:
            file.seek(start)
            return file.read(stop - start)

    def remove(self, names: list[str]) -> None:
        """Delete files."""
        for name in names:
            Path(self.path(name)).unlink(missing_ok=True)

    def walk(self) -> Iterator[StoredObject]:
        """Every file, folder by folder."""
        self.check()  # a disk that is not mounted must not look like an empty one
        root = Path(self.base_location)
        for folder in sorted(path for path in root.iterdir() if path.is_dir()):
            for entry in sorted(os.scandir(folder), key=lambda item: item.name):
                with contextlib.suppress(FileNotFoundError):
                    stat = entry.stat()
                    yield StoredObject(
                        name=f"{folder.name}/{entry.name}",
                        modified=datetime.fromtimestamp(stat.st_mtime, tz=UTC),
                        size=stat.st_size,
                    )

    def check(self) -> None:
        """The folder can be made and written to."""
        Path(self.base_location).mkdir(parents=True, exist_ok=True)
        if not os.access(self.base_location, os.W_OK):
            raise PermissionError


def _sync(folder: Path) -> None:
    """Have the disk keep which files are in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
