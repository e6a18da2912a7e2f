"""Pieces of pages in the hot cache, and the only module that builds their keys.

The contract: anything may be missing at any time.

Callers compute what is not there. A cache that is down, slow or full makes the site slower and nothing else, so every
failure here counts as a miss.

Whole answers are kept by `pastes.hot`.
"""

import zlib
from collections.abc import Callable
from typing import Any, cast

import structlog
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.memcached import PyMemcacheCache

log = structlog.get_logger("pastes.cache")

VERSION = 2
"""Raised when the shape of what is stored changes, so that a new release does not read an old one's entries."""

FRAGMENT_SECONDS = 7 * 86_400
PICTURE_SECONDS = 86_400
# memcached's default limit for one item is 1 MiB, its key and flags included.
MAX_BYTES = 1_000_000

hits = dict.fromkeys(("page", "copy", "signed_in", "raw", "list", "fragment", "picture"), 0)
misses = dict.fromkeys(hits, 0)
"""Counted since this process started; `/metrics` shows them."""


class HotMemcached(PyMemcacheCache):
    """memcached that may fail: short timeouts, errors are misses, connections are kept between requests."""

    _options: dict[str, Any]

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._options |= {
            "no_delay": True,
            "connect_timeout": 0.2,
            "timeout": 0.3,
            "ignore_exc": True,
            "use_pooling": True,
            "max_pool_size": 64,
            "retry_attempts": 1,
            "retry_timeout": 1,
            "dead_timeout": 5,
        }

    def close(self, **kwargs: Any) -> None:
        """Keep the connections: Django closes caches after each request, and reconnecting costs three times a get."""


def fragment(name: str) -> str | None:
    """A piece of HTML that depends on nothing but what its name says."""
    packed = _counted("fragment", _safely(lambda: caches["hot"].get(f"f{VERSION}:{name}")))
    return zlib.decompress(packed).decode() if packed else None


def keep_fragment(name: str, html: str, *, seconds: int = FRAGMENT_SECONDS) -> None:
    """Keep ``html``, compressed, for so many seconds."""
    packed = zlib.compress(html.encode(), 1)
    if len(packed) <= MAX_BYTES:
        _safely(lambda: caches["hot"].set(f"f{VERSION}:{name}", packed, seconds))


def picture(name: str) -> bytes | None:
    """A picture that depends on nothing but what its name says."""
    return _counted("picture", _safely(lambda: caches["hot"].get(f"i{VERSION}:{name}")))


def keep_picture(name: str, data: bytes) -> None:
    """Keep a picture, which is as small as it gets."""
    if len(data) <= MAX_BYTES:
        _safely(lambda: caches["hot"].set(f"i{VERSION}:{name}", data, PICTURE_SECONDS))


def is_shared() -> bool:
    """Whether the worker's entries are the web processes' too."""
    return bool(settings.MEMCACHED_SERVERS)


def check() -> bool:
    """Whether the cache keeps what it is given."""
    _safely(lambda: caches["hot"].set("check", "ok", 5))
    return bool(_safely(lambda: caches["hot"].get("check")) == "ok")


def _counted(kind: str, value: Any) -> bytes | None:
    counter = hits if value else misses
    counter[kind] += 1
    return cast("bytes | None", value or None)


def _safely(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:  # noqa: BLE001 # whatever a cache client raises is no reason to fail a request
        log.warning("cache_failed", error=type(error).__name__)
        return None
