"""Languages, recognised by name and by content. The model is the real one."""

import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from magika import Magika

from pastes.rendering import detect as module
from pastes.rendering.detect import HEAD_BYTES, alias_of, certain, detect
from pastes.rendering.filenames import by_shebang, claims
from pastes.rendering.languages import is_known

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture(scope="module", autouse=True)
def _model_ready() -> Iterator[None]:
    """Start the child before the first deadline that counts: loading is slow on a machine that is busy with tests."""
    for _ in range(5):
        if detect([("", b"import os\n\n\ndef main() -> None:\n    print(os.getcwd())\n")]) == ["python"]:
            break
    yield
    module._reader.stop()


def test_it_knows_files_by_name() -> None:
    names = {
        "main.py": "python", "src/Makefile": "make", "Dockerfile.dev": "docker", ".bashrc": "bash",
        "Jenkinsfile": "groovy",
        "index.d.ts": "typescript", "x.R": "splus", "CMakeLists.txt": "cmake", "a.SQL": "sql", "b.json": "json",
        "C:\\docs\\notes.md": "markdown", "requirements.txt": "text", "LICENSE": "text", "server.log": "text",
        "nginx.conf": "nginx", "a.tsx": "tsx", "x.cc": "cpp", "index.php5": "php", "Cargo.lock": "toml",
    }  # fmt: skip
    assert dict(zip(names, detect([(name, b"?") for name in names]), strict=True)) == names


C = b"#pragma once\nint add(int a, int b);\n"
CPP = b"""#include <vector>
namespace a {
template <typename T>
class B : public C {
 public:
  explicit B(std::vector<T> x) : x_(std::move(x)) {}

 private:
  std::vector<T> x_;
};
}
"""
PERL = b"""use strict;
use warnings;
my @a = map { $_ * 2 } grep { $_ } @ARGV;
print "@a\\n";
"""
PROLOG = b""":- module(family, [ancestor/2]).
parent(tom, bob).
ancestor(X, Y) :- parent(X, Y).
ancestor(X, Y) :- parent(X, Z), ancestor(Z, Y).
"""
MATLAB = b"""function y = f(x)
% F doubles.
y = 2 * x;
end

A = zeros(3, 3);
plot(A(:, 1), 'r--');
"""
PYTHON = b"""from os import environ


def value(name: str, default: str = str()) -> str | None:
    return environ.get(name, default)
"""
OBJECTIVE_C = b"#import <Foundation/Foundation.h>\n@interface A : NSObject\n- (void)go;\n@end\n"


@pytest.mark.parametrize(
    ("name", "content", "alias"),
    [
        ("a.h", C, "c"),
        ("a.h", CPP * 3, "cpp"),
        ("a.pl", PERL * 4, "perl"),
        ("a.pl", PROLOG * 4, "prolog"),
        ("a.m", MATLAB * 4, "matlab"),
        ("a.m", OBJECTIVE_C, "objective-c"),
        ("a.conf", b"", "ini"),
        ("a.ts", b"export const a: number = 1;\n", "typescript"),
    ],
)
def test_content_decides_where_a_name_is_ambiguous(name: str, content: bytes, alias: str) -> None:
    assert detect([(name, content)]) == [alias]


@pytest.mark.parametrize(
    ("line", "alias"),
    [
        (b"#!/bin/sh\n", "bash"),
        (b"#!/usr/bin/env python3.13\n", "python"),
        (b"#! /usr/bin/perl -w\n", "perl"),
        (b"#!/usr/bin/env -S A=1 deno run\n", "typescript"),
        (b"#!/usr/bin/env -S uv run --script\n", "python"),
        (b"#!/opt/own/thing\n", None),
        (b"#!\n", None),
        (b"# !/bin/sh\n", None),
    ],
)
def test_it_reads_first_lines(line: bytes, alias: str | None) -> None:
    assert by_shebang(line) == alias


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"hello world", b"print('hi')", b"TODO: buy milk and bread", b"x", "привет, как дела?".encode(),
     b"https://example.com/a/b?c=1", b"Dear all,\nplease find the notes of the meeting below.\nRegards\n",
     b"2026-01-01 12:00:00 INFO starting\n2026-01-01 12:00:01 ERROR no such file\n" * 5,
     b"\x89PNG\r\n\x1a\n\0\0\0", b"\x7fELF\0" * 50, b"\0" * 9_000],
)  # fmt: skip
def test_it_calls_text_what_is_no_language(content: bytes) -> None:
    assert detect([("", content)]) == ["text"]


@pytest.mark.parametrize("name", ["", "build.log", "out.txt", "a.ansi", "README"])
def test_it_calls_terminal_output_what_sets_colours_somewhere(name: str) -> None:
    late = b"compiling\n" * 10_000 + b"\x1b[32mok\x1b[0m 12 passed\n"
    assert detect([(name, late)]) == ["ansi"]
    assert detect([(f"{name}.sh", b"echo '\x1b[32mok\x1b[0m'\n" + late)]) == ["bash"]


@pytest.mark.parametrize(
    ("content", "alias"),
    [
        (b'{"name": "pastebin", "stars": [1, 2, 3]}\n', "json"),
        (b'\n[\n  {"id": 1},\n  {"id": 2}\n]\n', "json"),
        (b"--- a/old.py\t2026-01-01\n+++ b/new.py\n@@ -1 +1 @@\n-a\n+b\n", "diff"),
        (b"---\ntitle: A page\n+++ nothing\n@@ -1\n", None),
        (b'{"name": "pastebin", "stars": [1, 2,', None),
        (b"[" * 8_000, None),
        (b"{ echo one; echo two; } >both\n", None),
        (PYTHON, "python"),
        (PYTHON.replace(b"\n", b"\r\n"), "python"),
        (b"#!\n# a comment\n\n" + PYTHON, "python"),
        (b"Why does this fail?\n\n" + PYTHON, None),
        (b"# Usage\n\nfrom a module:\n\n```python\n" + PYTHON + b"```\n", None),
        (b"class A\n  def b(c)\n    c\n  end\nend\n", None),
        (b"import java.util.List;\nclass A {\n  int b(int c) { return c; }\n}\n", None),
        (b"import scala.util.Try\nclass A:\n  def b(c: Int): Int =\n    c\n", None),
    ],
)
def test_it_is_certain_of_data_that_can_be_nothing_else(content: bytes, alias: str | None) -> None:
    assert certain("", content) == alias


def test_it_knows_tables_by_name() -> None:
    assert detect([("a.csv", b"a,b\n1,2\n"), ("a.tsv", b"a\tb\n")]) == ["csv", "tsv"]


def test_binary_files_are_text_whatever_their_name() -> None:
    assert detect([("photo.py", b"\x89PNG\r\n\x1a\n\0\0\0"), ("a.py", "x = 1".encode("utf-16"))]) == ["text", "python"]


def test_it_reads_utf_16() -> None:
    text = (SAMPLES / "python").read_text()
    assert detect([("", text.encode("utf-16"))]) == ["python"]


def test_twenty_languages_are_known_by_content() -> None:
    samples = sorted(SAMPLES.iterdir())
    found = detect([("", sample.read_bytes()) for sample in samples])
    wrong = {sample.name: alias for sample, alias in zip(samples, found, strict=True) if sample.name != alias}
    assert len(samples) >= 20
    assert len(wrong) <= len(samples) // 10, wrong


def test_the_standard_library_is_python_with_and_without_names() -> None:
    paths = [path for path in Path(sysconfig.get_path("stdlib")).rglob("*.py") if "site-packages" not in path.parts]
    assert detect([(path.name, path.read_bytes()[:HEAD_BYTES]) for path in paths]) == ["python"] * len(paths)
    heads = [head for path in paths[:: len(paths) // 60] if (head := path.read_bytes()[:HEAD_BYTES]).strip()]
    batches = [detect([("", head) for head in heads[start : start + 20]]) for start in range(0, len(heads), 20)]
    found = [alias for batch in batches for alias in batch]
    assert found.count("python") >= 0.9 * len(found)


def test_nothing_that_comes_with_packages_is_taken_for_python_but_python() -> None:
    found, seen = set(), 0
    for path in Path(sysconfig.get_path("purelib")).rglob("*.*"):
        if not path.suffix.startswith(".py") and path.suffix != ".pxd" and path.is_file():  # Cython has Python in it
            seen += 1
            found |= {path.name} if certain("", path.read_bytes()[:HEAD_BYTES]) == "python" else set()
    assert seen > 1_000
    assert not found


def test_three_modules_in_four_are_python_without_the_model() -> None:
    paths = [path for path in Path(sysconfig.get_path("stdlib")).glob("*.py") if path.stat().st_size > 1_000]
    assert sum(certain("", path.read_bytes()) == "python" for path in paths) > 0.75 * len(paths)


def test_every_label_and_table_entry_is_a_lexer() -> None:
    assert {alias_of(str(label)) for label in Magika().get_output_content_types()} <= {
        alias for alias in map(alias_of, map(str, Magika().get_output_content_types())) if is_known(alias)
    }
    assert all(is_known(alias) for name in ("a.h", "a.inc", "a.pro", ".env", "x.mdx") for alias in claims(name))
