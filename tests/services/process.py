"""Starting a server for a test: on a free loopback port, in a session of its own, stopped by its process id."""

import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class MissingServerError(Exception):
    """A server that pip cannot bring is not installed; the message names the package that brings it."""


class DidNotStartError(Exception):
    """A server was started and is not ready; the message ends with what it wrote."""


def program(name: str, *, package: str) -> str:
    """The path of ``name``.

    Raises:
        MissingServerError: it is not installed; apt's ``package`` brings it.
    """
    # Debian keeps nginx in /usr/sbin, which only root has on PATH.
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        message = f"{name} is missing: apt-get install {package}"
        raise MissingServerError(message)
    return path


def free_port() -> int:
    """A port that nothing listens on, nor on the one 10,000 above (where SeaweedFS puts its second listener).

    It lies below the range from which the kernel takes the local ports of outgoing connections (32768 and up on Linux),
    so that no connection takes it before the server does.
    """
    for _ in range(200):
        port = random.randrange(11_000, 22_000)
        if not (accepts(port) or accepts(port + 10_000)):
            with closing(socket.socket()) as attempt:
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    attempt.bind((LOOPBACK, port))
                except OSError:
                    continue
                return port
    message = "no free port was found in 200 attempts"
    raise DidNotStartError(message)


def accepts(port: int) -> bool:
    """Whether something on loopback takes connections at ``port``."""
    with closing(socket.socket()) as attempt:
        attempt.settimeout(1)
        return attempt.connect_ex((LOOPBACK, port)) == 0


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Ask ``ready`` every 20 ms.

    Raises:
        DidNotStartError: it said no for ``seconds``.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            message = f"{what} was not ready within {seconds:g} s"
            raise DidNotStartError(message)
        time.sleep(0.02)


@contextmanager
def running(
    command: Sequence[str],
    *,
    ready: Callable[[], bool],
    log: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    cwd: Path | None = None,
    stop: signal.Signals = signal.SIGTERM,
    seconds: float = 30,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command`` while the block lasts; ``ready`` says when it serves; what it writes goes to ``log``.

    Args:
        env: the whole environment of the process; default: this process's own.
        user: the account to run as, when this process is root.
        stop: the signal that ends it; after 10 s without effect SIGKILL follows. Its children are killed with it.
        seconds: how long it may take to be ready.

    Raises:
        DidNotStartError: it ended at once or was not ready in time.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            user=user,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 # it makes one system call, through a library loaded before
        )
    try:
        wait_until(lambda: process.poll() is not None or ready(), seconds=seconds, what=command[0])
        if process.poll() is not None:
            message = f"{command[0]} ended with {process.returncode}"
            raise DidNotStartError(message)
        yield process
    except DidNotStartError as error:
        error.add_note(log.read_text(errors="replace")[-4_000:])
        raise
    finally:
        end(process, stop)


def end(process: subprocess.Popen[bytes], stop: signal.Signals = signal.SIGTERM) -> None:
    """Stop ``process``, which leads a session of its own, and whatever it leaves behind there."""
    if process.poll() is None:
        process.send_signal(stop)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    with suppress(ProcessLookupError):  # when it left nothing
        os.killpg(process.pid, signal.SIGKILL)


def end_with_parent() -> None:
    """Ask the kernel to stop this process when the one that started it dies, even by SIGKILL (Linux only)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
