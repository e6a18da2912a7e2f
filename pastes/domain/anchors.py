"""The lines that comments are about: what they were, and where they are now.

A comment keeps for ever what somebody pointed at: revision, file, line numbers, the hash of the lines, and their text.
Beside that it says where exactly these lines are in the latest revision, or that they are gone; each new revision
brings this up to date in its own transaction. Which line became which is `pastes.domain.alignment`'s to say.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, Subquery
from django.utils.translation import gettext as _

from pastes.domain import content, reading
from pastes.domain.alignment import Alignment, Passage, digest
from pastes.domain.content import PreparedFile
from pastes.exceptions import Invalid, NotFound
from pastes.models import Comment, File, Paste, Revision
from pastes.rendering.parts import display_lines

MOST_LINES = 1_000
"""Lines that one comment can be about."""

QUOTE_LINES = 50
QUOTE_CHARACTERS = 4_000
"""How much of the lines is kept as text, to be shown when they are gone."""

TELLING_CHARACTERS = 20
"""Letters and digits without which lines are not looked for in other files: a bracket is everywhere. As many as
``git blame -M`` asks for (https://git-scm.com/docs/git-blame#Documentation/git-blame.txt--Mnum)."""

MOST_REMARKS = 500
"""How many threads one page shows at their lines."""

MOVE = "UPDATE pastes_comment SET current_file = %s, current_first = %s, current_last = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Anchor:
    """Lines of a file as somebody points at them: ``first`` to ``last``, from 1, of revision number ``revision``."""

    revision: int
    file_name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a comment is about, and where it was last seen: ``file`` "" and ``first`` None when it is gone."""

    original: Anchor
    lines_hash: str
    quote: str
    file: str
    first: int | None

    @property
    def count(self) -> int:
        """How many lines they are."""
        return self.original.last - self.original.first + 1


@dataclass(frozen=True, slots=True)
class Remark:
    """The first comment of a thread, the lines of a revision that it is about, and how many replies it has."""

    comment: Comment
    first: int
    last: int
    replies: int


type Place = tuple[str, int]
"""A file's name and the number of a line, from 1."""


def point(
    *, paste: Paste, first: int, last: int | None = None, file_name: str = "", revision: int | None = None
) -> Anchor:
    """Lines of the latest revision and the first file, unless it is said which; one line, unless there is a last."""
    return Anchor(
        revision=revision or paste.revision_count,
        file_name=file_name or paste.file_name,
        first=first,
        last=last or first,
    )


def revision_numbers(*, comments: Iterable[Comment]) -> dict[int, int]:
    """The numbers of the revisions that comments point into, by their ids; without any this needs no query."""
    wanted = {comment.revision_id for comment in comments if comment.revision_id}
    return dict(Revision.objects.filter(pk__in=wanted).values_list("pk", "number")) if wanted else {}


def place(*, paste: Paste, anchor: Anchor) -> dict[str, Any]:
    """The fields of a comment that is about these lines.

    Call it before the transaction that writes the comment, because it reads the object store. If the row of the paste,
    locked there, has another ``revision_count`` than ``paste`` has here, call it again with that row.

    Raises:
        Invalid: with ``lines``, when there is no such revision, file or line, or too many lines.
        Unavailable: when the text cannot be read now.
    """
    try:
        revision = reading.find_revision(paste=paste, number=anchor.revision)
    except NotFound:
        raise _refused(_("There is no revision %(number)s of this paste.") % {"number": anchor.revision}) from None
    files = list(revision.files.all())
    file = _require_lines(files, anchor)
    lines = _read_lines(file, anchor.first, anchor.last)
    kept = kept_of(lines)
    pointer = Pointer(anchor, kept["lines_hash"], kept["quote"], anchor.file_name, anchor.first)
    now: Place | None = (anchor.file_name, anchor.first)
    if revision.number != paste.revision_count:
        latest = reading.find_revision(paste=paste)
        follower = Follower([Text.of(old) for old in files], [Text.of(new) for new in latest.files.all()])
        [now] = follower.find([pointer])
    return {
        "revision": revision,
        "file_name": anchor.file_name,
        "first_line": anchor.first,
        "last_line": anchor.last,
        **kept,
        "current_file": now[0] if now else "",
        "current_first": now[1] if now else None,
        "current_last": now[1] + pointer.count - 1 if now else None,
    }


def kept_of(lines: Sequence[str]) -> dict[str, str]:
    """The fields of a comment that keep what its lines say."""
    return {"lines_hash": digest(lines), "quote": _quote(lines)}


def follow(*, paste: Paste, old: Sequence[File], new: Sequence[PreparedFile]) -> "Follower":
    """Find out where the lines go that comments are about when ``new`` takes the place of ``old``.

    Call it before the transaction that adds the revision: this reads texts and takes its time, `settle` does not.
    Without comments on lines no text is read.

    Raises:
        NotFound, Unavailable: when a text cannot be read now.
    """
    follower = Follower([Text.of(file) for file in old], [Text.of(file) for file in new])
    follower.find([pointer for key, pointer in _pointers(paste)])
    return follower


def settle(*, paste: Paste, follower: "Follower") -> None:
    """Write where the lines went; call it in the transaction that adds the revision, with the paste's row locked.

    Comments that came after `follow` are found by the texts it has read; seldom one more is read here.
    """
    rows = _pointers(paste)
    moved: list[tuple[str, int | None, int | None, int]] = []
    for (key, pointer), now in zip(rows, follower.find([pointer for key, pointer in rows]), strict=True):
        before = (pointer.file, pointer.first) if pointer.first else None
        if now != before:
            name, first = now or ("", None)
            moved.append((name, first, first + pointer.count - 1 if first else None, key))
    if moved:
        # Ten thousand in one or two seconds; `bulk_update` takes ten to put its statements together.
        with connection.cursor() as cursor:
            cursor.executemany(MOVE, moved)


def remarks(*, paste: Paste, revision: Revision) -> dict[str, list[Remark]]:
    """What is said about the lines of a revision, by file name, in the order of the lines; in one query.

    On the latest revision that is everything whose lines are there; on an older one, what was said of that very one.
    Of very much talk, the newest.
    """
    if not paste.can_be_discussed or not paste.comments:
        return {}
    firsts = Comment.objects.filter(paste=paste, parent=None, deleted=None)
    if revision.number == paste.revision_count:
        shown = firsts.filter(current_first__isnull=False)
        file, first, last = F("current_file"), F("current_first"), F("current_last")
    else:
        shown = firsts.filter(first_line__isnull=False, revision=revision)
        file, first, last = F("file_name"), F("first_line"), F("last_line")
    replies = Comment.objects.filter(root=OuterRef("pk"), deleted=None).order_by().values("root")
    rows = shown.select_related("author").defer("html", "quote").order_by("-pk")
    found: dict[str, list[Remark]] = defaultdict(list)
    for row in rows.annotate(
        in_file=file, from_line=first, to_line=last, replies_=Subquery(replies.values(count=Count("pk")))
    )[:MOST_REMARKS]:
        found[row.in_file].append(Remark(row, row.from_line, row.to_line, row.replies_ or 0))
    return {name: sorted(several, key=lambda one: (one.last, one.comment.pk)) for name, several in found.items()}


class Text:
    """A file's text, read when its lines are first asked for."""

    def __init__(self, name: str, sha256: str, read: Callable[[], str]) -> None:
        self.name, self.sha256, self._read = name, sha256, read

    @classmethod
    def of(cls, file: File | PreparedFile) -> "Text":
        """The text of a row, or of a file that will be one."""
        if isinstance(file, PreparedFile):
            return cls(file.name, file.sha256, lambda: file.decoded)
        return cls(file.name, file.sha256, lambda: content.decode(file, content.read(file)))

    @cached_property
    def lines(self) -> list[str]:
        """Without their ends, so that CRLF and LF are the same."""
        return display_lines(self._read())


class Follower:
    """Finds lines of the files of one revision in those of a later one; texts are read once and when needed."""

    def __init__(self, old: Sequence[Text], new: Sequence[Text]) -> None:
        self._old = {text.name: text for text in old}
        self._new = {text.name: text for text in new}
        self._partners = _partners(old, new)
        self._alignments: dict[str, Alignment] = {}
        self._found: dict[Pointer, Place | None] = {}

    def find(self, pointers: Sequence[Pointer]) -> list[Place | None]:
        """Where each is in the new files, or None when it is gone. What was asked before is known."""
        asked = [pointer for pointer in dict.fromkeys(pointers) if pointer not in self._found]
        self._found |= zip(asked, self._look_for(asked), strict=True)
        return [self._found[pointer] for pointer in pointers]

    def _look_for(self, pointers: Sequence[Pointer]) -> list[Place | None]:
        found: list[Place | None] = [None] * len(pointers)
        groups: dict[str, list[int]] = defaultdict(list)
        for index, pointer in enumerate(pointers):
            groups[pointer.file or pointer.original.file_name].append(index)
        for name, indexes in groups.items():
            here = self._find_here(name, [pointers[index] for index in indexes])
            for index, spot in zip(indexes, here, strict=True):
                found[index] = spot
        gone = [index for index, spot in enumerate(found) if spot is None]
        elsewhere = self._find_elsewhere([pointers[index] for index in gone])
        for index, spot in zip(gone, elsewhere, strict=True):
            found[index] = spot
        return found

    def _find_here(self, name: str, pointers: Sequence[Pointer]) -> list[Place | None]:
        """In the file that took the place of the one with this name."""
        old, new = self._old.get(name), self._partner(name)
        if new is None:
            return [None] * len(pointers)
        if old is not None and old.sha256 == new.sha256:
            return [(new.name, pointer.first) if pointer.first else None for pointer in pointers]
        found: list[Place | None] = [None] * len(pointers)
        passages = {index: passage for index, one in enumerate(pointers) if (passage := _passage(one))}
        places = self._alignment(new).find(list(passages.values()))
        for index, spot in zip(passages, places, strict=True):
            found[index] = None if spot is None else (new.name, spot + 1)
        return found

    def _find_elsewhere(self, pointers: Sequence[Pointer]) -> list[Place | None]:
        """In another file, where it must be the only place, and the lines must be ones that could be recognised."""
        passages = {index: passage for index, one in enumerate(pointers) if (passage := self._telling(one))}
        spots: dict[int, list[Place]] = defaultdict(list)
        for new in self._new.values() if passages else ():
            before = self._old.get(new.name)
            if before is not None and before.sha256 == new.sha256:
                continue
            there = self._alignment(new).places(list(passages.values()), most=2)
            for index, places in zip(passages, there, strict=True):
                if self._partner(pointers[index].file or pointers[index].original.file_name) is not new:
                    spots[index] += [(new.name, spot + 1) for spot in places]
        return [spots[index][0] if len(spots[index]) == 1 else None for index in range(len(pointers))]

    def _telling(self, pointer: Pointer) -> Passage | None:
        """The lines as they are looked for in other files; None when too many places would look like them."""
        passage = _passage(pointer)
        if passage is None:
            return None
        lines = passage.known
        if passage.at is not None:
            lines = self._old[pointer.file].lines[passage.at : passage.at + passage.count]
        letters = sum(character.isalnum() for line in lines for character in line[:QUOTE_CHARACTERS])
        return Passage(passage.count, None, lines, pointer.lines_hash) if letters >= TELLING_CHARACTERS else None

    def _partner(self, name: str) -> Text | None:
        return self._partners.get(name) or self._new.get(name)

    def _alignment(self, new: Text) -> Alignment:
        if new.name not in self._alignments:
            before = next((self._old[name] for name, text in self._partners.items() if text is new), None)
            self._alignments[new.name] = Alignment(before.lines if before else [], new.lines)
        return self._alignments[new.name]


def _partners(old: Sequence[Text], new: Sequence[Text]) -> dict[str, Text]:
    """The new file that each old one (by name) became: the one of its name, of its text, or else in its place."""
    names = {text.name for text in old}
    same = {text.name: text for text in new if text.name in names}
    free = {text.name: text for text in new if text.name not in names}
    lost = [(position, text) for position, text in enumerate(old) if text.name not in same]
    for _position, text in lost:
        twin = next((other for other in free.values() if other.sha256 == text.sha256), None)
        if twin:
            same[text.name] = free.pop(twin.name)
    for position, text in lost:
        if text.name not in same and position < len(new) and new[position].name in free:
            same[text.name] = free.pop(new[position].name)
    return same


def _passage(pointer: Pointer) -> Passage | None:
    """What to look for; None when too little of the text was kept to do so."""
    if pointer.first is not None:
        return Passage(pointer.count, pointer.first - 1)
    known = pointer.quote.split("\n")
    if len(known) == 1 and digest(known) != pointer.lines_hash and len(known[0]) >= QUOTE_CHARACTERS:
        return None
    return Passage(pointer.count, None, known, pointer.lines_hash, near=pointer.original.first - 1)


def _pointers(paste: Paste) -> list[tuple[int, Pointer]]:
    """All comments on lines, with their ids. The kept text comes only with those that are gone: others have a place."""
    anchored = Comment.objects.filter(paste=paste, first_line__isnull=False)
    fields = ("pk", "file_name", "first_line", "last_line", "lines_hash", "current_file", "current_first")
    here = anchored.filter(current_first__isnull=False).values_list(*fields)
    gone = anchored.filter(current_first__isnull=True, deleted=None).values_list(*fields, "quote")
    return [
        (key, Pointer(Anchor(0, name, first, last), lines_hash, "".join(quote), now, now_first))
        for rows in (here, gone)
        for key, name, first, last, lines_hash, now, now_first, *quote in rows
    ]


def _require_lines(files: Iterable[File], anchor: Anchor) -> File:
    """The file with these lines.

    Raises:
        Invalid: when there is none.
    """
    file = next((file for file in files if file.name == anchor.file_name), None)
    if file is None:
        raise _refused(_("There is no file “%(name)s” in this revision.") % {"name": anchor.file_name[:255]})
    if file.encoding == "binary":
        raise _refused(_("“%(name)s” is not text: it has no lines to comment on.") % {"name": file.name})
    if not 1 <= anchor.first <= anchor.last:
        raise _refused(_("Lines are counted from 1, and the first stands before the last."))
    if anchor.last > file.lines:
        raise _refused(_("“%(name)s” ends at line %(last)s.") % {"name": file.name, "last": file.lines})
    if anchor.last - anchor.first >= MOST_LINES:
        raise _refused(_("One comment can be about %(limit)s lines at most.") % {"limit": MOST_LINES})
    return file


def _refused(text: str) -> Invalid:
    return Invalid({"lines": [text]}, _("The comment was not sent, because its lines do not fit."))


def _read_lines(file: File, first: int, last: int) -> list[str]:
    """Lines of a file, from the parts that have them."""
    start_part, end_part = reading.part_of_line(file, first), reading.part_of_line(file, last)
    start, end = content.part_range(file, start_part)[0], content.part_range(file, end_part)[1]
    decoded = content.decode(file, content.read_range(file, start, end))
    # Only what stands at the very beginning of a file is a byte order mark.
    lines = display_lines(decoded) if start == 0 else display_lines("\n" + decoded)[1:]
    skipped = reading.line_span(file, start_part)[0]
    return lines[first - skipped : last - skipped + 1]


def _quote(lines: Sequence[str]) -> str:
    """As many whole lines as fit; of a first line that does not fit, its beginning."""
    kept = [lines[0][:QUOTE_CHARACTERS]]
    room = QUOTE_CHARACTERS - len(kept[0])
    for line in lines[1:QUOTE_LINES]:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept)
