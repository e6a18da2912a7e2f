"""Requests to addresses that people choose: where they go, and above all where they do not."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pytest_django import Settings

from pastes import outgoing, sealing
from pastes.outgoing import BadAddress, Outcome, Problem
from tests.services.process import LOOPBACK
from tests.services.receiver import Receiver, receiver

LOCAL = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
)
PUBLIC = ("8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450:4001:80e::200e")


@pytest.fixture
def hook(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_HTTP = True
    settings.WEBHOOK_ALLOWED_NETWORKS = ["10.9.0.0/16", " 127.0.0.0/8"]
    with receiver() as server:
        yield server


def send(url: str) -> Outcome:
    return outgoing.post(url=url, headers={"Content-Type": "application/json"}, body=b'{"a": 1}')


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Have the name server say these things, one after the other; gives the names that were asked for."""
    asked: list[str] = []

    def answer(host: str, port: int, **_kind: Any) -> list[tuple[Any, ...]]:
        addresses = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@contextmanager
def host_that(says: list[bytes], *, every: float) -> Iterator[str]:
    """A host that takes one connection and says these bytes slowly; gives its address."""
    with socket.create_server((LOOPBACK, 0)) as server:

        def serve() -> None:
            connection, _address = server.accept()
            with connection:
                connection.recv(65_536)
                for piece in says:
                    time.sleep(every)
                    try:
                        connection.sendall(piece)
                    except OSError:
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://{LOOPBACK}:{server.getsockname()[1]}/"
        thread.join()


@pytest.mark.parametrize("address", LOCAL)
def test_an_address_that_is_not_one_host_on_the_internet_is_not_public(address: str) -> None:
    assert not outgoing.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert outgoing.is_public(ipaddress.ip_address(address))
    assert outgoing.is_allowed(ipaddress.ip_address(address), 443)
    assert not outgoing.is_allowed(ipaddress.ip_address(address), 25)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "http://example.org/",
        "https://",
        "https:///hook",
        "https://user:password@example.org/",
        "https://user@example.org/",
        "https://example.org:22/",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::1/",
        "https://exämple.org/",
        "https://example.org/a b",
        "https://example.org/a\r\nHost: other",
    ],
)
def test_an_address_that_cannot_be_one_of_a_webhook_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        outgoing.check(url)
    assert send(url).problem == Problem.ADDRESS


@pytest.mark.parametrize("url", ["https://example.org", "https://example.org:8443/a?b=c", "https://1.1.1.1/"])
def test_an_address_of_a_web_server_is_taken(url: str) -> None:
    outgoing.check(url)


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "[::ffff:7f00:1]", "localhost."]
)
def test_other_spellings_of_this_machine_do_not_reach_it(settings: Settings, host: str) -> None:
    settings.WEBHOOK_HTTP = True
    outcome = send(f"http://{host}:8080/")
    assert (outcome.status, outcome.problem) == (None, Problem.ADDRESS)


def test_it_posts_to_a_network_that_the_operator_allows(hook: Receiver) -> None:
    outcome = send(hook.url)
    assert (outcome.status, outcome.problem, outcome.is_success) == (200, "", True)
    [post] = hook.posts
    assert (post.path, post.body) == ("/hook?from=pastebin", b'{"a": 1}')
    assert post.headers["Host"] == f"{LOOPBACK}:{hook.port}"
    assert post.headers["Connection"] == "close"


def test_a_name_of_a_private_address_is_not_reached(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ["10.0.0.1", "::1"])
    assert send(f"http://hook.example:{hook.port}/").problem == Problem.ADDRESS


def test_a_name_that_is_not_known_looks_like_one_that_leads_inside(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_asked: Any, **_kind: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert send("https://db.internal/").problem == Problem.ADDRESS


def test_a_name_is_asked_for_once_and_that_answer_is_used(
    hook: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what is looked at is what is connected to."""
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    asked = resolve_to(monkeypatch, ["10.0.0.1", LOOPBACK], ["127.0.0.2"])
    assert send(f"http://hook.example:{hook.port}/").status == 200
    assert asked == ["hook.example"]
    assert hook.posts[0].headers["Host"] == f"hook.example:{hook.port}"


def test_a_redirect_is_an_answer(hook: Receiver) -> None:
    hook.statuses = [302]
    outcome = send(hook.url)
    assert (outcome.status, outcome.is_success) == (302, False)
    assert len(hook.posts) == 1


def test_it_says_what_went_wrong(hook: Receiver) -> None:
    assert send(f"https://{LOOPBACK}:{hook.port}/").problem == Problem.TLS
    hook.shutdown()
    hook.server_close()
    assert send(hook.url).problem == Problem.CONNECTION
    with host_that([b"SSH-2.0-OpenSSH_9.2\r\n"], every=0) as url:
        assert send(url).problem == Problem.PROTOCOL


@pytest.mark.parametrize(
    "says",
    [
        [b"H"] * 100,
        [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 100],
        [b"HTTP/1.1 100 Continue\r\n\r\n"] * 100,
    ],
)
def test_a_host_that_never_ends_is_left(hook: Receiver, monkeypatch: pytest.MonkeyPatch, says: list[bytes]) -> None:
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 0.2)
    with host_that(says, every=0.02) as url:
        started = time.monotonic()
        assert send(url).problem == Problem.TIMEOUT
        assert time.monotonic() - started < 0.4


def test_of_an_answer_it_reads_only_so_much(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "MOST_BYTES", 1_000)
    with host_that([b"HTTP/1.1 201 Created\r\n\r\n", *[b"x" * 500] * 1_000], every=0.001) as url:
        outcome = send(url)
    assert outcome.status == 201
    assert outcome.milliseconds < 500


def test_a_sealed_secret_opens_with_the_key_it_was_sealed_with(settings: Settings) -> None:
    sealed = sealing.seal("whsec_1")
    assert "whsec" not in sealed
    assert sealing.unseal(sealed) == "whsec_1"
    assert sealing.reseal(sealed) is None
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-" * 6
    assert sealing.unseal(sealed) is None
    assert sealing.reseal(sealed) is None
    settings.SECRET_KEY_FALLBACKS = [former]
    assert sealing.unseal(sealed) == "whsec_1"
    carried = sealing.reseal(sealed)
    assert carried is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert sealing.unseal(carried) == "whsec_1"
