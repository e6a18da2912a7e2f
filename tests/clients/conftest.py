"""The running site for clients, and what they print."""

import hashlib
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest

from tests.clients.gist_site import Front, GistSite, front, gist_site
from tests.e2e.conftest import Site, site
from tests.services import MissingServerError
from tests.services.process import program

__all__ = ["Front", "GistSite", "Npm", "Run", "Site", "front", "gist_site", "site"]

type Run = Callable[..., subprocess.CompletedProcess[bytes]]
"""Runs a client (the name of its Debian package as ``package``) with arguments, what it reads, and its environment."""

type Npm = Callable[..., Path]
"""Installs packages of npm, each with its version, and gives the folder that NODE_PATH wants."""

SECONDS = 30

#: Texts in which something gets lost when a client or the site takes them for more than bytes.
AWKWARD = {
    "blanks": b" \t leading and trailing \n \t",
    "no last newline": b"one\ntwo",
    "mixed line ends": b"unix\nwindows\r\nmac\rend",
    "emoji": "жар 🔥 e\u0301\u200b\u202e\n".encode(),
    "byte order mark": b"\xef\xbb\xbftext\n",
    "latin-1": b"caf\xe9 \x80\xa0\xad\n",
    "looks like a form": b"GET /search?q=1&text=lost&content=2\nplus + percent %41\n",
    "all bytes": bytes(range(256)),
    "a megabyte and more": b"0123456789abcdef" * 80_000,
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a client in an empty folder that is its home, too; it must succeed unless ``fails``."""

    def run_client(
        name: str,
        *arguments: str,
        package: str = "",
        sent: bytes = b"",
        env: Mapping[str, str] | None = None,
        fails: bool = False,
    ) -> subprocess.CompletedProcess[bytes]:
        command = [program(name, package=package or name), *arguments]
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"} | dict(env or {})
        done = subprocess.run(
            command, input=sent, env=environment, cwd=tmp_path, capture_output=True, timeout=SECONDS, check=False
        )
        assert (done.returncode != 0) == fails, (done.stdout + done.stderr).decode(errors="replace")
        return done

    return run_client


@pytest.fixture(scope="session")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Npm:
    """Packages of npm in a folder that is gone after the tests. Without its registry the tests of them are skipped."""
    executable = program("npm", package="npm")

    def install(*packages: str) -> Path:
        folder = tmp_path_factory.mktemp("npm")
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        command = [executable, "install", *options, "--prefix", str(folder), *packages]
        try:
            subprocess.run(command, capture_output=True, timeout=60, check=True)
        except subprocess.SubprocessError as error:
            message = f"npm cannot install {', '.join(packages)}: {error}"
            raise MissingServerError(message) from error
        return folder / "node_modules"

    return install


def assert_kept(address: str, data: bytes) -> None:
    """The paste at this address has these bytes and no other."""
    raw = httpx.get(f"{address}/raw")
    assert raw.status_code == 200, raw.text
    assert hashlib.sha256(raw.content).digest() == hashlib.sha256(data).digest()
