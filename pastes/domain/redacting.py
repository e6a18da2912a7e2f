"""Taking a text that should never have been published out of a paste: out of each revision, and what is around them.

The paste stays, with its address, its discussion, its stars and its links. Objects are made anew and stored first, each
once however many revisions share it; then the rows change in one transaction with the paste's row locked, which ends
with a revision that says what happened: whoever edits an older text at this moment cannot save it over this one. The
old objects are removed by the worker. What the text was, nothing keeps.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import groupby

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pastes import conf, storage
from pastes.domain import access, anchors, content, discussion, limits, publishing, sweeping, unsaying
from pastes.domain.access import Viewer
from pastes.domain.leaks import MARK, Leak, shown
from pastes.domain.unsaying import NewText
from pastes.exceptions import Conflict, NotFound, TooLarge
from pastes.models import Comment, File, Paste, Revision, SearchText
from pastes.rendering import parts

log = structlog.get_logger("pastes.redacting")

MOST_TEXTS = 500
MOST_BYTES = 100 * 1024 * 1024
MOST_FILES = 20_000
"""How much of a history one request goes through: different texts, their bytes, and files of all revisions."""

MOST_PLACES = 100
"""How many places are shown; all are counted."""

MOST_SPANS = 8
"""Of revisions, each from one to another, that are written out."""

MOST_FORKS = 100
"""How many forks are looked into."""


class ChangedMeanwhile(Conflict):
    """Somebody saved, or spoke of lines, while the texts were gone through."""

    message = gettext_lazy("The paste was changed at the same time. Nothing was removed.")
    advice = gettext_lazy("Look where the text stands now, and send it again.")


class Kind(StrEnum):
    """What has the text."""

    FILE = "file"
    NAME = "name"
    TITLE = "title"
    DESCRIPTION = "description"
    TAGS = "tags"
    MESSAGE = "message"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it stands.

    Attributes:
        kind: in what.
        revisions: of which revisions, by number; none for what is the paste's own.
        file: the name of the file, without the text itself.
        line: its number in the file, from 1; 0 where there are no lines.
        count: how often it is there.
        shown: the line as it will be, or "".
    """

    kind: Kind
    revisions: tuple[int, ...] = ()
    file: str = ""
    line: int = 0
    count: int = 1
    shown: str = ""

    @property
    def text(self) -> tuple[Kind, str, tuple[int, ...]]:
        """What lines of one text have in common."""
        return self.kind, self.file, self.revisions

    @property
    def pieces(self) -> list[str]:
        """The line between the marks; nothing where no line is shown."""
        return self.shown.split(MARK) if self.shown else []

    @property
    def numbers(self) -> str:
        """The revisions in short: ``1–3, 5``."""
        runs = groupby(enumerate(self.revisions), key=lambda pair: pair[1] - pair[0])
        spans = [[number for _index, number in run] for _key, run in runs]
        words = [f"{span[0]}–{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans]
        return ", ".join(words if len(words) <= MOST_SPANS else [*words[: MOST_SPANS - 1], "…"])


@dataclass(slots=True)
class Found:
    """All places, of which `MOST_PLACES` are told one by one.

    Attributes:
        places: these.
        count: how often it is there; what revisions share counts once.
        revisions: the numbers of those that have it.
        comments: how many comments say it or quote it.
        forks: how many forks that the asker may see have it in their latest text. They are other people's, and stay.
    """

    places: list[Place] = field(default_factory=list)
    count: int = 0
    revisions: set[int] = field(default_factory=set)
    comments: int = 0
    forks: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether there are more places than are told."""
        return self.count > sum(place.count for place in self.places)

    def add(self, place: Place) -> None:
        """Count one more."""
        self.count += place.count
        self.revisions.update(place.revisions)
        if len(self.places) < MOST_PLACES:
            self.places.append(place)


def find(*, paste: Paste, viewer: Viewer, text: str, trusted: bool = False, at: datetime | None = None) -> Found:
    """Where a paste has a text, in any revision and around them. Capitals count. ``trusted`` is as for `redact`.

    Raises:
        Forbidden: when the viewer is not the author, or nobody here can read the paste.
        Invalid: with ``text``, when this cannot be looked for.
        TooLarge: when the history is too long to be gone through in a request.
        TooMany: too often.
        NotFound, Unavailable: when the texts cannot be read now.
    """
    leak = _begin(paste, viewer, text, trusted=trusted, at=at)
    found = Found()
    for leaking in _look_through(_files(paste, trusted=trusted), leak):
        _tell(found, leaking)
    _look_around(found, paste, viewer, leak)
    return found


def redact(
    *,
    paste: Paste,
    viewer: Viewer,
    text: str,
    base: int | None = None,
    trusted: bool = False,
    at: datetime | None = None,
) -> Found:
    """Put the mark in its place, everywhere at once; returns where it was. Where it is not, nothing is changed.

    With ``base`` only while that is the latest revision. ``trusted`` is for an operator on the machine itself, who need
    not be the author and waits as long as it takes.

    Raises:
        Forbidden, Invalid, TooLarge, TooMany, NotFound, Unavailable: as `find`.
        ChangedMeanwhile: when the paste is revised, or its lines are commented on, at the same time.
    """
    leak = _begin(paste, viewer, text, trusted=trusted, at=at)
    if base not in {None, paste.revision_count}:
        raise ChangedMeanwhile(current=publishing.latest(paste))
    files = _files(paste, trusted=trusted)
    found, remarks = Found(), _remarks(paste)
    new: list[str] = []
    with _unless_it_fails(new):
        texts = []
        for leaking in _look_through(files, leak):
            _tell(found, leaking)
            texts.append(_store(leaking, remarks, new))
        _look_around(found, paste, viewer, leak)
        if not found.count:
            return found
        html = _said_anew(paste, leak)
        with transaction.atomic():
            row = Paste.objects.select_for_update().filter(pk=paste.pk).first()
            if row is None or not (trusted or row.is_live(at)):
                raise NotFound
            if row.revision_count != paste.revision_count or _is_commented_since(row, remarks):
                raise ChangedMeanwhile(current=publishing.latest(row))
            unsaying.write(paste=row, leak=leak, texts=texts, html=html, author=viewer.account, at=at or timezone.now())
            sweeping.remove_objects(text.old for text in texts)
    log.info("redacted", paste=paste.pk, places=found.count, revisions=len(found.revisions), comments=found.comments)
    return found


@dataclass(frozen=True, slots=True)
class _Leaking:
    """A text that has it: the rows of its file in all revisions, what it will be, and the lines where it begins."""

    files: list[File]
    after: str
    encoding: str
    lines: list[int]
    leak: Leak


def _begin(paste: Paste, viewer: Viewer, text: str, *, trusted: bool = False, at: datetime | None) -> Leak:
    if not trusted:
        access.require_author(paste=paste, viewer=viewer)
    access.require_readable(paste)
    leak = Leak(text)
    if trusted:
        return leak
    limits.spend(
        what="redact",
        subject=limits.subject_of(user=viewer.user, address=viewer.address),
        rate=conf.rate("PUBLISH_RATE_ACCOUNT" if viewer.account else "PUBLISH_RATE_ANONYMOUS"),
        at=at,
    )
    return leak


def _files(paste: Paste, *, trusted: bool = False) -> list[list[File]]:
    """The rows of all files, those that share an object together, the latest first.

    Raises:
        TooLarge: when there is too much to read.
    """
    rows = File.objects.filter(revision__paste=paste)
    if not trusted:
        _require_bounded(rows)
    shared: dict[str, list[File]] = defaultdict(list)
    for file in rows.select_related("revision").defer("parts").order_by("-revision__number", "position"):
        shared[file.object_name].append(file)
    return list(shared.values())


def _require_bounded(rows: QuerySet[File]) -> None:
    """Let pass what can be gone through while somebody waits."""
    if (count := rows.count()) > MOST_FILES:
        raise _too_long(limit=MOST_FILES, actual=count)
    sizes = [size for _name, size in rows.order_by().values_list("object_name", "size").distinct()]
    if len(sizes) > MOST_TEXTS:
        raise _too_long(limit=MOST_TEXTS, actual=len(sizes))
    if sum(sizes) > MOST_BYTES:
        raise _too_long(limit=MOST_BYTES, actual=sum(sizes))


def _too_long(*, limit: int, actual: int) -> TooLarge:
    advice = _("Nothing was removed. Whoever runs this site can do it for you; or delete the paste.")
    return TooLarge(_("The history of this paste is too long for this."), limit=limit, actual=actual, advice=advice)


def _look_through(files: Sequence[list[File]], leak: Leak) -> Iterator[_Leaking]:
    """Those that have it; one text at a time is in memory."""
    for rows in files:
        encoding = rows[0].encoding
        data = content.read(rows[0])
        text = data.decode("latin-1") if encoding == "binary" else content.decode(rows[0], data)
        if lines := leak.lines_in(text, encoding):
            yield _Leaking(rows, leak.removed_from(text, encoding), encoding, lines, leak)


def _tell(found: Found, leaking: _Leaking) -> None:
    """Add the lines of a text."""
    revisions = tuple(sorted({file.revision.number for file in leaking.files}))
    name = leaking.leak.removed_from(leaking.files[0].name)
    if leaking.encoding == "binary":
        found.add(Place(Kind.FILE, revisions, name, count=len(leaking.lines)))
        return
    lines = leaking.after.split("\n") if len(found.places) < MOST_PLACES else []
    for line, count in Counter(leaking.lines).items():
        line_now = shown(lines[line - 1].rstrip("\r")) if len(found.places) < MOST_PLACES else ""
        found.add(Place(Kind.FILE, revisions, name, line, count, line_now))


def _look_around(found: Found, paste: Paste, viewer: Viewer, leak: Leak) -> None:
    """Add what stands beside the texts: names, words of the author, comments; and what forks have."""
    for kind, text, revisions in _words(paste, leak):
        if times := len(leak.lines_in(text)):
            found.add(Place(kind, revisions, count=times, shown=_in_one_line(text, leak)))
    for body, deleted in Comment.objects.filter(paste=paste, body__contains=leak.probe).values_list("body", "deleted"):
        if times := len(leak.lines_in(body)):  # what a moderator has removed can be put back, and is shown to nobody
            found.add(Place(Kind.COMMENT, count=times, shown="" if deleted else _in_one_line(body, leak)))
    if times := sum(map(leak.is_in_tag, paste.tag_names)):
        found.add(Place(Kind.TAGS, count=times))
    # A quote is what a text says, and is counted there.
    quoting = Q(body__contains=leak.probe) | Q(quote__contains=leak.probe)
    said = Comment.objects.filter(quoting, paste=paste).values_list("body", "quote")
    found.comments = sum(leak.is_in(body) or leak.is_in(quote) for body, quote in said)
    found.forks = _forks(paste, viewer, leak) if found.count else 0


def _words(paste: Paste, leak: Leak) -> Iterator[tuple[Kind, str, tuple[int, ...]]]:
    """What the author wrote beside the texts, where it may be, and of which revisions it is."""
    yield Kind.TITLE, paste.title, ()
    yield Kind.DESCRIPTION, paste.description, ()
    named: dict[str, list[int]] = defaultdict(list)
    files = File.objects.filter(revision__paste=paste, name__contains=leak.probe).order_by("revision__number")
    for name, number in files.values_list("name", "revision__number"):
        named[name].append(number)
    for name, numbers in named.items():
        yield Kind.NAME, name, tuple(numbers)
    messages = Revision.objects.filter(paste=paste, message__contains=leak.probe).order_by("number")
    for message, number in messages.values_list("message", "number"):
        yield Kind.MESSAGE, message, (number,)


def _in_one_line(text: str, leak: Leak) -> str:
    return shown(" ".join(leak.removed_from(text).splitlines()))


def _forks(paste: Paste, viewer: Viewer, leak: Leak) -> int:
    """Only those that the viewer may know of, and as far as the search has their text."""
    forks = Paste.objects.filter(forked_from=paste).visible_to(viewer.user).live()
    texts = SearchText.objects.filter(paste__in=forks, text__contains=leak.probe).values_list("text", flat=True)
    return sum(leak.is_in(text) for text in texts[:MOST_FORKS])


def _said_anew(paste: Paste, leak: Leak) -> dict[str, str]:
    """The HTML of comments that say it, by what they will say: long ones take a child process, and the lock waits."""
    bodies = Comment.objects.filter(paste=paste, body__contains=leak.probe).values_list("body", flat=True)
    return {after: discussion.render(after)[0] for after in map(leak.removed_from, bodies)}


type _Remarks = dict[tuple[int | None, str], list[tuple[int, int, int]]]
"""Comments on lines by revision and file: their ids, first and last line."""


def _remarks(paste: Paste) -> _Remarks:
    found: _Remarks = defaultdict(list)
    rows = Comment.objects.filter(paste=paste, first_line__isnull=False)
    for comment in rows.only("revision", "file_name", "first_line", "last_line"):
        found[comment.revision_id, comment.file_name].append(
            (comment.pk, comment.first_line or 1, comment.last_line or 1)
        )
    return found


def _is_commented_since(paste: Paste, remarks: _Remarks) -> bool:
    """Whether there are comments on lines that were read before; call it with the paste's row locked."""
    known = {pk for comments in remarks.values() for pk, _first, _last in comments}
    rows = Comment.objects.filter(paste=paste, first_line__isnull=False)
    return not known.issuperset(rows.values_list("pk", flat=True))


def _store(leaking: _Leaking, remarks: _Remarks, new: list[str]) -> NewText:
    """Put a text without it into the store, under a name that is written down before."""
    first, binary = leaking.files[0], leaking.encoding == "binary"
    data = leaking.after.encode("latin-1" if binary else leaking.encoding)
    cuts = [] if binary else parts.split(leaking.after, leaking.encoding)
    new.append(storage.new_name())
    storage.put(new[-1], data)
    about = [comment for file in leaking.files for comment in remarks.get((file.revision_id, file.name), ())]
    lines = parts.display_lines(leaking.after) if about else []
    return NewText(
        old=first.object_name,
        name=new[-1],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        parts=[[part.first_line, part.offset] for part in cuts] if len(cuts) > 1 else [],
        excerpt="" if binary else content.excerpt(leaking.after, language=first.language),
        remarks={pk: anchors.kept_of(lines[first_line - 1 : last_line]) for pk, first_line, last_line in about},
    )


@contextmanager
def _unless_it_fails(new: list[str]) -> Iterator[None]:
    """Have new objects removed when their rows were not written, as `content.kept` does."""
    try:
        yield
    except (OperationalError, InterfaceError):
        raise  # the commit may have arrived: the sweep finds out
    except BaseException:
        sweeping.remove_objects(new)
        raise
