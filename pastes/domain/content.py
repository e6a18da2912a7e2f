"""Files as rows and objects together: an object is stored before its row, and removed after it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import islice

import structlog
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pastes import conf, storage, units, validators
from pastes.domain import sweeping
from pastes.exceptions import Invalid, NotFound, TooLarge, Unavailable
from pastes.models import File, Revision
from pastes.rendering import detect, languages, parts, terminal, text

log = structlog.get_logger("pastes.content")

LONGEST_SUFFIX = 20
"""What stands behind the last dot of a name and has more characters is no suffix."""

EXCERPT_LINES = 3
EXCERPT_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as somebody sends it: its bytes are kept as they are. No language means: recognise it."""

    data: bytes
    name: str = ""
    language: str = ""


@dataclass(slots=True)
class PreparedFile:
    """A file that was checked and measured, and will become a row."""

    name: str
    data: bytes
    language: str
    encoding: str
    lines: int
    sha256: str
    parts: list[list[int]]
    object_name: str = ""
    decoded: str = field(default="", repr=False)

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)


def prepare(*, files: Sequence[NewFile], limits: conf.Limits) -> list[PreparedFile]:
    """Check files against the limits, name them, and find out what they are. Files without a byte are left out.

    Raises:
        TooLarge: when they are too many or too big together.
        Invalid: when nothing is in them, or a name or language cannot be.
    """
    filled = [file for file in files if file.data]
    if not filled:
        raise Invalid({"content": [_("There is no text yet: write or paste some, or choose a file.")]})
    _require_limits(filled, limits)
    errors: dict[str, list[str]] = {}
    names = [_valid_name(file, index, errors) for index, file in enumerate(filled)]
    chosen = [_valid_language(file, index, errors) for index, file in enumerate(filled)]
    if errors:
        raise Invalid(errors)
    recognised = iter(
        detect.detect([(name, file.data) for name, file, lang in zip(names, filled, chosen, strict=True) if not lang])
    )
    final = [lang or next(recognised) for lang in chosen]
    return [
        _measure(file, name=name, language=language)
        for file, name, language in zip(filled, _all_named(names, final), final, strict=True)
    ]


@contextmanager
def kept(prepared: Sequence[PreparedFile], *, at_once: bool = False) -> Iterator[None]:
    """A transaction for the rows of files, whose bytes are in the object store before it begins.

    With ``at_once`` one statement writes them, which is a transaction by itself. When it fails they are taken out
    again. But when the connection breaks, the commit may have arrived: whether the objects have rows the sweep finds
    out.

    Raises:
        Unavailable: when the store does not take them; what it took before the worker removes.
    """
    new = [file for file in prepared if not file.object_name]
    _store(new)
    try:
        with nullcontext() if at_once else transaction.atomic():
            yield
    except (OperationalError, InterfaceError):
        raise
    except BaseException:
        _discard([file.object_name for file in new])
        raise


def rows(*, revision: Revision, prepared: Sequence[PreparedFile]) -> list[File]:
    """The rows of stored files, to be inserted in the transaction that makes the revision."""
    return [
        File(
            revision=revision,
            position=position,
            name=file.name,
            language=file.language,
            size=file.size,
            lines=file.lines,
            encoding=file.encoding,
            sha256=file.sha256,
            object_name=file.object_name,
            parts=file.parts,
        )
        for position, file in enumerate(prepared)
    ]


def summary(prepared: Sequence[PreparedFile]) -> dict[str, object]:
    """What the paste's own row keeps of its latest files, for lists."""
    first = prepared[0]
    return {
        "language": first.language,
        "file_name": first.name,
        "file_count": len(prepared),
        "size": sum(file.size for file in prepared),
        "excerpt": excerpt(first.decoded, language=first.language),
    }


def excerpt(decoded: str, *, language: str) -> str:
    """The first lines of a file that say something, in characters every database can hold."""
    start = terminal.stripped(decoded) if language == languages.TERMINAL else decoded
    lines = (line.rstrip()[:160] for line in start[:4_000].splitlines() if line.strip())
    return "\n".join(islice(lines, EXCERPT_LINES))[:EXCERPT_CHARACTERS].replace("\0", "")


def read(file: File) -> bytes:
    """All bytes of a file.

    Raises:
        NotFound: when the file was removed since its row was read.
        Unavailable: when the store does not give them, the object being lost included: the row says it was stored.
    """
    return _read(file, 0, file.size)


def read_part(file: File, index: int) -> str:
    """The text of part ``index`` (from 0) of a file.

    Raises:
        Unavailable: as `read`.
    """
    start, end = part_range(file, index)
    return text.decode_as(_read(file, start, end), file.encoding)


def read_range(file: File, start: int, stop: int) -> bytes:
    """Bytes ``start`` to ``stop`` (exclusive) of a file.

    Raises:
        Unavailable: as `read`.
    """
    return _read(file, start, stop)


def part_range(file: File, index: int) -> tuple[int, int]:
    """Where part ``index`` lies in the file, in bytes: first and behind the last."""
    if not file.parts:
        return 0, file.size
    end = file.parts[index + 1][1] if index + 1 < len(file.parts) else file.size
    return file.parts[index][1], end


def decode(file: File, data: bytes) -> str:
    """The text of a file's bytes; "" for a binary one."""
    return text.decode_as(data, file.encoding) if file.encoding != "binary" else ""


def as_before(file: File, typed: str) -> bytes:
    """The bytes of an edited text, in the encoding and with the line ends that its file had.

    A text area gives every line end as one LF and has no byte for what is not text. So a text that reads like the old
    one is the old one, to the byte; else CRLF comes back where every line had it, and UTF-8 is used where the old
    encoding lacks a character.

    Raises:
        Unavailable: when the old text cannot be read now.
    """
    data = read(file)
    before = decode(file, data)
    if typed == before.replace("\r\n", "\n").replace("\r", "\n"):
        return data
    if before.count("\r\n") == before.count("\n") > 0:
        typed = typed.replace("\n", "\r\n")
    try:
        return typed.encode("utf-8" if file.encoding == "binary" else file.encoding)
    except UnicodeEncodeError:
        return typed.encode(errors="replace")


def changed_lines(*, old: str, new: str) -> tuple[int, int]:
    """How many lines of ``new`` are not in ``old``, and the reverse. A line that only moved is in both."""
    before, after = Counter(old.splitlines()), Counter(new.splitlines())
    return (after - before).total(), (before - after).total()


def _store(files: Iterable[PreparedFile]) -> None:
    new: list[str] = []
    try:
        for file in files:
            name = storage.new_name()
            storage.put(name, file.data)
            new.append(name)
            file.object_name = name
    except Unavailable:
        # Not here: whoever publishes has waited for a store that fails once already.
        sweeping.remove_objects(new)
        raise


def _discard(names: Sequence[str]) -> None:
    """Remove objects that no row came to need; what fails here the sweep finds."""
    try:
        storage.delete(names)
    except Unavailable:
        log.warning("objects_left_for_sweep", count=len(names))


def _read(file: File, start: int, end: int) -> bytes:
    data = storage.get(file.object_name, size=file.size, start=start, end=end)
    if data is None:
        named = File.objects.filter(pk=file.pk).values_list("object_name", flat=True).first()
        if named is None:
            # Deleted, or read by the one who may, between the look at its row and this.
            raise NotFound
        if named == file.object_name:  # else something was just taken out of the text: it is there under another name
            log.error("object_missing", object=file.object_name)
        raise Unavailable
    return data


def _require_limits(files: Sequence[NewFile], limits: conf.Limits) -> None:
    if len(files) > limits.files:
        raise TooLarge(
            _("%(actual)s files are too many: one paste can have %(limit)s.")
            % {"actual": len(files), "limit": limits.files},
            limit=limits.files,
            actual=len(files),
        )
    total = sum(len(file.data) for file in files)
    if total > limits.bytes:
        raise too_many_bytes(limit=limits.bytes, actual=total)


def too_many_bytes(*, limit: int, actual: int | None) -> TooLarge:
    """The error for a text over the limit; ``actual`` is None when reading stopped before the end."""
    advice = gettext_lazy("Shorten the text, or split it over several pastes.")
    if limit < conf.largest():
        advice = format_lazy(
            "{} {}",
            advice,
            gettext_lazy("With an account a paste can have %(limit)s.") % {"limit": units.size(conf.largest())},
        )
    message = _("The text is larger than one paste can be: %(limit)s.") % {"limit": units.size(limit)}
    return TooLarge(message, limit=limit, actual=actual, advice=advice)


def _valid_name(file: NewFile, index: int, errors: dict[str, list[str]]) -> str:
    try:
        return validators.file_name(file.name)
    except ValidationError as error:
        errors.setdefault(f"filename-{index}", []).extend(error.messages)
        return ""


def _valid_language(file: NewFile, index: int, errors: dict[str, list[str]]) -> str:
    if not file.language:
        return ""
    try:
        validators.storable(file.language)
    except ValidationError as error:
        errors.setdefault(f"language-{index}", []).extend(error.messages)
        return ""
    alias = languages.canonical(file.language)
    if alias is None:
        errors.setdefault(f"language-{index}", []).append(
            _("There is no language “%(name)s” here.") % {"name": file.language[:50]}
        )
    return alias or ""


def _all_named(names: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """Every file gets a name, each its own: links to a file are by name."""
    taken = {name for name in names if name}
    result: list[str] = []
    seen: set[str] = set()
    for name, language in zip(names, chosen, strict=True):
        extension = languages.extension_of(language)
        candidate, number = name or f"file1{extension}", 1
        while candidate in seen or (not name and candidate in taken):
            number += 1
            candidate = _numbered(name, number) if name else f"file{number}{extension}"
        seen.add(candidate)
        result.append(candidate)
    return result


def _numbered(name: str, number: int) -> str:
    """``a.txt`` as ``a-2.txt``, still short enough for a name."""
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix) > LONGEST_SUFFIX:
        stem, dot, suffix = name, "", ""
    end = f"-{number}{dot}{suffix}"
    return stem.encode()[: validators.MAX_NAME_LENGTH - len(end.encode())].decode(errors="ignore") + end


def _measure(file: NewFile, *, name: str, language: str) -> PreparedFile:
    decoded = text.decode(file.data)
    cuts = parts.split(decoded.text, decoded.encoding) if decoded.text else []
    return PreparedFile(
        name=name,
        data=file.data,
        language=language,
        encoding=decoded.encoding,
        lines=parts.count_lines(decoded.text),
        sha256=hashlib.sha256(file.data).hexdigest(),
        parts=[[part.first_line, part.offset] for part in cuts] if len(cuts) > 1 else [],
        decoded=decoded.text,
    )
