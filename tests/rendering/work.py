"""What the children of ``test_pool`` are given to do. Apart from the tests, so that no child has to import pytest."""

import os
import re
import signal
import sys
import time


def spin(seconds: float) -> float:
    """Keep the processor busy."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        pass
    return seconds


def stick() -> None:
    """Never come back, with the interpreter's lock held: as a lexer does."""
    re.match(r"(\\\\|[^\"]|\\)*\"", "\\" * 60)


def hang(**given: object) -> bytes:
    """Take anything, and never be done with it."""
    time.sleep(60)
    return b""


def fail() -> None:
    raise ValueError("what the author wrote")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def loaded() -> list[str]:
    """Return which of the heavy packages this process has imported."""
    return sorted({"django", "magika", "numpy", "onnxruntime"} & set(sys.modules))
