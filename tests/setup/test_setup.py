"""``bin/setup``: finds an interpreter, says one clear sentence when there is none, does nothing twice."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that requires nothing, so that setting it up needs no network."""
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "setup", tmp_path / "bin" / "setup")
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "programs").mkdir()
    for name in ("cat", "cmp", "dirname", "sh"):
        (tmp_path / "programs" / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def setup(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it with nothing on PATH but what ``programs`` holds."""
    environment = {"PATH": str(checkout / "programs"), "HOME": str(checkout / "home")} | environment
    return subprocess.run([checkout / "bin" / "setup"], env=environment, capture_output=True, text=True, check=False)


def shim(checkout: Path, name: str) -> None:
    """A program of that name that exists and does not work, as those of pyenv do."""
    path = checkout / "programs" / name
    path.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    path.chmod(0o755)


def test_without_an_interpreter_it_says_so_in_one_sentence(checkout: Path) -> None:
    shim(checkout, "python3")
    run = setup(checkout)
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("bin/setup: Python 3.12 or newer was not found")
    assert run.stderr.count("\n") == 1


def test_an_interpreter_that_was_asked_for_and_does_not_run_is_named(checkout: Path) -> None:
    run = setup(checkout, PYTHON="/nowhere/python")
    assert run.returncode == 1
    assert run.stderr == "bin/setup: PYTHON=/nowhere/python does not run or is older than Python 3.12.\n"


@pytest.mark.slow
def test_it_passes_by_shims_and_is_quick_the_second_time(checkout: Path) -> None:
    for name in ("python3.14", "python3.13", "python3.12", "python3"):
        shim(checkout, name)
    interpreter = checkout / "home" / ".pyenv" / "versions" / "3.12.99" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.symlink_to(Path(sys.executable).resolve())
    first = setup(checkout)
    assert first.returncode == 0, first.stderr
    assert "Installing requirements.txt" in first.stdout
    began = time.monotonic()
    second = setup(checkout)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert time.monotonic() - began < 1.5  # 0.05 s on an idle machine
    (checkout / "requirements.txt").write_text("# something changed\n")
    assert "Installing requirements.txt" in setup(checkout).stdout


def test_it_does_nothing_in_this_checkout() -> None:
    """The tests run in the environment that it made, so there is nothing left to do."""
    if not (ROOT / ".venv" / "installed-requirements-dev.txt").exists():
        pytest.skip("this environment was made by hand")
    run = subprocess.run(
        [ROOT / "bin" / "setup", "dev"], env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, "")
