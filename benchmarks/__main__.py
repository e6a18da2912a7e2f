"""``python -m benchmarks``: measure everything once, print a table, and stop what was started."""

import argparse
import signal
import sys
import time
from collections.abc import Sequence

import httpx

from benchmarks import report
from benchmarks.cases import Case, cases
from benchmarks.load import LoadFailedError, Result, wrk_program
from benchmarks.measure import WrongAnswersError, measure
from benchmarks.seed import COLD_PASTES, Seeded, seed
from benchmarks.stack import Stack, file_server, stack
from tests.services import DidNotStartError, MissingServerError

SECONDS, WARM_UP = 6, 2
"""Of each case: some twenty-five of them, and half a minute before the first, are over in five minutes."""

STARTED = time.monotonic()

type Measured = dict[str, tuple[Case, Result]]


def main() -> None:
    """Do as the arguments say.

    Raises:
        SystemExit: something is missing, did not start, or was not answered as it must be.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast the site is, in one run.")
    parser.add_argument(
        "--short", action="store_true", help="a second for each case: whether all are answered as they must be"
    )
    parser.add_argument("--write", action="store_true", help=f"write the table to docs/{report.PAGE.name} as well")
    parser.add_argument("--seconds", type=int, metavar="N", help=f"of each case, instead of {SECONDS}")
    parser.add_argument(
        "--only", action="append", metavar="WORDS", help="cases with this in their name, and what they are beside"
    )
    options = parser.parse_args()
    if options.write and (options.short or options.only or options.seconds):
        parser.error("--write is for a whole run")
    # As an exception, so that everything is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    seconds, warm_up = (1, 0) if options.short else (options.seconds or SECONDS, WARM_UP)
    try:
        wrk_program()
        say("Starting the servers …")
        with stack(short=options.short) as servers:
            say("Publishing what will be read …")
            seeded = seed(servers, cold=COLD_PASTES // 3 if options.short else COLD_PASTES)
            measured = run(servers, seeded, only=options.only or [""], seconds=seconds, warm_up=warm_up)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except (MissingServerError, DidNotStartError, WrongAnswersError, LoadFailedError, httpx.HTTPError) as error:
        sys.exit("\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]))
    print(report.table(measured))
    if options.write:
        say(f"Wrote docs/{report.write(measured, seconds=seconds, warm_up=warm_up, text=seeded.text).name}")


def run(servers: Stack, seeded: Seeded, *, only: Sequence[str], seconds: int, warm_up: int) -> Measured:
    """Measure every case that has one of ``only`` in its name, and what these are beside; results by name, in order."""
    root = servers.home / "page"
    root.mkdir(mode=0o755)
    (root / "page.html").write_bytes(seeded.page)
    (root / "page.html.gz").write_bytes(seeded.packed)
    servers.home.chmod(0o755)  # nginx's own account reads the page
    measured: Measured = {}
    with file_server(root) as files:
        every = list(cases(servers, seeded, files=files))
        wanted = {case.name for case in every if any(words in case.name for words in only)}
        wanted |= {name for case in every if case.name in wanted for name in case.beside}
        for case in (case for case in every if case.name in wanted):
            say(f"Measuring {case.name} …")
            measured[case.name] = case, measure(case, servers, seconds=seconds, warm_up=warm_up)
    return measured


def say(text: str) -> None:
    """Tell whoever waits, beside the table that may be read by a program."""
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
