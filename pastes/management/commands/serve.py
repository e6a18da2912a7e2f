"""``manage.py serve``: the whole site in one command, for one machine; `make run` calls it."""

import argparse
import errno
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from pastes import supervising
from pastes.domain import keys

FIRST_KEYS = 10_000
"""How many keys a new site starts with; the schedule keeps the level from then on."""


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
            CommandError: the port is taken.
        """
        ensure_free(host, port)
        # From here on a signal unwinds the stack, also in the middle of a migration.
        supervising.on_signals(supervising.interrupt)
        try:
            prepare()
            supervising.become(describe(host, port))
        except KeyboardInterrupt:
            self.stdout.write(_("Stopped."))


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


def describe(host: str, port: int) -> supervising.Site:
    """What the supervisor runs: one web process, because the hot cache of the embedded stack is in its memory."""
    # No nginx is before it to wait for what is sent slowly, so it has more threads that may.
    listening = ["--host", host, "--port", str(port), "--workers", "1", "--blocking-threads", "8"]
    stopping = ["--workers-kill-timeout", str(supervising.STOP_SECONDS - 5)]
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 # it is compared, not listened on
    return supervising.Site(
        web=[sys.executable, "-m", "pastebin.server", *listening, *stopping],
        worker=[sys.executable, sys.argv[0], "qcluster"],
        healthz=f"http://{f'[{target}]' if ':' in target else target}:{port}/healthz",
        ready=_("The site is ready at %(address)s - Ctrl-C stops it.") % {"address": f"http://{host}:{port}/"},
        late=_("The web server did not answer within %(seconds)s seconds.") % {"seconds": supervising.READY_SECONDS},
        ended=_("The %(name)s ended by itself with status %(status)s; its last words are above."),
        names=[_("web server"), _("worker")],
        stopped=_("Stopped."),
    )
