"""nginx with the configuration that is deployed, on other ports."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.services.process import LOOPBACK, Program, accepts, free_port, program
from tests.services.servers import ROOT, Server, folder

# What Debian's and the image's nginx.conf have around the files of conf.d, with every path in a folder of the test's.
MAIN = """
daemon off;
pid {home}/nginx.pid;
worker_processes 2;
events {{ worker_connections 512; }}
http {{
    default_type application/octet-stream;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/site.conf;
}}
"""


def write_configuration(
    home: Path, *, listen: str, webs: Sequence[str], site: Mapping[str, str], log_at_once: bool = False
) -> Path:
    """Write nginx's files as an operator does, for a site with these variables; the path of the main one.

    With ``log_at_once`` each request is in the log when it is answered, and not a second later.
    """
    command = [sys.executable, "-m", "pastebin.nginx", "--listen", listen, *(f"--web={web}" for web in webs)]
    own = {"PATH": os.environ["PATH"], "DATA_DIR": str(home), "ENV_FILE": os.devnull, "ALLOWED_HOSTS": LOOPBACK, **site}
    made = subprocess.run(command, env=own, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    late = b" buffer=64k flush=1s"
    assert late in made.stdout
    (home / "site.conf").write_bytes(made.stdout.replace(late, b"") if log_at_once else made.stdout)
    main = home / "nginx.conf"
    main.write_text(MAIN.format(home=home))
    return main


def nginx_program() -> str:
    """Where nginx is.

    Raises:
        MissingServerError: it is not installed.
    """
    return program("nginx", package="nginx-light")


@contextmanager
def nginx(
    *,
    web: int,
    log: Path,
    others: Sequence[int] = (),
    site: Mapping[str, str] | None = None,
    log_at_once: bool = True,
) -> Iterator[Server]:
    """Run nginx in front of the web server at port ``web`` and its ``others``; its access log goes to ``log``.

    ``site`` has the variables of the site that differ from what they are by themselves, but for its address.

    Raises:
        MissingServerError: it is not installed.
    """
    port = free_port()
    environment = {"SITE_URL": f"http://{LOOPBACK}:{port}"}
    with folder() as home:
        webs = [f"{LOOPBACK}:{number}" for number in (web, *others)]
        main = write_configuration(
            home,
            listen=f"{LOOPBACK}:{port}",
            webs=webs,
            site=environment | dict(site or {}),
            log_at_once=log_at_once,
        )
        command = [nginx_program(), "-e", "stderr", "-p", str(home), "-c", str(main)]
        with Program(command, ready=lambda: accepts(port), log=log) as server:
            yield Server(port=port, program=server, environment=environment)
