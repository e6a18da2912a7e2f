"""The files that deploy the site agree with the code and with each other."""

import ast
import configparser
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from pastebin.nginx import configuration
from tests.services import compose
from tests.services.nginx import MAIN, nginx_program, write_configuration
from tests.services.process import free_port
from tests.services.servers import ROOT
from tests.setup.test_documents import COMPOSE, variables_of_settings

ANSWERS = {
    "SECRET_KEY": "s" * 60,
    "SITE_URL": "https://paste.example.org",
    "ALLOWED_HOSTS": "paste.example.org",
    "POSTGRES_PASSWORD": "p",
    "S3_SECRET_ACCESS_KEY": "s",
}


@pytest.fixture
def services() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = compose.load(ANSWERS)["services"]
    return loaded


def dockerfile() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile: each keyword with its arguments."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(keyword, rest) for keyword, rest in lines]


def test_the_image_gets_everything_that_the_site_is_made_of() -> None:
    copied = {source for keyword, rest in dockerfile() if keyword == "COPY" for source in rest.split()[:-1]}
    wanted = {
        "accounts",
        "locale",
        "manage.py",
        "pastebin",
        "pastes",
        "requirements.txt",
        "static",
        "templates",
        "wording",
    }
    assert wanted <= copied
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    own = {source for source in copied if not source.startswith(("/", "--"))}
    assert own == sent
    assert [source for source in own if not (ROOT / source).exists()] == []


def test_the_image_runs_without_privileges_and_can_be_asked_how_it_is() -> None:
    instructions = dockerfile()
    final = instructions[max(index for index, (keyword, _) in enumerate(instructions) if keyword == "FROM") :]
    keywords = dict(final)
    assert keywords["USER"] not in {"root", "0"}
    assert ast.literal_eval(keywords["HEALTHCHECK"].split("CMD", 1)[1].strip()) == ["python", "deploy/healthcheck.py"]
    assert all("latest" not in rest and ":" in rest for keyword, rest in instructions if keyword == "FROM")


def test_the_image_installs_what_is_locked() -> None:
    assert any("--require-hashes -r requirements.txt" in rest for keyword, rest in dockerfile() if keyword == "RUN")


def test_compose_sets_only_variables_that_the_site_reads(services: dict[str, dict[str, Any]]) -> None:
    for name in ("prepare", "configure", "web", "worker"):
        assert set(services[name]["environment"]) - {"GRANIAN_WORKERS"} <= variables_of_settings()
    assert compose.variables() <= variables_of_settings() | COMPOSE


def test_compose_insists_on_every_secret() -> None:
    for name in ANSWERS:
        with pytest.raises(KeyError):
            compose.load({key: value for key, value in ANSWERS.items() if key != name})


def test_compose_pins_images_and_gives_them_only_what_they_need(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {"nginx", "web", "worker", "prepare", "configure", "postgres", "memcached", "s3"}
    for name, service in services.items():
        if "build" not in service:
            assert re.fullmatch(r"[\w/]+:[\w.-]*\d[\w.-]*", service["image"]), name
        assert ("ports" in service) == (name == "nginx"), "only nginx is reached from outside"
        for source in (mount.split(":")[0] for mount in service.get("volumes", [])):
            assert not source.startswith(".") or (ROOT / source).exists()


def test_only_the_network_of_compose_is_trusted(services: dict[str, dict[str, Any]]) -> None:
    networks = compose.load(ANSWERS)["networks"]
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == networks["default"]["ipam"]["config"][0]["subnet"]


@pytest.mark.parametrize(("name", "file"), [("web", "pastebin-web@.service"), ("worker", "pastebin-worker.service")])
def test_systemd_runs_the_commands_of_compose(services: dict[str, dict[str, Any]], name: str, file: str) -> None:
    unit = read_unit(ROOT / "deploy" / "systemd" / file)
    command = shlex.split(unit["Service"]["ExecStart"].replace("/opt/pastebin/.venv/bin/", "").replace("%i", "8000"))
    assert command == [part.replace("0.0.0.0", "127.0.0.1") for part in services[name]["command"]]


def test_systemd_units_run_without_privileges_and_give_time_to_finish() -> None:
    units = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
    assert len(units) == 3
    for path in units:
        service = read_unit(path)["Service"]
        assert service["User"] == "pastebin"
        assert service["NoNewPrivileges"] == "true"
        assert int(service["TimeoutStopSec"]) >= 30
        assert service["KillMode"] == "mixed", "a worker's process that does a task would be killed in the middle of it"


def test_systemd_understands_its_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is missing")
    true = shutil.which("true") or ""
    for path in (ROOT / "deploy" / "systemd").glob("*.service"):
        # What they start is not here; all else is read as systemd does.
        text = re.sub(r"^(Exec\w+=)\S+", rf"\1{true}", path.read_text(), flags=re.MULTILINE)
        unit = tmp_path / path.name.replace("@", "@8000")
        unit.write_text(text)
        check = subprocess.run([program, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
        assert (check.returncode, check.stderr) == (0, "")


def test_who_restarts_a_web_server_waits_until_it_answers() -> None:
    command = [sys.executable, str(ROOT / "deploy" / "healthcheck.py"), "--wait"]
    port = free_port()
    environment = {"PORT": str(port)}
    assert subprocess.run([*command, "0.5"], env=environment, check=False).returncode == 1
    waiting = subprocess.Popen([*command, "20"], env=environment)
    with running_site(port):
        assert waiting.wait(20) == 0


@contextmanager
def running_site(port: int) -> Iterator[None]:
    """A server at this port that answers as the site does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" and self.headers["Host"] == "localhost" else 400)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", port), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def read_unit(path: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # names of systemd are told apart by case
    unit.read(path)
    return unit


@pytest.mark.parametrize("servers", ["", "127.0.0.1:11211", "127.0.0.1:11211,unix:/tmp/memcached"])
def test_nginx_accepts_its_configuration(tmp_path: Path, servers: str) -> None:
    site = {
        "SITE_URL": "https://paste.example.org",
        "ALLOWED_HOSTS": "paste.example.org,.example.net",
        "MEMCACHED_SERVERS": servers,
    }
    webs = ["127.0.0.1:18000", "127.0.0.1:18001"]
    main = write_configuration(tmp_path, listen="127.0.0.1:18080", webs=webs, site=site)
    command = [nginx_program(), "-t", "-e", "stderr", "-p", str(tmp_path), "-c", str(main)]
    check = subprocess.run(command, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr
    assert "warn" not in check.stderr


def test_under_systemd_nginx_writes_into_a_folder(tmp_path: Path) -> None:
    """Its stdout is a socket there, which cannot be opened."""
    written = configuration(listen="127.0.0.1:18080", webs=["127.0.0.1:18000"], log=f"{tmp_path}/")
    (tmp_path / "site.conf").write_text(written)
    (tmp_path / "nginx.conf").write_text(MAIN.format(home=tmp_path))
    command = [nginx_program(), "-t", "-e", "stderr", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    journal, other = socket.socketpair()
    with journal, other:
        check = subprocess.run(command, stdout=journal.fileno(), stderr=subprocess.PIPE, text=True, check=False)
    assert check.returncode == 0, check.stderr
    assert (tmp_path / "pastebin.log").exists()


def test_nginx_takes_a_little_more_than_the_site(tmp_path: Path) -> None:
    for largest in (settings.MAX_BYTES_ACCOUNT, 100_000_000):
        write_configuration(tmp_path, listen="1", webs=["a:1"], site={"MAX_BYTES_ACCOUNT": str(largest)})
        limit = re.search(r"client_max_body_size (\d+);", (tmp_path / "site.conf").read_text())
        assert limit
        site_takes = 2 * largest + 1024 * 1024
        assert site_takes < int(limit[1]) < 1.5 * site_takes


def test_nginx_does_not_pass_on_what_clients_say_about_themselves() -> None:
    text = (ROOT / "deploy" / "nginx" / "pastebin.conf").read_text()
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_add_x_forwarded_for" not in text


def test_compose_gives_nginx_what_is_written_for_it(services: dict[str, dict[str, Any]]) -> None:
    written, read = services["configure"]["volumes"], services["nginx"]["volumes"]
    assert written == ["nginx:/nginx"]
    assert read[0] == "nginx:/etc/nginx/conf.d:ro"
    assert services["configure"]["command"][-1].endswith(">/nginx/default.conf")
    assert services["configure"]["environment"] == services["web"]["environment"]
    user_owns = next(rest for keyword, rest in dockerfile() if keyword == "RUN" and "install --directory" in rest)
    assert "--owner=site" in user_owns
    assert user_owns.split()[-2:] == ["/data", "/nginx"]
