"""The processes of a run: the site as docker-compose.yml starts it, and the baselines, on loopback."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services import memcached, postgres, production, s3
from tests.services.nginx import MAIN, nginx, nginx_program
from tests.services.process import LOOPBACK, accepts, free_port, running
from tests.services.servers import folder

MEMCACHED_MEGABYTES = 256
"""As compose gives it."""

FILES = """
server {{
    listen {address};
    root {root};
    default_type text/html;
    access_log off;
    gzip_static on;
}}
"""
"""A server that does nothing but send files, the compressed one where the reader takes that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """What runs.

    Attributes:
        web: the web server's origin.
        disk: another one's, with the same database and cache, which keeps objects on the disk.
        proxy: nginx in front of it.
        bare: the baseline project, served by the same command.
        environment: the web server's variables.
        home: a folder for files of this run.
        cache_port: where memcached listens on loopback.
    """

    web: str
    disk: str
    proxy: str
    bare: str
    environment: Mapping[str, str]
    home: Path
    cache_port: int


@contextmanager
def stack(*, short: bool = False) -> Iterator[Stack]:
    """Start everything, and stop it at the end.

    The worker stays out: what is measured gives it nothing to do but its schedules, which would fall into one run's
    seconds and not into another's.

    Args:
        short: whether static files stay as they are and few keys are made, which is done in a third of the time.

    Raises:
        MissingServerError: a program is not installed.
        DidNotStartError: one was started and is not ready.
    """
    with ExitStack() as started:
        home = started.enter_context(folder())
        port, disk_port, bare_port = free_port(), free_port(), free_port()
        database = started.enter_context(postgres())
        cache = started.enter_context(memcached(megabytes=MEMCACHED_MEGABYTES))
        objects = started.enter_context(s3())
        proxy = started.enter_context(nginx(web=port, log=home / "nginx", site=cache.environment, log_at_once=False))
        site = production.services({"SITE_URL": proxy.environment["SITE_URL"], **objects.environment})
        environment = production.environment(site, database.environment | cache.environment, home=home)
        command = [str(part) for part in site["web"]["command"]]
        if short:
            environment |= {"STATIC_HASHED": "0"}
            production.run([part.replace("100000", "5000") for part in site["prepare"]["command"]], environment)
        else:
            production.prepare(site, environment)
        started.enter_context(production.web(command, environment, port=port))
        started.enter_context(production.web(command, environment | {"S3_BUCKET": ""}, port=disk_port))
        bare = environment | {"DJANGO_SETTINGS_MODULE": "benchmarks.baseline.settings"}
        production.run([sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0"], bare)
        started.enter_context(production.web(command, bare, port=bare_port, path=""))
        yield Stack(
            web=f"http://{LOOPBACK}:{port}",
            disk=f"http://{LOOPBACK}:{disk_port}",
            proxy=proxy.environment["SITE_URL"],
            bare=f"http://{LOOPBACK}:{bare_port}",
            environment=environment,
            home=home,
            cache_port=cache.port,
        )


@contextmanager
def file_server(root: Path) -> Iterator[str]:
    """nginx that sends the files in ``root``; gives its origin.

    Raises:
        MissingServerError: it is not installed.
    """
    port = free_port()
    with folder() as home:
        (home / "site.conf").write_text(FILES.format(address=f"{LOOPBACK}:{port}", root=root))
        main = home / "nginx.conf"
        main.write_text(MAIN.format(home=home))
        command = [nginx_program(), "-e", "stderr", "-p", str(home), "-c", str(main)]
        with running(command, ready=lambda: accepts(port), log=home / "log"):
            yield f"http://{LOOPBACK}:{port}"
