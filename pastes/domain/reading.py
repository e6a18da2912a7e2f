"""Opening a paste: the gates before its text, and the text as HTML through the cache."""

import json
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.prepared import Prepared
from pastes import cache, queue
from pastes.domain import access, content, counting, expiry, logbook
from pastes.domain.access import Viewer
from pastes.domain.logbook import Errors
from pastes.exceptions import Forbidden, Locked, NotFound
from pastes.models import BurnReceipt, File, Highlight, Paste, Revision
from pastes.rendering import filenames, highlight, languages
from pastes.rendering.highlight import Highlighted
from pastes.rendering.logs import Fold, Marks

log = structlog.get_logger("pastes.reading")

WHOLE_BYTES = 512 * 1024
"""Up to this size a file is highlighted as a whole, so that a string or comment over many parts keeps its colour.
Longer ones are highlighted part by part: each takes a bounded time, whichever part a reader asks for."""

QUEUED_DEADLINE = 20.0
RETRY_PLAIN_SECONDS = 600
"""A text whose highlighting failed, or a log whose survey did, is shown plain this long before it is tried again."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A revision somebody may read now.

    ``data`` has the bytes by position when this is the one time they may be read, and is None otherwise: then they
    come from the store as they are needed. ``extension`` is what the first file's language was asked for by, "" when
    the file has its own.
    """

    paste: Paste
    revision: Revision
    files: list[File]
    data: dict[int, bytes] | None = None
    extension: str = ""

    def read(self, file: File) -> bytes:
        """All bytes of one of the files."""
        return content.read(file) if self.data is None else self.data[file.position]


@dataclass(frozen=True, slots=True)
class RenderedPart:
    """Rows of HTML for the lines of one part of a file.

    Attributes:
        plain: whether highlighting gave up.
        cut: lines too long to show whole.
        hidden: characters without a shape of their own that were written out.
        folds: lines of a log that are folded away.
        sure: whether a log was surveyed in time.
        errors: the errors of the whole log, where this is its first part.
    """

    index: int
    html: str
    plain: bool
    cut: int
    hidden: int
    folds: tuple[Fold, ...] = ()
    sure: bool = True
    errors: Errors | None = None

    @property
    def is_whole(self) -> bool:
        """Whether everything about it was done in time."""
        return self.sure and not self.plain


def require_open(*, paste: Paste, viewer: Viewer, password: str = "") -> None:
    """Let pass whoever needs no confirmation to read the paste, with the password where there is one.

    Raises:
        Locked: when a password is missing or wrong, or the text may be read only so often.
    """
    access.require_password(paste=paste, viewer=viewer, password=password)
    if paste.max_opens is not None and not access.is_author(paste=paste, viewer=viewer):
        raise Locked(paste=paste, needs_password=False)


def require_one_file(*, paste: Paste, viewer: Viewer) -> None:
    """Let pass whoever asks for one file, unless it would be the last that anybody sees of the others.

    Raises:
        Forbidden: when the paste has several files and may be read only so often.
    """
    counted = paste.max_opens is not None and not access.is_author(paste=paste, viewer=viewer)
    if counted and paste.file_count > 1:
        raise Forbidden(_("This paste has several files and opens only so often: its download gives all of them."))


def open_paste(
    *,
    paste: Paste,
    viewer: Viewer,
    password: str = "",
    confirmed: bool = False,
    number: int | None = None,
    file_name: str | None = None,
    extension: str = "",
    highlighted: bool = False,
) -> Opening:
    """Open a revision, the latest when ``number`` is None, for all its files or for the one with ``file_name``.

    With an ``extension`` ("py") that a language goes by, the first file is shown in that language and not in its own.
    For a page, ``highlighted`` has the HTML that was kept of the files read with their rows.

    A text that may be read only so often opens with ``confirmed``. Its bytes are read before the claim, so that a
    failing store costs nobody their one reading; then exactly as many readers as allowed win the claim.

    Raises:
        Locked: when a password or the confirmation is missing.
        NotFound: when there is no such revision or file, or another reader was faster.
        Unavailable: when the text cannot be read now.
    """
    access.require_password(paste=paste, viewer=viewer, password=password)
    counted = paste.max_opens is not None and not access.is_author(paste=paste, viewer=viewer)
    if counted and (not confirmed or number is not None):
        raise Locked(paste=paste, needs_password=False)
    revision = find_revision(paste=paste, number=number, highlighted=highlighted)
    files = list(revision.files.all())
    # Before the claim: a mistyped name costs nobody the one reading.
    if file_name is not None and not any(file.name == file_name for file in files):
        raise NotFound
    if not _translate(files, extension):
        extension = ""
    if not counted:
        return Opening(paste, revision, files, extension=extension)
    data = {file.position: content.read(file) for file in files}
    _claim_opening(paste)
    return Opening(paste, revision, files, data, extension)


_files = Prepared(
    lambda paste, number: File.objects.select_related("revision__author").filter(
        revision__paste=paste, revision__number=number
    ),
    paste=2_000_000_011,
    number=2_000_000_033,
)
_highlighted_files = Prepared(
    lambda paste, number: File.objects.select_related("revision__author", "highlight").filter(
        revision__paste=paste, revision__number=number
    ),
    paste=2_000_000_011,
    number=2_000_000_033,
)


def find_revision(*, paste: Paste, number: int | None = None, highlighted: bool = False) -> Revision:
    """A revision with its files, the latest by default, in one query.

    Raises:
        NotFound: when there is none with this number.
    """
    wanted = paste.revision_count if number is None else number
    if wanted > paste.revision_count:  # which may be a number beyond every database's
        raise NotFound
    files = (_highlighted_files if highlighted else _files)(paste=paste.pk, number=wanted)
    if not files:
        raise NotFound
    revision = files[0].revision
    revision.paste = paste
    revision.has_files(files)
    return revision


def _translate(files: list[File], extension: str) -> bool:
    """Let the first file be shown in the language of an extension, where there is one; its row stays as it is."""
    language = filenames.of_extension(extension) if extension and files else None
    if language is None:
        return False
    files[0].language = language
    return True


def part_of_line(file: File, line: int) -> int:
    """The index of the part that has a line (from 1); a number outside the file gives its first or last part."""
    return max(0, bisect_right([first for first, offset in file.parts], line) - 1)


def part_count(file: File) -> int:
    """In how many parts a file is shown."""
    return max(1, len(file.parts))


def render_part(*, file: File, index: int, anchor: str = "") -> RenderedPart:
    """The HTML of one part, from the cache where it has it.

    Args:
        file: the file.
        index: from 0.
        anchor: what stands before ``L10`` in the ids of lines, to tell the files of a page apart.

    Raises:
        NotFound: when there is no such part.
        Unavailable: when the text cannot be read now.
    """
    if not 0 <= index < part_count(file):
        raise NotFound
    if not index and (beside := _kept(file)):
        return beside
    name = _fragment_name(file, index, anchor)
    kept = cache.fragment(name)
    if kept is not None:
        return _unpack(kept, index)
    if file.parts and file.size <= WHOLE_BYTES:
        return _render_whole(file, anchor)[index]
    marks = logbook.marks_of(file, index)
    rendered = _render(file, content.read_part(file, index), index, anchor, marks)
    if not index:
        rendered = replace(rendered, errors=logbook.errors_of(file))
    _keep(name, rendered)
    return rendered


def render_once(*, file: File, data: bytes, marks: Sequence[Marks], anchor: str = "") -> list[RenderedPart]:
    """The HTML of all parts of a text that must not be cached, from its bytes."""
    ranges = [content.part_range(file, index) for index in range(part_count(file))]
    return [
        _render(file, content.decode(file, data[start:end]), index, anchor, marks[index])
        for index, (start, end) in enumerate(ranges)
    ]


def warm_later(paste_id: int) -> None:
    """Have the worker highlight long files to their end, where its cache is the web processes' too."""
    if cache.is_shared():
        latest = File.objects.filter(revision__paste=paste_id, revision__number=F("revision__paste__revision_count"))
        for file in latest.filter(size__lte=WHOLE_BYTES):
            if file.parts:
                queue.later("warm", file.pk)


def warm(file: File) -> None:
    """Highlight a file with the patience of the queue, so that its readers find it in the cache."""
    if file.size <= WHOLE_BYTES:
        _render_whole(file, anchor_of(file), deadline=QUEUED_DEADLINE)


def keep_highlights(paste_id: int) -> None:
    """Keep what a paste's page begins with as HTML, where readers get it with the rows and need no highlighter.

    What is not done in time is left to the readers, who try it again now and then.

    Raises:
        Unavailable: when the object store does not give the text.
    """
    paste = Paste.objects.filter(pk=paste_id).first()
    if paste is None or paste.is_gated or paste.encrypted:
        return
    try:
        rows = [
            highlight_of(file, part)
            for file in find_revision(paste=paste).files.all()
            if file.encoding != "binary" and (part := render_part(file=file, index=0, anchor=anchor_of(file))).is_whole
        ]
    except NotFound:  # removed meanwhile
        return
    with transaction.atomic():
        locked = Paste.objects.select_for_update(no_key=True).filter(pk=paste_id, updated=paste.updated)
        if locked.first():  # else another task will do it with what it says now
            fields = ["renderer", "language", "packed"]
            Highlight.objects.bulk_create(rows, update_conflicts=True, update_fields=fields, unique_fields=["file"])


def highlight_of(file: File, part: RenderedPart) -> Highlight:
    """The row that keeps a part."""
    packed = zlib.compress(_pack(part).encode())
    return Highlight(file=file, renderer=highlight.RENDERER, language=file.language, packed=packed)


def forget_highlights(paste: Paste) -> None:
    """Forget what was kept of a paste that changes."""
    Highlight.objects.filter(file__revision__paste=paste).delete()


def anchor_of(file: File) -> str:
    """What stands before ``L10`` in the links to a file's lines: nothing for the first file, ``F2-`` for the second."""
    return f"F{file.position + 1}-" if file.position else ""


def _claim_opening(paste: Paste) -> None:
    """Take one of the openings that are left; with the last one the paste is gone, and a receipt stays.

    Raises:
        NotFound: when none is left.
    """
    with transaction.atomic():
        now = timezone.now()
        open_now = Q(expires_at=None) | Q(expires_at__gt=now)
        won = Paste.objects.filter(open_now, pk=paste.pk, opens__lt=paste.max_opens, deleted_at=None).update(
            opens=F("opens") + 1
        )
        if not won:
            raise NotFound
        counting.count_opening(paste=paste, at=now)
        row = Paste.objects.get(pk=paste.pk)
        if row.max_opens is None or row.opens < row.max_opens:
            return
        BurnReceipt.objects.create(
            key=row.key,
            owner_id=row.owner_id,
            edit_token_hash=row.edit_token_hash,
            created=row.created,
            read_at=now,
        )
        expiry.destroy([row.pk])


def _render_whole(file: File, anchor: str, *, deadline: float = highlight.DEADLINE_SECONDS) -> list[RenderedPart]:
    """Highlight all of a file at once, and keep each of its parts."""
    text = content.decode(file, content.read(file))
    done = highlight.highlight(text=text, language=file.language, deadline=deadline)
    starts = [first for first, offset in file.parts] or [1]
    ends = [*starts[1:], len(done.lines) + 1]
    rendered = []
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        marks = logbook.marks_of(file, index)
        part = _rows(file, done, done.lines[start - 1 : end - 1], index, anchor, marks)
        rendered.append(part if index else replace(part, errors=logbook.errors_of(file)))
        _keep(_fragment_name(file, index, anchor), rendered[index])
    return rendered


def _render(file: File, text: str, index: int, anchor: str, marks: Marks) -> RenderedPart:
    done = highlight.highlight(text=text, language=file.language, before=marks.style)
    return _rows(file, done, done.lines, index, anchor, marks)


def _rows(file: File, done: Highlighted, lines: list[str], index: int, anchor: str, marks: Marks) -> RenderedPart:
    first = file.parts[index][0] if file.parts else 1
    html = highlight.rows(lines, first=first, anchor=anchor, levels=marks.levels)
    return RenderedPart(index, html, done.plain, done.cut, done.hidden, tuple(marks.folds), marks.sure)


def _fragment_name(file: File, index: int, anchor: str) -> str:
    language = file.language if languages.is_known(file.language) else languages.PLAIN
    return f"{file.sha256}:{language}:{logbook.is_marked(file):d}:{anchor}{index}"


def _kept(file: File) -> RenderedPart | None:
    """What the page begins with, when it was read with the file's row and is still what would be made of it."""
    kept = Highlight.beside(file)
    if kept is None or (kept.renderer, kept.language) != (highlight.RENDERER, file.language):
        return None
    return _unpack(zlib.decompress(kept.packed).decode(), 0)


def _keep(name: str, part: RenderedPart) -> None:
    seconds = cache.FRAGMENT_SECONDS if part.is_whole else RETRY_PLAIN_SECONDS
    cache.keep_fragment(name, _pack(part), seconds=seconds)


def _pack(part: RenderedPart) -> str:
    log = part.errors and [part.errors.errors, part.errors.warnings, part.errors.lines]
    return f"{json.dumps([part.plain, part.cut, part.hidden, part.folds, part.sure, log])}\n{part.html}"


def _unpack(packed: str, index: int) -> RenderedPart:
    head, _, html = packed.partition("\n")
    plain, cut, hidden, folds, sure, log = json.loads(head)
    errors = log and Errors(log[0], log[1], tuple(log[2]))
    return RenderedPart(index, html, plain, cut, hidden, tuple(Fold(*fold) for fold in folds), sure, errors)


def line_span(file: File, index: int) -> tuple[int, int]:
    """The first and the last line of a part."""
    if not file.parts:
        return 1, file.lines
    last = file.parts[index + 1][0] - 1 if index + 1 < len(file.parts) else file.lines
    return file.parts[index][0], last
