"""The processes of docker-compose.yml, with its commands and variables, on the servers of the tests."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.services import compose
from tests.services.nginx import nginx
from tests.services.process import LOOPBACK, free_port, running
from tests.services.servers import ROOT, answers, memcached, postgres, s3
from tests.services.worker import has_started

pytestmark = [pytest.mark.real, pytest.mark.slow]

TEXT = "naïve = '日本語'\r\n\tprint(naïve)\n\n".encode()


@dataclass(frozen=True, slots=True)
class Site:
    """The running site: nginx's address, the log of nginx, and the environment of the web server."""

    url: str
    log: Path
    environment: dict[str, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Nginx, web server and worker as compose starts them; ``prepare`` has run."""
    home = tmp_path_factory.mktemp("compose")
    port = free_port()
    with (
        postgres() as database,
        memcached() as cache,
        s3() as objects,
        nginx(web=port, log=home / "nginx", site=cache.environment) as proxy,
    ):
        services = compose.load(
            {
                "SECRET_KEY": "of-the-processes-test-" * 4,
                "SITE_URL": proxy.environment["SITE_URL"],
                "ALLOWED_HOSTS": LOOPBACK,
                "POSTGRES_PASSWORD": "unused",
                **objects.environment,
            }
        )["services"]
        environment = {name: str(value) for name, value in services["web"]["environment"].items()} | {
            # The addresses and folders of this machine instead of the containers'.
            **database.environment,
            **cache.environment,
            "TRUSTED_PROXIES": f"{LOOPBACK}/32",
            "DATA_DIR": str(home),
        }
        assert set(environment) == set(services["web"]["environment"])
        environment |= {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PORT": str(port),
            "STATIC_ROOT": str(home / "static"),
        }
        for command in (image_builds_static_files(), services["prepare"]["command"]):
            subprocess.run(command, env=environment, cwd=ROOT, check=True)
        web = [re.sub(r"^--port=.*", f"--port={port}", part) for part in services["web"]["command"]]
        log = home / "worker"
        with (
            running(web, ready=lambda: healthy(environment), log=home / "web", env=environment, cwd=ROOT),
            running(services["worker"]["command"], ready=lambda: has_started(log), log=log, env=environment, cwd=ROOT),
        ):
            yield Site(proxy.environment["SITE_URL"], home / "nginx", environment)


def image_builds_static_files() -> list[str]:
    """The command by which the Dockerfile gathers them."""
    match = re.search(r"STATIC_HASHED=1 (python manage.py collectstatic[^\n\\]*)", (ROOT / "Dockerfile").read_text())
    assert match
    return shlex.split(match[1])


def healthy(environment: dict[str, str]) -> bool:
    """What Docker's health check says."""
    command = [sys.executable, "deploy/healthcheck.py"]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode == 0


def test_a_paste_goes_in_and_comes_out_through_nginx(site: Site) -> None:
    published = httpx.post(f"{site.url}/", files={"f:1": ("naïve.py", TEXT)})
    assert published.status_code in {200, 201}
    assert published.headers["content-type"].startswith("text/plain")
    address = published.text.removesuffix("\n")
    assert re.fullmatch(rf"{re.escape(site.url)}/[1-9A-HJ-NP-Za-km-z]{{11}}", address)
    assert httpx.get(f"{address}/raw").content == TEXT
    page = httpx.get(address)
    assert page.status_code == 200
    assert page.headers["content-encoding"] == "gzip"
    assert "日本語" in page.text


def test_the_log_of_nginx_names_no_paste_no_token_and_no_query(site: Site) -> None:
    key = httpx.post(f"{site.url}/", files={"f:1": ("a.txt", TEXT)}).text.strip().rsplit("/", 1)[1]
    for path in (f"/{key}/raw", "/s/secret-token-of-a-link", "/search?q=secret-question", f"/diff/{key}..{key}"):
        httpx.get(site.url + path)
    log = site.log.read_text()
    assert "GET /s " in log
    assert "GET /search " in log
    assert key not in log
    assert "secret-" not in log


def test_static_files_are_hashed_compressed_and_kept_for_ever(site: Site) -> None:
    style = re.search(r'href="(/static/[^"]+\.css)"', httpx.get(f"{site.url}/").text)
    assert style
    assert re.search(r"\.[0-9a-f]{12}\.css$", style[1])
    answer = httpx.get(site.url + style[1], headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "br"
    assert "immutable" in answer.headers["cache-control"]


def test_a_body_over_the_limit_of_nginx_is_refused(site: Site) -> None:
    answer = httpx.post(f"{site.url}/", content=b"x" * (23 * 1024 * 1024), timeout=30)
    assert answer.status_code == 413


def test_everything_behind_it_is_ready(site: Site) -> None:
    assert answers(f"{site.url}/readyz"), httpx.get(f"{site.url}/readyz").text


def test_the_health_check_tells_a_dead_web_server(site: Site) -> None:
    assert healthy(site.environment)
    assert not healthy(site.environment | {"PORT": str(free_port())})
