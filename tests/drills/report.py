"""The table of a run, on the terminal and as the page in ``docs/``."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.report import machine
from tests.drills.finding import Drill, Finding
from tests.services.servers import ROOT

PAGE = ROOT / "docs" / "reliability.md"

INTRODUCTION = """\
# What it does on bad days

`make drills ARGS=--write` wrote this page. One run starts the production processes on one machine (two web servers
behind nginx, the worker, PostgreSQL, memcached, an S3 server), lets people publish and read, and breaks
something on purpose. What they were answered is counted, and every text that was acknowledged is read again and
compared by its SHA-256. A promise that is not kept ends the run with a failure; so do the short forms of the
same drills, which run with the tests. `make drill-NAME` does one of them: {names}.

"""


def line(finding: Finding, *, width: int = 110) -> str:
    """A finding for the terminal."""
    mark = "ok  " if finding.kept else "FAIL"
    text = f"{finding.did}: {finding.counted}  [promised: {finding.promised}]"
    return textwrap.fill(text, width, initial_indent=f"  {mark}  ", subsequent_indent=" " * 8)


def write(found: Mapping[Drill, Sequence[Finding]]) -> Path:
    """Write the page; its path. Nothing in it names the machine or a folder of it."""
    names = ", ".join(f"`{drill.name}`" for drill in found)
    parts = [INTRODUCTION.format(names=names)]
    for drill, findings in found.items():
        parts.append(f"## {drill.name}\n\n{textwrap.fill(drill.promise, 118)}\n\n")
        parts.append("| what was done | what was counted | promised | kept |\n|---|---|---|---|\n")
        parts += [
            f"| {row.did} | {row.counted} | {row.promised} | {'yes' if row.kept else '**no**'} |\n" for row in findings
        ]
        parts.append("\n")
    facts = "\n".join(f"- {name}: {value}" for name, value in machine().items() if name != "programs")
    PAGE.write_text("".join(parts) + f"## Where\n\n{facts}\n")
    return PAGE
