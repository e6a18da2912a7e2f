"""curl: every way to send, and every way to read."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import AWKWARD, Run, Site, assert_kept

pytestmark = pytest.mark.slow


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A file to send."""
    path = tmp_path / "notes.txt"
    path.write_bytes(b"the first line\n" * 200)
    return path


def curl(run: Run, *arguments: str, sent: bytes = b"") -> bytes:
    return run("curl", "--silent", "--show-error", *arguments, sent=sent).stdout


def address_in(site: Site, answer: bytes) -> str:
    """The one line that is the whole answer."""
    assert re.fullmatch(re.escape(site.address).encode() + rb"/[1-9A-Za-z]{11}\n", answer), answer
    return answer.decode().strip()


# Sending


@pytest.mark.parametrize("data", AWKWARD.values(), ids=AWKWARD)
def test_every_byte_arrives_whichever_way_it_is_sent(site: Site, run: Run, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "text").write_bytes(data)
    for arguments in (
        ["-F", "f:1=<-", site.address],
        ["-F", "file=@text", site.address],
        ["-F", "content=<text", f"{site.address}/api/v2/"],
        ["--data-binary", "@text", site.address],
        ["--data-urlencode", "content@text", site.address],
        ["-T", "text", f"{site.address}/"],
        ["-T", "-", f"{site.address}/"],
        ["-T", ".", f"{site.address}/"],
    ):
        assert_kept(address_in(site, curl(run, *arguments, sent=data)), data)


def test_data_in_a_field(site: Site, run: Run) -> None:
    answer = curl(
        run, "-d", "content=print(1)", "-d", "syntax=python", "-d", "expiry_days=7", f"{site.address}/api/v2/"
    )
    assert_kept(address_in(site, answer), b"print(1)")


def test_several_files_are_one_paste(site: Site, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print(1)\n")
    (tmp_path / "b.rs").write_text("fn main() {}\n")
    address = address_in(site, curl(run, "-F", "f=@a.py", "-F", "f=@b.rs", "-F", "title=Both", site.address))
    assert curl(run, f"{address}/raw/a.py") == b"print(1)\n"
    assert curl(run, f"{address}/raw/b.rs") == b"fn main() {}\n"
    assert b"Both" in curl(run, address)


@pytest.mark.parametrize("name", ["environment", "screenshots.txt", "documents", "notes"])
def test_a_file_is_published_whatever_it_is_called(site: Site, run: Run, tmp_path: Path, name: str) -> None:
    """Eleven letters have the form of a key."""
    (tmp_path / name).write_bytes(b"x")
    if name == "documents":
        answer = curl(run, "-F", f"file=@{name}", f"{site.address}/")  # an address of hastebin's
    else:
        answer = curl(run, "-T", name, f"{site.address}/")
    address = address_in(site, answer)
    assert name.encode() in curl(run, address)
    assert_kept(address, b"x")


def test_the_token_in_the_headers_deletes(site: Site, run: Run, tmp_path: Path) -> None:
    answer = curl(run, "-D", "headers", "--data-binary", "x", site.address)
    address = address_in(site, answer)
    headers = (tmp_path / "headers").read_bytes().decode()
    assert headers.startswith("HTTP/1.1 201")
    token = re.search(r"^x-delete-token: (\S+)", headers, re.MULTILINE | re.IGNORECASE)
    assert token
    assert re.search(rf"^location: {re.escape(address)}\r$", headers, re.MULTILINE | re.IGNORECASE)
    assert b"403" in curl(run, "-o", "/dev/null", "-w", "%{http_code}", "-X", "DELETE", address)
    curl(run, "--fail", "-X", "DELETE", "-H", f"X-Edit-Token: {token[1]}", address)
    assert curl(run, "-o", "/dev/null", "-w", "%{http_code}", address) == b"404"


@pytest.mark.parametrize("path", ["/", "/api/v2/"])
def test_an_error_is_one_plain_text(site: Site, run: Run, path: str) -> None:
    shown = ["-w", "%{http_code} %{content_type}", "-F", "content=x"]
    wrong = curl(run, *shown, "-F", "syntax=klingon", site.address + path).decode()
    assert wrong.endswith("422 text/plain; charset=utf-8")
    assert "klingon" in wrong
    assert "<" not in wrong
    empty = curl(run, "-w", "%{http_code}", "-F", "content=", site.address + path).decode()
    assert empty.endswith("422")
    assert "There is no text yet" in empty


def test_an_error_in_the_language_that_was_asked_for(site: Site, run: Run) -> None:
    answer = curl(run, "-H", "Accept-Language: ru", "-F", "content=", site.address).decode()
    assert re.search("[а-я]", answer)


def test_json_for_who_asks_for_it(site: Site, run: Run) -> None:
    answer = json.loads(curl(run, "-H", "Accept: application/json", "--data-binary", "x", site.address))
    assert answer["url"] == f"{site.address}/{answer['key']}"


# Reading


@pytest.fixture
def address(site: Site, run: Run, text: Path) -> str:
    """The text as a paste."""
    return address_in(site, curl(run, "-T", text.name, f"{site.address}/"))


def test_raw_compressed_is_the_same(run: Run, text: Path, address: str) -> None:
    headers = curl(run, "-D", "-", "-o", "/dev/null", "--compressed", f"{address}/raw").decode().lower()
    assert "content-encoding: gzip" in headers
    assert curl(run, "--compressed", f"{address}/raw") == text.read_bytes()


def test_a_range_and_the_rest(run: Run, text: Path, address: str) -> None:
    data = text.read_bytes()
    assert curl(run, "-r", "0-99", f"{address}/raw") == data[:100]
    assert curl(run, "-r", "100-", f"{address}/raw") == data[100:]
    assert curl(run, "-r", "-5", f"{address}/raw") == data[-5:]
    shown = curl(run, "-r", "0-99", "-o", "/dev/null", "-w", "%{http_code}", f"{address}/raw")
    assert shown == b"206"


def test_a_download_that_broke_off_goes_on(run: Run, text: Path, tmp_path: Path, address: str) -> None:
    (tmp_path / "half").write_bytes(text.read_bytes()[:1_000])
    curl(run, "-C", "-", "-o", "half", f"{address}/raw")
    assert (tmp_path / "half").read_bytes() == text.read_bytes()


def test_a_download_has_the_name_of_the_file(run: Run, address: str) -> None:
    headers = curl(run, "-D", "-", "-o", "/dev/null", f"{address}/download").decode()
    assert "filename*=UTF-8''notes.txt" in headers


@pytest.mark.parametrize("tail", ["", "/raw", "/download", ".py"])
def test_head_says_what_get_would(run: Run, address: str, tail: str) -> None:
    headers = curl(run, "-I", address + tail).decode().lower()
    assert headers.startswith("http/1.1 200")
    kind = "text/html" if tail in {"", ".py"} else "text/plain"
    assert f"content-type: {kind}; charset=utf-8" in headers


def test_unchanged_is_not_sent_again(run: Run, address: str) -> None:
    curl(run, "--etag-save", "etag", "-o", "first", f"{address}/raw")
    shown = curl(run, "--etag-compare", "etag", "-o", "again", "-w", "%{http_code}", f"{address}/raw")
    assert shown == b"304"


# What others do with a raw address


def test_git_applies_a_diff(run: Run, site: Site, tmp_path: Path) -> None:
    before, after = "one\r\ntwo\nthree", "one\r\n2\nthree"
    folder = tmp_path / "work"
    folder.mkdir()

    def git(*arguments: str, sent: bytes = b"") -> bytes:
        return run("git", "-C", str(folder), *arguments, sent=sent).stdout

    git("init", "--quiet")
    (folder / "file").write_bytes(before.encode())
    git("add", "file")
    (folder / "file").write_bytes(after.encode())
    patch = git("diff")
    git("checkout", "--quiet", "--", "file")
    address = address_in(site, curl(run, "-F", "f:1=<-", site.address, sent=patch))
    git("apply", "-", sent=curl(run, f"{address}/raw"))
    assert (folder / "file").read_bytes() == after.encode()


def test_pip_reads_requirements(site: Site, run: Run) -> None:
    address = address_in(site, curl(run, "-F", "f:1=<-", site.address, sent=b"# what is there already\ndjango\n"))
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--dry-run", "-r", f"{address}/raw"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "Requirement already satisfied: django" in done.stdout, done.stderr


def test_a_shell_runs_a_script(site: Site, run: Run) -> None:
    address = address_in(site, curl(run, "-F", "f:1=<-", site.address, sent=b"#!/bin/sh\necho it ran\n"))
    assert run("sh", "-s", package="dash", sent=curl(run, f"{address}/raw")).stdout == b"it ran\n"
