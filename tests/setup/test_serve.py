"""``manage.py serve``: what `make run` starts, and that nothing of it stays behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.services.process import LOOPBACK, end, free_port, wait_until
from tests.services.servers import ROOT, answers

pytestmark = pytest.mark.slow

TEXT = b"\tkept \r\nas it is\n\n"


def command(port: int) -> list[str]:
    return [sys.executable, "manage.py", "serve", "--port", str(port)]


def environment(folder: Path) -> dict[str, str]:
    """What the site sees: a folder, and no server of the pass on real servers."""
    outside = ("DATABASE_URL", "MEMCACHED_SERVERS", "S3_", "QUEUE_SYNC", "STATIC_ROOT")
    return {name: value for name, value in os.environ.items() if not name.startswith(outside)} | {
        "DATA_DIR": str(folder)
    }


@contextmanager
def serving(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a session of its own, from the moment the site answers."""
    with (folder.parent / "output").open("ab") as output:
        process = subprocess.Popen(
            command(port),
            cwd=ROOT,
            env=environment(folder),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: answers(f"http://{LOOPBACK}:{port}/healthz"), seconds=60, what="the site")
        yield process
    finally:
        end(process)


def processes_of(folder: Path) -> set[int]:
    """The ids of all processes that were started for the site in ``folder``."""
    mark = f"DATA_DIR={folder}\0".encode()
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark in (entry / "environ").read_bytes():
                    found.add(int(entry.name))
            except OSError:
                continue  # it ended meanwhile
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_serves_keeps_its_data_and_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    port = free_port()
    with serving(folder, port) as process:
        address = httpx.post(f"http://{LOOPBACK}:{port}/", files={"f:1": ("a.txt", TEXT)}).text.strip()
        assert address.startswith(f"http://{LOOPBACK}:{port}/")
        wait_until(lambda: len(processes_of(folder)) > 4, seconds=20, what="the worker's processes")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        wait_until(lambda: not processes_of(folder), seconds=1, what="the end of every process")
    # A second start has what the first one had. Killed without a word, it takes all with it.
    with serving(folder, port) as process:
        assert httpx.get(f"{address}/raw").content == TEXT
        process.kill()
        wait_until(lambda: not processes_of(folder), seconds=30, what="the end of every process")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_stops_when_the_worker_dies(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder, free_port()) as process:
        worker = next(
            pid for pid in sorted(processes_of(folder)) if b"qcluster" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
        os.kill(worker, signal.SIGKILL)
        assert process.wait(30) == 1
        wait_until(lambda: not processes_of(folder), seconds=1, what="the end of every process")
    assert b"The worker ended by itself" in (tmp_path / "output").read_bytes()


def test_a_taken_port_is_said_in_one_sentence_before_anything_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        began = time.monotonic()
        run = subprocess.run(
            command(port), cwd=ROOT, env=environment(folder), capture_output=True, text=True, check=False
        )
    assert run.returncode == 1
    assert run.stderr == f"CommandError: Port {port} is taken; choose another one: make run PORT={port + 1}\n"
    assert time.monotonic() - began < 20
    assert not (folder / "pastebin.sqlite3").exists()
