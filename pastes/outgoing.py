"""Requests to addresses that people of the site have chosen: the only module that makes any.

Whoever names an address could name one that only this machine can reach: its own services, a neighbour's, the cloud's
metadata. So a name is resolved once, what it resolves to is looked at, and the connection goes to exactly that address;
a second answer of the name server (DNS rebinding) is never asked for. Redirects are answers like any other.
https://owasp.org/www-community/attacks/Server_Side_Request_Forgery

The standard library does the rest: clients such as requests resolve names by themselves, below everything that could
look at the answer, follow redirects, obey proxies of the environment, and limit the time of each read but not of all.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

CONNECT_SECONDS = 3.0
"""For finding a name's addresses, and for connecting to each of them."""

TOTAL_SECONDS = 10.0
MOST_BYTES = 64 * 1024
"""Of an answer, headers included. No more is read, and none of it is kept."""

MOST_ADDRESSES = 4
"""Of one name, tried one after the other."""

PORTS = {"https": 443, "http": 80}
OPEN_PORTS = frozenset({80, 443, 8080, 8443})
"""Elsewhere than in `WEBHOOK_ALLOWED_NETWORKS` there is nothing else to talk to that speaks HTTP."""

GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
"""All that IANA has given out for the internet. Outside lie loopback, local and mapped addresses, NAT64, multicast.
https://www.iana.org/assignments/ipv6-address-space/"""

NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "2001::/32",  # Teredo and
        "2002::/16",  # 6to4 carry an IPv4 address inside, which may be any
        "3fff::/20",  # documentation (RFC 9637), which Python before 3.13 does not know
        "192.88.99.0/24",  # relays of 6to4
        "168.63.129.16/32",  # the host of a machine at Azure, with its secrets
    )
)

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Problem(TextChoices):
    """Why a request got no answer.

    A name that is not known and one that leads inside look alike: nobody learns here which names there are inside.
    """

    ADDRESS = "address", _("The host has no public address, or this port is not allowed.")
    CONNECTION = "connection", _("The host does not take the connection, or broke it off.")
    TLS = "tls", _("No secure connection is possible: look at the host's certificate.")
    TIMEOUT = "timeout", _("The host took too long.")
    PROTOCOL = "protocol", _("The answer is not HTTP.")


class BadAddress(Exception):
    """An address that is never asked for. The message, translated, says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: the status of the answer, or the problem; and how long it took."""

    status: int | None
    problem: str
    milliseconds: int

    @property
    def is_success(self) -> bool:
        """Whether the host said so (2xx)."""
        return self.status is not None and 200 <= self.status < 300


class _FailedError(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def check(url: str) -> None:
    """Let an address pass that could be asked for, as far as can be said without asking a name server.

    Raises:
        BadAddress: when it is none.
    """
    try:
        parts = urlsplit(url)
        port = port_of(parts)
    except ValueError:
        raise BadAddress(_("This is not the address of a web server.")) from None
    if parts.scheme not in PORTS or not parts.hostname or not url.isascii() or not url.isprintable() or " " in url:
        raise BadAddress(_("Write an address like https://example.org/hook."))
    if parts.scheme == "http" and not settings.WEBHOOK_HTTP:
        raise BadAddress(_("The address must begin with https://."))
    if parts.username is not None or parts.password is not None:
        raise BadAddress(_("The address cannot have a user name or a password in it."))
    if port not in OPEN_PORTS and not settings.WEBHOOK_ALLOWED_NETWORKS:
        raise BadAddress(_("The port must be one of 80, 443, 8080 and 8443."))
    with suppress(ValueError):
        if not is_allowed(ipaddress.ip_address(parts.hostname), port):
            raise BadAddress(str(Problem.ADDRESS.label))


def port_of(parts: SplitResult) -> int:
    """The port of an address.

    Raises:
        ValueError: when it is no number of a port.
    """
    return parts.port if parts.port is not None else PORTS.get(parts.scheme, 0)


def is_public(address: Address) -> bool:
    """Whether an address is one of the internet's, and belongs to one host."""
    if address.version == 6 and address not in GLOBAL_V6:
        return False
    if address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global:
        return False
    return not any(address in network for network in NOT_PUBLIC if network.version == address.version)


def is_allowed(address: Address, port: int) -> bool:
    """Whether requests may go there: to the public web, and to the networks that the operator names, at any port."""
    networks = (ipaddress.ip_network(one.strip(), strict=False) for one in settings.WEBHOOK_ALLOWED_NETWORKS)
    if any(address in network for network in networks if network.version == address.version):
        return True
    return port in OPEN_PORTS and is_public(address)


def post(*, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Send ``body``, and say what came of it. It takes `TOTAL_SECONDS` at most, and raises nothing."""
    started = time.monotonic()
    status, problem = None, ""
    try:
        check(url)
        status = _exchange(urlsplit(url), headers, body, started + TOTAL_SECONDS)
    except BadAddress:
        problem = Problem.ADDRESS.value
    except _FailedError as failed:
        problem = failed.problem.value
    except TimeoutError:
        problem = Problem.TIMEOUT.value
    except ssl.SSLError:
        problem = Problem.TLS.value
    except (OSError, http.client.RemoteDisconnected):
        problem = Problem.CONNECTION.value
    except (http.client.HTTPException, ValueError):
        problem = Problem.PROTOCOL.value
    return Outcome(status, problem, round(1_000 * (time.monotonic() - started)))


def _exchange(parts: SplitResult, headers: Mapping[str, str], body: bytes, deadline: float) -> int:
    """The status of the answer."""
    host, port = parts.hostname or "", port_of(parts)
    with _connect(host, port) as plain:
        plain.settimeout(_left(deadline))
        if parts.scheme == "https":
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure:
                return _ask(http.client.HTTPSConnection, secure, parts, headers, body, deadline)
        return _ask(http.client.HTTPConnection, plain, parts, headers, body, deadline)


def _ask(
    kind: Callable[..., http.client.HTTPConnection],
    connected: socket.socket,
    parts: SplitResult,
    headers: Mapping[str, str],
    body: bytes,
    deadline: float,
) -> int:
    connection = kind(parts.hostname, port_of(parts))
    # With a socket already there it makes none of its own; of this one it only needs to send.
    connection.sock = connected
    connected.settimeout(_left(deadline))
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    connection.request("POST", target, body=body, headers={**headers, "Connection": "close"})
    answer = http.client.HTTPResponse(_Reader(connected, deadline), method="POST")  # type: ignore[arg-type]
    try:
        answer.begin()
        # Some servers break off what they are at when nobody waits for the end of their answer.
        with suppress(OSError, http.client.HTTPException, ValueError):
            answer.read(MOST_BYTES)
        return answer.status
    finally:
        answer.close()


def _connect(host: str, port: int) -> socket.socket:
    """A connection to the first address of ``host`` that takes one.

    Raises:
        _FailedError: when the name is not known, or leads to no address that may be asked.
        OSError: when none of them answers; its last one's.
    """
    known = _resolve(host, port)
    allowed = [one for one in known if is_allowed(ipaddress.ip_address(one[4][0]), port)]
    if not allowed:
        raise _FailedError(Problem.ADDRESS)
    last: OSError = ConnectionError()
    for family, kind, protocol, _name, place in allowed[:MOST_ADDRESSES]:
        attempt = socket.socket(family, kind, protocol)
        try:
            attempt.settimeout(CONNECT_SECONDS / min(len(allowed), MOST_ADDRESSES))
            attempt.connect(place)
        except OSError as error:
            attempt.close()
            last = error
        else:
            return attempt
    raise last


def _resolve(host: str, port: int) -> list[tuple[Any, ...]]:
    """The addresses of a host, as the system's resolver knows them.

    It has no time limit of its own, so it is asked in a thread, which ends when the resolver gives up.

    Raises:
        _FailedError: when there are none, or they do not come in time.
    """
    pool = ThreadPoolExecutor(1)
    try:
        found = pool.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(CONNECT_SECONDS)
    except (TimeoutError, OSError, UnicodeError):
        raise _FailedError(Problem.ADDRESS) from None
    finally:
        pool.shutdown(wait=False)
    return [(*one[:4], one[4]) for one in found]


def _left(deadline: float) -> float:
    """Seconds until the deadline.

    Raises:
        TimeoutError: when it is over.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Reader(io.RawIOBase):
    """What a connection says until a deadline, `MOST_BYTES` at most: a byte now and then keeps nobody waiting.

    To `HTTPResponse` it is a socket, of which that asks only for its file.
    """

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._connected = connected
        self._deadline = deadline
        self._most = MOST_BYTES

    def makefile(self, _mode: str) -> io.BufferedReader:
        """As a socket's."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there, as `io.RawIOBase` has it.

        Raises:
            TimeoutError: when the deadline is over.
        """
        view = memoryview(buffer)[: self._most]
        if not view:
            return 0
        self._connected.settimeout(_left(self._deadline))
        count = self._connected.recv_into(view)
        self._most -= count
        return count
