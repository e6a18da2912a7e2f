"""Promise 31: a production start that would be dangerous does not happen, and says what to put right."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "PRODUCTION": "1",
    "SECRET_KEY": "k3y-" + "0123456789abcdef" * 4,
    "ALLOWED_HOSTS": "paste.example.org",
    "SITE_URL": "https://paste.example.org",
    "DATABASE_URL": "sqlite:///:memory:",
    "EMAIL_URL": "smtp://localhost",
}


def start(tmp_path: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """Start as an operator does, with nothing in the environment but these."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "pastebin.settings"}
    environment |= {name: value for name, value in (GOOD | changed).items() if value}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "ERROR"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_it_starts_with_what_the_documents_say(tmp_path: Path) -> None:
    done = start(tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"DEBUG": "1"}, "DEBUG shows source code and settings to visitors"),
        ({"SECRET_KEY": ""}, "SECRET_KEY must be a random text"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be a random text"),
        ({"SECRET_KEY": "change-me-" * 10}, "SECRET_KEY must be a random text"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY must be a random text"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name"),
        ({"ALLOWED_HOSTS": "a.example,*"}, "ALLOWED_HOSTS must name"),
        ({"SITE_URL": ""}, "SITE_URL must be the address"),
        ({"DATABASE_URL": ""}, "DATABASE_URL must name the database"),
    ],
    ids=lambda value: "=".join(next(iter(value.items()))) if isinstance(value, dict) else "",
)
def test_it_refuses_what_is_dangerous_and_says_why(tmp_path: Path, changed: dict[str, str], sentence: str) -> None:
    done = start(tmp_path, **changed)
    assert done.returncode != 0
    assert "Not started, because PRODUCTION=1 and:" in done.stderr
    assert sentence in done.stderr


def test_it_says_everything_at_once(tmp_path: Path) -> None:
    done = start(tmp_path, DEBUG="1", SECRET_KEY="", ALLOWED_HOSTS="", SITE_URL="", DATABASE_URL="")
    for name in ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL"):
        assert f"{name} " in done.stderr
