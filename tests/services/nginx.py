"""nginx with the configuration that is deployed, on other ports."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.services.process import LOOPBACK, Program, accepts, free_port, program
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
def nginx(*, web: int, log: Path, others: Sequence[int] = ()) -> Iterator[Server]:
    """Run nginx in front of the web server at port ``web`` and its ``others``; its access log goes to ``log``.

    Raises:
        MissingServerError: it is not installed.
    """
    port = free_port()
    # As the guide has it for several on one machine: each request asks anew, and is refused at once where nobody is.
    options = " max_fails=0" if others else ""
    addresses = [f"{LOOPBACK}:{number}{options}" for number in (web, *others)]
    with folder() as home:
        main = write_configuration(home, listen=f"{LOOPBACK}:{port}", web="; server ".join(addresses))
        command = [nginx_program(), "-e", "stderr", "-p", str(home), "-c", str(main)]
        with Program(command, ready=lambda: accepts(port), log=log) as server:
            yield Server(port=port, program=server, environment={"SITE_URL": f"http://{LOOPBACK}:{port}"})
