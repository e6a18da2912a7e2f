"""How Django makes tables, without indexes that nothing here looks at."""

from typing import Any

from django.db.backends.postgresql import schema


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """PostgreSQL's."""

    def _create_like_index_sql(self, model: Any, field: Any) -> None:
        """Make no second index for ``LIKE 'abc%'``: keys, names and hashes are looked for as a whole."""
