"""What Django asks of a database: its own PostgreSQL with another driver."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg.errors import ConnectionTimeout

from pastebin.postgresql import driver
from pastebin.postgresql.breakers import breaker_of

ANSWER_SECONDS = 2.0
"""What a query that the server ends at its time needs until that is known here."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A database that may freeze."""

    Database = driver

    def get_connection_params(self) -> dict[str, Any]:
        """The server ends what takes too long, while it can."""
        params: dict[str, Any] = super().get_connection_params()
        if driver.Patience.seconds is not None:
            limit = int((driver.Patience.seconds - ANSWER_SECONDS) * 1_000)
            params["options"] = f"{params.get('options', '')} -c statement_timeout={limit}".strip()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, unless somebody has just waited for that in vain.

        Raises:
            OperationalError: the server is not there, or does not answer.
        """
        breaker = breaker_of(self.alias)
        if not breaker.lets_pass():
            raise driver.OperationalError("the database did not answer a moment ago")
        try:
            connection = super().get_new_connection(conn_params)
        except ConnectionTimeout:
            breaker.failed()
            raise
        breaker.worked()
        connection.breaker = breaker
        return connection


def limit(seconds: float) -> None:
    """Have every query of this process end after so many seconds, and give up on an answer a little later."""
    driver.Patience.seconds = seconds + ANSWER_SECONDS
