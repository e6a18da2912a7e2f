"""A proxy that stands in front of a server and, when a test says so, misbehaves.

with FaultProxy(server.port) as proxy:
    settings = f"http://127.0.0.1:{proxy.port}"
    proxy.stall(seconds=30)
    …
    proxy.heal()
"""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from types import TracebackType
from typing import Self

from tests.services.process import LOOPBACK, free_port

_CHUNK = 65_536
_HEAD_END = b"\r\n\r\n"
_INTERNAL_ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
# SO_LINGER with 0 s: closing sends a reset instead of a goodbye.
_RESET = struct.pack("ii", 1, 0)

type Answer = Callable[[socket.socket, socket.socket], None]


class FaultProxy:
    """Forwards TCP from ``port`` to ``target``, in the mode that was set last. Setting a mode drops open connections.

    Attributes:
        port: where it listens on loopback, from the first to the last moment the same.
        connections: how many it has accepted since it started.
    """

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.connections = 0
        self._target = target
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._answer: Answer = self._forward
        self._wake = threading.Event()

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.refuse()

    # The modes.

    def heal(self) -> None:
        """Forward everything, as at the start."""
        self._become(self._forward)

    def refuse(self) -> None:
        """Refuse connections, as a server that is not running does."""
        self._stop_listening()
        self._drop()

    def error500(self) -> None:
        """Answer every request with status 500 and nothing else."""
        self._become(self._fail)

    def stall(self, *, seconds: float) -> None:
        """Take requests, and answer each ``seconds`` late."""
        self._become(lambda client, server: self._forward(client, server, delay=seconds))

    def truncate(self, *, size: int) -> None:
        """Hang up after ``size`` bytes of the body of a connection's first answer (of everything, if not HTTP)."""
        self._become(lambda client, server: self._forward(client, server, size=size))

    # How they are done.

    def _become(self, answer: Answer) -> None:
        self._answer = answer
        self._drop()
        if self._listener is None:
            self._listen()

    def _listen(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, self.port))
        listener.listen(128)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _stop_listening(self) -> None:
        if self._listener is not None:
            with suppress(OSError):
                # Wakes the thread in accept(), which closing alone would leave there.
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _drop(self) -> None:
        """Reset every open connection and wake those that stall."""
        self._wake.set()
        self._wake = threading.Event()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # the listener was closed
            self.connections += 1
            threading.Thread(target=self._serve, args=(client, self._answer), daemon=True).start()

    def _serve(self, client: socket.socket, answer: Answer) -> None:
        with closing(client), closing(socket.socket()) as server, suppress(OSError):
            server.connect((LOOPBACK, self._target))
            with self._lock:
                self._open |= {client, server}
            try:
                answer(client, server)
            finally:
                with self._lock:
                    self._open -= {client, server}

    def _forward(
        self, client: socket.socket, server: socket.socket, *, delay: float = 0, size: int | None = None
    ) -> None:
        requests = threading.Thread(target=self._copy, args=(client, server), daemon=True)
        requests.start()
        try:
            if size is None:
                self._copy(server, client, delay=delay)
            else:
                self._copy_part(server, client, size)
        finally:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            requests.join(5)

    def _copy(self, source: socket.socket, target: socket.socket, *, delay: float = 0) -> None:
        wake = self._wake
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                if delay and wake.wait(delay):
                    return
                target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)

    def _copy_part(self, source: socket.socket, target: socket.socket, size: int) -> None:
        """Pass the head of an HTTP answer and ``size`` bytes after it; ``size`` bytes where there is no head."""
        head = b""
        while _HEAD_END not in head and (head.startswith(b"HTTP/") or not head):
            chunk = source.recv(_CHUNK)
            if not chunk:
                break
            head += chunk
        start = head.find(_HEAD_END) + len(_HEAD_END) if head.startswith(b"HTTP/") else 0
        target.sendall(head[: start + size])
        left = size - len(head[start:])
        while left > 0 and (chunk := source.recv(_CHUNK)):
            target.sendall(chunk[:left])
            left -= len(chunk)

    def _fail(self, client: socket.socket, _server: socket.socket) -> None:
        request = b""
        while _HEAD_END not in request:
            chunk = client.recv(_CHUNK)
            if not chunk:
                return
            request += chunk
        client.sendall(_INTERNAL_ERROR)
        client.shutdown(socket.SHUT_WR)
        # The rest of the request is read, so that closing does not reset the connection before the answer is read.
        client.settimeout(2)
        while client.recv(_CHUNK):
            pass
