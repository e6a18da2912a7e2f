"""What a file that is a log says of itself, surveyed once and kept: its errors, and the marks of each of its parts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pastes import cache
from pastes.domain import content
from pastes.models import File
from pastes.rendering import logs
from pastes.rendering.logs import Fold, Marks, Survey

RETRY_SECONDS = 600
"""A log that could not be surveyed is shown without marks this long before it is tried again."""

HEAD_BYTES = 16 * 1024
"""How much of a file is read to see whether it is a log."""


@dataclass(frozen=True, slots=True)
class Errors:
    """How many errors and warnings a log has, and on which lines the first errors begin."""

    errors: int = 0
    warnings: int = 0
    lines: tuple[int, ...] = ()


def errors_of(file: File) -> Errors:
    """The errors of a log; none where the file is not one.

    Raises:
        Unavailable: when the text cannot be read now.
    """
    if not _may_be_log(file):
        return Errors()
    kept = cache.fragment(_name(file))
    if kept is None:
        return _errors(_survey(file))
    errors, warnings, lines = json.loads(kept)
    return Errors(errors, warnings, tuple(lines))


def marks_of(file: File, index: int) -> Marks:
    """The marks of one part of a log; none where the file is not one.

    Raises:
        Unavailable: when the text cannot be read now.
    """
    if not _may_be_log(file):
        return Marks()
    kept = cache.fragment(_name(file, index))
    if kept is None:
        return _survey(file).parts[index]
    levels, folds, style, sure = json.loads(kept)
    return Marks(levels, [Fold(*fold) for fold in folds], tuple(style), sure)


def survey_once(file: File, data: bytes) -> tuple[Errors, Sequence[Marks]]:
    """The errors and all marks of a text that must not be cached, from its bytes."""
    survey = _look(file, data) if _may_be_log(file) else _nothing(file)
    return _errors(survey), survey.parts


def is_marked(file: File) -> bool:
    """Whether the name of the file makes it a log, which its text alone would not."""
    return logs.is_log(name=file.name, language=file.language, head="")


def _may_be_log(file: File) -> bool:
    return file.encoding != "binary" and file.language in logs.LANGUAGES and file.lines > 0


def _survey(file: File) -> Survey:
    """Survey the file, and keep what is found, that it is no log included."""
    head = content.read_range(file, 0, min(file.size, HEAD_BYTES))
    survey = _look(file, content.read(file)) if _is_log(file, head) else _nothing(file)
    seconds = cache.FRAGMENT_SECONDS if survey.parts[0].sure else RETRY_SECONDS
    found = json.dumps([survey.errors, survey.warnings, survey.lines])
    cache.keep_fragment(_name(file), found, seconds=seconds)
    for index, marks in enumerate(survey.parts):
        cache.keep_fragment(_name(file, index), json.dumps(marks), seconds=seconds)
    return survey


def _look(file: File, data: bytes) -> Survey:
    if not _is_log(file, data[:HEAD_BYTES]):
        return _nothing(file)
    starts = [first for first, offset in file.parts] or [1]
    found = logs.survey(content.decode(file, data), language=file.language, starts=starts)
    return found or _nothing(file, sure=False)


def _is_log(file: File, head: bytes) -> bool:
    return logs.is_log(name=file.name, language=file.language, head=content.decode(file, head))


def _nothing(file: File, *, sure: bool = True) -> Survey:
    return Survey(0, 0, [], [Marks(sure=sure)] * max(1, len(file.parts)))


def _errors(survey: Survey) -> Errors:
    return Errors(survey.errors, survey.warnings, tuple(survey.lines))


def _name(file: File, index: int | None = None) -> str:
    """Text, language and parts decide, and the name where it makes a log of what does not look like one."""
    return f"{file.sha256}:{file.language}:log{is_marked(file):d}:{'' if index is None else index}"
