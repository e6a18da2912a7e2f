"""psycopg, with connections that wait only so long for an answer.

A server that is gone is noticed by the kernel, and a slow query is ended by the server itself (``statement_timeout``).
One that is frozen, or a machine or proxy between that takes what is sent and gives nothing back, does neither: the
kernel has its bytes acknowledged, and libpq has no limit for an answer. So psycopg is told how long to wait for each,
and then the connection is over, for nobody knows what would come next on it.
"""

from typing import Any

import structlog
from psycopg import *  # noqa: F403 # to Django this module is psycopg
from psycopg import Connection as Psycopg
from psycopg import OperationalError
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus

from pastes.breaker import Breaker

log = structlog.get_logger("pastebin.database")

INTERVAL = 0.1
"""How often psycopg looks up while it waits, as it does by itself."""


class Patience:
    """How many seconds an answer may take in this process; None is for ever, as migrations and the worker need it."""

    seconds: float | None = None


class PatientConnection(Psycopg[Any]):
    """A connection whose server is left alone for some seconds when it did not answer: `breaker` is everybody's."""

    breaker = Breaker(failures=1)

    def wait(self, gen: PQGen[RV], interval: float = INTERVAL, timeout: float | None = None) -> RV:
        """Wait for an answer, `Patience.seconds` at most.

        Raises:
            OperationalError: there was none, or there was none for somebody else a moment ago.
        """
        if timeout is not None or Patience.seconds is None:
            return super().wait(gen, interval, timeout)
        if not self.breaker.lets_pass():
            raise OperationalError("the database did not answer a moment ago")
        try:
            answer = super().wait(gen, interval, Patience.seconds)
        except OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.pgconn.finish()
            self.breaker.failed()
            log.error("database_frozen", seconds=Patience.seconds)
            raise OperationalError("the database does not answer") from error
        self.breaker.worked()
        return answer


connect = PatientConnection.connect
