"""Which databases are left alone for a moment, because somebody has just waited for an answer in vain."""

from pastes.breaker import Breaker

breakers: dict[str, Breaker] = {}
"""One for each of Django's databases; all threads share it."""


def breaker_of(alias: str) -> Breaker:
    """The one of a database. Its server ends slow queries itself, so one that does not answer once is frozen."""
    return breakers.setdefault(alias, Breaker(failures=1))
