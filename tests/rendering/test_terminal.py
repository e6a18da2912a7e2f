"""Terminal output: what a terminal would show, as safe HTML with classes, in linear time."""

import re
import time
from html import unescape
from itertools import accumulate

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pastes.rendering.highlight import highlight
from pastes.rendering.parts import display_lines
from pastes.rendering.terminal import nearest, render, stripped, style_after

ELEMENT = re.compile(r'<span class="(?:(?:bo|di|it|un|st|iv|a\d+|b\d+)(?: |(?=")))+">|<span class="hid" title="[^"]+">')


def shown(text: str) -> list[str]:
    return render(text).lines


def text_of(line: str) -> str:
    """The text of a line, after checking that it is made of this module's elements only."""
    assert line.count("<") == len(ELEMENT.findall(line)) + line.count("</span>")
    line = re.sub(r'<span class="hid" title="U\+([0-9A-F]+)">\[U\+\1\]</span>', lambda m: chr(int(m[1], 16)), line)
    return unescape(re.sub(r"</?span[^>]*>", "", line))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("plain <b>", ["plain &lt;b&gt;"]),
        ("\x1b[31mred\x1b[0m \x1b[1;92mok\x1b[m", ['<span class="a1">red</span> <span class="bo a10">ok</span>']),
        ("\x1b[2;3;4;9mx", ['<span class="di it un st">x</span>']),
        ("\x1b[1;4mx\x1b[22;24my", ['<span class="bo un">x</span>y']),
        ("\x1b[31;44mx\x1b[39my\x1b[49mz", ['<span class="a1 b4">x</span><span class="b4">y</span>z']),
        ("\x1b[38;5;208;48;5;17mx", ['<span class="a208 b17">x</span>']),
        ("\x1b[38:5:208mx\x1b[38:2::255:0:0my", ['<span class="a208">x</span><span class="a196">y</span>']),
        ("\x1b[38;2;255;0;0;1mx", ['<span class="bo a196">x</span>']),
        ("\x1b[7mx\x1b[27my", ['<span class="iv">x</span>y']),
        ("\x1b[7;31;44mx", ['<span class="a4 b1">x</span>']),
        ("\x1b[31mone\ntwo\x1b[0m\nthree", ['<span class="a1">one</span>', '<span class="a1">two</span>', "three"]),
        (" 10%\r 55%\r100%\r\ndone\r\n", ["100%", "done"]),
        ("loading...\rdone\x1b[K\n", ["done"]),
        ("loading...\x1b[2K\rok", ["ok"]),
        ("\x1b[1G\x1b[0J- \x1b[1G\x1b[0J/ wait", ["/ wait"]),
        ("abc\b\bXY", ["aXY"]),
        ("a\x1b[5Gb\x1b[2Cc\x1b[20D!", ["!   b  c"]),
        ("\x1b[31mabc\rX", ['<span class="a1">Xbc</span>']),
        ("\x1b]8;;https://e.org\x1b\\link\x1b]8;;\x07 \x1b]0;title\x07text", ["link text"]),
        ("\x1b[?25l\x1b[2J\x1b[3;4Hup\x1b[A\x1b(B\x07", ["up"]),
        ("\x1b[8mhidden\x1b[28m", ["hidden"]),
        ("\x1b[999;38;5;999;38;9;;mx", ["x"]),
    ],
)
def test_it_shows_what_a_terminal_shows(text: str, lines: list[str]) -> None:
    assert shown(text) == lines


def test_it_writes_out_what_is_left_of_a_sequence() -> None:
    result = render("a\x1b\n\x1b[12\x9b31mb\u202e")
    assert "".join(result.lines).count("[U+001B]") == 2
    assert result.hidden == 4  # two escapes, one of eight bits, one mark of direction


def test_a_colour_goes_on_where_the_text_before_left_it() -> None:
    style = style_after("\x1b[1;31mfirst\nsecond \x1b[44mx")
    assert render("third", style).lines == ['<span class="bo a1 b4">third</span>']
    assert style_after("\x1b[0m", style) == style_after("")


def test_24_bit_colours_become_the_nearest_of_the_palette() -> None:
    assert [nearest(0, 0, 0), nearest(255, 255, 255), nearest(255, 0, 0)] == [16, 231, 196]
    assert [nearest(8, 8, 8), nearest(128, 128, 128), nearest(999, 0, 0)] == [232, 244, 196]


MARKS = [
    "\x1b[",
    "\x1b]8;;",
    "\x1b",
    "m",
    ";",
    "31",
    "38;5;",
    "\x07",
    "\n",
    "\r\n",
    "<script>",
    "&",
    '"',
    "\u202e",
    "0",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=6)), max_size=40).map("".join))
def test_it_keeps_every_character_that_is_no_sequence(text: str) -> None:
    lines = display_lines(text)
    assume(not re.search(r"[\r\b\x07]|\x1b\[[0-?]*[ -/]*[CDGJK]", stripped("\n".join(lines)) + "\n".join(lines)))
    assert [text_of(line) for line in render(text).lines] == [stripped(line) for line in lines]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from([*MARKS, "\r", "\b", "K", "1G", "9999C", "2D"]), st.text(max_size=6))))
def test_whatever_is_written_is_harmless(pieces: list[str]) -> None:
    text = "".join(pieces)
    result = render(text)
    assert len(result.lines) == len(display_lines(text))
    for line in result.lines:
        text_of(line)
        depths = [1 if tag == "<span" else -1 for tag in re.findall(r"<span|</span", line)]
        assert all(depth in {0, 1, 2} for depth in accumulate(depths))


BOMBS = {
    "sequences": "\x1b[31ma" * 200_000,
    "a line of them": "\x1b[1m" * 1_250_000,
    "unfinished": "\x1b[1;" * 260_000,
    "links": "\x1b]8;" * 200_000,
    "one sequence": "\x1b[" + "1;" * 500_000 + "m",
    "progress": "10%\r" * 260_000,
    "backspaces": "a\b" * 500_000,
    "gaps": "\x1b[999999999Gx\n" * 20_000,
    "erased": "b" * 9_000 + "\x1b[2K" * 100_000,
    "erased to the left": "b" * 9_000 + "\x1b[1K" * 100_000,
    "to the beginning": "a\x1b[1G" * 50_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_text_takes_long(name: str) -> None:
    started = time.monotonic()
    result = highlight(text=BOMBS[name], language="ansi", deadline=1.5)
    assert time.monotonic() - started < 4
    assert sum(map(len, result.lines)) < 3_000_000


def test_what_takes_too_long_is_escaped_and_says_so() -> None:
    result = highlight(text="\x1b[31m<b>\x1b[0m\n" * 50_000, language="ansi", deadline=0.01)
    assert result.plain
    assert result.lines[0].endswith("&lt;b&gt;" + '<span class="hid" title="U+001B">[U+001B]</span>[0m')
