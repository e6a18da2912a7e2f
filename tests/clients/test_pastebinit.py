"""Debian's pastebinit, with the configuration that the help page gives."""

from pathlib import Path

import pytest

from tests.clients.conftest import Run, Site, assert_kept

pytestmark = pytest.mark.slow

CONFIGURATION = """\
[pastebin]
basename = {host}
post_page = api/v2/
paste_regexp = (.*)

[format]
content = content
title = title
format = syntax
expiry_days = expiry_days

[defaults]
expiry_days = 30
"""


@pytest.fixture
def host(site: Site, tmp_path: Path) -> str:
    """The site as pastebinit knows it."""
    name = site.address.removeprefix("http://")
    folder = tmp_path / ".pastebin.d"
    folder.mkdir()
    (folder / "site.conf").write_text(CONFIGURATION.format(host=name))
    return name


def address_in(site: Site, answer: bytes) -> str:
    address = answer.decode().strip()
    assert address.startswith(f"{site.address}/")
    assert "\n" not in address
    return address


@pytest.mark.parametrize("text", ["one line", "жар 🔥 &=%+\n\ttwo", "x" * 500_000], ids=["line", "unicode", "long"])
def test_it_publishes_what_it_reads(site: Site, run: Run, host: str, text: str) -> None:
    """It takes blanks and line ends from the end before it sends, so these texts have none."""
    answer = run("pastebinit", "-b", host, sent=text.encode()).stdout
    assert_kept(address_in(site, answer), text.encode())


def test_it_publishes_a_file_with_title_and_language(site: Site, run: Run, host: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print(1)")
    answer = run("pastebinit", "-b", host, "-t", "A greeting", "-f", "python", "-i", "a.py").stdout
    page = run("curl", "--silent", address_in(site, answer)).stdout.decode()
    assert "A greeting" in page
    assert "Python" in page


def test_it_publishes_two_files_as_two_pastes(site: Site, run: Run, host: str, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    first, second = run("pastebinit", "-b", host, "a.txt", "b.txt").stdout.decode().split()
    assert_kept(first, b"a.txt")
    assert_kept(second, b"b.txt")


def test_it_needs_no_defaults(site: Site, run: Run, host: str, tmp_path: Path) -> None:
    """What a configuration leaves out, pastebinit sends as Python's None; and it begins with a field unknown here."""
    short = CONFIGURATION.partition("[defaults]")[0].replace("content = content", "user = poster\ncontent = content")
    (tmp_path / ".pastebin.d" / "site.conf").write_text(short.format(host=host))
    answer = run("pastebinit", "-b", host, env={"USER": "ann"}, sent=b"text").stdout
    assert_kept(address_in(site, answer), b"text")


def test_it_says_when_the_site_refuses(run: Run, host: str) -> None:
    refused = run("pastebinit", "-b", host, "-f", "klingon", sent=b"text", fails=True)
    assert b"422" in refused.stderr
