"""What made-up pastes say: pieces of the code and the Russian translations of Python packages, with their words."""

import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import django

STARTED = time.monotonic()

WORD = re.compile(r"\w+")

LANGUAGES = ("python", "text", "javascript", "bash", "json", "go", "c", "sql", "yaml", "rust", "haskell", "cobol")


@dataclass(frozen=True, slots=True)
class Text:
    """A made-up text, and what is kept of it: to be searched, as `pastes.domain.indexing` does it, and to be shown."""

    title: str
    text: str
    folded: str
    vector: str
    html: str


class World:
    """Makes up texts, the same ones each time; knows their words, the most frequent first."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        packages = Path(django.__file__).parents[1]
        self.code = _lines([*sorted(Path(os.__file__).parent.glob("*.py")), *sorted(packages.glob("*/*.py"))])
        self.russian = _lines(sorted(packages.glob("**/locale/ru/**/*.po")))
        texts = [self.text() for _ in range(20_000)]
        counts = Counter[str](word for text in texts for word in set(WORD.findall(text.lower())) if len(word) > 2)
        self.words: list[str] = [word for word, _count in counts.most_common()]
        say(f"{len(self.words):,} words in {len(texts):,} texts")

    def text(self) -> str:
        """About 1.2 kB: some pieces of neighbouring lines; one text in twenty is Russian."""
        lines = self.russian if self.random.random() < 0.05 else self.code
        pieces = max(1, min(60, int(self.random.lognormvariate(1.5, 0.8))))
        return "".join("".join(lines[start : start + 8]) for start in self._starts(lines, pieces))

    def made_up(self) -> Text:
        """A text, and what the worker would keep of it."""
        from pastes.rendering.highlight import highlight, rows  # noqa: PLC0415 # the settings exist only from here on
        from pastes.search.terms import fold, words_of  # noqa: PLC0415

        title = " ".join(self.random.choices(self.words, k=3))
        text = self.text()
        folded = fold(f"{title}\n\nfile1.txt\n{text}")
        vector = " ".join(f"'{word}'" for word in words_of(folded))
        html = rows(highlight(text=text, language="text").lines, first=1, anchor="")
        return Text(title, text, folded, vector, html)

    def _starts(self, lines: Sequence[str], pieces: int) -> list[int]:
        return [self.random.randrange(len(lines)) for _ in range(pieces)]


def _lines(paths: Sequence[Path]) -> list[str]:
    """The lines of files that say something."""
    texts = (path.read_text(errors="replace").replace("\0", "") for path in paths)
    return [line[:200] + "\n" for text in texts for line in text.splitlines() if line.strip()]


def say(text: str) -> None:
    """Tell whoever waits."""
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", file=sys.stderr, flush=True)
