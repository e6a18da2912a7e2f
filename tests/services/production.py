"""The site as docker-compose.yml starts it, on this machine: its variables, its commands, and its web server."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.services import compose
from tests.services.process import LOOPBACK, Program, accepts
from tests.services.servers import ROOT, answers

STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 40
"""As the stop_grace_period of compose."""

COLLECT_STATIC = ["python", "manage.py", "collectstatic", "--no-input", "--verbosity=0"]


def services(given: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The services of docker-compose.yml, with everything filled in that it insists on."""
    secrets = {"SECRET_KEY": os.urandom(32).hex(), "POSTGRES_PASSWORD": "unused"}
    found: dict[str, dict[str, Any]] = compose.load(secrets | {"ALLOWED_HOSTS": LOOPBACK, **given})["services"]
    return found


def environment(site: Mapping[str, dict[str, Any]], servers: Mapping[str, str], *, home: Path) -> dict[str, str]:
    """The variables of the web server of ``site``, led to ``servers``, with its folders in ``home``.

    What differs from the containers beside that is how often one person may publish.
    """
    return {
        **{name: str(value) for name, value in site["web"]["environment"].items()},
        **servers,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "DATA_DIR": str(home),
        "TRUSTED_PROXIES": f"{LOOPBACK}/32",
        "PUBLISH_RATE_ANONYMOUS": "1000000/m",
        "PUBLISH_RATE_ACCOUNT": "1000000/m",
    }


def run(command: list[str], variables: Mapping[str, str]) -> str:
    """Run a command of the site to its end; what it wrote.

    Raises:
        SystemExit: it failed; the message is what it wrote.
    """
    ended = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{command}\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def prepare(site: Mapping[str, dict[str, Any]], variables: Mapping[str, str]) -> None:
    """Gather the static files, as the image has them, and do what the service ``prepare`` does."""
    run(COLLECT_STATIC, variables)
    run([str(part) for part in site["prepare"]["command"]], variables)


def web(command: list[str], variables: Mapping[str, str], *, port: int, path: str = "/healthz") -> Program:
    """The web server of compose at ``port``; it is ready when ``path`` answers ("": when it takes connections)."""
    here = [re.sub(r"^--port=.*", f"--port={port}", part) for part in command]
    here = [re.sub(r"^--host=.*", f"--host={LOOPBACK}", part) for part in here]

    def ready() -> bool:
        return answers(f"http://{LOOPBACK}:{port}{path}") if path else accepts(port)

    log = Path(variables["DATA_DIR"]) / f"web-{port}"
    return Program(
        here,
        ready=ready,
        log=log,
        env=variables,
        cwd=ROOT,
        seconds=STARTS_WITHIN_SECONDS,
        patience=STOPS_WITHIN_SECONDS,
    )
