"""What a new text does to the one before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pastes.domain import anchors, content
from pastes.domain.content import PreparedFile
from pastes.models import File, Paste


@dataclass(frozen=True, slots=True)
class Change:
    """What it does: lines added and removed, and where comments follow it to."""

    added: int
    removed: int
    follower: anchors.Follower


def compare(paste: Paste, prepared: Sequence[PreparedFile], old_files: Sequence[File]) -> Change | None:
    """What changes, None when it is the same text. Files with the same bytes share the object of the one before."""
    by_hash = {file.sha256: file.object_name for file in old_files}
    for file in prepared:
        file.object_name = by_hash.get(file.sha256, "")
    if _describe(prepared) == _describe(old_files):
        return None
    added, removed = _count_changes(prepared, old_files)
    return Change(added, removed, anchors.follow(paste=paste, old=old_files, new=prepared))


def _describe(files: Sequence[PreparedFile] | Sequence[File]) -> list[tuple[str, str, str]]:
    return [(file.name, file.language, file.sha256) for file in files]


def _count_changes(prepared: Sequence[PreparedFile], old_files: Sequence[File]) -> tuple[int, int]:
    """Lines added and removed, over all files, paired by name."""
    old = {file.name: file for file in old_files}
    added = removed = 0
    for file in prepared:
        before = old.pop(file.name, None)
        if before is None:
            added += file.lines
        elif before.sha256 != file.sha256:
            more, less = content.changed_lines(old=content.decode(before, content.read(before)), new=file.decoded)
            added, removed = added + more, removed + less
    return added, removed + sum(file.lines for file in old.values())
