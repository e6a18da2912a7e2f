"""Requests made up from the description of /api/v1, good and bad, against the running site, with every check there is.

Alice asks, and Bob is the one who must not see what is hers.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from accounts.models import Scope
from tests.services.process import LOOPBACK, free_port, running
from tests.services.servers import ROOT, folder

pytestmark = pytest.mark.slow

SECONDS = 15
"""Of each run; what takes longer is cut off."""

RATES = ("PUBLISH_RATE_ACCOUNT", "PUBLISH_RATE_ANONYMOUS", "GUESS_RATE", "COMMENT_RATE", "REACTION_RATE", "REPORT_RATE")

MAKE_PEOPLE = """
from accounts.models import User
for name in ("alice", "bob"):
    User.objects.create_user(name, f"{name}@example.org")
"""

REFUSALS = ["2xx", "304", "401", "403", "404", "409", "410", "412", "413", "416", "422", "428", "429"]
"""What may be answered to a request that fits the description: the domain has rules that no schema can say."""

SIGNING_IN = f"""
[[operations]]
include-tag = "Signing in"
[operations.checks]
positive_data_acceptance.expected-statuses = {json.dumps(["400", *REFUSALS])}
"""
"""A wrong password is 400, as those who made these operations have it."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is, the file with both people's tokens, and two private pastes of Alice."""

    address: str
    people: Path
    keys: tuple[str, str]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    port = free_port()
    with folder() as home:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        rates = dict.fromkeys((*RATES, "SEARCH_RATE"), "100000/m")
        environment = kept | rates | {"DATA_DIR": str(home / "data"), "ENV_FILE": os.devnull}
        manage = [sys.executable, str(ROOT / "manage.py")]
        log = home / "log"
        with running(
            [*manage, "serve", "--port", str(port)],
            ready=lambda: b"The site is ready" in log.read_bytes(),
            log=log,
            env=environment,
            cwd=ROOT,
            seconds=60,
        ):

            def run(*arguments: str) -> str:
                done = subprocess.run([*manage, *arguments], env=environment, check=True, capture_output=True)
                return done.stdout.decode().strip().rpartition("\n")[2]

            run("shell", "-v", "0", "-c", MAKE_PEOPLE)
            scopes = [part for scope in Scope for part in ("--scope", scope.value)]
            tokens = {name: run("create_token", name, *scopes) for name in ("alice", "bob")}
            address = f"http://{LOOPBACK}:{port}"
            first, second = (publish(address, tokens["alice"]) for _ in range(2))
            yield Site(address, write_people(home / "people.json", tokens), (first, second))


def write_people(path: Path, tokens: dict[str, str]) -> Path:
    """A Web Fuzzing Commons file (https://github.com/WebFuzzing/Commons): JSON is YAML."""
    people = [
        {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
        for name, token in tokens.items()
    ]
    path.write_text(json.dumps({"schema_version": "0.2.0", "auth": people}))
    return path


def publish(address: str, token: str) -> str:
    """A private paste; its key."""
    body = {"files": [{"name": "notes.txt", "content": "notes\n"}], "visibility": "private"}
    answer = httpx.post(f"{address}/api/v1/pastes", json=body, headers={"Authorization": f"Bearer {token}"})
    return str(answer.json()["key"])


def run_schemathesis(site: Site, home: Path, configuration: str, *options: str) -> None:
    """Run it; what it finds is in the failure."""
    config = home / "schemathesis.toml"
    config.write_text(
        f"[checks]\npositive_data_acceptance.expected-statuses = {json.dumps(REFUSALS)}\n{configuration}{SIGNING_IN}"
    )
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
    command += [f"{site.address}/api/v1/openapi.json", "--auth-wfc", str(site.people), "--auth-wfc-user", "alice"]
    command += ["--checks", "all", "--max-time", str(SECONDS), "--no-color", "--continue-on-failure", *options]
    done = subprocess.run(command, cwd=home, capture_output=True, timeout=3 * SECONDS, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")


def test_it_finds_nothing_wrong(site: Site, tmp_path: Path) -> None:
    run_schemathesis(site, tmp_path, "")


def test_it_finds_nothing_wrong_with_pastes_that_are_there(site: Site, tmp_path: Path) -> None:
    """The same about two that exist: their keys take the place of made-up ones, so bad keys are no part of this run."""
    first, second = site.keys
    parameters = f'[parameters]\n"path.key" = "{first}"\n"path.other" = "{second}"\n'
    # What would take them away is seen above.
    spared = [part for name in ("delete_paste", "claim_paste") for part in ("--exclude-operation-id", name)]
    run_schemathesis(site, tmp_path, parameters, "--exclude-checks", "negative_data_rejection", *spared)
