"""redact"""

import io

import pytest

from accounts.models import User
from pastes.domain import content, redacting
from pastes.models import File, Revision
from tests.commands.conftest import Shell
from tests.factories import make_paste


@pytest.fixture(autouse=True)
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is piped into it."""
    monkeypatch.setattr("sys.stdin", io.StringIO("hunter2-secret\n"))


def test_it_removes_a_text_from_somebodys_paste_however_long_its_history(
    shell: Shell, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redacting, "MOST_BYTES", 1)
    paste = make_paste(owner=alice, text="hunter2-secret\n", visibility="private")
    assert shell("redact", paste.key).out == "1 places in 1 revisions, and 0 comments."
    assert {content.read(file) for file in File.objects.all()} == {b"[redacted]\n"}
    assert Revision.objects.get(number=2).author is None


def test_a_dry_run_only_looks(shell: Shell) -> None:
    paste = make_paste(text="hunter2-secret\n")
    assert shell("redact", paste.key, "--dry-run").out.startswith("Dry run. 1 places")
    assert Revision.objects.count() == 1


def test_it_says_why_it_cannot(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shell("redact", "11111111111").failure == "There is no paste 11111111111."
    monkeypatch.setattr("sys.stdin", io.StringIO("ab"))
    assert "This is too short" in shell("redact", make_paste().key).failure
