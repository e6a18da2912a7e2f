"""nginx in front of the site, with two memcached servers: it sends what is kept itself, exactly as the site would."""

import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from pastes import hot
from tests.factories import HTML
from tests.hot.rules import LANGUAGES, RULES, SHARED, Rule
from tests.services import Server, memcached
from tests.services.nginx import nginx
from tests.services.process import LOOPBACK, free_port, running, wait_until
from tests.services.servers import ROOT, answers

pytestmark = pytest.mark.slow

TEXT = "print('hello')\n" * 300
LIMIT = 300_000
"""Of a paste with an account, so that what is too large is not much."""

PREPARE = """
from accounts.models import User
User.objects.create_user("alice", "alice@example.org")
"""


PLAIN = Rule("plain", SHARED)


def accepting(language: str) -> Rule:
    """A plain request of a browser that is set to a language."""
    return Rule("", SHARED, {"Accept-Language": language})


@dataclass(frozen=True, slots=True)
class Site:
    """nginx, what is behind it, and how alice is known to both.

    Attributes:
        url: nginx.
        web: the web server.
        log: of nginx.
        caches: two of memcached.
        alice: the header with her access token.
    """

    url: str
    web: str
    log: Path
    caches: list[Server]
    alice: dict[str, str]

    def publish(self, *, name: str = "a.py", text: str = TEXT, **fields: str) -> str:
        """Alice publishes something; its path."""
        answer = httpx.post(
            f"{self.web}/", files={"file": (name, text)}, data={"visibility": "public"} | fields, headers=self.alice
        )
        return httpx.URL(answer.raise_for_status().text.strip()).path

    def ask(self, path: str, rule: Rule = PLAIN) -> tuple[httpx.Response, str]:
        """The answer through nginx, and who gave it: ``memcached`` or ``web``."""
        before = self.lines()
        with httpx.Client(headers={"Accept": HTML, "Accept-Encoding": "identity"}) as client:
            answer = client.request(rule.method, f"{self.url}{path}{rule.query}", headers=dict(rule.headers))
        wait_until(lambda: len(self.lines()) > len(before), seconds=5, what="a line in the log")
        match = re.search(r" by=(\w+) id=([0-9a-f]+)", self.lines()[-1])
        assert match, self.lines()[-1]
        assert match[2] == answer.headers["X-Request-ID"]
        return answer, match[1]

    def lines(self) -> list[str]:
        """What nginx has written."""
        return self.log.read_text().splitlines()

    def warm(self, path: str, rule: Rule = PLAIN) -> None:
        """Ask until memcached has it; what it has may have come to its end between two questions."""
        assert any(self.ask(path, rule)[1] == "memcached" for _ in range(4)), path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The web server as `serve` starts it, on SQLite and memcached."""
    home, port = tmp_path_factory.mktemp("hot"), free_port()
    with memcached() as one, memcached() as other:
        servers = ",".join(f"{LOOPBACK}:{server.port}" for server in (one, other))
        shared = {"MEMCACHED_SERVERS": servers, "MAX_BYTES_ACCOUNT": str(LIMIT), "HSTS_SECONDS": "3600"}
        with nginx(web=port, log=home / "nginx", site=shared) as proxy:
            environment = {
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "DATA_DIR": str(home),
                "ENV_FILE": os.devnull,
                "ALLOWED_HOSTS": LOOPBACK,
                "TRUSTED_PROXIES": f"{LOOPBACK}/32",
                "PUBLISH_RATE_ACCOUNT": "10000/m",
                "QUEUE_SYNC": "1",
                **shared,
                **proxy.environment,
            }
            manage = [sys.executable, "manage.py"]
            for command in (["migrate", "--verbosity=0"], ["shell", "--verbosity=0", "-c", PREPARE]):
                subprocess.run([*manage, *command], env=environment, cwd=ROOT, check=True)
            token = [*manage, "create_token", "alice", "--scope", "paste:read", "--scope", "paste:write"]
            made = subprocess.run(token, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
            web = [sys.executable, "-m", "pastebin.server", f"--host={LOOPBACK}", f"--port={port}", "--workers=2"]
            here = f"http://{LOOPBACK}:{port}"
            with running(web, ready=lambda: answers(f"{here}/healthz"), log=home / "web", env=environment, cwd=ROOT):
                alice = {"Authorization": f"Bearer {made.stdout.split()[-1]}"}
                yield Site(proxy.environment["SITE_URL"], here, home / "nginx", [one, other], alice)


@pytest.fixture(scope="module")
def path(site: Site) -> str:
    """A public paste's."""
    return site.publish()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_it_sends_itself_what_may_be_answered_alike(site: Site, path: str, rule: Rule) -> None:
    language = "ru" if "ru" in rule.headers.get("Cookie", "") else ""
    for address in (path, f"{path}/raw", *hot.LIST_PATHS):
        if rule.method in {"PUT", "POST"} and address == "/":
            continue  # that publishes
        site.warm(address, accepting(language))
        if rule.answer == SHARED:
            site.warm(address, rule)
        else:
            assert site.ask(address, rule)[1] == "web", address


@pytest.mark.parametrize(("accepted", "cookies", "language"), LANGUAGES)
def test_it_chooses_the_language_as_the_site_does(
    site: Site, path: str, accepted: str, cookies: str, language: str
) -> None:
    for name in ("en", "ru"):
        site.warm(path, accepting(name))
    answer, _by = site.ask(
        path, Rule("", SHARED, {"Accept-Language": accepted} | ({"Cookie": cookies} if cookies else {}))
    )
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in answer.text
    assert site.ask(f"{path}/raw", accepting(accepted))[0].text == TEXT


@pytest.mark.parametrize(
    "accepted", ["", "en-US,en;q=0.9", "ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7"]
)
def test_the_languages_that_browsers_ask_for_are_certain(site: Site, path: str, accepted: str) -> None:
    site.warm(path, accepting(accepted))


def described(answer: httpx.Response) -> dict[str, object]:
    """All headers that mean something."""
    varying = {"date", "server", "connection", "x-request-id", "content-length", "transfer-encoding"}
    names = [name for name, _value in answer.headers.multi_items() if name not in {*varying, "vary"}]
    assert len(names) == len(set(names)), "nothing is said twice"
    headers = {name: value for name, value in answer.headers.items() if name not in varying}
    vary = {word.strip() for value in answer.headers.get_list("vary") for word in value.split(",")}
    return headers | {"vary": vary, "status": answer.status_code}


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip;q=0"])
@pytest.mark.parametrize("address", ["page", "raw", *hot.LIST_PATHS])
def test_its_answer_is_the_one_of_django(site: Site, address: str, encoding: str) -> None:
    """The same from Django, from the layer before it, and from nginx, header by header."""
    for method in ("GET", "HEAD"):
        for scheme in ("http", "https"):
            # Something new, so that Django makes the answer.
            new = site.publish(text=secrets.token_hex(1000))
            where = {"page": new, "raw": f"{new}/raw"}.get(address, address)
            rule = Rule("", SHARED, {"Accept-Encoding": encoding, "X-Forwarded-Proto": scheme}, method=method)
            headers = {"Accept": HTML, **rule.headers}
            django, layer = (httpx.request(method, site.web + where, headers=headers) for _ in range(2))
            answer, by = site.ask(where, rule)
            assert by == "memcached"
            assert described(layer) == described(django)
            assert described(answer) == (known_to_nginx(django) if address == "raw" else described(django))
            assert answer.content == layer.content == django.content
            assert ("strict-transport-security" in answer.headers) == (scheme == "https")


def known_to_nginx(answer: httpx.Response) -> dict[str, object]:
    """All but what is different for each text: an entity tag, and a name for whoever saves it."""
    expected = described(answer)
    assert expected.pop("etag")
    assert expected["content-disposition"] == "inline; filename*=UTF-8''a.py"
    return expected | {"content-disposition": "inline"}


CHANGES = {
    "edited": ("PATCH", {"files": [{"name": "a.py", "content": "changed"}]}),
    "private": ("PATCH", {"visibility": "private"}),
    "password": ("PATCH", {"password": "secret"}),
    "deleted": ("DELETE", None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_on_the_next_request(site: Site, change: str) -> None:
    """Again and again, with readers who fill the cache all the time."""
    for _ in range(3):
        path = site.publish()
        for address in (path, f"{path}/raw"):
            site.warm(address)
        for address in hot.LIST_PATHS:
            site.ask(address)
        method, body = CHANGES[change]
        api = f"{site.web}/api/v1/pastes{path}"
        match = {"If-Match": httpx.get(api, headers=site.alice).headers["ETag"]}
        httpx.request(method, api, json=body, headers=site.alice | match).raise_for_status()
        for address in (path, f"{path}/raw"):
            answer, by = site.ask(address)
            assert "hello" not in answer.text
            assert by == "web"
            assert answer.status_code == {"edited": 200, "password": 200 if address == path else 403}.get(change, 404)
        for address in hot.LIST_PATHS:
            assert (path in site.ask(address)[0].text) == (change == "edited" and address in {"/", "/recent"}), address


def test_a_new_paste_is_in_the_lists_on_the_next_request(site: Site) -> None:
    for _ in range(3):
        for address in ("/", "/recent"):
            site.ask(address)
        path = site.publish()
        for address in ("/", "/recent"):
            assert path in site.ask(address)[0].text


def test_what_expires_is_gone(site: Site) -> None:
    end = time.time() + 3
    path = site.publish()
    api = f"{site.web}/api/v1/pastes{path}/expiry"
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
    etag = {"If-Match": httpx.get(f"{site.web}/api/v1/pastes{path}", headers=site.alice).headers["ETag"]}
    httpx.put(api, json={"expires_at": moment}, headers=site.alice | etag).raise_for_status()
    seen = [site.ask(address)[0].status_code for address in (path, path, f"{path}/raw", f"{path}/raw")]
    assert seen == [200] * 4
    assert path in site.ask("/recent")[0].text
    time.sleep(max(0, end - time.time()))
    for address in (path, f"{path}/raw"):
        assert site.ask(address)[0].status_code == 404
    for address in hot.LIST_PATHS:
        assert path not in site.ask(address)[0].text


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_what_is_not_public_is_never_sent_by_it(site: Site, visibility: str) -> None:
    path = site.publish(visibility=visibility)
    for address in (path, f"{path}/raw"):
        for _ in range(3):
            httpx.get(site.web + address, headers=site.alice | {"Accept": HTML})
            answer, by = site.ask(address)
            assert by == "web"
            assert answer.status_code == (200 if visibility == "unlisted" else 404)
            assert visibility == "private" or answer.headers["X-Robots-Tag"] == "noindex"


def test_each_subject_is_on_the_server_where_it_looks(site: Site) -> None:
    for _ in range(12):
        site.warm(site.publish())
    for cache in site.caches:
        assert b"STAT get_hits 0\r\n" not in ask_memcached(cache.port, b"stats\r\n")


def test_with_a_server_away_the_site_answers(site: Site) -> None:
    paths = [site.publish() for _ in range(8)]
    for path in paths:
        site.warm(path)
    site.caches[1].program.kill()
    try:
        answered = {site.ask(path)[1] for path in paths}
        assert answered == {"web", "memcached"}
    finally:
        site.caches[1].program.start()
    wait_until(lambda: all(site.ask(path)[1] == "memcached" for path in paths), seconds=20, what="both servers")


def ask_memcached(port: int, command: bytes) -> bytes:
    with socket.create_connection((LOOPBACK, port), 5) as connection:
        connection.sendall(command)
        return connection.recv(65_536)


class TestLimits:
    """nginx and the site agree on how large and how slow a request may be."""

    @pytest.mark.parametrize("chunked", [True, False])
    @pytest.mark.parametrize(
        ("size", "status"), [(LIMIT, 201), (LIMIT + 1, 413), (2 * LIMIT + 1_100_000, 413), (5_000_000, 413)]
    )
    def test_of_a_body(self, site: Site, size: int, status: int, chunked: bool) -> None:
        body = (b"x" * 99 + b"\n") * (size // 100) + b"y" * (size % 100)
        for origin in (site.url, site.web):
            sent = iter([body[: size // 2], body[size // 2 :]]) if chunked else body
            assert httpx.post(f"{origin}/", content=sent, headers=site.alice).status_code == status, origin

    @pytest.mark.parametrize("chunked", [True, False])
    @pytest.mark.parametrize(
        ("path", "accept", "kind"),
        [
            ("/", HTML, "text/html"),
            ("/", "*/*", "text/plain"),
            ("/notes.txt", "*/*", "text/plain"),
            ("/api/v1/pastes", "*/*", "application/problem+json"),
            ("/documents", "*/*", "application/json"),
        ],
    )
    def test_who_sends_much_too_much_is_told_in_their_language_and_form(
        self, site: Site, path: str, accept: str, kind: str, chunked: bool
    ) -> None:
        body = b"x" * 5_000_000
        sent = iter([body[:1_000_000], body[1_000_000:]]) if chunked else body
        headers = site.alice | {"Accept": accept, "Accept-Language": "ru"}
        answer = httpx.post(site.url + path, content=sent, headers=headers)
        assert answer.status_code == 413
        assert answer.headers["Content-Type"].startswith(kind)
        assert "X-Request-ID" in answer.headers, "the site said it"
        assert "nginx" not in answer.text
        said = answer.json() if "json" in kind else {}
        assert "Сократите" in (said.get("detail") or said.get("message") or answer.text)

    def test_of_a_header(self, site: Site, path: str) -> None:
        for origin in (site.url, site.web):
            assert httpx.get(origin + path, headers={"X-Long": "x" * 10_000, "Accept": HTML}).status_code == 200
        assert httpx.get(site.url + path, headers={"X-Long": "x" * 20_000}).status_code in {400, 431}

    def test_who_sends_too_slowly_is_let_go(self, site: Site) -> None:
        """nginx gives fifteen seconds for the headers; nobody waits for this in the web server."""
        with closing(socket.create_connection((LOOPBACK, httpx.URL(site.url).port or 0), 30)) as slow:
            started = time.monotonic()
            slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            slow.settimeout(30)
            assert slow.recv(100) in {b"", b"HTTP/1.1 408 Request Time-out\r\n"}
            assert 10 < time.monotonic() - started < 25
