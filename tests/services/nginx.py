"""nginx with the configuration that is deployed, on other ports."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.process import LOOPBACK, accepts, free_port, program, running
from tests.services.servers import ROOT, Server, folder

TEMPLATES = ROOT / "deploy" / "nginx"

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


def write_configuration(home: Path, *, listen: str, web: str) -> Path:
    """Fill in the templates as the nginx image does; the path of the main file."""
    site = (TEMPLATES / "pastebin.conf.template").read_text()
    site = site.replace("${LISTEN}", listen).replace("${WEB}", web)
    (home / "site.conf").write_text(site)
    (home / "pastebin-proxy.conf").write_text((TEMPLATES / "proxy.conf").read_text())
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
def nginx(*, web: int, log: Path) -> Iterator[Server]:
    """Run nginx in front of the web server at port ``web``; its access log goes to ``log``.

    Raises:
        MissingServerError: it is not installed.
    """
    port = free_port()
    with folder() as home:
        main = write_configuration(home, listen=f"{LOOPBACK}:{port}", web=f"{LOOPBACK}:{web}")
        command = [nginx_program(), "-e", "stderr", "-p", str(home), "-c", str(main)]
        with running(command, ready=lambda: accepts(port), log=log) as process:
            yield Server(port=port, pid=process.pid, environment={"SITE_URL": f"http://{LOOPBACK}:{port}"})
