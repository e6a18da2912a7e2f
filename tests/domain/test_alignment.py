"""Which line became which: the lines stay with their neighbours, and nobody takes the place of another."""

import time

import pytest

from pastes.domain.alignment import Alignment, Passage, digest

MANY = 2_000


def follow(old: str, new: str, first: int, last: int | None = None) -> int | None:
    """Where lines ``first`` to ``last`` (from 1) of ``old`` begin in ``new``."""
    count = (last or first) - first + 1
    [found] = Alignment(old.split(), new.split()).find([Passage(count, first - 1)])
    return None if found is None else found + 1


def find(old: str, new: str, lines: str, near: int = 1) -> int | None:
    """Where lines that were gone from ``old`` are in ``new``."""
    known = lines.split()
    passage = Passage(len(known), known=known, digest=digest(known), near=near - 1)
    [found] = Alignment(old.split(), new.split()).find([passage])
    return None if found is None else found + 1


@pytest.mark.parametrize(
    ("old", "new", "first", "last", "then"),
    [
        pytest.param("a b c d", "a b c d e", 2, 3, 2, id="an edit below"),
        pytest.param("a b c d", "x y a b c d", 2, 3, 4, id="an edit above"),
        pytest.param("a b c d", "b c d", 2, 3, 1, id="lines removed above"),
        pytest.param("a b c d e", "x a b c y d e z", 2, 3, 3, id="edits around"),
        pytest.param("a b c d", "a b x c d", 2, 3, None, id="a line between"),
        pytest.param("a b c d", "a B c d", 2, 3, None, id="a line changed"),
        pytest.param("a b c d", "a d", 2, 3, None, id="lines removed"),
        pytest.param("a b c d e f", "d e f a b c", 2, 3, 5, id="a block moved down"),
        pytest.param("p { a } q { b } r", "p { a } r q { b }", 7, 8, 8, id="a block with common lines moved"),
        pytest.param("{ } { } { }", "{ } x { } { }", 4, 4, 5, id="the same lines again and again"),
        pytest.param("f } g } h }", "f } h }", 4, 4, None, id="one of several braces removed"),
        pytest.param("f } g } h }", "f } h }", 6, 6, 4, id="a brace before it removed"),
        pytest.param("x } y } z", "x 1 } y 2 } z", 4, 4, 6, id="a brace between two edits"),
        pytest.param("x a a a y", "X a a a Y", 3, 3, 3, id="no line to go by"),
        pytest.param("x a y b a z", "X y a B a Z", 2, 2, 3, id="the nearest of two that are nobody's"),
        pytest.param("a", "b", 1, 1, None, id="nothing in common"),
        pytest.param("a b", "", 1, 2, None, id="everything gone"),
    ],
)
def test_it_follows_lines(old: str, new: str, first: int, last: int, then: int | None) -> None:
    assert follow(old, new, first, last) == then


def test_it_finds_lines_that_come_back() -> None:
    assert find("a d", "a b c d", "b c") == 2
    assert find("a b x c", "a b c", "b c") == 2


def test_it_does_not_take_lines_for_others_that_were_always_there() -> None:
    assert find("f } g", "f } g h", "}") is None
    assert find("f } g", "f } g h }", "}") == 5


def test_it_knows_long_passages_by_their_first_lines_and_their_hash() -> None:
    lines = [str(n) for n in range(100)]
    passage = Passage(100, known=lines[:10], digest=digest(lines))
    assert Alignment(["x"], ["x", *lines]).find([passage]) == [1]
    assert Alignment(["x"], ["x", *lines[:50], "y", *lines[50:]]).find([passage]) == [None]


def test_it_follows_many_passages_through_a_text_made_to_be_hard_in_bounded_time() -> None:
    block = ["}"] * 59 + ["x"]
    old, new = ["s", *block * 400], ["S", *(["}"] * 58 + ["x"]) * 400]
    begun = time.monotonic()
    found = Alignment(old, new).find([Passage(120, n * 11) for n in range(MANY)])
    assert len(found) == MANY
    assert time.monotonic() - begun < 10
