"""Which language a file is written in: by its name, by its first line, by a model that reads its beginning.

Names are right so often that the content is asked only where they are silent or ambiguous. The model is magika's: over
90 % right on files of some twenty kinds where Pygments' own guess is right on fifteen. It takes 60 MB and half a second
to load, so it lives in a child process of its own, which never has to be killed because of a lexer.
"""

import json
import logging
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from pastes.rendering.filenames import by_shebang, claims
from pastes.rendering.languages import PLAIN, TERMINAL, canonical
from pastes.rendering.pool import Children, RenderFailed, RenderTimeout
from pastes.rendering.text import decode

if TYPE_CHECKING:
    from magika import Magika

logger = logging.getLogger(__name__)

HEAD_BYTES = 8 * 1024
"""How much of a file is looked at."""

DEADLINE_SECONDS = 2.0

# What the model says of a few words is a coin toss. Below the first size, in bytes, it is not asked; below the second,
# it must be all but sure. (magika's own thresholds, 0.5 to 0.95, are made for files and apply on top.)
_SHORTEST = 20
_SHORT = 200
_SURE = 0.8

# Beginnings that leave no doubt, some of which the model has no label for.
_OPENINGS = (
    (b"Traceback (most recent call last):", "pytb"),
    (b"diff --git ", "diff"),
    (b"<?php", "php"),
    (b"<?xml", "xml"),
    (b"<!doctype html", "html"),
    (b".TH ", "groff"),
    (b'.\\" ', "groff"),
)

# A comparison that does not come from git.
_UNIFIED_DIFF = re.compile(rb"--- [^\n]+\n\+\+\+ [^\n]+\n@@ -\d")

# The language that is pasted most, where nothing else can be meant: it begins as a module does, defines a function, and
# has one thing more that is written so nowhere else. Three modules in four do; what only quotes Python does not.
_PYTHON_BEGINS = re.compile(
    rb"""(?:[ \t\r]*(?:[#][^\n]*)?\n)*+ (?: [rbuRBU]{0,2}(?:"{3}|'{3}) | (?:from|import)[ ][\w.]+ | class[ ]\w+[(:]
    | (?:async[ ])?def[ ]\w+\( | @\w | __\w+__[ ]= )""",
    re.VERBOSE,
)
_PYTHON_DEFINES = re.compile(
    rb"""^[ \t]*(?:async[ ])?def[ ]\w+\((?:[^()\n]|\([^()\n]*\))*\)
    (?:[ ]?->[ ]?[^:\n]+)?:[ \t]*(?:[#][^\n]*)?\r?$""",
    re.VERBOSE | re.MULTILINE,
)
_PYTHON_ALONE = re.compile(
    rb"""^(?: from[ ][\w.]+[ ]import[ ][\w(*] | class[ ]\w+(?:\([^\n]*\))?:[ \t]*\r?$ | if[ ]__name__[ ]==[ ] )""",
    re.VERBOSE | re.MULTILINE,
)

# What a program colours, it colours somewhere; that may be far behind the beginning.
_COLOURED = re.compile(rb"\x1b\[[0-9;:]*+m")

# magika's labels of text, where they are not among Pygments' aliases or mean something else there.
_LABELS = {
    "ai": "postscript", "aidl": "java", "appleplist": "xml", "asm": "nasm", "asp": "aspx-cs", "bazel": "python",
    "csproj": "xml", "csv": PLAIN, "dm": PLAIN, "dxf": PLAIN, "erb": "rhtml", "gemfile": "ruby", "gemspec": "ruby",
    "gitattributes": PLAIN, "gitmodules": "ini", "gradle": "groovy", "handlebars": "html+handlebars",
    "htaccess": "apacheconf", "ics": PLAIN, "ignorefile": PLAIN, "internetshortcut": "ini", "ipynb": "json",
    "jinja": "html+django", "jsonl": "json", "m3u": PLAIN, "m4": PLAIN, "mht": "email", "mum": "xml",
    "proteindb": PLAIN, "rdf": "xml", "rtf": PLAIN, "sgml": "xml", "srt": PLAIN, "stltext": PLAIN, "sum": PLAIN,
    "svg": "xml", "textproto": "protobuf", "tsv": PLAIN, "twig": "html+twig", "txt": PLAIN, "vba": "vb.net",
    "vcxproj": "xml", "vtt": PLAIN, "winregistry": "registry",
}  # fmt: skip


def detect(files: Sequence[tuple[str, bytes]]) -> list[str]:
    """Return the language of each (name, content), as an alias that Pygments knows; "text" where none shows.

    Only the first 8 KB of a content are looked at, but for the colours of a terminal. A name may be empty. All files
    are asked about in one call of at most two seconds; if it fails, names alone decide. Binary files are "text".
    Nothing is raised.
    """
    found: list[str | None] = []
    asked: list[bytes] = []
    for name, content in files:
        head = _readable(content[:HEAD_BYTES])
        alias = PLAIN if head is None else _coloured(name, content) or _certain(name, head)
        if head is not None and alias is None:
            asked.append(head)
        found.append(alias)
    guesses = iter(_guesses(asked))
    return [
        _choose(claims(name), next(guesses)) if alias is None else alias
        for (name, _), alias in zip(files, found, strict=True)
    ]


def certain(name: str, content: bytes) -> str | None:
    """Return the language if it shows without the model: by name, by first line, for want of text; else None."""
    head = _readable(content[:HEAD_BYTES])
    return PLAIN if head is None else _certain(name, head)


def alias_of(label: str) -> str:
    """Return the language for one of magika's labels; "text" for binary formats and what Pygments has no lexer for."""
    return _LABELS.get(label) or canonical(label) or PLAIN


def _certain(name: str, head: bytes) -> str | None:
    """Return the language if the name or the first characters leave no doubt, or nothing else could; else None."""
    named = claims(name)
    if len(named) == 1:
        return named[0]
    if not named and (alias := by_shebang(head)):
        return alias
    start = head.lstrip()
    for opening, alias in _OPENINGS:
        if not named and start[: len(opening)].lower() == opening.lower():
            return alias
    if not named and len(start) >= _SHORTEST:
        if _UNIFIED_DIFF.match(start):
            return "diff"
        if start[:1] in b"{[" and _is_json(start):
            return "json"
        if _is_python(start):
            return "python"
    return _choose(named, None) if len(start.rstrip()) < _SHORTEST else None


def _is_json(text: bytes) -> bool:
    """Return whether all of it is JSON, which what programs write so often is; the model takes 8 ms to say so."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_python(text: bytes) -> bool:
    """Return whether it can be nothing but Python; an article in Markdown may begin like it, and has fences."""
    return bool(
        _PYTHON_BEGINS.match(text)
        and _PYTHON_DEFINES.search(text)
        and _PYTHON_ALONE.search(text)
        and b"```" not in text
    )


def _coloured(name: str, content: bytes) -> str | None:
    """Return the language of terminal output where colours are set in it and its name does not say otherwise."""
    return TERMINAL if claims(name) in {(), (PLAIN,)} and _COLOURED.search(content) else None


def _choose(named: tuple[str, ...], guess: str | None) -> str:
    """Return the guess unless the name excludes it, else what the name makes likeliest."""
    if named:
        return guess if guess in named else named[0]
    return guess or PLAIN


def _readable(head: bytes) -> bytes | None:
    """Return the head as UTF-8 or as it is, or None if it is binary."""
    # UTF-16 must not be cut inside a character, and with an even length it is not cut worse than in a pair.
    decoded = decode(head[: len(head) & ~1] if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head)
    if decoded.encoding == "binary":
        return None
    return decoded.text.encode() if decoded.encoding.startswith("utf-16") else head


def _guesses(heads: list[bytes]) -> list[str | None]:
    """Return what the model makes of each; None where it is not sure, or cannot be asked."""
    if not heads:
        return []
    try:
        labels = _reader.run(_labels, DEADLINE_SECONDS, heads)
    except (RenderTimeout, RenderFailed) as error:
        logger.info("languages of %d files were not looked for: %s", len(heads), error)
        return [None] * len(heads)
    return [None if label is None else alias_of(label) for label in labels]


def _labels(heads: list[bytes]) -> list[str | None]:
    """In the child: return magika's label for each, None where it is not sure enough."""
    labels: list[str | None] = []
    for head in heads:
        result = _model().identify_bytes(head)
        sure = len(head.strip()) >= _SHORT or result.score >= _SURE
        labels.append(str(result.output.label) if sure else None)
    return labels


@cache
def _model() -> "Magika":
    """In the child: load the model. The import is here because the web processes must not carry it."""
    from magika import Magika  # noqa: PLC0415
    from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415

    class OneThread(Magika):
        """Several threads wait for each other by spinning: 14 ms of a processor for a text, where one takes 7."""

        def _init_onnx_session(self) -> InferenceSession:
            options = SessionOptions()
            options.intra_op_num_threads = 1
            return InferenceSession(self._model_path, options, providers=["CPUExecutionProvider"])

    return OneThread()


def _load() -> None:
    """Prepare a new child, before its first deadline begins."""
    _model()


# Longer than others: to load the model takes it a second, and 72 MB.
_reader = Children(size=1, tasks_each=10_000, prepare=_load, idle=3_600)
