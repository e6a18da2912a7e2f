"""The servers that the pass on real servers stands on."""

import os
import socket
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg
import pytest

from tests.services import memcached, postgres
from tests.services.process import LOOPBACK, accepts


def test_postgres_has_what_search_needs_and_is_gone_afterwards() -> None:
    with postgres() as server:
        with psycopg.connect(server.environment["DATABASE_URL"]) as connection:
            connection.execute("CREATE EXTENSION pg_trgm")
            row = connection.execute("SELECT similarity('paste', 'pasted') > 0.5").fetchone()
        assert row == (True,)
    assert not accepts(server.port)


@pytest.mark.real
def test_memcached_starts_empty_and_is_gone_afterwards() -> None:
    with memcached() as server, socket.create_connection((LOOPBACK, server.port), timeout=2) as client:
        client.sendall(b"get nothing\r\n")
        assert client.recv(100) == b"END\r\n"
    assert not accepts(server.port)


@pytest.mark.real
def test_s3_refuses_strangers() -> None:
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{os.environ['S3_ENDPOINT_URL']}/{os.environ['S3_BUCKET']}")
    refused.value.close()
    assert refused.value.code == 403
