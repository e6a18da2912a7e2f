"""hastebin's clients from npm, and its addresses by curl."""

import json
import re
from pathlib import Path

import httpx
import pytest

from tests.clients.conftest import AWKWARD, Npm, Run, Site, assert_kept

pytestmark = pytest.mark.slow

TEXT = "const fire = 'жар 🔥';\n\tsecond line  "

WITH_HASTEBIN_GEN = """
const upload = require("hastebin-gen");
const [url, text] = process.argv.slice(1);
upload(text, { url, extension: "js" }).then(console.log);
"""

WITH_HASTEBIN = """
const { createPaste } = require("hastebin");
const [server, text] = process.argv.slice(1);
Promise.all([false, true].map((raw) => createPaste(text, { server, raw })))
  .then((addresses) => console.log(addresses.join("\\n")));
"""


@pytest.fixture(scope="session")
def modules(npm: Npm) -> Path:
    """Both clients."""
    return npm("hastebin-gen@2.0.5", "hastebin@0.2.1")


def node(run: Run, modules: Path, script: str, *arguments: str, fails: bool = False) -> str:
    env = {"NODE_PATH": str(modules)}
    done = run("node", "-e", script, *arguments, package="nodejs", env=env, fails=fails)
    return (done.stderr if fails else done.stdout).decode()


def test_hastebin_gen(site: Site, run: Run, modules: Path) -> None:
    address = node(run, modules, WITH_HASTEBIN_GEN, site.address, TEXT).strip()
    match = re.fullmatch(rf"({re.escape(site.address)}/[1-9A-Za-z]{{11}})\.js", address)
    assert match
    assert_kept(match[1], TEXT.encode())
    page = httpx.get(address)
    assert page.status_code == 200
    assert "JavaScript" in page.text


def test_hastebin(site: Site, run: Run, modules: Path) -> None:
    shown, raw = node(run, modules, WITH_HASTEBIN, site.address, TEXT).split()
    assert_kept(shown, TEXT.encode())
    assert httpx.get(raw).content == TEXT.encode()


def test_hastebin_gen_says_when_the_site_refuses(site: Site, run: Run, modules: Path) -> None:
    script = WITH_HASTEBIN_GEN.replace("upload(text", 'upload("x".repeat(11500000)')
    assert "Too Large" in node(run, modules, script, site.address, TEXT, fails=True)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json", ""])
@pytest.mark.parametrize("data", AWKWARD.values(), ids=AWKWARD)
def test_every_byte_arrives_whatever_it_is_said_to_be(site: Site, data: bytes, kind: str) -> None:
    answer = httpx.post(f"{site.address}/documents", content=data, headers={"Content-Type": kind} if kind else {})
    assert answer.status_code == 200
    key = answer.json()["key"]
    assert_kept(f"{site.address}/{key}", data)
    assert httpx.get(f"{site.address}/raw/{key}").content == data


def test_curl_and_jq(site: Site, run: Run) -> None:
    answer = run("curl", "--silent", "--data-binary", "@-", f"{site.address}/documents", sent=TEXT.encode()).stdout
    key = run("jq", "--raw-output", ".key", sent=answer).stdout.decode().strip()
    assert json.loads(run("curl", "--silent", f"{site.address}/documents/{key}").stdout) == {"key": key, "data": TEXT}
    assert run("curl", "--silent", f"{site.address}/raw/{key}.js").stdout.decode() == TEXT
