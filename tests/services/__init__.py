"""Real servers for tests, on loopback, with their data in temporary folders.

``python -m tests.services --postgres --memcached --s3 -- COMMAND…`` runs a command beside them.
"""

from tests.services.process import DidNotStartError, MissingServerError
from tests.services.servers import Server, make_bucket, memcached, postgres, postgres_replica, s3

__all__ = [
    "DidNotStartError",
    "MissingServerError",
    "Server",
    "make_bucket",
    "memcached",
    "postgres",
    "postgres_replica",
    "s3",
]
