"""Gzip files put together of parts are those of the whole text to whoever unpacks them."""

import gzip
import random
import subprocess
from collections.abc import Callable

import pytest

from pastes.hot.joined import Part, compressed, join, split, stored

RANDOM = random.Random(7)
TEXTS = [b"", b"a", b"text " * 30_000, RANDOM.randbytes(5_000), bytes(70_000), RANDOM.randbytes(140_000)]


@pytest.mark.parametrize("made", [compressed, stored])
@pytest.mark.parametrize("text", TEXTS, ids=len)
def test_a_part_alone_is_its_text(made: Callable[[bytes], Part], text: bytes) -> None:
    assert gzip.decompress(join([made(text)])) == text


def test_parts_of_both_kinds_in_any_order_are_one_text() -> None:
    for _ in range(200):
        parts = [RANDOM.choice([compressed, stored])(RANDOM.choice(TEXTS)) for _ in range(RANDOM.randrange(6))]
        file = join(parts)
        assert gzip.decompress(file) == b"".join(part.text for part in parts)
        assert split(file, [len(part.packed) for part in parts]) == [part.packed for part in parts]


def test_another_program_reads_it_as_well() -> None:
    file = join([compressed(b"page " * 999), stored(b"secret"), compressed(b" page" * 999)])
    unpacked = subprocess.run(["gzip", "-dc"], input=file, capture_output=True, check=True).stdout
    assert unpacked == b"page " * 999 + b"secret" + b" page" * 999


def test_what_is_stored_stands_in_it_as_it_is() -> None:
    around = compressed(b"secret " * 99)
    guessed, other = (join([around, stored(word), around]) for word in (b"secret ", b"another"))
    assert b"another" in other
    assert len(guessed) == len(other), "what stands around it makes no difference to the length"
