"""``manage.py serve``: the whole site in one command, for one machine; `make run` calls it."""

import argparse
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from pastes.domain import keys

FIRST_KEYS = 10_000
"""How many keys a new site starts with; the schedule keeps the level from then on."""

BLOCKING_THREADS = 8
"""Requests that the server works on at once. Reading a paste is mostly waiting for the database and the disk."""

READY_SECONDS = 30
STOP_SECONDS = 15
"""How long the processes have to finish the requests and the task they are at; then they are killed."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Command(BaseCommand):
    """Bring the database up to date, then run the web server and the worker until one of them or the operator stops."""

    help = _("Run the whole site: web server and worker, with the database brought up to date first.")
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """``--host`` and ``--port``: where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help=_("address to listen on"))
        parser.add_argument("--port", type=int, default=8000, help=_("port to listen on"))

    def handle(self, *, host: str, port: int, **_options: Any) -> None:
        """Run until a signal or the end of a process.

        Raises:
            CommandError: the port is taken, or a process ended by itself.
        """
        ensure_free(host, port)
        # From here on a signal unwinds the stack, also in the middle of a migration.
        on_signals(interrupt)
        try:
            prepare()
            with children(web_command(host, port), [sys.executable, sys.argv[0], "qcluster"]) as processes:
                wait_until_ready(host, port, processes)
                address = f"http://{host}:{port}/"
                self.stdout.write(_("The site is ready at %(address)s - Ctrl-C stops it.") % {"address": address})
                self.stdout.flush()
                ended = first_ended(processes)
                message = _("The %(name)s ended by itself with status %(status)s; its last words are above.")
                name = _("web server") if ended is processes[0] else _("worker")
                raise CommandError(message % {"name": name, "status": ended.returncode})
        except KeyboardInterrupt:
            self.stdout.write(_("Stopped."))


def on_signals(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """Do ``action`` on Ctrl-C, on a polite kill and, unless nohup started this, when the terminal is closed."""
    signal.signal(signal.SIGINT, action)
    signal.signal(signal.SIGTERM, action)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, action)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Unwind the stack to `Command.handle`."""
    raise KeyboardInterrupt


def ensure_free(host: str, port: int) -> None:
    """Find out now, and not after the migrations, whether the server can listen.

    Raises:
        CommandError: it cannot, and why.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as attempt:
        # As servers do, so that connections of a site that stopped a moment ago do not count.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except (OSError, OverflowError) as error:
            if getattr(error, "errno", None) == errno.EADDRINUSE:
                message = _("Port %(port)s is taken; choose another one: make run PORT=%(other)s")
                raise CommandError(message % {"port": port, "other": port + 1}) from error
            message = _("Cannot listen on %(host)s port %(port)s: %(error)s")
            raise CommandError(message % {"host": host, "port": port, "error": error}) from error


def prepare() -> None:
    """Migrate, fill the key table and write the schedules, each only where something is missing."""
    connection = connections["default"]
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    if "DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
        call_command("createcachetable", verbosity=0)
    if not keys.level():
        keys.seed(count=FIRST_KEYS)
    keys.top_up()
    call_command("sync_schedules", verbosity=0)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns when there is none
    connection.close()


def web_command(host: str, port: int) -> list[str]:
    """Granian's command line: one process, because the hot cache of the embedded stack is in its memory."""
    return [
        *(sys.executable, "-m", "granian", "pastebin.wsgi:application", "--interface", "wsgi"),
        *("--host", host, "--port", str(port), "--workers", "1", "--no-ws"),
        # Its one warning says that eight threads are many for two cores; they wait more than they compute.
        *("--log-level", "error"),
        # A thread keeps its database connection; the longer it lives, the rarer one is opened.
        *("--blocking-threads", str(BLOCKING_THREADS), "--blocking-threads-idle-timeout", "600"),
        *("--workers-kill-timeout", str(STOP_SECONDS - 5)),
    ]


@contextmanager
def children(*commands: Sequence[str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run ``commands`` while the block lasts, each in a session of its own: Ctrl-C reaches only this process.

    They end with this process, however it ends, and nothing that they started stays behind.
    """
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            processes += [start(command)]
        yield processes
    finally:
        on_signals(signal.SIG_IGN)  # a second Ctrl-C must not break off the clean-up
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
            # The whole session: a worker whose cluster was killed would otherwise work on.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start ``command`` as the leader of a session."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 # one system call of a library that is loaded already
    )


def end_with_parent() -> None:
    """Ask the kernel to stop this process when the one that started it dies, even by SIGKILL (Linux only)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_until_ready(host: str, port: int, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Return when ``/healthz`` answers.

    Raises:
        CommandError: it did not within `READY_SECONDS`.
    """
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 # it is compared, not listened on
    address = f"http://[{target}]:{port}/healthz" if ":" in target else f"http://{target}:{port}/healthz"
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        with suppress(OSError):
            try:
                opener.open(address, timeout=5).close()
            except HTTPError as refusal:
                refusal.close()  # such as a host name that ALLOWED_HOSTS lacks: it is there and answers
            return
        time.sleep(0.05)
    if all(process.poll() is None for process in processes):
        message = _("The web server did not answer within %(seconds)s seconds.")
        raise CommandError(message % {"seconds": READY_SECONDS})


def first_ended(processes: Sequence[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Wait for the first of ``processes`` that ends."""
    while True:
        for process in processes:
            if process.poll() is not None:
                return process
        time.sleep(0.2)
