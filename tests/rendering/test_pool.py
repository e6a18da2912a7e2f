"""Deadlines, kills and recovery of the child processes (promise 18). All children are real."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pastes.rendering.pool import WAITERS, Children, RenderFailed, RenderTimeout
from tests.rendering.work import die, fail, loaded, spin, stick

# Seconds. A deadline that is not the point of the test: a busy machine takes seconds to start a child.
SOON = 10.0


@pytest.fixture
def children() -> Iterator[Children]:
    children = Children(size=1, tasks_each=50)
    assert children.run(os.getpid, SOON)
    yield children
    children.stop()


def test_it_runs_elsewhere_and_again_in_the_same_child(children: Children) -> None:
    child = children.run(os.getpid, SOON)
    assert child != os.getpid()
    assert children.run(os.getpid, SOON) == child


def test_a_stuck_child_is_killed_and_replaced(children: Children) -> None:
    started = time.monotonic()
    with pytest.raises(RenderTimeout):
        children.run(stick, 0.3)
    assert time.monotonic() - started < 1.5
    assert children.run(spin, SOON, 0.0) == 0.0
    assert (children.stats.kills, children.stats.failures) == (1, 0)


def test_what_it_raises_comes_back_without_the_authors_words(children: Children) -> None:
    with pytest.raises(RenderFailed, match=r"^ValueError$"):
        children.run(fail, SOON)
    with pytest.raises(RenderFailed):
        children.run(die, SOON)
    assert children.run(spin, SOON, 0.0) == 0.0
    assert children.stats.failures == 2


def test_it_survives_the_death_of_an_idle_child(children: Children) -> None:
    os.kill(children.run(os.getpid, SOON), signal.SIGKILL)
    deadline = time.monotonic() + 5
    while True:
        try:
            assert children.run(spin, SOON, 0.0) == 0.0
        except RenderFailed:
            assert time.monotonic() < deadline
        else:
            break


def test_a_child_is_replaced_after_its_tasks() -> None:
    children = Children(size=1, tasks_each=3)
    try:
        assert len({children.run(os.getpid, SOON) for _ in range(7)}) == 3
    finally:
        children.stop()


def test_a_child_that_nobody_needs_ends_and_another_comes_when_it_is_needed() -> None:
    children = Children(size=1, tasks_each=50, idle=1.5)
    child = children.run(os.getpid, SOON)
    assert children.run(spin, SOON, 2.0) == 2.0, "one that works is not idle"
    assert children.run(os.getpid, SOON) == child
    _assert_gone([child], within=10)
    assert children.run(os.getpid, SOON) != child
    assert children.stats.failures == children.stats.kills == 0
    children.stop()


def test_a_second_child_serves_while_one_is_stuck() -> None:
    children = Children(size=2, tasks_each=50)
    try:
        children.run(spin, SOON, 0.0)
        bomb = threading.Thread(target=_ignoring_timeouts, args=(children, stick, 0.8))
        bomb.start()
        done = 0
        while bomb.is_alive():
            assert children.run(spin, SOON, 0.0) == 0.0
            done += 1
        assert done > 20
        bomb.join()
    finally:
        children.stop()


def test_callers_do_not_pile_up_behind_a_stuck_child(children: Children) -> None:
    bomb = threading.Thread(target=_ignoring_timeouts, args=(children, stick, 1.6))
    bomb.start()
    time.sleep(0.2)
    waited: list[float] = []

    def call() -> None:
        started = time.monotonic()
        _ignoring_timeouts(children, spin, SOON, 0.0)
        waited.append(time.monotonic() - started)

    callers = [threading.Thread(target=call) for _ in range(WAITERS + 4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    bomb.join()
    assert max(waited) < 2
    assert sum(seconds < 0.5 for seconds in waited) >= 4
    assert children.stats.refused == WAITERS + 4


SCRIPT = """
    import os, threading, time
    from pastes.rendering.pool import Children
    from tests.rendering.work import stick
    children = Children(size=2, tasks_each=50)
    print(children.run(os.getpid, 5.0), children.run(os.getpid, 5.0), flush=True)
"""


def test_children_end_with_a_parent_that_was_killed() -> None:
    with _parent(SCRIPT + "    children.run(stick, 1.0)") as parent:
        pids = _pids(parent)
        time.sleep(0.3)
        parent.kill()
        parent.wait()
        _assert_gone(pids, within=4.0)


def test_an_interpreter_with_a_stuck_child_exits() -> None:
    script = (
        SCRIPT + "    threading.Thread(target=children.run, args=(stick, 20.0), daemon=True).start(); time.sleep(0.3)"
    )
    with _parent(script) as parent:
        pids = _pids(parent)
        assert parent.wait(timeout=8) == 0
        _assert_gone(pids, within=1.0)


def test_a_forked_process_has_children_of_its_own() -> None:
    script = """
        import os, sys
        from pastes.rendering.pool import Children
        children = Children(size=1, tasks_each=50)
        before = children.run(os.getpid, 5.0)
        forked = os.fork()
        own = children.run(os.getpid, 5.0)
        if forked == 0:
            sys.exit(own == before)
        _, status = os.waitpid(forked, 0)
        for attempt in range(20):
            try:
                children.run(os.getpid, 5.0)
                break
            except Exception as error:
                print(error, file=sys.stderr)
        else:
            sys.exit(2)
        sys.exit(os.waitstatus_to_exitcode(status))
    """
    with _parent(script) as parent:
        assert parent.wait(timeout=15) == 0


def test_the_main_module_is_not_run_again(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os\nfrom pastes.rendering.pool import Children\nprint('main', __name__)\n"
        "children = Children(size=1, tasks_each=5)\nprint(children.run(os.getpid, 5.0) != os.getpid())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    run = subprocess.run(
        [sys.executable, str(script)], env=environment, check=True, capture_output=True, text=True, timeout=20
    )
    assert run.stdout == "main __main__\nTrue\n"


def test_a_child_carries_neither_django_nor_the_model(children: Children) -> None:
    assert children.run(loaded, SOON) == []


def _ignoring_timeouts(children: Children, function: object, deadline: float, *args: float) -> None:
    with contextlib.suppress(RenderTimeout):
        children.run(function, deadline, *args)  # type: ignore[arg-type]


def _parent(script: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True)


def _pids(parent: "subprocess.Popen[str]") -> list[int]:
    assert parent.stdout is not None
    first = [int(pid) for pid in parent.stdout.readline().split()]
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    listed = [int(pid) for pid in children.read_text().split()] if children.exists() else []
    assert len(set(first + listed)) >= 1
    return sorted({*first, *listed})


def _assert_gone(pids: list[int], *, within: float) -> None:
    deadline = time.monotonic() + within
    while alive := [pid for pid in pids if _alive(pid)]:
        assert time.monotonic() < deadline, f"still there: {alive}"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        # A process that has ended but whom nobody has waited for does nothing any more.
        return " Z " not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:4]
    except FileNotFoundError:
        return False


def test_a_process_that_was_forked_by_multiprocessing_ends_its_children_and_itself() -> None:
    """As the queue's worker does when it is told to stop."""
    code = textwrap.dedent("""
        import multiprocessing, os, sys
        from pastes.rendering import pool

        def work():
            print(pool.run(os.getpid, 10.0), flush=True)

        if __name__ == "__main__":
            worker = multiprocessing.get_context("fork").Process(target=work)
            worker.start()
            worker.join(15)
            ended = not worker.is_alive()
            worker.kill()
            sys.exit(not ended)
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
