"""The running site, and a browser that complains about every violation."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser

from tests.browser import Opener, pages_of
from tests.services.process import LOOPBACK, free_port, running
from tests.services.servers import ROOT, folder


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is."""

    address: str

    def publish(self, data: bytes, name: str, **fields: str) -> str:
        """Publish as a program does; the path of the new paste."""
        return self.publish_all({name: data}, **fields)

    def publish_all(self, files: dict[str, bytes], **fields: str) -> str:
        """Publish several files."""
        sent = [("file", (name, data)) for name, data in files.items()]
        answer = httpx.post(f"{self.address}/", files=sent, data=fields)
        assert answer.status_code == 201, answer.text
        return answer.text.strip().removeprefix(self.address)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Web server and worker on an empty folder."""
    port = free_port()
    with folder() as home:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        # Large texts are published without an account, and by many tests from one address.
        settings = {"MAX_BYTES_ANONYMOUS": "11000000", "PUBLISH_RATE_ANONYMOUS": "1000/m", "QUEUE_POLL_SECONDS": "0.1"}
        log = home / "log"
        with running(
            [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(port)],
            ready=lambda: b"The site is ready" in log.read_bytes(),
            log=log,
            env=kept | settings | {"DATA_DIR": str(home / "data")},
            cwd=ROOT,
            seconds=60,
        ):
            yield Site(f"http://{LOOPBACK}:{port}")


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[Opener]:
    """Opens pages of the running site."""
    with pages_of(chromium, site.address) as opener:
        yield opener
