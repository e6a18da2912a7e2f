"""Objects in S3. Only a site that uses it imports this module, and with it a client of 16 MB."""

import contextlib
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import obstore
from django.core.files.storage import Storage
from obstore.exceptions import BaseError
from obstore.store import S3Store

from pastes.storage.objects import StoredObject

CONNECT_SECONDS = 1
READ_SECONDS = 3
WHOLE_SECONDS = 30
"""A large object may take a while, as long as something of it arrives now and then."""


class S3Objects(Storage):
    """Objects in an S3 bucket, each read or written in a single request by one client for the process.

    Args:
        bucket_name: the bucket.
        endpoint_url: where it is; None is Amazon's.
        access_key, secret_key: credentials; None are those of the environment or of the machine.
        region_name: of the bucket.
        addressing_style: ``path``, or ``virtual`` where the bucket is part of the host's name.
    """

    def __init__(
        self,
        *,
        bucket_name: str,
        endpoint_url: str | None,
        access_key: str | None,
        secret_key: str | None,
        region_name: str,
        addressing_style: str,
    ) -> None:
        self._options: dict[str, Any] = {
            "bucket": bucket_name,
            "region": region_name,
            "virtual_hosted_style_request": addressing_style == "virtual",
        }
        given = {"endpoint": endpoint_url, "access_key_id": access_key, "secret_access_key": secret_key}
        self._options |= {name: value for name, value in given.items() if value}
        self._plain = (endpoint_url or "").startswith("http://")
        self._lock = threading.Lock()
        self._made: tuple[int, S3Store] | None = None

    @property
    def client(self) -> S3Store:
        """The process's own client. Its threads do not come along into a fork, where it would wait for them forever.

        Raises:
            RuntimeError: in a fork of a process that has used it. (The worker's processes are forked before.)
        """
        made = self._made
        if made is None:
            with self._lock:
                made = self._made = self._made or (os.getpid(), self._make_client())
        if made[0] != os.getpid():
            raise RuntimeError("the object store was used before this process was forked")
        return made[1]

    def _make_client(self) -> S3Store:
        return S3Store(
            **self._options,
            client_options={
                "allow_http": self._plain,
                "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                "read_timeout": timedelta(seconds=READ_SECONDS),
                "timeout": timedelta(seconds=WHOLE_SECONDS),
            },
            # Whoever asked tries again, or the queue does.
            retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=WHOLE_SECONDS)},
        )

    def put(self, name: str, data: bytes) -> None:
        """Store an object. Names are random, so nothing can be overwritten, and nobody has to be asked first."""
        with _failures():
            obstore.put(self.client, name, data, use_multipart=False)

    def read(self, name: str, start: int, stop: int) -> bytes:
        """Bytes ``start`` to ``stop`` (exclusive) in one request."""
        with _failures():
            return obstore.get_range(self.client, name, start=start, end=stop).to_bytes()

    def remove(self, names: list[str]) -> None:
        """Delete objects, a thousand in a request (the most S3 takes)."""
        for at in range(0, len(names), 1_000):
            with _failures(), contextlib.suppress(FileNotFoundError):
                obstore.delete(self.client, names[at : at + 1_000])

    def walk(self) -> Iterator[StoredObject]:
        """Every object of the bucket, page by page."""
        with _failures():
            for page in obstore.list(self.client, chunk_size=1_000):
                for item in page:
                    yield StoredObject(name=item["path"], modified=item["last_modified"], size=item["size"])

    def check(self) -> None:
        """The bucket answers."""
        with _failures():
            for _ in obstore.list_with_delimiter(self.client, "nothing-is-called-so")["objects"]:
                return


@contextlib.contextmanager
def _failures() -> Iterator[None]:
    """Turn the client's exceptions into Python's own; "there is no such object" is `FileNotFoundError` already."""
    try:
        yield
    except BaseError as error:
        raise OSError(type(error).__name__) from error
