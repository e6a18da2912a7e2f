"""Promise 31: a production start that would be dangerous does not happen, and says what to put right."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from pastebin.env import refuse_dangerous

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


def test_it_starts_with_a_replica_of_postgresql_and_of_nothing_else(tmp_path: Path) -> None:
    replica = "postgres://pastebin:secret@replica.example/pastebin"
    done = start(tmp_path, DATABASE_URL=replica.replace("replica", "database"), DATABASE_REPLICA_URL=replica)
    assert done.returncode == 0, done.stderr
    done = start(tmp_path, DATABASE_REPLICA_URL=replica)
    assert done.returncode != 0
    assert "DATABASE_REPLICA_URL: only PostgreSQL has replicas" in done.stderr


def test_it_refuses_what_is_dangerous_and_says_everything_at_once(tmp_path: Path) -> None:
    done = start(tmp_path, DEBUG="1", SECRET_KEY="", ALLOWED_HOSTS="*", SITE_URL="", DATABASE_URL="")
    assert done.returncode != 0
    assert "Not started, because PRODUCTION=1 and: DEBUG" in done.stderr
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL"):
        assert f" {name} must " in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("debug", True),
        ("secret_key", ""),
        ("secret_key", "short"),
        ("secret_key", "change-me-" * 10),
        ("secret_key", "a" * 60),
        ("allowed_hosts", []),
        ("allowed_hosts", ["*"]),
        ("allowed_hosts", ["a.example", "*"]),
        ("allowed_hosts", ["*.example"]),
        ("site_url", ""),
        ("site_url", "paste.example.org"),
        ("database", ""),
    ],
)
def test_it_refuses_each_dangerous_value_by_its_name(name: str, value: object) -> None:
    good: dict[str, Any] = {
        "debug": False,
        "secret_key": GOOD["SECRET_KEY"],
        "allowed_hosts": [GOOD["ALLOWED_HOSTS"]],
        "site_url": GOOD["SITE_URL"],
        "database": GOOD["DATABASE_URL"],
    }
    refuse_dangerous(**good)
    with pytest.raises(ImproperlyConfigured, match=name.upper()):
        refuse_dangerous(**(good | {name: value}))
