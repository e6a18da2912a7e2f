"""``python -m tests.services [--postgres] [--memcached] [--s3] -- COMMAND…``: run a command beside real servers.

The command finds them by the site's own variables: DATABASE_URL, MEMCACHED_SERVERS, S3_*. REAL_SERVERS=1 tells the
tests that these are servers of a test and may be written to. Tests that run side by side (pytest-xdist) must not empty
each other's cache and bucket: REAL_COPIES has, as JSON, the variables of each process that differ.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from tests.services import MissingServerError, Server, make_bucket, memcached, postgres, s3

SERVERS: dict[str, Callable[[], AbstractContextManager[Server]]] = {
    "postgres": postgres,
    "memcached": memcached,
    "s3": s3,
}


def main() -> int:
    """Start the servers, run the command, stop them; the command's exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.services", description="Run a command beside real servers.")
    for name in SERVERS:
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--copies", type=int, default=1, help="for so many processes that test side by side")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    options = parser.parse_args()
    # As an exception, so that the servers are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    environment = dict(os.environ, REAL_SERVERS="1")
    with ExitStack() as stack:
        for name, start in SERVERS.items():
            if getattr(options, name):
                environment |= stack.enter_context(start()).environment
        copies: list[dict[str, str]] = [{}]
        for number in range(1, options.copies):
            copy: dict[str, str] = {}
            if options.memcached:
                copy |= stack.enter_context(memcached()).environment
            if options.s3:
                copy["S3_BUCKET"] = f"{environment['S3_BUCKET']}-{number}"
                make_bucket(environment | copy)
            copies.append(copy)
        environment["REAL_COPIES"] = json.dumps(copies)
        try:
            return subprocess.run(options.command, env=environment, check=False).returncode
        except KeyboardInterrupt:
            return 128 + signal.SIGINT


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MissingServerError as missing:
        sys.exit(str(missing))
