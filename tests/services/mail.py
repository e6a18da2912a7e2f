"""A mail server that keeps what it gets: as much of SMTP (RFC 5321) as smtplib speaks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as policy
from socketserver import StreamRequestHandler, ThreadingTCPServer

from tests.services.process import LOOPBACK


class MailServer(ThreadingTCPServer):
    """Listens on a free port; ``mails`` are those that were handed over."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), _Session)
        self.mails: list[EmailMessage] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Session(StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        """Take commands until QUIT or the end of the connection."""
        self.say(b"220 ready")
        while line := self.rfile.readline():
            match line[:4].upper():
                case b"DATA":
                    self.say(b"354 go on")
                    mail = message_from_bytes(self.data(), policy=policy)
                    self.server.mails.append(mail)
                    self.say(b"250 kept")
                case b"QUIT":
                    self.say(b"221 bye")
                    return
                case _:
                    self.say(b"250 yes")

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def data(self) -> bytes:
        """The mail, up to the line with a single full stop; a full stop more at a line's start is taken away."""
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server while the block runs."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
