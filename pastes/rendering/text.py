"""Bytes to text and back, without loss.

Authors send bytes; pages, lexers and diffs need text. Decoding never guesses so far that the bytes cannot be had back:
``decode(data).text.encode(decode(data).encoding) == data`` for everything but ``binary``.
"""

from dataclasses import dataclass
from typing import Literal, get_args

type Encoding = Literal["utf-8", "utf-16-le", "utf-16-be", "latin-1", "binary"]
"""``utf-16`` is spelled with its byte order so that encoding adds no second byte order mark. ``binary`` has no text."""

ENCODINGS: tuple[Encoding, ...] = get_args(Encoding.__value__)

BYTE_ORDER_MARK = "\ufeff"

_UTF_16: dict[bytes, Encoding] = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}

# Control characters that no text file has: all of C0 but bell, backspace, tab, the newlines, form feed and escape.
_UNPRINTABLE = bytes({*range(0x20), 0x7F} - {*b"\a\b\t\n\v\f\r\x1b"})
_UNPRINTABLE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Decoded:
    """``text`` keeps a byte order mark as U+FEFF; it is empty when ``encoding`` is ``binary``."""

    text: str
    encoding: Encoding


def decode(data: bytes) -> Decoded:
    """Return the text of ``data`` and the encoding that gives ``data`` back.

    UTF-8 is tried first, UTF-16 only where a byte order mark announces it. What has a NUL is binary; the rest is
    Latin-1, in which every byte is a character, unless more than a twentieth of it are control characters.
    """
    if encoding := _UTF_16.get(data[:2]):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            return Decoded("", "binary")
        return Decoded("", "binary") if "\0" in text else Decoded(text, encoding)
    if b"\0" in data:
        return Decoded("", "binary")
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    unprintable = len(data) - len(data.translate(None, delete=_UNPRINTABLE))
    if unprintable > _UNPRINTABLE_SHARE * len(data):
        return Decoded("", "binary")
    return Decoded(data.decode("latin-1"), "latin-1")


def decode_as(data: bytes, encoding: str) -> str:
    """Return the text of a slice of a file whose ``encoding`` is one of :data:`ENCODINGS`.

    A character that the slice cuts in half is shown as U+FFFD.

    Raises:
        ValueError: ``encoding`` is none of :data:`ENCODINGS`.
    """
    if encoding not in ENCODINGS:
        raise ValueError(f"unknown encoding {encoding!r}")
    return "" if encoding == "binary" else data.decode(encoding, errors="replace")
