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
from types import TracebackType
from typing import Self

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


class Program:
    """A program that runs while a `with` block lasts, and may be killed and started again meanwhile.

    It leads a session of its own; what it writes goes to ``log``, which begins anew with each start.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        ready: Callable[[], bool],
        log: Path,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: Path | None = None,
        stop: signal.Signals = signal.SIGTERM,
        seconds: float = 30,
        patience: float = 10,
    ) -> None:
        """Keep what `running` explains; ``patience`` is how many seconds it has to stop by itself."""
        self.command = list(command)
        self.log = log
        self.env = env
        self._ready, self._stop, self._seconds, self._patience = ready, stop, seconds, patience
        self._user, self._cwd = user, cwd
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process of the last start."""
        assert self._process is not None, "it was not started"
        return self._process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def start(self) -> None:
        """Start it and wait until it serves.

        Raises:
            DidNotStartError: it ended at once or was not ready in time.
        """
        with self.log.open("wb") as output:
            process = self._process = subprocess.Popen(
                self.command,
                env=self.env,
                cwd=self._cwd,
                user=self._user,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 # it makes one system call, through a library loaded before
            )
        try:
            wait_until(lambda: process.poll() is not None or self._ready(), seconds=self._seconds, what=self.command[0])
            if process.poll() is not None:
                message = f"{self.command[0]} ended with {process.returncode}"
                raise DidNotStartError(message)
        except BaseException as error:
            self.end()
            if isinstance(error, DidNotStartError):
                error.add_note(self.log.read_text(errors="replace")[-4_000:])
            raise

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal: SIGSTOP and SIGCONT for a freeze."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it as a crash does, with everything in its session."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Stop it politely; see `end`."""
        end(self.process, self._stop, patience=self._patience)


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
    program = Program(command, ready=ready, log=log, env=env, user=user, cwd=cwd, stop=stop, seconds=seconds)
    with program:
        yield program.process


def end(process: subprocess.Popen[bytes], stop: signal.Signals = signal.SIGTERM, *, patience: float = 10) -> None:
    """Stop ``process``, which leads a session of its own, and whatever it leaves behind there."""
    if process.poll() is None:
        process.send_signal(stop)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    with suppress(ProcessLookupError):  # when it left nothing
        os.killpg(process.pid, signal.SIGKILL)


def end_with_parent() -> None:
    """Ask the kernel to stop this process when the one that started it dies, even by SIGKILL (Linux only)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
