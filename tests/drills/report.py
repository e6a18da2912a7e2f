"""The table of a run, on the terminal and as the page in ``docs/``."""

import os
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.report import machine
from tests.drills.finding import Drill, Finding
from tests.services.servers import ROOT

PAGE = ROOT / "docs" / "reliability.md"

INTRODUCTION = """\
# What it does on bad days

`make drills ARGS=--write` writes this page, `make drill-NAME ARGS=--write` one section of it; the sections here are of
several runs. A run starts the production processes on one machine (two web servers
behind nginx, the worker, PostgreSQL, memcached, an S3 server), lets people publish and read, and breaks
something on purpose. What they were answered is counted, and every text that was acknowledged is read again and
compared by its SHA-256. A promise that is not kept ends the run with a failure. The short
forms of `object-store`, `rolling`, `crashes` and `memcached` run with the tests.
`make drill-NAME` does one of them: {names}.

"""


def line(finding: Finding, *, width: int = 110) -> str:
    """A finding for the terminal."""
    mark = "ok  " if finding.kept else "FAIL"
    text = f"{finding.did}: {finding.counted}  [promised: {finding.promised}]"
    return textwrap.fill(text, width, initial_indent=f"  {mark}  ", subsequent_indent=" " * 8)


def write(found: Mapping[Drill, Sequence[Finding]], *, names: Sequence[str], short: bool) -> Path:
    """Write the page, or the sections of these drills anew; its path. Nothing in it names the machine or a folder."""
    sections = _sections()
    facts = [f"{name}: {value}" for name, value in machine().items() if name not in {"when", "programs"}]
    facts.append(f"others used the machine meanwhile: load {os.getloadavg()[1]:.0f}")
    for drill, findings in found.items():
        form = "the short form" if short else "the long form"
        lines = [f"## {drill.name}", "", textwrap.fill(drill.promise, 118), ""]
        lines += ["| what was done | what was counted | promised | kept |", "|---|---|---|---|"]
        lines += [
            f"| {row.did} | {row.counted} | {row.promised} | {'yes' if row.kept else '**no**'} |" for row in findings
        ]
        lines += ["", f"{machine()['when']}, {form}; {'; '.join(facts)}."]
        sections[drill.name] = "\n".join(lines) + "\n"
    introduction = INTRODUCTION.format(names=", ".join(f"`{name}`" for name in names))
    PAGE.write_text(introduction + "\n".join(sections[name] for name in names if name in sections))
    return PAGE


def _sections() -> dict[str, str]:
    """What the page has of each drill."""
    if not PAGE.exists():
        return {}
    parts = PAGE.read_text().split("## ")[1:]
    return {part.split("\n")[0]: f"## {part.rstrip()}\n" for part in parts}
