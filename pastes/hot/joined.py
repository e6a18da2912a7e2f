"""Gzip files that are put together: of what was compressed beforehand, and of what is new and stays as it is.

Each part is compressed without a look at the others and ends with a whole byte, so anything may stand before and behind
it. What is new is never compressed together with what somebody else wrote, nor at all: the length of such a file says
nothing of a secret in it (BREACH).
"""

import struct
import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

HEAD: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
"""What every file begins with."""

LEVEL: Final = 5
_END: Final = b"\x03\0"
_STORED: Final = struct.Struct("<BHH")
_LARGEST: Final = 0xFFFF
"""How long a block may be that is stored as it is."""


class Part(NamedTuple):
    """A piece of a text, and what stands for it in a file."""

    text: bytes
    packed: bytes

    @property
    def size(self) -> int:
        """How many bytes of memory it takes."""
        return len(self.text) + len(self.packed)


def compressed(text: bytes) -> Part:
    """A part that is used more than once."""
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Part(text, deflate.compress(text) + deflate.flush(zlib.Z_FULL_FLUSH))


def stored(text: bytes) -> Part:
    """A part that is used once."""
    blocks = [text[start : start + _LARGEST] for start in range(0, len(text), _LARGEST)]
    return Part(text, b"".join([_STORED.pack(0, len(block), len(block) ^ _LARGEST) + block for block in blocks]))


def join(parts: Sequence[Part]) -> bytes:
    """The file of all of them."""
    check = size = 0
    for part in parts:
        check, size = zlib.crc32(part.text, check), size + len(part.text)
    tail = struct.pack("<II", check, size & 0xFFFFFFFF)
    return b"".join([HEAD, *[part.packed for part in parts], _END, tail])


def split(file: bytes, lengths: Sequence[int]) -> list[bytes]:
    """What stands for each of its parts in a file that `join` made, whatever it has for a head."""
    start, found = len(file) - len(_END) - 8 - sum(lengths), []
    for length in lengths:
        found.append(file[start : start + length])
        start += length
    return found
