"""Django's way to a mail server, which is left alone for a while when it does not answer."""

from django.core.mail.backends import smtp

from pastes.breaker import Breaker

LEFT_ALONE_SECONDS = 60.0

breaker = Breaker(failures=1, seconds=LEFT_ALONE_SECONDS)
"""Whoever waits for a connection in vain waits ten seconds; in each process one does so in a minute."""


class MailServerAway(ConnectionError):
    """It did not answer a moment ago, and was not asked."""


class EmailBackend(smtp.EmailBackend):
    """SMTP."""

    def open(self) -> bool | None:
        """Connect, unless somebody has just waited for that in vain.

        Raises:
            MailServerAway: somebody has.
            OSError: the server is not there, or does not answer, or does not let the site in.
        """
        if self.connection:
            return super().open()
        if not breaker.lets_pass():
            raise MailServerAway
        try:
            opened = super().open()
        except OSError:
            breaker.failed()
            raise
        breaker.worked()
        return opened
