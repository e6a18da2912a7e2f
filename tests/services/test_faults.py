"""The proxy that misbehaves on demand, in front of a small HTTP server."""

import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, IncompleteRead
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.services.faults import FaultProxy
from tests.services.process import LOOPBACK

BODY = b"0123456789" * 1_000


class Ten(BaseHTTPRequestHandler):
    """Answers every GET with ten thousand bytes."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    """Writes nothing about clients that hang up, as they do here on purpose."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    with Quiet((LOOPBACK, 0), Ten) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        with FaultProxy(server.server_port) as proxy:
            yield proxy
        server.shutdown()


def get(proxy: FaultProxy, *, timeout: float = 5) -> tuple[int, bytes]:
    connection = HTTPConnection(LOOPBACK, proxy.port, timeout=timeout)
    try:
        connection.request("GET", "/")
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_it_forwards_everything(proxy: FaultProxy) -> None:
    assert get(proxy) == (200, BODY)


def test_it_refuses_and_heals(proxy: FaultProxy) -> None:
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        get(proxy)
    proxy.heal()
    assert get(proxy) == (200, BODY)


def test_it_answers_500(proxy: FaultProxy) -> None:
    proxy.error500()
    assert get(proxy) == (500, b"")


def test_it_stalls_for_as_long_as_it_is_told(proxy: FaultProxy) -> None:
    proxy.stall(seconds=0.2)
    began = time.monotonic()
    assert get(proxy) == (200, BODY)
    assert time.monotonic() - began > 0.2
    proxy.stall(seconds=30)
    with pytest.raises(TimeoutError):
        get(proxy, timeout=0.2)


def test_it_cuts_the_body(proxy: FaultProxy) -> None:
    proxy.truncate(size=25)
    with pytest.raises(IncompleteRead) as cut:
        get(proxy)
    assert cut.value.partial == BODY[:25]


def test_a_new_mode_drops_open_connections(proxy: FaultProxy) -> None:
    with socket.create_connection((LOOPBACK, proxy.port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        time.sleep(0.05)
        proxy.error500()
        try:
            rest = client.recv(1)
        except ConnectionResetError:
            rest = b""
        assert rest == b""
