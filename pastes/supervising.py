"""``python -m pastes.supervising``: run the processes of the whole site until one of them, or the operator, stops.

`manage.py serve` becomes this when all is prepared. It waits, and so it is without Django, which would keep 90 MB
for nothing; what it runs and says comes in its environment, in the operator's language.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from types import FrameType
from typing import Final, NoReturn
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

READY_SECONDS: Final = 30
STOP_SECONDS: Final = 15
"""How long the processes have to finish the requests and the task they are at; then they are killed."""

VARIABLE: Final = "SUPERVISED_SITE"
"""Of the environment, where `become` leaves what `main` finds."""

_PR_SET_PDEATHSIG: Final = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class EndedError(Exception):
    """The site cannot go on; in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is run, and what is said about it.

    Attributes:
        web: the web server's command line.
        worker: the worker's.
        healthz: the address that answers when the web server does.
        ready: what to say then.
        late: what to say when it does not in `READY_SECONDS`.
        ended: what to say when one of them ends, with ``%(name)s`` and ``%(status)s``.
        names: of the web server and the worker.
        stopped: what to say when the operator stops it.
    """

    web: Sequence[str]
    worker: Sequence[str]
    healthz: str
    ready: str
    late: str
    ended: str
    names: Sequence[str]
    stopped: str


def become(site: Site) -> NoReturn:
    """Go on as the supervisor, in the same process."""
    sys.stdout.flush()
    os.environ[VARIABLE] = json.dumps(asdict(site))
    os.execv(sys.executable, [sys.executable, "-m", "pastes.supervising"])  # noqa: S606


def main() -> int:
    """Run the site that is described by `VARIABLE`; the exit status."""
    site = Site(**json.loads(os.environ.pop(VARIABLE)))
    on_signals(interrupt)
    try:
        with children(site.web, site.worker) as processes:
            wait_until_ready(site, processes)
            print(site.ready, flush=True)
            ended = first_ended(processes)
            name = site.names[processes.index(ended)]
            raise EndedError(site.ended % {"name": name, "status": ended.returncode})
    except KeyboardInterrupt:
        print(site.stopped)
    except EndedError as error:
        print(f"CommandError: {error}", file=sys.stderr)
        return 1
    return 0


def on_signals(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """Do ``action`` on Ctrl-C, on a polite kill and, unless nohup started this, when the terminal is closed."""
    signal.signal(signal.SIGINT, action)
    signal.signal(signal.SIGTERM, action)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, action)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Unwind the stack.

    Raises:
        KeyboardInterrupt: always.
    """
    raise KeyboardInterrupt


@contextmanager
def children(*commands: Sequence[str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run ``commands`` while the block lasts, each in a session of its own: Ctrl-C reaches only this process.

    They end with this process, however it ends, and nothing that they started stays behind.
    """
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            processes += [start(command)]
        yield processes
    finally:
        on_signals(signal.SIG_IGN)  # a second Ctrl-C must not break off the clean-up
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
            # The whole session: a worker whose cluster was killed would otherwise work on.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start ``command`` as the leader of a session."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 # one system call of a library that is loaded already
    )


def end_with_parent() -> None:
    """Ask the kernel to stop this process when the one that started it dies, even by SIGKILL (Linux only)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_until_ready(site: Site, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Return when ``/healthz`` answers, or a process has ended.

    Raises:
        EndedError: it did not within `READY_SECONDS`.
    """
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        with suppress(OSError):
            try:
                opener.open(site.healthz, timeout=5).close()
            except HTTPError as refusal:
                refusal.close()  # such as a host name that ALLOWED_HOSTS lacks: it is there and answers
            return
        time.sleep(0.05)
    if all(process.poll() is None for process in processes):
        raise EndedError(site.late)


def first_ended(processes: Sequence[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Wait for the first of ``processes`` that ends."""
    while True:
        for process in processes:
            if process.poll() is not None:
                return process
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
