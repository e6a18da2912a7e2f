"""Debian's program ``gist`` (written in Ruby, installed as gist-paste) against the running site."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.clients.conftest import GistSite, Run

pytestmark = pytest.mark.slow

type Gist = Callable[..., str]


@pytest.fixture
def gist(gist_site: GistSite, run: Run, tmp_path: Path) -> Gist:
    """Runs it as Alice. It keeps the token of each GitHub in a file named after its address."""
    name = gist_site.address.replace("://", ":").replace(":", ".")
    (tmp_path / f".gist.{name}").write_text(gist_site.alice)

    def run_gist(*arguments: str, sent: str = "") -> str:
        env = {"GITHUB_URL": gist_site.address}
        return run("gist-paste", *arguments, package="gist", sent=sent.encode(), env=env).stdout.decode().strip()

    return run_gist


def test_it_publishes_what_it_reads(gist: Gist, gist_site: GistSite) -> None:
    address = gist("--filename", "hello.py", "--description", "Hi", sent="print('hello')\n")
    key = address.removeprefix(f"{gist_site.address}/")
    found = httpx.get(f"{gist_site.api}/gists/{key}").json()
    assert (found["description"], found["public"], found["owner"]["login"]) == ("Hi", True, "alice")
    assert found["files"]["hello.py"]["content"] == "print('hello')\n"
    assert gist("--read", key) == "print('hello')"


def test_it_publishes_files_in_private(gist: Gist, gist_site: GistSite, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{name}\n")
    key = gist("--private", "a.txt", "b.txt").rpartition("/")[2]
    found = httpx.get(f"{gist_site.api}/gists/{key}").json()
    assert found["public"] is False
    assert list(found["files"]) == ["a.txt", "b.txt"]
    assert gist("--read", key, "b.txt") == "b.txt"


def test_it_changes_one(gist: Gist, gist_site: GistSite, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("first\n")
    address = gist("a.txt")
    (tmp_path / "a.txt").write_text("second\n")
    assert gist("--update", address, "a.txt") == address
    assert gist("--read", address.rpartition("/")[2]) == "second"
    key = address.rpartition("/")[2]
    assert len(httpx.get(f"{gist_site.api}/gists/{key}/commits").json()) == 2


def test_it_gives_the_address_of_the_text(gist: Gist) -> None:
    address = gist("--raw", "--filename", "a.txt", sent="raw text\n")
    assert httpx.get(address).text == "raw text\n"


def test_it_lists_and_deletes(gist: Gist) -> None:
    addresses = [gist("--filename", f"{number}.txt", sent=f"{number}\n") for number in range(3)]
    listed = [line.split()[0] for line in gist("--list").splitlines()]
    assert listed[:3] == addresses[::-1]
    gist("--delete", addresses[0].rpartition("/")[2])
    assert addresses[0] not in gist("--list")


def test_it_shows_somebodys(gist: Gist) -> None:
    address = gist("--filename", "shown.txt", sent="shown\n")
    assert address in gist("--list", "alice")
