"""Finding text: what a search says, what is kept to answer it, and how each database finds it.

Nothing here knows who may see what: `pastes.domain.search` does.
"""

from django.db import connection

from pastes.search import postgres, sqlite
from pastes.search.backend import Backend

__all__ = ["Backend", "backend"]


def backend() -> Backend:
    """How the site's database finds text."""
    return postgres.BACKEND if connection.vendor == "postgresql" else sqlite.BACKEND
