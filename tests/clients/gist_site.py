"""The running site for programs that speak GitHub's Gist interface: two people with tokens, and a front with TLS."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.nginx import MAIN, nginx_program
from tests.services.process import LOOPBACK, accepts, free_port, program, running
from tests.services.servers import ROOT, folder

PEOPLE = """
from accounts.models import User
for name in ("alice", "bob"):
    User.objects.create_user(name, f"{name}@example.org")
"""

FRONT = """
server {{
    listen {address} ssl;
    ssl_certificate {home}/cert.pem;
    ssl_certificate_key {home}/key.pem;
    location / {{
        proxy_pass http://{web};
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-Proto https;
        proxy_set_header X-Forwarded-For $remote_addr;
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class GistSite:
    """Where it is, and the tokens of two people.

    Attributes:
        address: of the site, without a slash at the end.
        alice: her token, good for reading and writing gists.
        bob: his.
        pastes: her token for pastes, good for reading and writing them, too.
    """

    address: str
    alice: str
    bob: str
    pastes: str

    @property
    def api(self) -> str:
        """What clients are told instead of https://api.github.com."""
        return f"{self.address}/api/v3"


@dataclass(frozen=True, slots=True)
class Front:
    """The same site behind TLS: its host with the port, and the certificate to trust."""

    host: str
    certificate: Path


@pytest.fixture(scope="session")
def gist_site() -> Iterator[GistSite]:
    """Web server and worker on an empty folder, for programs that ask quickly one after another."""
    port = free_port()
    with folder() as home:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        settings = {
            "DATA_DIR": str(home / "data"),
            "ENV_FILE": os.devnull,
            "TRUSTED_PROXIES": f"{LOOPBACK}/32",
            **{f"{name}_RATE": "100000/m" for name in ("COMMENT", "REACTION")},
            "PUBLISH_RATE_ACCOUNT": "100000/m",
        }
        manage = [sys.executable, str(ROOT / "manage.py")]
        log = home / "log"
        with running(
            [*manage, "serve", "--port", str(port)],
            ready=lambda: b"The site is ready" in log.read_bytes(),
            log=log,
            env=kept | settings,
            cwd=ROOT,
            seconds=60,
        ):

            def tell(*command: str) -> str:
                done = subprocess.run(
                    [*manage, *command], env=kept | settings, cwd=ROOT, check=True, stdout=subprocess.PIPE
                )
                return done.stdout.decode().strip().rpartition("\n")[2]

            tell("shell", "--command", PEOPLE)
            scopes = ("--scope", "gist:read", "--scope", "gist:write")
            alice, bob = (tell("create_token", name, *scopes) for name in ("alice", "bob"))
            pastes = tell("create_token", "alice", *scopes, "--scope", "paste:read", "--scope", "paste:write")
            yield GistSite(f"http://{LOOPBACK}:{port}", alice, bob, pastes)


@pytest.fixture(scope="session")
def front(gist_site: GistSite) -> Iterator[Front]:
    """nginx with a certificate that nobody but its finder trusts: gh speaks to no host without TLS."""
    port = free_port()
    with folder() as home:
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        files = ["-keyout", str(home / "key.pem"), "-out", str(home / "cert.pem")]
        openssl = program("openssl", package="openssl")
        subprocess.run(
            [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files],
            check=True,
            capture_output=True,
        )
        (home / "nginx.conf").write_text(MAIN.format(home=home))
        web = gist_site.address.removeprefix("http://")
        (home / "site.conf").write_text(FRONT.format(address=f"{LOOPBACK}:{port}", home=home, web=web))
        command = [nginx_program(), "-e", "stderr", "-p", str(home), "-c", str(home / "nginx.conf")]
        with running(command, ready=lambda: accepts(port), log=home / "log"):
            yield Front(f"localhost:{port}", home / "cert.pem")
