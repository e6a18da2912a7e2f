"""Logs: errors and warnings where programs write them, traces and repetition folded, any text in bounded time."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pastes.rendering import logs, pool
from pastes.rendering.logs import FRAME, OTHER, Fold, Survey, is_log, survey, survey_here
from pastes.rendering.parts import display_lines


def levels_of(text: str) -> str:
    return "".join(marks.levels for marks in survey_here(text, "text", [1]).parts)


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-21 03:01:55,306 ERROR orders.worker failed",
        "2026-11-21T03:01:55Z FATAL out of memory",
        "[CRITICAL] disk full",
        "2026/11/21 03:00:00 [error] 12#12: *1 open() failed",
        "<err> kernel: x",
        'level=error msg="no route"',
        '{"level": "error", "msg": "no route"}',
        '{"time":1,"severity":"FATAL"}',
        "E1126 12:00:00.123456 7 main.go:1] x",
        "src/a.c:3:5: error: expected ';'",
        "error[E0308]: mismatched types",
        "src/a.ts(3,5): error TS2304: Cannot find name",
        "fatal: not a git repository",
        "panic: runtime error: index out of range",
        "thread 'main' panicked at src/main.rs:2:5:",
        "Segmentation fault (core dumped)",
        "make: *** [Makefile:3: all] Error 2",
        "##[error]Process completed with exit code 1.",
        "the job exited with status 137",
        "--- FAIL: TestSum (0.00s)",
        "FAILED tests/test_a.py::test_b",
        '10.0.0.1 - - [21/Nov/2026] "GET / HTTP/1.1" 502 157',
        "npm ERR! code ELIFECYCLE",
        "npm error code 1",
        "ValueError: x",
        "java.lang.NullPointerException: x",
        "Caused by: java.io.IOException: y",
        "TypeError [ERR_INVALID_ARG]: a",
        "KeyboardInterrupt",
        "E       assert 1 == 2",
    ],
)
def test_it_sees_errors(line: str) -> None:
    assert levels_of(line) in {"E", "e"}


@pytest.mark.parametrize(
    "line",
    [
        "03:01 WARNING orders.store slow",
        "[warn] deprecated option",
        "level=warn msg=x",
        "W1126 12:00:00.123456 7 main.go:1] x",
        "a.c:3:5: warning: unused variable",
        "a.py:3: DeprecationWarning: use b",
        "npm WARN deprecated",
        "WARN retrying after error: timeout",
    ],
)
def test_it_sees_warnings(line: str) -> None:
    assert levels_of(line) == "w"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "0 errors, 0 warnings",
        "ERROR: 0",
        "errors: 12",
        "no error here",
        "INFO error_log rotated",
        "INFO see ErrorHandler.java",
        "exit code 0",
        "finished with exit status 0",
        "the terror: a novel",
        '10.0.0.1 - - [21/Nov/2026] "GET /error HTTP/1.1" 200 500',
        "INFO failed over to the second store",
    ],
)
def test_it_sees_nothing_where_nothing_is_wrong(line: str) -> None:
    assert levels_of(line) == " " * len(display_lines(line))


PYTHON = """03:01 ERROR it failed
Traceback (most recent call last):
  File "/srv/a.py", line 1, in a
    b()
    ~^^
  File "/srv/b.py", line 2, in b
    raise ValueError("x")
ValueError: x
03:02 INFO next
"""
JAVA = """03:01 ERROR it failed
java.lang.IllegalStateException: x
\tat org.example.A.a(A.java:1)
\tat org.example.B.b(B.java:2)
\tat org.example.C.c(C.java:3)
\tat org.example.D.d(D.java:4)
Caused by: java.io.IOException: y
\tat org.example.E.e(E.java:5)
\t... 4 more
03:02 INFO next
"""
NODE = """TypeError: x is not a function
    at Object.<anonymous> (/srv/a.js:1:1)
    at Module._compile (node:internal:1:2)
    at node:internal/main:3:4
    at async run (/srv/b.js:5:6)
done
"""
GO = """panic: boom

goroutine 1 [running]:
main.main()
\t/srv/a.go:3 +0x1d
exit status 2
"""


@pytest.mark.parametrize(
    ("text", "levels", "errors"),
    [
        (PYTHON, "Etttttte ", [1]),
        (JAVA, "Eettttett ", [1]),
        (NODE, "etttt ", [1]),
        (GO, "E t tE", [1, 6]),
        ("npm ERR! a\nnpm ERR! b\n\nnpm ERR! c\n", "ee e", [1, 4]),
        ("ERROR a\nERROR b\n", "EE", [1, 2]),
    ],
)
def test_an_error_and_its_trace_are_one(text: str, levels: str, errors: list[int]) -> None:
    found = survey_here(text, "text", [1])
    assert found.parts[0].levels == levels
    assert found.lines == errors


REST = "".join(f"{'abcdefgh'[number % 8] * (number % 7 + 2)}\n" for number in range(logs.LONG_LOG))
"""What makes a log long without being folded itself."""


def test_traces_are_folded() -> None:
    assert survey_here(PYTHON + REST, "text", [1]).parts[0].folds == [Fold(2, 7, FRAME)]


def test_a_short_log_is_seen_whole() -> None:
    assert survey_here(PYTHON, "text", [1]).parts[0].folds == []


def test_lines_that_differ_in_numbers_only_are_folded_between_the_first_and_the_last() -> None:
    text = "start\n" + "".join(f"03:0{n} INFO attempt {n * 7} took {n} ms\n" for n in range(9)) + "ERROR end\n" + REST
    assert survey_here(text, "text", [1]).parts[0].folds == [Fold(3, 9, OTHER)]


def test_errors_are_never_folded() -> None:
    assert survey_here("a\nb\nc\n" + "ERROR 1\n" * 50, "text", [1]).parts[0].folds == []


def test_a_log_of_nothing_but_repetition_is_not_folded() -> None:
    assert survey_here("03:00 INFO tick\n" * 500, "text", [1]).parts[0].folds == []


def test_a_fold_ends_with_its_part() -> None:
    text = "\n".join(["a", "b", "c", *["x 1"] * 12, "d", "e", "f", REST])
    assert [marks.folds for marks in survey_here(text, "text", [1, 10]).parts] == [
        [Fold(5, 8, OTHER)],
        [Fold(11, 14, OTHER)],
    ]


def test_it_counts_all_errors_and_remembers_the_first() -> None:
    found = survey_here("ERROR x\n" * 5_000, "text", [1])
    assert (found.errors, len(found.lines), found.lines[-1]) == (5_000, logs.MOST_ERRORS, logs.MOST_ERRORS)


def test_colours_do_not_hide_a_level_and_go_on_in_the_next_part() -> None:
    found = survey_here("\x1b[31mERROR\x1b[0m x\n\x1b[32mok\nok\nok\x1b[0m\nend\n", "ansi", [1, 3, 5])
    assert [marks.levels for marks in found.parts] == ["E ", "  ", " "]
    assert [marks.style[0] for marks in found.parts] == [-1, 2, -1]


@pytest.mark.parametrize(
    ("name", "language", "head", "answer"),
    [
        ("a.log", "text", "hello", True),
        ("a.log.3", "text", "hello", True),
        ("", "ansi", "hello", True),
        ("", "pytb", "Traceback", True),
        ("notes.txt", "text", "ERROR is a word\nthat people write\nin notes, too\n", False),
        ("", "text", "2026-11-21 03:00 INFO a\n" * 5, True),
        ("", "text", "Nov 21 03:00:01 host sshd[1]: x\n" * 5, True),
        ("", "text", '{"level":"info"}\n' * 5, True),
        ("", "text", "2026-11-21 a date\n\nand a letter\nof many lines\n", False),
        ("a.log", "python", "2026-11-21 03:00 INFO a\n" * 5, False),
    ],
)
def test_it_knows_logs(name: str, language: str, head: str, answer: bool) -> None:
    assert is_log(name=name, language=language, head=head) is answer


LINES = ["ERROR x", "\tat a.b(c)", "ValueError: x", "x 1", "x 2", "", "\x1b[31m", "\r"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(LINES), st.text())), st.sampled_from(["text", "ansi"]))
def test_marks_fit_the_lines_whatever_they_are(pieces: list[str], language: str) -> None:
    text = "\n".join(pieces)
    count = len(display_lines(text))
    starts = [1, count // 2 + 1] if count > 3 else [1]
    found = survey_here(text, language, starts)
    assert [len(marks.levels) for marks in found.parts] == [b - a for a, b in pairwise([*starts, count + 1])]
    for marks, start in zip(found.parts, starts, strict=True):
        last = start - 1
        for fold in marks.folds:
            assert last < fold.first <= fold.last < start + len(marks.levels)
            last = fold.last
    assert found.errors >= len(found.lines)


BOMBS = {
    "a log of 10 MiB": "".join(f"2026-11-23 12:00:{n % 60:02} INFO order {n} packed\n" for n in range(200_000)),
    "empty lines": "\n" * 5_000_000,
    "errors": "ERROR\n" * 500_000,
    "almost errors": ("error" + " " * 290 + "\n") * 20_000,
    "dots": ("a." * 150 + "Error\n") * 20_000,
    "one line": "error " * 800_000,
    "frames": "\tat a\n" * 500_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_text_takes_long(name: str) -> None:
    started = time.monotonic()
    found = survey(BOMBS[name], language="text", starts=[1])
    assert time.monotonic() - started < logs.DEADLINE_SECONDS + pool.START_SECONDS + pool.WAIT_SECONDS
    assert found is None or isinstance(found, Survey)
