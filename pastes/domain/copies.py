"""Pages kept beside their rows, so that a page that is in no cache costs one query.

A page is right as long as nothing that it shows has changed. Each change of a paste, and each batch of counted views,
gives it the next `Paste.page_version` in its own transaction (`expiry.drop_page`); a copy says which one it shows. Who
makes a page reads the version before anything else, so a page with something older in it has a version that is past.
"""

from datetime import timedelta
from typing import Final

import structlog
from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

from accounts.prepared import PreparedTuples
from pastes import hot, release
from pastes.models import PageCopy, Paste

log = structlog.get_logger("pastes.copies")

KEPT: Final = timedelta(hours=1)
"""How long a copy is sent. What no version tells of may be this old: the name of somebody else who commented."""

_with_key: Final = PreparedTuples(
    lambda key, language, made_by: PageCopy.objects.filter(
        paste__key=key, page_language=language, made_by=made_by, version=F("paste__page_version")
    ).values_list("packed", "headers", "made_at", "paste__expires_at"),
    key="sample-key",
    language="sample-language",
    made_by="sample-fingerprint",
)


def find(*, key: str, language: str) -> tuple[hot.Page, float] | None:
    """The page that anonymous readers of a language get, and for how many seconds it is right; None without one."""
    for packed, headers, made_at, expires_at in _with_key(key=key, language=language, made_by=release.fingerprint()):
        until = made_at + KEPT
        if expires_at is not None:
            until = min(until, expires_at)
        if (seconds := (until - timezone.now()).total_seconds()) > 0:
            return hot.Page(packed, headers), seconds
    return None


def keep(page: hot.Page, *, paste: Paste, language: str) -> None:
    """Keep a page that was just made of what was read with ``paste``."""
    row = PageCopy(
        paste=paste,
        page_language=language,
        version=paste.page_version,
        made_by=release.fingerprint(),
        made_at=timezone.now(),
        headers=dict(page.headers),
        packed=page.packed,
    )
    fields = ["version", "made_by", "made_at", "headers", "packed"]
    try:
        PageCopy.objects.bulk_create(
            [row], update_conflicts=True, update_fields=fields, unique_fields=["paste", "page_language"]
        )
    except DatabaseError as error:  # the reader has their page; whoever is next makes it again
        log.warning("page_not_kept", error=repr(error))
