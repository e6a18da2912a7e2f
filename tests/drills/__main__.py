"""``python -m tests.drills``: do drills, print what was counted, and stop what was started."""

import argparse
import signal
import sys
import time

from tests.drills import backlog, backup, crashes, database, memcached, migrating, object_store, report, rolling
from tests.drills.finding import Drill, Finding
from tests.drills.site import Site, site
from tests.services import DidNotStartError, MissingServerError

DRILLS = {
    drill.name: drill
    for drill in (
        object_store.DRILL,
        rolling.DRILL,  # before a worker is killed: what it had taken is only given up after minutes
        crashes.DRILL,
        database.DRILL,
        memcached.DRILL,
        backup.DRILL,
        migrating.DRILL,
        backlog.DRILL,
    )
}

STARTED = time.monotonic()


def main() -> None:
    """Do as the arguments say.

    Raises:
        SystemExit: a promise was not kept, or something is missing or did not start.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description="Break the site and see what happens.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(DRILLS)} (default: all)")
    parser.add_argument("--short", action="store_true", help="some 20 seconds for each drill: what the tests run")
    parser.add_argument("--write", action="store_true", help=f"write the table to docs/{report.PAGE.name} as well")
    options = parser.parse_args()
    if unknown := set(options.names) - set(DRILLS):
        parser.error(f"there is no drill {', '.join(sorted(unknown))}; there are: {', '.join(DRILLS)}")
    # As an exception, so that everything is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    wanted = [drill for name, drill in DRILLS.items() if not options.names or name in options.names]
    try:
        say("Starting the site …")
        with site() as running:
            found = {drill: do(drill, running, short=options.short) for drill in wanted}
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except (MissingServerError, DidNotStartError) as error:
        sys.exit("\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]))
    if options.write:
        say(f"Wrote docs/{report.write(found, names=list(DRILLS), short=options.short).name}")
    broken = [drill.name for drill, findings in found.items() if not all(finding.kept for finding in findings)]
    if broken:
        sys.exit(f"\nNOT KEPT: {', '.join(broken)}")
    say("Every promise was kept.")


def do(drill: Drill, running: Site, *, short: bool) -> list[Finding]:
    """One drill, told as it goes."""
    say(f"{drill.name}: {drill.promise}")
    findings: list[Finding] = []
    for finding in drill.run(running, short):
        print(report.line(finding), flush=True)
        findings.append(finding)
    return findings


def say(text: str) -> None:
    """Tell whoever waits, beside the table."""
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
