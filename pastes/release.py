"""Which site this is: what pages are made of besides the rows they show."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

SOURCES: Final = ("accounts", "locale", "pastebin", "pastes", "static", "templates", "wording")
SUFFIXES: Final = frozenset({".html", ".mo", ".py", ".css", ".js", ".svg"})

SAID: Final = (
    "DEBUG",
    "LANGUAGES",
    "MAX_BYTES_ACCOUNT",
    "MAX_BYTES_ANONYMOUS",
    "SIGNUP_OPEN",
    "SITE_LINKS",
    "SITE_LOGO",
    "SITE_NAME",
    "SITE_URL",
    "STATIC_HASHED",
    "STATIC_URL",
)
"""The settings that a page depends on."""


@cache
def fingerprint() -> str:
    """64 characters that change with the code, the templates, the words, the libraries, and the site's settings.

    It takes some 30 ms, once in each process.
    """
    found = sha256(repr([(name, getattr(settings, name)) for name in SAID]).encode())
    for path in _sources():
        found.update(f"\0{path.relative_to(settings.BASE_DIR)}\0".encode())
        found.update(path.read_bytes())
    found.update(str(getattr(staticfiles_storage, "manifest_hash", "")).encode())
    return found.hexdigest()


def _sources() -> Iterator[Path]:
    yield settings.BASE_DIR / "requirements.txt"
    for folder in SOURCES:
        yield from sorted(path for path in (settings.BASE_DIR / folder).rglob("*") if path.suffix in SUFFIXES)
