"""pbincli, a client of PrivateBin: its own code, with fewer rounds of PBKDF2. `test_help` runs it as a command."""

import json
from pathlib import Path
from typing import Any

import pytest
from pbincli.api import PrivateBin
from pbincli.format import Paste

from tests.clients.conftest import Site

pytestmark = pytest.mark.slow

TEXT = "жар 🔥\r\n\tsecond line  "
PASSWORD = "пароль"
ROUNDS = 10_001


class Program:
    """What the command does with its options, step by step."""

    def __init__(self, site: Site) -> None:
        self.api = PrivateBin({"server": f"{site.address}/"})

    def send(self, *, password: str = "", file: str = "", compression: str = "zlib", burn: bool = False) -> Any:
        """Publish, and give back what the site answers, with the key."""
        paste = Paste()
        paste._iteration_count = ROUNDS
        paste.setVersion(self.api.getVersion())
        paste.setCompression(compression)
        paste.setText(TEXT)
        paste.setPassword(password)
        if file:
            paste.setAttachment(file)
        paste.encrypt("markdown", burn, discussion=not burn, expiration="5min")
        return self.api.post(paste.getJSON()) | {"key": paste.getHash()}

    def get(self, sent: Any, *, password: str = "") -> tuple[str, Any]:
        """The text and what is attached to it."""
        paste = Paste()
        paste.setPassword(password)
        paste.setHash(sent["key"])
        paste.loadJSON(self.api.get(sent["id"]))
        paste.decrypt()
        return paste.getText().decode(), paste.getAttachment()


def test_it_gets_what_it_sent_with_its_password_and_what_is_attached(site: Site, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(bytes(range(256)))
    program = Program(site)
    sent = program.send(password=PASSWORD, file=str(picture), compression="none")
    assert program.get(sent, password=PASSWORD) == (TEXT, [bytes(range(256)), "picture.png"])


def test_what_burns_is_there_once(site: Site) -> None:
    program = Program(site)
    sent = program.send(burn=True)
    assert program.get(sent)[0] == TEXT
    assert "no paste" in program.api.get(sent["id"])["message"]


def test_what_it_deletes_is_gone(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    program = Program(site)
    sent = program.send()
    program.api.delete(json.dumps({"pasteid": sent["id"], "deletetoken": sent["deletetoken"]}))
    assert "successfully deleted" in capsys.readouterr().out
    assert "no paste" in program.api.get(sent["id"])["message"]
