"""Django's PostgreSQL, where a request waits for an answer only so long (`base`, by the name that Django looks for)."""
