"""``python -m benchmarks.cost``: what one request of each kind costs in processor time and queries.

Requests are answered in this process, one after the other, by the WSGI application as granian has it, beside real
servers. Processor time does not depend on what else the machine does, so a change shows here before it shows in
`make bench`; ``--profile NAME`` says where the time goes.
"""

import argparse
import cProfile
import io
import os
import pstats
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services import memcached, postgres, s3
from tests.services.servers import ROOT, folder

TEXT = Path(io.__file__).with_name("graphlib.py").read_bytes()
SCRIPT = ROOT / "static" / "js" / "cards.js"
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
BOUNDARY = "of-the-benchmark"
PASTES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A kind of request: what is asked, the answer that is right, and what is done before each.

    A ``%d`` in the path is the number of a paste, one in the body a number of its own.
    """

    path: str
    method: str = "GET"
    headers: Mapping[str, str]
    body: bytes = b""
    status: int = 200
    before: Callable[[], object] = int


def main() -> None:
    """Start servers, publish a few pastes, ask for everything, print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORDS", help="the kinds named so")
    parser.add_argument("--times", type=int, default=100, help="requests of each kind")
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    parser.add_argument("--disk", action="store_true", help="objects on the disk instead of S3")
    options = parser.parse_args()
    with _site(disk=options.disk) as kinds:
        print(f"{_loop_ms():.1f} ms of processor time for a loop that takes 10 on a quiet machine")
        print(f"{'':34}{'CPU ms':>8}{'children':>10}{'servers':>9}{'wall ms':>9}{'queries':>9}")
        for name, ask in kinds:
            if options.only in name:
                _measure(name, ask, times=options.times, profile=options.profile)


@contextmanager
def _site(*, disk: bool) -> Iterator[Iterable[tuple[str, Ask]]]:
    with ExitStack() as stack:
        environment = {"DATA_DIR": str(stack.enter_context(folder())), "LOG_LEVEL": "INFO", "LOG_FORMAT": "json"}
        environment |= {
            "SITE_URL": "http://localhost",
            "PUBLISH_RATE_ANONYMOUS": "1000000/m",
            "PUBLISH_RATE_ACCOUNT": "1000000/m",
            "STATIC_HASHED": "1",
        }
        for start in (postgres, memcached) if disk else (postgres, memcached, s3):
            environment |= stack.enter_context(start()).environment
        os.environ |= environment | {"ENV_FILE": os.devnull, "DJANGO_SETTINGS_MODULE": "pastebin.settings"}
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 # a line for each request is written, and not seen
        yield _prepared()


def _prepared() -> Iterable[tuple[str, Ask]]:
    """Tables, keys, an account and pastes; then what is asked of them."""
    import django  # noqa: PLC0415 # the settings are in the environment only from here on

    django.setup()
    from django.core.cache import caches  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db.models import F  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from pastes.domain import keys, publishing  # noqa: PLC0415
    from pastes.domain.access import Viewer  # noqa: PLC0415
    from pastes.domain.content import NewFile  # noqa: PLC0415
    from pastes.domain.drafts import Draft  # noqa: PLC0415
    from pastes.models import PageCopy, Paste  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    keys.seed(count=20_000)
    alice, bob = (User.objects.create_user(username=name, email=f"{name}@example.org") for name in ("alice", "bob"))
    pastes = [
        publishing.create(
            draft=Draft(files=[NewFile(b"# %d\n" % number + TEXT, "graphlib.py")], title="Topological sorting"),
            viewer=Viewer(user=alice),
            trusted=True,
        ).paste
        for number in range(PASTES)
    ]
    call_command("index_pastes", verbosity=0)
    browser = Client()
    browser.force_login(bob)
    cookie = f"sessionid={browser.cookies['sessionid'].value}; csrftoken={'forms' * 6}it"

    def anew() -> None:
        caches["hot"].clear()
        PageCopy.objects.all().delete()
        Paste.objects.update(page_version=F("page_version") + 1)

    return _kinds([paste.key for paste in pastes], cookie=cookie, flush=caches["hot"].clear, anew=anew)


def _kinds(
    keys: list[str], *, cookie: str, flush: Callable[[], object], anew: Callable[[], object]
) -> Iterator[tuple[str, Ask]]:
    person = {"Accept": BROWSER, "Accept-Encoding": "gzip", "Accept-Language": "en"}
    program = {"Accept": "*/*"}
    key = keys[0]
    yield "hot page", Ask(path=f"/{key}", headers=person)
    yield "cold page", Ask(path=f"/{key}", headers=person, before=flush)
    yield "page made anew", Ask(path=f"/{key}", headers=person, before=anew)
    yield "signed-in page", Ask(path=f"/{key}", headers=person | {"Cookie": cookie})
    yield "signed-in page, made anew", Ask(path=f"/{key}", headers=person | {"Cookie": cookie}, before=anew)
    yield "raw", Ask(path=f"/{key}/raw", headers=program)
    yield "API read", Ask(path=f"/api/v1/pastes/{key}", headers=program)
    for name in ("", "recent", "popular", "trending", "tags", "search", "search?q=topological", "u/alice"):
        yield f"/{name}", Ask(path=f"/{name}", headers=person, before=flush)
    yield "/recent, signed in", Ask(path="/recent", headers=person | {"Cookie": cookie}, before=flush)
    form = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded"}
    post: Any = {"method": "POST", "status": 201}
    yield "publish Python without a name", Ask(path="/", headers=program | urlencoded, body=b"# %d\n" + TEXT, **post)
    script = b"// %d\n" + SCRIPT.read_bytes()
    yield "publish JavaScript without a name", Ask(path="/", headers=program | urlencoded, body=script, **post)
    yield (
        "publish by curl -T",
        Ask(path="/graphlib.py", method="PUT", status=201, headers=program, body=b"# %d\n" + TEXT),
    )
    yield "publish by curl -F", Ask(path="/", headers=program | form, body=_curl_form(), **post)
    yield "publish by the form", Ask(path="/", headers=person | form, body=_form(), method="POST", status=303)
    body = (
        b'{"files": [{"name": "graphlib.py", "content": "'
        + TEXT.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
        + b'"}]}'
    )
    yield (
        "publish by the API",
        Ask(path="/api/v1/pastes", headers={"Content-Type": "application/json"}, body=body, **post),
    )


def _curl_form() -> bytes:
    head = b'--%s\r\nContent-Disposition: form-data; name="file"; filename="graphlib.py"\r\n\r\n' % BOUNDARY.encode()
    return head + TEXT + b"\r\n--%s--\r\n" % BOUNDARY.encode()


def _form() -> bytes:
    fields = {
        "idempotency": b"bench-%d",
        "publish": b"1",
        "title": b"Topological sorting",
        "filename": b"graphlib.py",
        "language": b"",
        "content": TEXT.replace(b"\n", b"\r\n"),
        "visibility": b"public",
        "expiry": b"never",
        "description": b"",
    }
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
    return b"".join((head % name).encode() + value + b"\r\n" for name, value in fields.items()) + (
        f"--{BOUNDARY}--\r\n".encode()
    )


def _measure(name: str, ask: Ask, *, times: int, profile: bool) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    for number in range(3):
        _send(ask, number)
    with CaptureQueriesContext(connection) as captured:
        ask.before()
        _send(ask, 3)
        queries = connection.queries[captured.initial_queries :]  # the next request forgets them
    (children, servers), cpu, wall = _others_seconds(), 0.0, 0.0
    profiler = cProfile.Profile(time.process_time)  # waiting is not what is looked for
    for number in range(4, 4 + times):
        ask.before()
        began, clock = time.process_time(), time.perf_counter()
        if profile:
            profiler.enable()
        _send(ask, number)
        if profile:
            profiler.disable()
        cpu, wall = cpu + time.process_time() - began, wall + time.perf_counter() - clock
    children, servers = (now - then for now, then in zip(_others_seconds(), (children, servers), strict=True))
    each = 1000 / times
    figures = f"{cpu * each:8.2f}{children * each:10.2f}{servers * each:9.2f}{wall * each:9.2f}{len(queries):9}"
    print(f"{name:34}{figures}", flush=True)
    if profile:
        for order, most in (("cumulative", 90), ("tottime", 40)):
            pstats.Stats(profiler).sort_stats(order).print_stats(most)
        for query in queries:
            print(query["sql"][:300])


def _send(ask: Ask, number: int) -> bytes:
    """One request to the WSGI application.

    Raises:
        SystemExit: when the answer has another status than it should.
    """
    from pastebin.wsgi import application  # noqa: PLC0415

    path, _, query = ask.path.partition("?")
    body = ask.body.replace(b"%d", str(number).encode() + os.urandom(4).hex().encode(), 1)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": ask.method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in ask.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    answered: list[str] = []
    response = application(environ, lambda status, _headers, _info=None: answered.append(status))
    content = b"".join(response)
    if close := getattr(response, "close", None):
        close()
    if not answered or int(answered[0][:3]) != ask.status:
        sys.exit(f"{ask.method} {ask.path}: {answered} {content[:500]!r}")
    return content


def _loop_ms() -> float:
    """Processor time of a fixed piece of work: caches and cores that are shared make everything slower alike."""
    began = time.process_time()
    for number in range(400):
        " ".join(f"{index}-{number}" for index in range(100)).split()
    return (time.process_time() - began) * 1000


def _others_seconds() -> tuple[float, float]:
    """Processor time so far of the children that highlight and recognise languages, and of all servers."""
    parents: dict[int, int] = {}
    spent: dict[int, tuple[bool, float]] = {}
    for folder_ in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder_ / "stat").read_text().rpartition(")")[2].split()
            renders = b"spawn_main" in (folder_ / "cmdline").read_bytes()
        except OSError:
            continue
        parents[int(folder_.name)] = int(line[1])
        spent[int(folder_.name)] = renders, (int(line[11]) + int(line[12])) / os.sysconf("SC_CLK_TCK")
    mine = {os.getpid()}
    while more := {child for child, parent in parents.items() if parent in mine} - mine:
        mine |= more
    found = [spent[pid] for pid in mine - {os.getpid()}]
    return sum(one for renders, one in found if renders), sum(one for renders, one in found if not renders)


if __name__ == "__main__":
    main()
