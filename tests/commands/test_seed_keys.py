"""seed_keys"""

import subprocess
import sys
from typing import Any

import pytest

from pastes.domain import keys
from pastes.models import Key
from tests.commands.conftest import Shell
from tests.services.servers import ROOT


def test_it_fills_the_table_up_to_the_count(shell: Shell) -> None:
    assert shell("seed_keys", "--count", "300").out == "300 keys added; 300 wait."
    assert shell("seed_keys", "--count", "1000").out == "700 keys added; 1000 wait."
    assert shell("seed_keys", "--count", "500").out == "0 keys added; 1000 wait."


def test_its_keys_are_eleven_characters_that_nobody_confuses(shell: Shell) -> None:
    shell("seed_keys", "--count", "50")
    for value in Key.objects.values_list("value", flat=True):
        assert len(value) == 11
        assert set(value) <= set(keys.ALPHABET)
        assert keys.from_hex(keys.to_hex(value)) == value


def test_its_dry_run_adds_nothing(shell: Shell) -> None:
    assert shell("seed_keys", "--count", "300", "--dry-run").out == "300 keys would be added; 0 wait."
    assert shell("seed_keys", "--top-up", "--dry-run").out.endswith("keys would be added; 0 wait.")


def test_it_tops_up_only_below_the_low_water_mark(shell: Shell, settings: Any) -> None:
    settings.KEYS_LOW_WATER, settings.KEYS_TOP_UP = 20, 100
    shell("seed_keys", "--count", "19")
    assert shell("seed_keys", "--top-up").out == "100 keys added; 119 wait."
    assert shell("seed_keys", "--top-up").out == "0 keys added; 119 wait."


def test_it_says_nothing_when_told_to(shell: Shell) -> None:
    run = shell("seed_keys", "--count", "5", "--verbosity", "0")
    assert (run.out, run.err) == ("", "")


def test_a_stopped_run_is_finished_by_the_next(shell: Shell, monkeypatch: Any) -> None:
    monkeypatch.setattr(keys, "BATCH", 10)

    class Stopped(Exception):
        pass

    def stop(added: int) -> None:
        if keys.level() >= 20:
            raise Stopped

    with pytest.raises(Stopped):
        keys.seed(count=35, progress=stop)
    assert keys.level() == 20
    assert shell("seed_keys", "--count", "35").out == "15 keys added; 35 wait."


def test_it_draws_its_bar_only_on_a_terminal(shell: Shell, capfd: Any) -> None:
    shell("seed_keys", "--count", "5")
    assert capfd.readouterr().err == ""


def test_a_wrong_number_ends_with_status_2() -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "seed_keys", "--count", "many"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "invalid int value: 'many'" in done.stderr
