"""A running worker (django-q2's cluster) on the test database."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.services.process import running
from tests.services.servers import ROOT, folder


@contextmanager
def worker(*, database: str) -> Iterator[int]:
    """Run ``manage.py qcluster`` on this ``database`` of the server of DATABASE_URL; gives its process id."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    environment = dict(os.environ, DATABASE_URL=url, QUEUE_SYNC="0", QUEUE_POLL_SECONDS="0.1", LOG_LEVEL="INFO")
    with folder() as home:
        log = home / "log"
        command = [sys.executable, str(ROOT / "manage.py"), "qcluster"]
        with running(command, ready=lambda: has_started(log), log=log, env=environment, cwd=ROOT) as process:
            yield process.pid


def has_started(log: Path) -> bool:
    """Whether the cluster says that it runs (its last word when everything is up)."""
    return b"running" in log.read_bytes()
