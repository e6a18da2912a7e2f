"""Not asking what keeps failing: each question to a store that hangs would hold a thread until its timeout."""

import threading
import time
from collections.abc import Callable


class Breaker:
    """Whether an outside thing is asked at all. Each process has its own; threads share it.

    After so many failures in a row it says no for some seconds. Then one caller may try, and the others go on being
    refused: when that works, everybody may ask again; when it does not, the seconds begin anew.
    """

    def __init__(self, *, failures: int = 5, seconds: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._seconds, self._clock = failures, seconds, clock
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget every failure."""
        self._in_a_row = 0
        self._next_try = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it says no."""
        return self._in_a_row >= self._limit

    def lets_pass(self) -> bool:
        """Whether the caller may ask, and shall then say how it went."""
        if not self.is_open:
            return True
        with self._lock:
            now = self._clock()
            if now < self._next_try:
                return False
            self._next_try = now + self._seconds
            return True

    def worked(self) -> None:
        """The answer was a good one."""
        self._in_a_row = 0

    def failed(self) -> bool:
        """There was none, or a bad one. Whether this was the failure that makes it say no."""
        with self._lock:
            self._in_a_row += 1
            self._next_try = self._clock() + self._seconds
            return self._in_a_row == self._limit
