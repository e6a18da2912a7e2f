"""wrk, the load generator: what it is asked for, and what it found out."""

import os
import re
import secrets
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.process import program

SCRIPT = Path(__file__).with_name("load.lua")

CONNECTIONS = 32
"""Open at once, each with one request under way: twice as many as the web server's two processes have threads."""

TIMEOUT_SECONDS = 10

_RESULT = re.compile(
    r"^result requests=(?P<requests>\d+) duration=(?P<duration>\d+) bytes=(?P<bytes>\d+)"
    r" p50=(?P<p50>\d+) p99=(?P<p99>\d+) status=(?P<status>\d+) socket=(?P<socket>\d+)$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Requests that are alike.

    Attributes:
        origin: scheme, host and port.
        paths: asked for in turn.
        method: in capitals.
        headers: of every request.
        body: sent with every request; each ``@number@`` in it becomes a number that no other request has.
        many_people: whether each request names another address that it comes from.
    """

    origin: str
    paths: Sequence[str] = ("/",)
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    many_people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of them.

    Attributes:
        requests: how many were answered.
        size: bytes of an answer with its headers, on average.
        rate: answers a second.
        p50, p99: milliseconds that half, and 99 of 100, took at most.
        errors: answers with status 400 or above, and connections that failed or took over `TIMEOUT_SECONDS`.
    """

    requests: int
    size: float
    rate: float
    p50: float
    p99: float
    errors: int


class LoadFailedError(Exception):
    """wrk could not do it; the message is what it wrote."""


def wrk_program() -> str:
    """Where wrk is.

    Raises:
        MissingServerError: it is not installed.
    """
    return program("wrk", package="wrk")


def run(load: Load, *, seconds: int) -> Result:
    """Send ``load`` for so many seconds, as fast as the answers come.

    Raises:
        MissingServerError: wrk is not installed.
        LoadFailedError: wrk ended without a result.
    """
    threads = min(2, os.cpu_count() or 1)
    with tempfile.TemporaryDirectory(prefix="pastebin-bench-") as folder:
        requests = _write(load, Path(folder))
        command = [wrk_program(), f"-t{threads}", f"-c{CONNECTIONS}", f"-d{seconds}s", f"--timeout={TIMEOUT_SECONDS}s"]
        command += ["-s", str(SCRIPT), load.origin, "--", str(requests), str(threads), secrets.token_hex(4)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 60)
    found = _RESULT.search(ended.stdout)
    if ended.returncode != 0 or found is None:
        raise LoadFailedError(ended.stdout + ended.stderr)
    counts = {name: int(value) for name, value in found.groupdict().items()}
    return Result(
        requests=counts["requests"],
        size=counts["bytes"] / max(1, counts["requests"]),
        rate=counts["requests"] / (counts["duration"] / 1_000_000),
        p50=counts["p50"] / 1_000,
        p99=counts["p99"] / 1_000,
        errors=counts["status"] + counts["socket"],
    )


def _write(load: Load, folder: Path) -> Path:
    """The file that load.lua reads."""
    lines = [f"method {load.method}", f"people {'many' if load.many_people else 'one'}"]
    lines += [f"header {name} {value}" for name, value in load.headers.items()]
    lines += [f"path {path}" for path in load.paths]
    if load.body:
        body = folder / "body"
        body.write_bytes(load.body)
        lines.append(f"body {body}")
    requests = folder / "requests"
    requests.write_text("\n".join(lines) + "\n")
    return requests
