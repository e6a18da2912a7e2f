"""What a paste said before, and what changed between two texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from time import monotonic

from django.db.models import QuerySet

from pastes.domain import content
from pastes.exceptions import NotFound
from pastes.models import File, Paste, Revision
from pastes.rendering import diff, difftable, highlight
from pastes.rendering.comparing import DiffRow

COMPARED_BYTES = 1024 * 1024
"""Files larger than this are not compared line by line."""

COLOURED_BYTES = 64 * 1024
"""Files larger than this are compared without colours: lexing both sides would take longer than comparing them."""

SECONDS = 8.0
"""What comparing all files of two sides may take. Those that come too late are said to be too large."""

COLOUR_SECONDS = 2.0

VERSION = re.compile(r"[0-9a-f]{40}")


class Patience:
    """Time that several pieces of work share."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    def left(self, most: float) -> float:
        """What the next piece may take, in seconds."""
        return min(most, self._left)

    def spend(self, since: float) -> None:
        """Count the time from ``since`` (of ``time.monotonic``) until now."""
        self._left -= monotonic() - since


@dataclass(frozen=True)
class FileDiff:
    """One file on both sides; ``old`` or ``new`` is None where it does not exist.

    With ``ignore_blanks`` lines that differ only in blanks are the same; with ``whole`` no line is left out.
    """

    old: File | None
    new: File | None
    ignore_blanks: bool = False
    whole: bool = False
    patience: Patience = field(default_factory=lambda: Patience(SECONDS), compare=False)
    colour_patience: Patience = field(default_factory=lambda: Patience(COLOUR_SECONDS), compare=False)

    @property
    def status(self) -> str:
        """``added``, ``removed``, ``same``, ``binary``, or ``changed``."""
        if self.old is None:
            return "added"
        if self.new is None:
            return "removed"
        if self.old.sha256 == self.new.sha256:
            return "same"
        return "binary" if self.is_binary else "changed"

    @property
    def is_binary(self) -> bool:
        """Whether one side is not text."""
        return any(file is not None and file.encoding == "binary" for file in (self.old, self.new))

    @property
    def name(self) -> str:
        """The name on the newer side."""
        file = self.new or self.old
        return file.name if file else ""

    @property
    def old_name(self) -> str:
        """The name on the older side where it is another."""
        return self.old.name if self.old and self.new and self.old.name != self.new.name else ""

    @cached_property
    def result(self) -> diff.Diff:
        """The lines that differ."""
        if self.is_binary or self.status == "same":
            return diff.Diff(rows=[], added=0, removed=0, too_large=False)
        if any(file and file.size > COMPARED_BYTES for file in (self.old, self.new)):
            return diff.Diff(rows=[], added=0, removed=0, too_large=True)
        old, new = self._texts
        started = monotonic()
        deadline = self.patience.left(diff.DEADLINE_SECONDS)
        result = diff.compare(old=old, new=new, deadline=deadline, ignore_blanks=self.ignore_blanks, whole=self.whole)
        self.patience.spend(started)
        return result

    @property
    def rows(self) -> list[DiffRow]:
        """The lines that differ, in the colours of their language where those cost little."""
        sides = [file for file in (self.old, self.new) if file]
        if not self.result.rows or any(file.size > COLOURED_BYTES for file in sides):
            return self.result.rows
        old, new = (self._coloured(file, text) for file, text in zip((self.old, self.new), self._texts, strict=True))
        return difftable.coloured(self.result.rows, old=old, new=new)

    def _coloured(self, file: File | None, text: str) -> list[str]:
        started = monotonic()
        deadline = self.colour_patience.left(diff.DEADLINE_SECONDS)
        if file is None or deadline < diff.SHORTEST_SECONDS:
            return []
        lines = highlight.highlight(text=text, language=file.language, deadline=deadline).lines
        self.colour_patience.spend(started)
        return lines

    @cached_property
    def _texts(self) -> tuple[str, str]:
        return _text(self.old), _text(self.new)

    @property
    def added(self) -> int:
        """Lines only the newer side has."""
        return self.result.added

    @property
    def removed(self) -> int:
        """Lines only the older side has."""
        return self.result.removed

    @property
    def too_large(self) -> bool:
        """Whether the rows are not everything."""
        return self.result.too_large

    def patch(self) -> str:
        """What ``git apply`` takes; only a remark where files that are not text differ."""
        old_name = self.old.name if self.old else None
        new_name = self.new.name if self.new else None
        if self.is_binary and self.status != "same":
            return diff.binary_note(old_name=old_name, new_name=new_name)
        old, new = self._texts
        started = monotonic()
        deadline = self.patience.left(diff.DEADLINE_SECONDS)
        patch = diff.unified(old_name=old_name, new_name=new_name, old=old, new=new, deadline=deadline)
        self.patience.spend(started)
        return patch


def revisions(*, paste: Paste) -> QuerySet[Revision]:
    """All revisions of a paste with their files, the latest first."""
    return Revision.objects.filter(paste=paste).select_related("author").prefetch_related("files").order_by("-number")


def find_version(*, paste: Paste, version: str) -> Revision:
    """The revision with a version, the 40 hex digits that programs know it by.

    Raises:
        NotFound: when this paste has none.
    """
    revision = Revision.objects.filter(paste=paste, version=version).first() if VERSION.fullmatch(version) else None
    if revision is None:
        raise NotFound
    return revision


def page(*, paste: Paste, after: int | None = None, size: int) -> tuple[list[Revision], str]:
    """Some of them: those before number ``after``, or the latest, and the ``after`` of the next page ("": no more)."""
    found = revisions(paste=paste)
    if after is not None:
        found = found.filter(number__lt=after)
    some = list(found[: size + 1])
    return some[:size], str(some[size - 1].number) if len(some) > size else ""


def compare(
    *, old: Sequence[File], new: Sequence[File], ignore_blanks: bool = False, whole: bool = False
) -> list[FileDiff]:
    """Pair the files of two sides: by name, then by equal bytes, then the only one left on each side."""
    before, after = list(old), list(new)
    pairs: dict[int, File] = {}
    for same in (_same_name, _same_bytes):
        for file in after:
            match = next((other for other in before if same(other, file)), None)
            if file.position not in pairs and match:
                pairs[file.position] = match
                before.remove(match)
    left = [file for file in after if file.position not in pairs]
    if len(left) == len(before) == 1:
        pairs[left[0].position] = before.pop()
    sides = [(pairs.get(file.position), file) for file in after] + [(file, None) for file in before]
    patience, colour_patience = Patience(SECONDS), Patience(COLOUR_SECONDS)
    return [FileDiff(a, b, ignore_blanks, whole, patience, colour_patience) for a, b in sides]


def patch(diffs: Sequence[FileDiff]) -> str:
    """All changes as one patch."""
    return "".join(item.patch() for item in diffs)


def _same_name(a: File, b: File) -> bool:
    return a.name == b.name


def _same_bytes(a: File, b: File) -> bool:
    return a.sha256 == b.sha256


def _text(file: File | None) -> str:
    return content.decode(file, content.read(file)) if file else ""
