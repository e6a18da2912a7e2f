"""Where whole answers are kept: memcached, asked with as little around it as possible, or this process's own memory.

A hit is answered before anything else of the site runs, so the client is lean: one connection for each thread and
server, one packet for several commands, no locks. It works as callers of `pastes.hot` expect of a cache: what takes too
long or goes wrong is `StoreDownError`, and the connection is closed, because half an answer may still be on its way.
"""

import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

CONNECT_SECONDS, ANSWER_SECONDS = 0.2, 0.3
DEAD_SECONDS = 5.0
"""How long a server that failed is left alone by readers."""

MEMORY_BYTES = 64 * 1024 * 1024
"""How much a process keeps in its own memory."""

type Command = tuple[str, str] | tuple[str, str, bytes, int]
"""``("get", name)``, ``("delete", name)``, or ``("set" or "add", name, value, seconds)``."""

type Reply = bytes | bool | None
"""The value or None of a ``get``; of the others, whether they did something."""


class StoreDownError(Exception):
    """The server that has a place's entries cannot be asked now."""


class Store(Protocol):
    """What keeps entries. All entries of one ``place`` are on one server, and commands are done there in order."""

    def holds(self, place: str, name: str, value: bytes) -> bool:
        """Whether ``value``, a word, is what is there now under ``name``.

        Raises:
            StoreDownError: it cannot be known.
        """

    def get(self, place: str, names: Sequence[str]) -> dict[str, bytes]:
        """Those of ``names`` that are there.

        Raises:
            StoreDownError: it cannot be known.
        """

    def do(self, place: str, commands: Sequence[Command]) -> list[Reply]:
        """Do ``commands``, in this order, though not without others' in between.

        Raises:
            StoreDownError: some of them may not have been done.
        """

    def clear(self) -> None:
        """Forget everything."""


class Memory:
    """Entries in this process: for a site whose web server is one process."""

    def __init__(self, *, most: int = MEMORY_BYTES) -> None:
        self._entries: dict[str, tuple[float, bytes]] = {}
        self._lock = threading.Lock()
        self._bytes, self._most = 0, most

    def holds(self, place: str, name: str, value: bytes) -> bool:
        """See `Store.holds`."""
        return self.get(place, [name]).get(name) == value

    def get(self, place: str, names: Sequence[str]) -> dict[str, bytes]:
        """See `Store.get`."""
        del place
        now = time.monotonic()
        kept = [(name, self._entries.get(name)) for name in names]
        return {name: entry[1] for name, entry in kept if entry and entry[0] > now}

    def do(self, place: str, commands: Sequence[Command]) -> list[Reply]:
        """See `Store.do`."""
        with self._lock:
            return [self._one(place, command) for command in commands]

    def clear(self) -> None:
        """See `Store.clear`."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def _one(self, place: str, command: Command) -> Reply:
        verb, name = command[:2]
        found = self.get(place, [name]).get(name)
        if verb == "get":
            return found
        if verb == "add" and found is not None:
            return False
        old = self._entries.pop(name, None)
        self._bytes -= len(old[1]) if old else 0
        if len(command) == 2:
            return found is not None
        self._entries[name] = (time.monotonic() + command[3], command[2])
        self._bytes += len(command[2])
        while self._bytes > self._most:
            _, gone = self._entries.pop(next(iter(self._entries)))
            self._bytes -= len(gone)
        return True


class Memcached:
    """memcached servers. Which one has a place is what nginx's ``hash`` says, because nginx asks them too."""

    def __init__(self, servers: Sequence[str]) -> None:
        self._servers = [_address(server) for server in servers]
        self._dead = [0.0] * len(servers)
        self._threads = threading.local()

    def holds(self, place: str, name: str, value: bytes) -> bool:
        """See `Store.holds`. A server that failed a moment ago is not asked."""
        question, yes = _question(name, value)
        return self._read(place, question, _whole) == yes

    def get(self, place: str, names: Sequence[str]) -> dict[str, bytes]:
        """See `Store.get`. A server that failed a moment ago is not asked."""
        request = f"get {' '.join(names)}\r\n".encode()
        return self._read(place, request, lambda connection: _read_values(_Answer(connection)))

    def do(self, place: str, commands: Sequence[Command]) -> list[Reply]:
        """See `Store.do`. Changes are tried although the server failed a moment ago."""
        request = b"".join(map(_written, commands))

        def read(connection: socket.socket) -> list[Reply]:
            answer = _Answer(connection)
            return [_read_reply(answer, command) for command in commands]

        return self._exchange(self.index_of(place), request, read)

    def clear(self) -> None:
        """See `Store.clear`."""
        for index in range(len(self._servers)):
            self._exchange(index, b"flush_all\r\n", lambda connection: _Answer(connection).line())

    def index_of(self, place: str) -> int:
        """The server of a place: nginx's (and Cache::Memcached's) function of it."""
        if len(self._servers) == 1:
            return 0
        return (zlib.crc32(place.encode()) >> 16 & 0x7FFF) % len(self._servers)

    def _read[T](self, place: str, request: bytes, read: Callable[[socket.socket], T]) -> T:
        index = self.index_of(place)
        if self._dead[index] > time.monotonic():
            raise StoreDownError
        return self._exchange(index, request, read)

    def _exchange[T](self, index: int, request: bytes, read: Callable[[socket.socket], T]) -> T:
        """Send ``request`` and ``read`` what comes back.

        A connection that was kept may have been closed at the other end; then a new one is tried.
        """
        kept = self._kept()
        connection = kept.pop(index, None)
        fresh = connection is None
        while True:
            try:
                connection = connection or _connect(self._servers[index])
                connection.sendall(request)
                result = read(connection)
            except (OSError, ValueError, IndexError) as error:
                if connection:
                    connection.close()
                connection = None
                if fresh or isinstance(error, (TimeoutError, BlockingIOError)):
                    self._dead[index] = time.monotonic() + DEAD_SECONDS
                    raise StoreDownError from error
                fresh = True
            else:
                kept[index] = connection
                self._dead[index] = 0.0
                return result

    def _kept(self) -> "_Connections":
        """This thread's connections."""
        try:
            connections: _Connections = self._threads.connections
        except AttributeError:
            connections = self._threads.connections = _Connections()
        return connections


class _Connections(dict[int, socket.socket]):
    """The connections of one thread by the index of the server; they end with the thread."""

    def __del__(self) -> None:
        for connection in self.values():
            connection.close()


class _Answer:
    """What a server sends, by lines and blocks."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._data, self._at = b"", 0

    def line(self) -> bytes:
        """The next line without its end."""
        while (end := self._data.find(b"\r\n", self._at)) < 0:
            self._data += self._receive()
        line, self._at = self._data[self._at : end], end + 2
        return line

    def block(self, size: int) -> bytes:
        """So many bytes and the line end behind them."""
        end = self._at + size
        if len(self._data) < end + 2:
            parts, have = [self._data], len(self._data)
            while have < end + 2:
                part = self._receive()
                parts.append(part)
                have += len(part)
            self._data = b"".join(parts)
        block, self._at = self._data[self._at : end], end + 2
        return block

    def _receive(self) -> bytes:
        return _receive(self._connection)


def _receive(connection: socket.socket) -> bytes:
    if part := connection.recv(65_536):
        return part
    raise ConnectionResetError


def _whole(connection: socket.socket) -> bytes:
    """All lines to the one that ends values."""
    data = _receive(connection)
    while not data.endswith(b"END\r\n"):
        data += _receive(connection)
    return data


def _address(server: str) -> tuple[str, int] | str:
    """A host and port, or the path of a Unix socket."""
    if server.startswith(("unix:", "/")):
        return server.removeprefix("unix:")
    host, colon, port = server.rpartition(":")
    return (host.strip("[]"), int(port)) if colon else (server, 11_211)


def _connect(address: tuple[str, int] | str) -> socket.socket:
    if isinstance(address, str):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(address)
    else:
        connection = socket.create_connection(address, CONNECT_SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # The system ends the waiting: with a timeout of Python's own each call is two, between which other threads run.
    patience = struct.pack("ll", int(ANSWER_SECONDS), int(ANSWER_SECONDS % 1 * 1_000_000))
    connection.setblocking(True)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
    return connection


@lru_cache(maxsize=1024)
def _question(name: str, value: bytes) -> tuple[bytes, bytes]:
    """To ask what is under ``name``, and what is answered when it is ``value``."""
    yes = b"VALUE %s %d %d\r\n%s\r\nEND\r\n" % (name.encode(), GZIPPED, len(value), value)
    return f"get {name}\r\n".encode(), yes


def _written(command: Command) -> bytes:
    verb, name, *rest = command
    if not rest:
        return f"{verb} {name}\r\n".encode()
    value, seconds = command[2:]  # type: ignore[misc] # commands without a value have ended above
    return b"%s %s %d %d %d\r\n%s\r\n" % (verb.encode(), name.encode(), GZIPPED, seconds, len(value), value)


GZIPPED = 1
"""The flag by which nginx knows that an item is compressed (`memcached_gzip_flag`)."""


def _read_values(answer: _Answer) -> dict[str, bytes]:
    values: dict[str, bytes] = {}
    while (line := answer.line()) != b"END":
        word, name, _flags, size = line.split(b" ")[:4]
        if word != b"VALUE":
            raise ValueError
        values[name.decode()] = answer.block(int(size))
    return values


def _read_reply(answer: _Answer, command: Command) -> Reply:
    if command[0] == "get":
        return _read_values(answer).get(command[1])
    line = answer.line()
    if line in {b"STORED", b"DELETED"}:
        return True
    if line in {b"NOT_STORED", b"NOT_FOUND"}:
        return False
    # "SERVER_ERROR out of memory storing object" and the like.
    raise ValueError
