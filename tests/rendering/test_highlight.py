"""Text to safe HTML: nothing changed, nothing run, nothing hidden, nothing hung (promises 12, 16, 18, 19)."""

import html
import re
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pastes.rendering import pool
from pastes.rendering.highlight import Highlighted, highlight, rows
from pastes.rendering.languages import choices
from pastes.rendering.parts import count_lines, display_lines
from pastes.rendering.visible import LONGEST_LINE

# Found by hand against Pygments 2.21. The first two are 49 bytes, and double with every further one.
BOMBS = {
    "scala": '"' + "\\" * 48,
    "smithy": '"' + "\\" * 48,
    "c": "x" + " " * 5_000,
    "make": "A" * 20_000,
}

INJECTIONS = [
    "<script>alert(1)</script>",
    "</span></pre><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "<svg/onload=alert(1)>",
    "]]><!--<script>alert(1)//-->",
    "&lt;script&gt;&#60;img&#x3e;&amp;amp;",
    "<a href='javascript:alert(1)'>x</a>",
    "\u202e<b>\u2066</b>",
    "\x00<\x1b[31mi>",
]

ELEMENT = re.compile(r'<span class="(?:[a-z]|hid" title="U\+[0-9A-F]{4,6})">')
HID = re.compile(r'<span class="hid" title="U\+([0-9A-F]{4,6})">\[U\+\1\]</span>')


def text_of(line: str) -> str:
    """Return the text a line of HTML stands for, after checking that it is made of our own elements only."""
    line = HID.sub(lambda match: f"&#x{match[1]};" if match[1] != "FEFF" else "\ufeff", line)
    assert line.count("<") == len(ELEMENT.findall(line)) + line.count("</span>")
    assert len(ELEMENT.findall(line)) == line.count("</span>")
    assert ">" not in re.sub(r"</?span[^>]*>", "", line)
    return html.unescape(re.sub(r"</?span[^>]*>", "", line))


def unescaped_controls(text: str) -> str:
    """Return what ``html.unescape`` makes of the text's control characters, which HTML cannot write as references."""
    return "".join(html.unescape(f"&#x{ord(char):x};") if not char.isprintable() else char for char in text)


def assert_same(text: str, result: Highlighted) -> None:
    assert len(result.lines) == count_lines(text)
    for line, shown in zip(display_lines(text), result.lines, strict=True):
        assert unescaped_controls(text_of(shown)) == unescaped_controls(line)


def test_it_colours_each_line_by_itself() -> None:
    result = highlight(text='def f(x):\n    """a\n    b"""\n    return x < 1', language="python")
    assert result == Highlighted(
        lines=[
            '<span class="k">def </span><span class="f">f</span>(x):',
            '    <span class="c">"""a</span>',
            '<span class="c">    b"""</span>',
            '    <span class="k">return </span>x &lt; <span class="m">1</span>',
        ],
        plain=False,
        cut=0,
        hidden=0,
    )


@pytest.mark.parametrize(
    "text", ["", "\n", "\n\n", " \n", "a\r\nb\r\n", "a\rb", "\x0c\x0ba\u2028b\x85", "\ufeffa", "a\n\n"]
)
@pytest.mark.parametrize("language", ["python", "c", "text", "console", "html", "yaml"])
def test_it_keeps_every_line(text: str, language: str) -> None:
    assert_same(text, highlight(text=text, language=language))


@pytest.mark.parametrize("language", ["html", "php", "javascript", "xml", "markdown", "text", "python", "no-such"])
def test_it_escapes(language: str) -> None:
    text = "\n".join(INJECTIONS)
    assert_same(text, highlight(text=text, language=language))


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.one_of(st.sampled_from("\n\r\t <>&'\"/*#{}()[]=\\`$@:;-+ab01\u202e"), st.characters(codec="utf-8"))),
    st.sampled_from([alias for alias, _ in choices()]),
)
def test_it_never_changes_the_text(text: str, language: str) -> None:
    assert_same(text, highlight(text=text, language=language, deadline=1.0))


def test_it_is_plain_for_a_language_nobody_knows() -> None:
    assert highlight(text="a < b\n", language="klingon") == Highlighted(["a &lt; b"], plain=True, cut=0, hidden=0)
    assert not highlight(text="a < b\n", language="text").plain


@pytest.mark.parametrize("language", BOMBS)
def test_a_bomb_is_shown_plain_and_the_next_text_in_colour(language: str) -> None:
    kills = pool.stats()["kills"]
    started = time.monotonic()
    result = highlight(text=BOMBS[language], language=language, deadline=0.4)
    assert time.monotonic() - started < 2
    assert result.plain
    assert_same(BOMBS[language][:LONGEST_LINE], Highlighted([result.lines[0].partition("<span")[0]], True, 0, 0))
    assert pool.stats()["kills"] == kills + 1
    started = time.monotonic()
    assert not highlight(text="x = 1\n", language="python").plain
    assert time.monotonic() - started < 1


def test_others_read_in_colour_while_a_bomb_burns() -> None:
    bomb = threading.Thread(target=highlight, kwargs={"text": BOMBS["scala"], "language": "scala", "deadline": 1.0})
    bomb.start()
    for _ in range(20):
        started = time.monotonic()
        assert not highlight(text="x = 1\n", language="python").plain
        assert time.monotonic() - started < 1
    bomb.join()


def test_long_lines_are_cut_and_say_so() -> None:
    for language in ("python", "text"):
        result = highlight(text="x" * (LONGEST_LINE + 7) + "\ny\n" + "z" * LONGEST_LINE, language=language)
        assert result.lines[0] == "x" * LONGEST_LINE + '<span class="cut">… +7</span>'
        assert result.lines[1] == "y"
        assert len(result.lines[2]) == LONGEST_LINE
        assert result.cut == 1


@pytest.mark.parametrize("text", ["x" * 5_000_000, "\n" * 1_000_000, "x\n" * 500_000], ids=["line", "empty", "short"])
def test_monsters_are_shown_in_bounded_time(text: str) -> None:
    started = time.monotonic()
    result = highlight(text=text, language="python", deadline=0.5)
    assert time.monotonic() - started < 4
    assert len(result.lines) == count_lines(text)


@pytest.mark.parametrize("language", ["python", "text"])
def test_hidden_characters_are_written_out(language: str) -> None:
    # The first example of https://trojansource.codes, in short.
    result = highlight(
        text='if a != "user\u202e \u2066# admin\u2069 \u2066":\n\tb\u200b = 1\x07\r\n', language=language
    )
    assert result.hidden == 6
    assert "".join(result.lines).count('class="hid"') == 6
    assert '<span class="hid" title="U+202E">[U+202E]</span>' in result.lines[0]
    assert '<span class="hid" title="U+0007">[U+0007]</span>' in result.lines[1]
    assert not set("\u202e\u2066\u2069\u200b\x07\r") & set("".join(result.lines))


def test_joiners_stay_where_people_write_them() -> None:
    result = highlight(text="\ufeff👩‍💻 می‌خواهم क्‍ष adm‍in", language="text")
    assert result.hidden == 1
    assert result.lines == ['👩‍💻 می‌خواهم क्‍ष adm<span class="hid" title="U+200D">[U+200D]</span>in']


def test_rows_are_numbered_and_linked() -> None:
    assert rows(["a", ""], first=9, anchor="f2-") == (
        '<span class="l" id="f2-L9"><a href="#f2-L9" tabindex="-1">9</a>a\n</span>'
        '<span class="l" id="f2-L10"><a href="#f2-L10" tabindex="-1">10</a>\n</span>'
    )
    assert rows([], first=1, anchor="") == ""
    assert '"><' not in rows([], first=1, anchor='"><script>')
    assert "<script>" not in rows(["a"], first=1, anchor='"><script>')
