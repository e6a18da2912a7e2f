"""`/metrics` in Prometheus' format: the numbers of all processes of this machine, whichever of them is asked.

Each process that has counted something answers at a socket of its own in `DATA_DIR`/metrics, and whoever is asked asks
the others. So counting costs what it costs in one process, nothing has to be written down meanwhile, and numbers of a
process that ended are gone with it: every series has the name of its process, and sums of rates stay right.
"""

import json
import os
import secrets
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError, connections
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pastebin import numbers
from pastes import queue
from pastes.domain import keys
from pastes.exceptions import NotFound

log = structlog.get_logger("pastebin.metrics")

ANSWER_SECONDS = 1.0
"""For another process to tell its numbers; one that is busier than that is left out."""

type Told = list[tuple[str, str, str, list[tuple[str, dict[str, str], float]]]]
"""Families of numbers as they go from process to process: name, meaning, type, and samples."""


def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for whoever has the token: `METRICS_TOKEN` as a bearer; without one there is no such page.

    Raises:
        NotFound: without the right token.
    """
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if not settings.METRICS_TOKEN or not secrets.compare_digest(sent, settings.METRICS_TOKEN.encode()):
        raise NotFound
    return HttpResponse(text(), content_type=CONTENT_TYPE_LATEST)


def text() -> bytes:
    """All numbers as they are now."""
    gathered = CollectorRegistry()
    gathered.register(_Gathered())
    return generate_latest(gathered)


class _Gathered(Collector):
    def collect(self) -> Iterable[Metric]:
        families: dict[str, Metric] = {}
        processes = dict(_everybody())
        for process, told in processes.items():
            for name, about, kind, samples in told:
                family = families.setdefault(name, Metric(name, about, kind))
                for sample, labels, value in samples:
                    family.add_sample(sample, labels | {"process": process}, value)
        yield from families.values()
        yield GaugeMetricFamily("pastebin_processes", "Processes that told their numbers.", len(processes))
        yield from _of_the_database()


def _of_the_database() -> Iterator[Metric]:
    try:
        left, age = keys.level(), queue.oldest_waiting(at=timezone.now())
    except DatabaseError:  # the other numbers are wanted most when it is away
        return
    yield GaugeMetricFamily("pastebin_keys_left", "Keys that wait for a paste.", left)
    yield GaugeMetricFamily("pastebin_queue_age_seconds", "Age of the oldest task that waits.", age)


def _own() -> Told:
    return [
        (
            family.name,
            family.documentation,
            family.type,
            [(one.name, one.labels, one.value) for one in family.samples if not one.name.endswith("_created")],
        )
        for family in numbers.registry.collect()
    ]


def _everybody() -> Iterator[tuple[str, Told]]:
    """The numbers of each process, by its name."""
    yield _name(), _own()
    for path in sorted(_folder().glob("*.socket")):
        if path != _path():
            with suppress(OSError, ValueError):
                yield path.stem, json.loads(_ask(path))


def _ask(path: Path) -> bytes:
    with socket.socket(socket.AF_UNIX) as other:
        other.settimeout(ANSWER_SECONDS)
        try:
            other.connect(str(path))
        except ConnectionRefusedError:  # it ended, and could not tidy up
            path.unlink(missing_ok=True)
            raise
        return b"".join(iter(lambda: other.recv(65_536), b""))


# --- Answering others ------------------------------------------------------------------------------------------------


_listens = threading.Lock()
"""Held by a process that answers already, for as long as it lives."""


def _forked() -> None:
    """A process that was forked from one that answers has no thread that does."""
    global _listens  # noqa: PLW0603 # each process has its own
    _listens = threading.Lock()


os.register_at_fork(after_in_child=_forked)


def listen() -> None:
    """Answer others from now on; called with everything that is counted, so that no process listens for nothing."""
    if not _listens.acquire(blocking=False):
        return
    threading.Thread(target=_answer_processes, name="numbers", daemon=True).start()
    if settings.METRICS_PORT:
        threading.Thread(target=_answer_prometheus, name="metrics", daemon=True).start()


@receiver(queue.ended)
def _worker_counted(**_: object) -> None:
    if not settings.Q_CLUSTER["sync"]:
        listen()


def _answer_processes() -> None:
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
            path.chmod(0o600)
            listening.listen()
            while True:
                other, _address = listening.accept()
                with other, suppress(OSError):
                    other.settimeout(ANSWER_SECONDS)
                    other.sendall(json.dumps(_own()).encode())
    except OSError as error:  # such as a path that is too long for a socket
        log.warning("metrics_not_shared", error=str(error))


class _Port(ThreadingHTTPServer):
    """All processes listen at one port, and any of them has the numbers of all."""

    daemon_threads = True
    allow_reuse_port = True


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Any address has the numbers: there is nothing else here."""
        try:
            body = text()
        finally:
            connections.close_all()  # those of this thread
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: a scrape is no news."""


def _answer_prometheus() -> None:
    try:
        with _Port((settings.METRICS_HOST, settings.METRICS_PORT), _Handler) as server:
            server.serve_forever()
    except OSError as error:
        log.error("metrics_port_failed", port=settings.METRICS_PORT, error=str(error))


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "metrics"


def _name() -> str:
    return str(os.getpid())


def _path() -> Path:
    return _folder() / f"{_name()}.socket"
