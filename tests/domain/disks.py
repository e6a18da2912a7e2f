"""A disk on which not much fits."""

import errno
from pathlib import Path
from typing import TYPE_CHECKING

from pastes.storage import DiskObjects

if TYPE_CHECKING:
    from django.core.files.base import File


class AlmostFull(DiskObjects):
    """Takes one object, and has no space for a second."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        if any(path.is_file() for path in Path(self.base_location).rglob("*")):
            raise OSError(errno.ENOSPC, "No space left on device")
        return super()._save(name, content)
