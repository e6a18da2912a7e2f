"""The site of the drills: two web servers behind nginx, the worker, and the servers below, each of which can fail."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.services import Server, memcached, postgres, production, s3
from tests.services.faults import FaultProxy
from tests.services.nginx import nginx
from tests.services.process import LOOPBACK, DidNotStartError, Program, free_port
from tests.services.servers import ROOT, folder
from tests.services.worker import has_started


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What runs.

    Attributes:
        url: nginx, where readers and authors come.
        webs: the web servers behind it.
        store: stands before the object store and misbehaves when told.
        environment: the variables of web servers, worker and commands.
        home: a folder for files of this run.
    """

    url: str
    webs: list[Program]
    worker: Program
    proxy: Server
    database: Server
    cache: Server
    objects: Server
    store: FaultProxy
    environment: dict[str, str]
    home: Path

    def command(self, *arguments: str, **variables: str) -> str:
        """Run ``manage.py`` with these arguments to its end; what it wrote.

        Raises:
            SystemExit: it failed; the message is what it wrote.
        """
        return production.run(["python", "manage.py", *arguments], self.environment | variables)


@contextmanager
def site() -> Iterator[Site]:
    """Start everything, and stop it at the end.

    Raises:
        MissingServerError: a program is not installed.
        DidNotStartError: one was started and is not ready.
    """
    with ExitStack() as stack:
        home = stack.enter_context(folder())
        database = stack.enter_context(postgres())
        cache = stack.enter_context(memcached())
        objects = stack.enter_context(s3())
        store = stack.enter_context(FaultProxy(objects.port))
        ports = [free_port(), free_port()]
        proxy = stack.enter_context(nginx(web=ports[0], others=ports[1:], log=home / "nginx", site=cache.environment))
        through = {"S3_ENDPOINT_URL": f"http://{LOOPBACK}:{store.port}"}
        services = production.services({**proxy.environment, **objects.environment, **through})
        environment = production.environment(services, database.environment | cache.environment, home=home)
        # Two web servers with a process each, so that one is left when the other is down.
        # Static files are served as they are: to compress them takes longer than a drill.
        environment |= {"GRANIAN_WORKERS": "1", "QUEUE_POLL_SECONDS": "0.2", "STATIC_HASHED": "0"}
        production.run([part.replace("100000", "5000") for part in services["prepare"]["command"]], environment)
        web = [str(part) for part in services["web"]["command"]]
        webs = [stack.enter_context(production.web(web, environment, port=port)) for port in ports]
        worker = stack.enter_context(_worker(services["worker"]["command"], environment, log=home / "worker"))
        yield Site(
            url=proxy.environment["SITE_URL"],
            webs=webs,
            worker=worker,
            proxy=proxy,
            database=database,
            cache=cache,
            objects=objects,
            store=store,
            environment=environment,
            home=home,
        )


def _worker(command: list[str], environment: dict[str, str], *, log: Path) -> Program:
    return Program(command, ready=lambda: has_started(log), log=log, env=environment, cwd=ROOT, seconds=60)


def crash(program: Program) -> None:
    """End a program and all its children as the kernel does that has no memory left: without a word."""
    for pid in [*descendants(program.pid), program.pid]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    program.kill()


def restart(program: Program, *, attempts: int = 20) -> None:
    """Start a program that crashed, as systemd does: again, until what its predecessor held is free.

    Raises:
        DidNotStartError: it does not start.
    """
    for attempt in range(attempts):
        try:
            program.start()
        except DidNotStartError:
            if attempt == attempts - 1:
                raise
        else:
            return


def descendants(pid: int) -> list[int]:
    """The processes below this one, the nearest first."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *descendants(child)]
    return found
