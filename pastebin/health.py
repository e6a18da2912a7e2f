"""Whether this process lives, and whether what it depends on does."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from pastes import cache, queue, replica, storage
from pastes.exceptions import Unavailable

log = structlog.get_logger("pastebin.health")

QUEUE_LATE_SECONDS = 300


def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    del request
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Each part and how it is; 503 when one is broken that pages cannot do without.

    The site works without its cache and its replica and with a late queue, so these are told and do not fail it.
    """
    del request
    needed = {"database": _safely(_database), "object_store": _safely(_object_store)}
    helpful = {"cache": _safely(_cache), "queue": _safely(_queue) if needed["database"] == "ok" else "unknown"}
    if replica.ALIAS in settings.DATABASES:
        helpful["replica"] = _safely(_replica) if needed["database"] == "ok" else "unknown"
    ready = all(state == "ok" for state in needed.values())
    body = {"ready": ready} | needed | helpful
    if not ready:
        log.warning("not_ready", **needed)
    response = JsonResponse(body, status=200 if ready else 503)
    response["Cache-Control"] = "no-store"
    return response


def _safely(check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, Unavailable) as error:
        return f"failed: {type(error).__name__}"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _replica() -> str:
    if replica.has_everything():
        return "ok"
    return "failed" if replica.away.is_open else "behind"


def _object_store() -> str:
    storage.check()
    return "ok"


def _cache() -> str:
    if settings.CACHES["hot"]["BACKEND"].endswith("DummyCache"):
        return "off"
    return "ok" if cache.check() else "failed"


def _queue() -> str:
    age = queue.oldest_waiting(at=timezone.now())
    return "ok" if age < QUEUE_LATE_SECONDS else f"late: {age:.0f} s"
