"""What a log says of itself: which lines are errors and warnings, and which lines can be folded away.

One pass over the text, a bounded look at each line: 10 MiB take about a second. A line is judged by where a level
stands in the formats that programs write (Python, log4j, logfmt, JSON, syslog, glog, compilers, npm, Go, Rust, access
logs), not by the word "error" alone. The lines of a stack trace, and the exception at its end, are one error with the
line that reports it.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from pastes.rendering import languages, pool, terminal
from pastes.rendering.parts import display_lines

logger = logging.getLogger(__name__)

LANGUAGES = frozenset({languages.PLAIN, languages.TERMINAL, "output", "kmsg", "pytb"})
"""What logs are stored as."""

DEADLINE_SECONDS = 2.0

LONGEST_LOOK = 300
"""Characters of a line that are looked at."""

MOST_ERRORS = 1_000
"""How many errors can be gone to."""

SHORTEST_FOLD = 4
"""Lines. Fewer are read faster than a fold is opened."""

MOST_FOLDED = 0.9
"""Where more than this share of a part would be folded as repetition, the repetition is what it says."""

LONG_LOG = 40
"""Lines. A shorter log is seen whole: where somebody shows one trace, the trace is what they show."""

FEWEST_LINES = 4
"""Of a text that is a log by how they begin."""

HEAD_LINES = 200
"""How many lines decide whether a text is a log."""

ERROR, GOES_ON, WARNING, FRAME, OTHER = "E", "e", "w", "t", " "
"""What a line is: an error, an error that goes on where one is before it, a warning, a line of a stack trace."""

_HINTS = (
    "err",
    "warn",
    "fatal",
    "panic",
    "crit",
    "exception",
    "fail",
    "severe",
    "exit",
    "emerg",
    "fault",
    '" 5',
    "[31",
)

_ERROR = re.compile(
    r"""
    (?<![\w-]) (?: ERROR | FATAL | CRITICAL | SEVERE | EMERG(?:ENCY)? | PANIC ) (?! [\w-] | :?\s*0\b )
    | \b (?: level | severity | lvl ) ["']? \s? [=:] \s? ["']? (?i: error | err | fatal | critical | panic | emerg ) \b
    | [\[<|] \s? (?i: error | err | fatal | crit | critical | emerg | panic ) \s? [\]>|:]
    | (?<! [\w-] ) (?i: error | fatal | panic ) (?: \[ \w+ \] | \ TS\d+ )? : (?! \s* 0\b )
    | ^ make (?: \[\d+\] )? : \ \*\*\*
    | \b panicked\ at\b | \b Segmentation\ fault\b
    | (?i: \b exit (?: ed | s | ing )? (?: \ with )? \ (?: code | status ) :? \ ) [1-9]
    | ^ FAILED\b | ^ --- \ FAIL:
    | "\ 5\d\d\ \S* \d
    """,
    re.VERBOSE,
)
_GOES_ON = re.compile(
    r"""
    ^ npm \ (?i: ERR! | error ) (?! \w )
    | ^ (?: Caused\ by:\ | Exception\ in\ thread\ "[^"]*"\ | Uncaught\ | \[?Unhandled\ )?
      (?: [A-Za-z_$][\w$]* [.:]{1,2} )* [\w$]* (?: Error | Exception | Interrupt | Exit ) (?: :\s | : $ | $ | \ \[ )
    """,
    re.VERBOSE,
)
_WARNING = re.compile(
    r"""
    (?<![\w-]) (?: WARN | WARNING ) (?! [\w-] | :?\s*0\b )
    | \b (?: level | severity | lvl ) ["']? \s? [=:] \s? ["']? (?i: warn | warning ) \b
    | [\[<|] \s? (?i: warn | warning ) \s? [\]>|:]
    | (?<! [\w-] ) (?i: [a-z]* warning ) (?: \[ [\w-]+ \] )? : (?! \s* 0\b )
    | ^ npm \ (?i: warn ) \b
    """,
    re.VERBOSE,
)
_GLOG = re.compile(r"[EWF]\d{4} \d\d:\d\d")
_FRAME = re.compile(
    r"""
    \s+ (?:
      File\ "[^"]*",\ line\ \d | at\ \S | from\ \S+:\d+:in\b | \d+:\s+(?:0x)?\w
      | \.\.\.\ \d+\ (?:more|common) | \S+\.go:\d+
    )
    | \#\d+\s+\S
    | Traceback\ \(most\ recent\ call\ last\):
    | goroutine\ \d+\ \[
    """,
    re.VERBOSE,
)
_INSIDE = re.compile(r"\s{4}")
_STAMPED = re.compile(
    r"""
    \W{0,2} (?:
      \d{4} [-/.] \d\d [-/.] \d\d | \d\d [:.] \d\d [:.] \d\d | \d\d [-/] \w{2,3} [-/] \d\d
      | [A-Z][a-z]{2}\ [\ \d]\d\ \d\d:\d\d
      | (?: TRACE | DEBUG | INFO | NOTICE | WARN | WARNING | ERROR | FATAL | CRITICAL ) \b | [IWEF]\d{4}\ \d\d
      | \{ " | (?: level | time | ts ) = | \d{1,3} (?: \.\d{1,3} ){3} \ | \ *\d+\.\d{6}\]
    )
    """,
    re.VERBOSE,
)
_NAMED = re.compile(r"(?i)\.(?:log|out|err|ansi)(?:\.\d+)?$")
_DIGITS = dict.fromkeys(b"0123456789")


class Fold(NamedTuple):
    """Lines that are folded away, by their numbers: a stack trace where ``kind`` is `FRAME`, else similar lines."""

    first: int
    last: int
    kind: str


class Marks(NamedTuple):
    """What is known of one part.

    Attributes:
        levels: a character for each line.
        folds: in order, without overlaps.
        style: how a terminal's text looks where the part begins.
        sure: whether all this is known; a log that took too long has none of it.
    """

    levels: str = ""
    folds: Sequence[Fold] = ()
    style: tuple[int, ...] = ()
    sure: bool = True


class Survey(NamedTuple):
    """What is known of a whole log: how many errors and warnings, the lines of the first errors, and its parts."""

    errors: int
    warnings: int
    lines: list[int]
    parts: list[Marks]


def is_log(*, name: str, language: str, head: str) -> bool:
    """Whether a text is a log: by its language or its name, or because many of its first lines begin as a log's do."""
    if language not in LANGUAGES:
        return False
    if language != languages.PLAIN or _NAMED.search(name):
        return True
    lines = [line[:LONGEST_LOOK] for line in head.split("\n", HEAD_LINES)[:HEAD_LINES] if line.strip()]
    stamped = sum(_STAMPED.match(line) is not None for line in lines)
    return len(lines) >= FEWEST_LINES and stamped > len(lines) / 2


def survey(text: str, *, language: str, starts: Sequence[int], deadline: float = DEADLINE_SECONDS) -> Survey | None:
    """Survey a whole log, or return None where that takes too long.

    Args:
        text: of any length.
        language: one of `LANGUAGES`.
        starts: the number of the first line of each of its parts.
        deadline: seconds.
    """
    try:
        errors, warnings, lines, parts = pool.run(survey_here, deadline, text, language, list(starts))
    except (pool.RenderTimeout, pool.RenderFailed) as error:
        logger.info("a log of %d characters was not surveyed: %s", len(text), error)
        return None
    return Survey(errors, warnings, lines, parts)


def survey_here(text: str, language: str, starts: Sequence[int]) -> Survey:
    """Do the work of `survey`, without a deadline."""
    written = display_lines(text)
    coloured = language == languages.TERMINAL
    lines = [terminal.stripped(line) for line in written] if coloured else written
    levels = _levels(lines)
    parts: list[Marks] = []
    style = terminal.Style()
    for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        part = levels[start - 1 : end - 1]
        folds = _folds(lines[start - 1 : end - 1], part, start) if len(lines) >= LONG_LOG else []
        parts.append(Marks(part, folds, tuple(style)))
        if coloured and len(starts) > 1:
            style = terminal.style_after("\n".join(written[start - 1 : end - 1]), style)
    errors = [number for number, error in enumerate(_begins(levels), start=1) if error]
    return Survey(len(errors), levels.count(WARNING), errors[:MOST_ERRORS], parts)


def _levels(lines: Sequence[str]) -> str:
    """Return what each line is, a character for each."""
    found: list[str] = []
    before = OTHER
    for line in lines:
        before = _level(line[:LONGEST_LOOK], before)
        found.append(before)
    return "".join(found)


def _level(line: str, before: str) -> str:
    """Return what a line is, given what the one before it is."""
    begin = line[:1]
    if not begin:
        return OTHER
    if begin in " \t#Tg" and (_FRAME.match(line) or (before == FRAME and _INSIDE.match(line))):
        return FRAME
    if begin in "EWF" and _GLOG.match(line):
        return WARNING if begin == "W" else ERROR
    if line.startswith("E   "):  # what pytest says of a failed assertion
        return GOES_ON
    low = line.lower()
    for hint in _HINTS:
        if hint in low:
            break
    else:
        return OTHER
    if _GOES_ON.search(line):
        return GOES_ON
    # A warning may speak of an error ("WARN error: …"), and an error of warnings: the level that stands first counts.
    error, warning = _ERROR.search(line), _WARNING.search(line)
    if error and not (warning and warning.start() < error.start()):
        return ERROR
    return WARNING if warning else OTHER


def _begins(levels: str) -> Iterator[bool]:
    """Whether an error begins at each line: what goes on after an error or its trace is part of it."""
    inside = False
    for level in levels:
        yield level == ERROR or (level == GOES_ON and not inside)
        inside = level in {ERROR, GOES_ON} or (level == FRAME and inside)


def _folds(lines: Sequence[str], levels: str, first: int) -> list[Fold]:
    """Return the folds of a part that begins at line ``first``."""
    traces, repeated = [], []
    number = first
    for (level, _), group in groupby(zip(levels, map(_shape, lines), strict=True), key=_sort_of):
        count = sum(1 for _ in group)
        if level == FRAME and count >= SHORTEST_FOLD:
            traces.append(Fold(number, number + count - 1, FRAME))
        elif level in {OTHER, WARNING} and count - 2 >= SHORTEST_FOLD:
            # The first and the last of them say what is folded between.
            repeated.append(Fold(number + 1, number + count - 2, OTHER))
        number += count
    if sum(last - first + 1 for first, last, _ in repeated) > MOST_FOLDED * len(lines):
        repeated = []
    return sorted(traces + repeated)


def _sort_of(line: tuple[str, str]) -> tuple[str, str]:
    """What two neighbours must have in common to be folded together: frames only that they are frames."""
    level, shape = line
    return (level, "") if level == FRAME else (level, shape)


def _shape(line: str) -> str:
    """A line without what differs in lines that say the same: times, numbers, durations."""
    return line[:LONGEST_LOOK].translate(_DIGITS)
