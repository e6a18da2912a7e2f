"""GitHub's own program ``gh`` against the running site."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.conftest import Front, GistSite, Run

pytestmark = pytest.mark.slow

type Gh = Callable[..., str]


@pytest.fixture
def gh(gist_site: GistSite, front: Front, run: Run) -> Gh:
    """Runs it as Alice."""
    env = {
        "GH_HOST": front.host,
        "GH_ENTERPRISE_TOKEN": gist_site.alice,
        "SSL_CERT_FILE": str(front.certificate),
        "GH_PROMPT_DISABLED": "1",
        "GH_NO_UPDATE_NOTIFIER": "1",
    }

    def run_gh(*arguments: str, sent: str = "", fails: bool = False) -> str:
        done = run("gh", *arguments, package="gh", sent=sent.encode(), env=env, fails=fails)
        return (done.stderr if fails else done.stdout).decode()

    return run_gh


def make(gh: Gh, *arguments: str, sent: str = "print('hello')\n") -> str:
    """The id of a new gist."""
    return gh("gist", "create", "-", *arguments, sent=sent).strip().rpartition("/")[2]


def test_it_creates_and_shows(gh: Gh, front: Front) -> None:
    address = gh("gist", "create", "-", "--filename", "hello.py", "--desc", "Hi", "--public", sent="print('hello')\n")
    assert address.startswith(f"https://{front.host}/")
    key = address.strip().rpartition("/")[2]
    assert gh("gist", "view", key, "--raw") == "Hi\n\nprint('hello')\n"
    assert gh("gist", "view", address.strip(), "--filename", "hello.py") == "print('hello')\n"
    assert gh("gist", "view", key, "--files") == "hello.py\n"


def test_it_lists(gh: Gh) -> None:
    secret, public = make(gh, "--desc", "kept"), make(gh, "--public", "--desc", "shown")
    lines = [line.split("\t") for line in gh("gist", "list", "--limit", "2").splitlines()]
    assert [(line[0], line[1], line[2], line[3]) for line in lines] == [
        (public, "shown", "1 file", "public"),
        (secret, "kept", "1 file", "secret"),
    ]
    assert public in gh("gist", "list", "--public")
    assert secret not in gh("gist", "list", "--public")
    for number in range(3):
        make(gh, sent=str(number))
    assert len(gh("gist", "list", "--limit", "4").splitlines()) == 4


def test_it_edits(gh: Gh, tmp_path: Path) -> None:
    key = make(gh, "--filename", "a.txt")
    (tmp_path / "b.txt").write_text("b\n")
    gh("gist", "edit", key, "--add", "b.txt")
    assert gh("gist", "view", key, "--files").split() == ["a.txt", "b.txt"]
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho edited > "$1"\n')
    editor.chmod(0o755)
    gh("config", "set", "editor", str(editor))
    gh("gist", "edit", key, "--filename", "a.txt")
    assert gh("gist", "view", key, "--filename", "a.txt") == "edited\n"


def test_it_deletes(gh: Gh) -> None:
    key = make(gh)
    gh("gist", "delete", key)
    assert "not found" in gh("gist", "view", key, fails=True).lower()


def test_it_stars_and_forks_through_its_api_command(gh: Gh, gist_site: GistSite) -> None:
    key = make(gh, "--public", "--filename", "a.txt")
    gh("api", "--method", "PUT", f"gists/{key}/star")
    assert key in gh("api", "gists/starred", "--jq", ".[].id")
    body = gh("api", f"gists/{key}/comments", "--field", "body=Nice", "--jq", ".body")
    assert body == "Nice\n"
    gh("api", "--method", "PATCH", f"gists/{key}", "--field", "files[a.txt][filename]=b.txt", fails=False)
    assert gh("gist", "view", key, "--files") == "b.txt\n"
    assert len(gh("api", f"gists/{key}/commits", "--jq", ".[].version").split()) == 2
    bob = ("--header", f"Authorization: token {gist_site.bob}")
    assert gh("api", "--method", "POST", f"gists/{key}/forks", "--jq", ".owner.login", *bob) == "bob\n"
    assert len(gh("api", "gists?per_page=1", "--paginate", "--jq", ".[].id").split()) >= 1
