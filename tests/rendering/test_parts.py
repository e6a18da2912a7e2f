"""Long texts in parts (promise 19)."""

import operator
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pastes.rendering.parts import PART_BYTES, PART_LINES, count_lines, display_lines, split

SIZE = 10 * 1024 * 1024

texts = st.one_of(
    st.text(st.sampled_from("a\n\r\ufeffé🙂\u2028")),
    # Runs that meet the limits of lines and bytes from both sides.
    st.lists(
        st.one_of(
            st.builds(operator.mul, st.sampled_from(["\n", "ab\n", "é", "🙂" * 9 + "\n"]), st.integers(1_998, 2_002)),
            st.builds(
                lambda size, end: "x" * (PART_BYTES - size) + end, st.integers(-2, 2), st.sampled_from(["", "\n"])
            ),
        ),
        max_size=4,
    ).map("".join),
)


@pytest.mark.parametrize(
    ("text", "lines"), [("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"])]
)
def test_it_counts_lines_at_newlines_only(text: str, lines: list[str]) -> None:
    assert display_lines(text) == lines
    assert count_lines(text) == len(lines)


def test_it_shows_no_line_ends_and_no_mark() -> None:
    assert display_lines("\ufeffa\r\nb\rc\x0cd\u2028e\r\n") == ["a", "b\rc\x0cd\u2028e"]
    assert display_lines("\ufeff") == [""]


@settings(max_examples=60, deadline=None)
@given(texts, st.sampled_from(["utf-8", "utf-16-le"]))
def test_parts_cover_the_text(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    parts = split(text, encoding)
    ends = [*(part.offset for part in parts[1:]), len(data)][: len(parts)]
    pieces = [data[part.offset : end].decode(encoding) for part, end in zip(parts, ends, strict=True)]
    assert "".join(pieces) == text
    line = 1
    for part, piece in zip(parts, pieces, strict=True):
        assert part.first_line == line
        lines = count_lines(piece)
        line += lines
        assert 1 <= lines <= PART_LINES
        assert lines == 1 or len(piece.encode(encoding)) <= PART_BYTES
    assert line - 1 == count_lines(text)
    assert all(piece.endswith("\n") for piece in pieces[:-1])


def test_an_empty_text_has_no_part() -> None:
    assert split("", "utf-8") == []


def test_parts_are_as_long_as_they_may_be() -> None:
    assert [part.first_line for part in split("\n" * 5_000, "utf-8")] == [1, 2_001, 4_001]
    assert [part.offset for part in split(("x" * 1023 + "\n") * 300, "utf-8")] == [0, PART_BYTES, 2 * PART_BYTES]
    assert [part.first_line for part in split("a\n" + "x" * 200_000 + "\nb\n", "utf-8")] == [1, 2, 3]


@pytest.mark.parametrize("unit", ["\n", "x", "ab\n", "def f(x): return x + 1\n", "привет, мир\n"])
def test_ten_mebibytes_are_quick(unit: str) -> None:
    text = unit * (SIZE // len(unit.encode()))
    started = time.perf_counter()
    split(text, "utf-8")
    # 0.2 s on an idle machine for the worst of them; the test must hold on a busy one.
    assert time.perf_counter() - started < 1.5
