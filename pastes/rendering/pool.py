"""Child processes for work that may hang: started when first needed, given deadlines, killed and replaced.

A lexer can be kept busy for hours by 49 bytes, and ``re`` holds the interpreter's lock meanwhile, so neither a thread
nor a Python signal handler can stop it: only another process can. There are two groups of children in each process that
renders, so that neither can starve the other: two small ones for lexing and comparing, of which a bomb blocks one for
its deadline; and one that holds the language model, which never hangs and is expensive to start.

Four things end a child: its deadline (pebble kills it and starts another); that nobody needed it for a while, so that a
site at rest has its memory back; the end of the pipe, when the parent is gone and the child idle; and an alarm, which
the kernel delivers even to a stuck child, when the parent was killed.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from dataclasses import asdict, dataclass
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.util import Finalize
from types import ModuleType
from typing import Any

from pebble import ProcessExpired, ProcessFuture, ProcessPool

logger = logging.getLogger(__name__)

_MAIN = sys.modules["__main__"]

WAIT_SECONDS = 1.0
"""How long a call waits for a child to become free. Beyond that the caller is better served with plain text."""

WAITERS = 8
"""How many calls may wait at once. One more is refused at once: they hold threads that could serve other requests."""

START_SECONDS = 1.5
"""What a call allows, on top of its deadline, for a child that is being started (measured: 0.2 s)."""

IDLE_SECONDS = 300.0
"""How long children that nobody needs are kept."""

ALARM_SECONDS = 1.0
"""How long after its deadline a child ends by itself, should nobody have killed it."""


class RenderTimeout(Exception):
    """The work was not done in time, or not begun because too much is waiting."""


class RenderFailed(Exception):
    """The work raised an exception, or its process died."""


@dataclass(slots=True)
class Stats:
    """Counts since the start of this process, for metrics."""

    tasks: int = 0
    """Calls that were given to a child."""
    kills: int = 0
    """Children killed at their deadline."""
    failures: int = 0
    """Calls that raised or whose child died."""
    refused: int = 0
    """Calls that found no free child in time."""


class _Process(SpawnProcess):
    """A process that does not run the parent's main module again.

    multiprocessing does that for functions defined there; here it would only cost time and memory, and fail where the
    main module is not a file. It looks the module up while a process starts, so it is given an empty one.
    """

    def start(self) -> None:
        # Without a lock: should two threads start processes at once, one of them may see the real module, which works.
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = _MAIN


class _Context(SpawnContext):
    """Spawned, as a forked child would inherit whatever locks other threads of the parent hold."""

    Process = _Process


class Children:
    """A group of identical child processes.

    Threads may share it. A process that was forked from one with children starts its own: it cannot use the parent's.

    Args:
        size: number of processes; all start with the first call.
        tasks_each: calls after which a process is replaced, which bounds what leaks in a lexer or a library cost.
        prepare: called once in each new process, outside any deadline.
        idle: seconds without a call after which all processes end.
    """

    def __init__(
        self,
        *,
        size: int,
        tasks_each: int,
        prepare: Callable[[], None] | None = None,
        idle: float = IDLE_SECONDS,
    ) -> None:
        self._size = size
        self._idle = idle
        self._tasks_each = tasks_each
        self._prepare = prepare
        self.forget()
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """Drop the processes without ending them: after a fork they, and every lock, belong to the parent."""
        self._pool: ProcessPool | None = None
        self._at_exit: Finalize | None = None
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(self._size)
        self._waiting = self._busy = 0
        self._used = time.monotonic()
        self.stats = Stats()

    def run[**P, T](self, function: Callable[P, T], deadline: float, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call ``function`` in a child and return what it returns.

        ``function`` is imported there by name: it must be a module's, and its module must be cheap to import.
        ``deadline`` is in seconds and counts from when the child begins.

        Raises:
            RenderTimeout: the deadline passed, or no child was free within ``WAIT_SECONDS``.
            RenderFailed: the function raised, or its process ended.
        """
        self._claim()
        try:
            self._count(tasks=1, busy=1)
            future: ProcessFuture[T] = self._schedule((function, deadline + ALARM_SECONDS, args, kwargs), deadline)
            return self._result(future, getattr(function, "__name__", "work"), deadline)
        finally:
            self._count(busy=-1)
            self._free.release()

    def stop(self) -> None:
        """End all processes. The next call starts new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            _end(pool)

    def _claim(self) -> None:
        """Wait for a free child. Tasks never queue in pebble, which could not give up on one without a kill."""
        if self._free.acquire(blocking=False):
            return
        with self._lock:
            full = self._waiting >= WAITERS
            self._waiting += not full
        if full:
            self._count(refused=1)
            raise RenderTimeout("too many calls are waiting")
        try:
            if not self._free.acquire(timeout=WAIT_SECONDS):
                self._count(refused=1)
                raise RenderTimeout("no child became free in time")
        finally:
            with self._lock:
                self._waiting -= 1

    def _schedule(self, call: tuple[object, ...], deadline: float) -> "ProcessFuture[Any]":
        with self._lock:
            if self._pool is not None and not self._pool.active:
                # A child that dies without a task, say of the kernel's want of memory, breaks the whole pool.
                _end(self._pool)
                self._pool = None
            if self._pool is None:
                if self._at_exit is None:
                    # Not by atexit, of which a process that was forked by multiprocessing, as django-q2's worker is,
                    # knows nothing: it would wait for its children for ever.
                    self._at_exit = Finalize(None, self.stop, exitpriority=100)
                self._pool = ProcessPool(
                    max_workers=self._size,
                    max_tasks=self._tasks_each,
                    initializer=_prepare,
                    initargs=(self._prepare,),
                    context=_Context(),
                )
                threading.Thread(target=self._rest, args=(self._pool,), daemon=True).start()
            try:
                return self._pool.schedule(_call, args=call, timeout=deadline)
            except RuntimeError as error:
                raise RenderFailed("the children have just died") from error

    def _rest(self, pool: ProcessPool) -> None:
        """In a thread of its own: end the processes when nobody needs them any more."""
        while True:
            with self._lock:
                if self._pool is not pool:
                    return
                left = self._used - time.monotonic() + self._idle
                if left <= 0 and not self._busy:
                    self._pool = None
                    break
            time.sleep(max(left, self._idle / 10))
        _end(pool)

    def _result[T](self, future: ProcessFuture[T], name: str, deadline: float) -> T:
        try:
            return future.result(timeout=deadline + START_SECONDS)
        except TimeoutError as error:
            if future.done():
                self._count(kills=1)
                logger.warning("%s was killed after %.1f s", name, deadline)
            raise RenderTimeout(f"{name} took over {deadline} s") from error
        except RenderFailed:
            self._count(failures=1)
            raise
        except (ProcessExpired, BrokenExecutor) as error:
            self._count(failures=1)
            logger.warning("the child died while it ran %s: %s", name, error)
            raise RenderFailed(f"the child died while it ran {name}") from error

    def _count(self, *, tasks: int = 0, kills: int = 0, failures: int = 0, refused: int = 0, busy: int = 0) -> None:
        with self._lock:
            self._busy += busy
            self._used = time.monotonic()
            self.stats.tasks += tasks
            self.stats.kills += kills
            self.stats.failures += failures
            self.stats.refused += refused


workers = Children(size=2, tasks_each=2_000)
"""For lexers and comparisons: 26 MB each."""


def run[**P, T](function: Callable[P, T], deadline: float, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call ``function`` in one of :data:`workers`. See :meth:`Children.run`."""
    return workers.run(function, deadline, *args, **kwargs)


def stats() -> dict[str, int]:
    """Return ``tasks``, ``kills``, ``failures`` and ``refused`` of this process's :data:`workers`."""
    return asdict(workers.stats)


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _prepare(prepare: Callable[[], None] | None) -> None:
    """In a new child: undo pebble's handler for SIGTERM, for which a stuck child would never find the time."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    if prepare is not None:
        prepare()


def _call[T](function: Callable[..., T], seconds: float, args: tuple[object, ...], kwargs: dict[str, object]) -> T:
    """In the child: call ``function``; let the kernel end this process after ``seconds``.

    Whatever is raised goes back as :class:`RenderFailed` without its message: exceptions of libraries may not survive
    the way through the pipe, and their messages may quote the text, which belongs in no log.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return function(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - lexers raise anything; the caller shows plain text whatever it was
        raise RenderFailed(type(error).__name__) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
