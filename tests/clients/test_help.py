"""Every example of the help pages does what it says, as it stands there."""

import json
import os
import re
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path

import httpx
import pytest

from tests.clients.conftest import Front, GistSite, Npm, Run

pytestmark = pytest.mark.slow

type Shell = Callable[..., str]

PBINCLI = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
PUBLISHING = ("curl-output", "curl-file", "curl-files", "curl-body", "curl-burn", "token-curl")


@pytest.fixture(scope="module")
def examples(gist_site: GistSite) -> dict[str, str]:
    """The code of both pages, by the name of the example."""
    pages = [httpx.get(f"{gist_site.address}/help/{name}").text for name in ("clients", "api")]
    found = re.findall(r'<pre class="code" id="([^"]+)"[^>]*><code>(.*?)</code></pre>', "".join(pages), re.DOTALL)
    return {name: unescape(code) for name, code in found}


@pytest.fixture
def shell(run: Run, tmp_path: Path, gist_site: GistSite) -> Shell:
    """Runs code in a shell, beside a few files, with Alice's token where ``TOKEN`` stands."""
    for name in ("notes.txt", "main.py"):
        (tmp_path / name).write_text(f"this is {name}\n")

    def run_shell(code: str, *, key: str = "", token: str = gist_site.pastes, env: dict[str, str] | None = None) -> str:
        code = re.sub(r"\bKEY\b", key, re.sub(r"\bTOKEN\b", token, code))
        return run("sh", "-e", package="dash", sent=code.encode(), env=env).stdout.decode()

    return run_shell


def key_in(site: GistSite, answer: str) -> str:
    match = re.fullmatch(re.escape(site.address) + r"/([1-9A-Za-z]{11})\n", answer)
    assert match, answer
    return match[1]


@pytest.mark.parametrize("name", PUBLISHING)
def test_what_publishes(gist_site: GistSite, examples: dict[str, str], shell: Shell, name: str) -> None:
    key = key_in(gist_site, shell(examples[name]))
    status = httpx.get(f"{gist_site.address}/{key}/raw").status_code
    assert status == {"curl-burn": 403, "token-curl": 404}.get(name, 200)


def test_what_reads_and_deletes(gist_site: GistSite, examples: dict[str, str], shell: Shell) -> None:
    key = key_in(gist_site, shell(examples["curl-file"]))
    assert shell(examples["curl-read"], key=key) == "this is notes.txt\n"
    locked = key_in(gist_site, shell(examples["curl-burn"]))
    assert shell(examples["curl-unlock"], key=locked) == "this is notes.txt\n"
    published = httpx.post(gist_site.address, content=b"x")
    shell(examples["curl-delete"], key=published.text.strip()[-11:], token=published.headers["X-Delete-Token"])
    assert httpx.get(published.text.strip()).status_code == 404
    leaked = httpx.post(gist_site.address, content=b"it is hunter2-secret")
    address, token = leaked.text.strip(), leaked.headers["X-Delete-Token"]
    assert json.loads(shell(examples["curl-redact"], key=address[-11:], token=token))["done"]
    assert httpx.get(f"{address}/raw?revision=1").text == "it is [redacted]"


def test_pastebinit(gist_site: GistSite, examples: dict[str, str], shell: Shell, tmp_path: Path) -> None:
    (tmp_path / ".pastebin.d").mkdir()
    (tmp_path / ".pastebin.d" / "site.conf").write_text(examples["pastebinit-conf"])
    addresses = shell(examples["pastebinit-run"]).split()
    assert [httpx.get(f"{address}/raw").text for address in addresses] == ["hello", "this is notes.txt"]


def test_hastebin(examples: dict[str, str], shell: Shell) -> None:
    publish, read = examples["hastebin-curl"].splitlines()
    key = json.loads(shell(publish))["key"]
    assert shell(read, key=key) == "this is notes.txt\n"


def test_hastebin_gen(gist_site: GistSite, examples: dict[str, str], run: Run, npm: Npm) -> None:
    env = {"NODE_PATH": str(npm("hastebin-gen@2.0.5"))}
    address = run("node", "-e", examples["hastebin-gen"], package="nodejs", env=env).stdout.decode().strip()
    assert re.fullmatch(re.escape(gist_site.address) + r"/\w{11}\.txt", address)


def test_pbincli(examples: dict[str, str], shell: Shell, tmp_path: Path) -> None:
    printed = shell(examples["pbincli-run"], env=PBINCLI)
    link = re.search(r"Link:\s+(\S+)", printed)
    assert link
    shell(re.sub(r"'.*'", f"'{link[1]}'", examples["pbincli-get"]), env=PBINCLI)
    assert next(tmp_path.glob("paste-*.txt")).read_text() == "hello\n"


def test_oembed(gist_site: GistSite, examples: dict[str, str], shell: Shell) -> None:
    key = key_in(gist_site, shell(examples["curl-file"]))
    assert f"/{key}/embed" in json.loads(shell(examples["oembed-run"], key=key))["html"]


def test_gist(gist_site: GistSite, examples: dict[str, str], shell: Shell) -> None:
    created, listed = shell(examples["gist-run"]).splitlines()[:2]
    assert created.startswith(f"{gist_site.address}/")
    assert "My notes" in listed


def test_gh(gist_site: GistSite, front: Front, examples: dict[str, str], shell: Shell) -> None:
    """It refuses http, so it is sent to the same site behind TLS."""
    code = examples["gh-run"].replace(gist_site.address.removeprefix("http://"), front.host)
    assert "My notes" in shell(code, env={"SSL_CERT_FILE": str(front.certificate)})


def test_pygithub(gist_site: GistSite, examples: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    exec(examples["pygithub-run"].replace("TOKEN", gist_site.pastes), {})  # noqa: S102 # it stands on our own page
    assert httpx.get(f"{capsys.readouterr().out.strip()}/raw").text == "hello"


def test_octokit(gist_site: GistSite, examples: dict[str, str], run: Run, npm: Npm) -> None:
    folder = npm("@octokit/rest@22.0.0").parent
    (folder / "example.mjs").write_text(examples["octokit-run"].replace("TOKEN", gist_site.pastes))
    address = run("node", str(folder / "example.mjs"), package="nodejs").stdout.decode().strip()
    assert httpx.get(f"{address}/raw").text == "hello"


def test_the_first_five_calls(gist_site: GistSite, examples: dict[str, str], run: Run) -> None:
    env = {"TOKEN": gist_site.pastes}

    def call(name: str) -> str:
        return run("sh", "-e", package="dash", sent=examples[name].encode(), env=env).stdout.decode()

    env["KEY"] = json.loads(call("api-publish"))["key"]
    assert json.loads(call("api-read"))["files"][0]["content"] == "print(1)\n"
    assert env["KEY"] in [paste["key"] for paste in json.loads(call("api-list"))["items"]]
    changed = json.loads(call("api-change"))
    assert (changed["revision"], changed["files"][0]["content"]) == (2, "print(2)\n")
    assert call("api-delete") == ""
    assert json.loads(call("api-read"))["code"] == "not_found"


def test_no_example_is_left_out(examples: dict[str, str]) -> None:
    text = Path(__file__).read_text()
    assert {name for name in examples if f'"{name}"' not in text} == set()
    assert all(examples[name].startswith("export ") for name in ("api-token", "api-key"))  # these need filling in


def test_the_links_of_the_api_lead_somewhere(gist_site: GistSite) -> None:
    page = httpx.get(f"{gist_site.address}/help/api").text
    for address in ("/api/v1/docs", "/api/v1/openapi.json"):
        assert f'href="{address}"' in page
        assert httpx.get(gist_site.address + address).status_code == 200
