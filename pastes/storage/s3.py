"""Objects in S3. Only a site that uses it imports this module: boto3 is slow to load and large."""

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from pastes.storage.objects import StoredObject

if TYPE_CHECKING:
    from django.core.files.base import File


class S3Objects(S3Storage):
    """Objects in an S3 bucket, each read or written in a single request on one client for the process."""

    def __init__(self, **settings: Any) -> None:
        # Names are random, so nothing can be overwritten, and asking first would cost a request for each put.
        super().__init__(file_overwrite=True, **settings)
        self._lock = threading.Lock()
        self._made: tuple[int, Any] | None = None

    @property
    def client(self) -> Any:
        """The process's own client: boto3's clients may be shared by threads, not by forks."""
        made = self._made
        if made is None or made[0] != os.getpid():
            with self._lock:
                made = self._made
                if made is None or made[0] != os.getpid():
                    made = self._made = (os.getpid(), self._make_client())
        return made[1]

    def _make_client(self) -> Any:
        session = boto3.session.Session(aws_access_key_id=self.access_key, aws_secret_access_key=self.secret_key)
        config = Config(
            connect_timeout=1,
            read_timeout=3,
            retries={"total_max_attempts": 1},
            max_pool_connections=32,
            s3={"addressing_style": self.addressing_style or "path"},
            # Older S3 servers do not know the checksums that boto3 would add.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return session.client("s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=config)

    def _save(self, name: str, content: "File[bytes]") -> str:
        with _failures():
            self.client.put_object(
                Bucket=self.bucket_name, Key=name, Body=content.read(), ContentType="application/octet-stream"
            )
        return name

    def read(self, name: str, start: int, stop: int) -> bytes:
        """Bytes ``start`` to ``stop`` (exclusive) in one request."""
        with _failures():
            answer = self.client.get_object(Bucket=self.bucket_name, Key=name, Range=f"bytes={start}-{stop - 1}")
            return cast(bytes, answer["Body"].read())

    def remove(self, names: list[str]) -> None:
        """Delete objects, a thousand in a request (the most S3 takes)."""
        for at in range(0, len(names), 1_000):
            keys = [{"Key": name} for name in names[at : at + 1_000]]
            with _failures():
                answer = self.client.delete_objects(Bucket=self.bucket_name, Delete={"Objects": keys, "Quiet": True})
            if answer.get("Errors"):
                raise OSError(f"{len(answer['Errors'])} objects were not deleted")

    def walk(self) -> Iterator[StoredObject]:
        """Every object of the bucket, page by page."""
        with _failures():
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name):
                for item in page.get("Contents", ()):
                    yield StoredObject(name=item["Key"], modified=item["LastModified"], size=item["Size"])

    def check(self) -> None:
        """The bucket answers."""
        with _failures():
            self.client.head_bucket(Bucket=self.bucket_name)


@contextlib.contextmanager
def _failures() -> Iterator[None]:
    """Turn boto3's exceptions into Python's own."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}:
            raise FileNotFoundError from error
        raise OSError(error.operation_name) from error
    except BotoCoreError as error:
        raise OSError(type(error).__name__) from error
