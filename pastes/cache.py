"""The hot cache, and the only module that builds its keys. The contract: anything may be missing at any time.

Callers compute what is not there. A cache that is down, slow or full makes the site slower and nothing else, so every
failure here counts as a miss.

Whole pages are shared by readers, so an old one must not come back after a change: `drop_page` leaves a tombstone,
and `keep_page` only adds where nothing is. A reader who computed the page before the change finds the tombstone and
cannot store it; the tombstone outlives every request that may still hold an old page.
"""

import zlib
from collections.abc import Callable
from typing import Any, cast

import structlog
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.memcached import PyMemcacheCache

log = structlog.get_logger("pastes.cache")

VERSION = 1
"""Raised when the shape of what is stored changes, so that a new release does not read an old one's entries."""

PAGE_SECONDS = 60
"""How long a page is served from the cache; its view count may be this old."""

FRAGMENT_SECONDS = 7 * 86_400
PICTURE_SECONDS = 86_400
TOMBSTONE_SECONDS = 60
TOMBSTONE = b""
# memcached's default limit for one item is 1 MiB, its key and flags included.
MAX_BYTES = 1_000_000

hits = {"page": 0, "fragment": 0, "picture": 0}
misses = {"page": 0, "fragment": 0, "picture": 0}
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


def page(key: str, *, language: str) -> bytes | None:
    """The gzipped page of a paste, as `keep_page` stored it."""
    return _counted("page", _safely(lambda: caches["hot"].get(_page_name(key, language))))


def keep_page(key: str, body: bytes, *, language: str, seconds: float) -> None:
    """Keep a gzipped page for ``seconds``, at most `PAGE_SECONDS`, unless the paste changed meanwhile."""
    timeout = int(min(seconds, PAGE_SECONDS))
    if timeout > 0 and len(body) <= MAX_BYTES:
        _safely(lambda: caches["hot"].add(_page_name(key, language), body, timeout))


def drop_page(key: str, *, languages: list[str]) -> None:
    """Make sure that no page of this paste computed before now is served again."""
    names = {_page_name(key, language): TOMBSTONE for language in languages}
    _safely(lambda: caches["hot"].set_many(names, TOMBSTONE_SECONDS))


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


def _page_name(key: str, language: str) -> str:
    return f"p{VERSION}:{language}:{key}"


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
