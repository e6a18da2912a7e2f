"""The processes of a run: the site as docker-compose.yml starts it, and the baselines, on loopback."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services import compose, memcached, postgres, s3
from tests.services.nginx import MAIN, nginx, nginx_program
from tests.services.process import LOOPBACK, accepts, free_port, running
from tests.services.servers import ROOT, answers, folder

MEMCACHED_MEGABYTES = 256
"""As compose gives it."""

STARTS_WITHIN_SECONDS = 60

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
        proxy: nginx in front of it.
        bare: the baseline project, served by the same command.
        environment: the web server's variables.
        home: a folder for files of this run.
        cache_port: where memcached listens on loopback.
    """

    web: str
    proxy: str
    bare: str
    environment: Mapping[str, str]
    home: Path
    cache_port: int


@contextmanager
def stack() -> Iterator[Stack]:
    """Start everything, and stop it at the end.

    The worker stays out: what is measured gives it nothing to do but its schedules, which would fall into one run's
    seconds and not into another's.

    Raises:
        MissingServerError: a program is not installed.
        DidNotStartError: one was started and is not ready.
    """
    with ExitStack() as started:
        home = started.enter_context(folder())
        port, bare_port = free_port(), free_port()
        database = started.enter_context(postgres())
        cache = started.enter_context(memcached(megabytes=MEMCACHED_MEGABYTES))
        objects = started.enter_context(s3())
        proxy = started.enter_context(nginx(web=port, log=home / "nginx"))
        site = _services({"SITE_URL": proxy.environment["SITE_URL"], **objects.environment})
        environment = {
            **{name: str(value) for name, value in site["web"]["environment"].items()},
            **database.environment,
            **cache.environment,
            **_of_this_machine(home),
        }
        command = [str(part) for part in site["web"]["command"]]
        _run(["python", "manage.py", "collectstatic", "--no-input", "--verbosity=0"], environment)
        _run([str(part) for part in site["prepare"]["command"]], environment)
        started.enter_context(_web(command, environment, port=port, path="/healthz"))
        bare = environment | {"DJANGO_SETTINGS_MODULE": "benchmarks.baseline.settings"}
        _run([sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0"], bare)
        command = [part.replace("pastebin.wsgi", "benchmarks.baseline.wsgi") for part in command]
        started.enter_context(_web(command, bare, port=bare_port, path=""))
        yield Stack(
            web=f"http://{LOOPBACK}:{port}",
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


def _services(answers: dict[str, str]) -> dict[str, dict[str, dict[str, str]]]:
    """The services of docker-compose.yml, with everything filled in that it insists on."""
    secrets = {"SECRET_KEY": os.urandom(32).hex(), "POSTGRES_PASSWORD": "unused"}
    services: dict[str, dict[str, dict[str, str]]] = compose.load(
        secrets | {"ALLOWED_HOSTS": LOOPBACK, **answers},
    )["services"]
    return services


def _of_this_machine(home: Path) -> dict[str, str]:
    """What differs from the containers: folders, addresses, and how often one person may publish."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "DATA_DIR": str(home),
        "TRUSTED_PROXIES": f"{LOOPBACK}/32",
        "PUBLISH_RATE_ANONYMOUS": "1000000/m",
        "PUBLISH_RATE_ACCOUNT": "1000000/m",
    }


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    """Run a command of the site to its end.

    Raises:
        SystemExit: it failed; the message is what it wrote.
    """
    ended = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{command}\n{ended.stdout}{ended.stderr}")


@contextmanager
def _web(command: list[str], environment: Mapping[str, str], *, port: int, path: str) -> Iterator[None]:
    """Run the web server of compose at ``port``; it is ready when ``path`` answers ("": when it takes connections)."""
    here = [re.sub(r"^--port=.*", f"--port={port}", part) for part in command]
    here = [re.sub(r"^--host=.*", f"--host={LOOPBACK}", part) for part in here]
    log = Path(environment["DATA_DIR"]) / f"web-{port}"

    def ready() -> bool:
        return answers(f"http://{LOOPBACK}:{port}{path}") if path else accepts(port)

    with running(here, ready=ready, log=log, env=environment, cwd=ROOT, seconds=STARTS_WITHIN_SECONDS):
        yield
