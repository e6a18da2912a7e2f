"""What Django asks of a database: its own PostgreSQL with another driver."""

from select import POLLIN, poll
from time import monotonic
from typing import Any

from django.db.backends.postgresql import base
from psycopg.errors import ConnectionTimeout

from pastebin.postgresql import driver
from pastebin.postgresql.breakers import breaker_of
from pastebin.postgresql.schema import DatabaseSchemaEditor

ANSWER_SECONDS = 2.0
"""What a query that the server ends at its time needs until that is known here."""


TRUSTED_SECONDS = 10.0
"""How long after it answered a connection counts as working, unless there is something to read on it."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A database that may freeze."""

    Database = driver
    SchemaEditorClass = DatabaseSchemaEditor

    _answered = 0.0

    def is_usable(self) -> bool:
        """Whether the connection works, for which Django asks before the first query of each request.

        A server that goes away says so, and a connection on which it said something is asked again. So is one after
        an error, and one that was silent for long: what stands between may have forgotten it without a word.
        """
        recent = monotonic() - self._answered < TRUSTED_SECONDS
        if recent and not self.errors_occurred and self.connection is not None and _is_silent(self.connection):
            return True
        usable: bool = super().is_usable()
        if usable:
            self._answered = monotonic()
        return usable

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
        self._answered = monotonic()
        return connection


def _is_silent(connection: Any) -> bool:
    """Whether the connection is open and there is nothing to read on it: no farewell, and no end."""
    if connection.closed:
        return False
    unread = poll()
    unread.register(connection.fileno(), POLLIN)
    return not unread.poll(0)


def limit(seconds: float) -> None:
    """Have every query of this process end after so many seconds, and give up on an answer a little later."""
    driver.Patience.seconds = seconds + ANSWER_SECONDS
