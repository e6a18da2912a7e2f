"""Whole answers that are the same for every anonymous reader, kept where they can be sent before Django begins.

An answer is kept under the path it belongs to and its language, as a gzip file that is sent as it is. Headers that all
answers of its kind have are known to whoever sends it (`pastebin.hot`, nginx); those of this one alone, such as a
file's name, are in the gzip file's comment. nginx does not see these, so it is given no answer that needs them.

**Nothing older than a change is sent after it.** Every answer belongs to a subject, a paste or the lists, and each
subject has a *generation*, a random word that each change replaces. Who computes an answer notes the generation before
reading anything, and the answer is kept with it; who finds an answer of another generation takes it for missing. nginx
cannot compare, so its entries are deleted by the change, and nobody who is late puts one there: see `_give_to_nginx`.

A process that has read an answer holds it for as long as it is true (`pastes.hot.held`), and from then on reads nothing
but the generation, once for each request and after the request came in: a change that was answered before is seen.
"""

import secrets
import struct
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

import structlog
from django.conf import settings

from pastes.hot.held import Held, Shelf
from pastes.hot.stores import Command, Memcached, Memory, Store, StoreDownError

__all__ = [
    "LEASE",
    "LISTS",
    "LIST_PATHS",
    "LIST_SECONDS",
    "PAGE_SECONDS",
    "Entry",
    "Lease",
    "Page",
    "clear",
    "drop_lists",
    "drop_paste",
    "find",
    "find_variants",
    "keep",
    "squeeze",
]

log = structlog.get_logger("pastes.hot")

VERSION: Final = 1
"""Raised when what is kept changes its shape, so that a new release does not send an old one's."""

LEASE: Final = "pastebin.hot"
"""Where a request carries its `Lease`."""

LISTS: Final = "lists"
"""The subject of home and the lists; a paste's is its key."""

LIST_PATHS: Final = ("/", "/recent", "/popular", "/trending")

PAGE_SECONDS, LIST_SECONDS = 60, 10
"""How long an answer is sent. Counts of views in it, and the order of what is popular, may be this old."""

GENERATION_SECONDS = 86_400
MAX_BYTES = 1_000_000
"""memcached's usual limit for one item is 1 MiB, its name included."""

FILLING_SECONDS = 2
"""How long somebody may take to give an answer to nginx."""

PATIENCE = 1.0
"""From when on they do not even begin."""

WAIT_SECONDS = 0.002

_HEAD: Final = struct.Struct("<4sI2s")
"""A gzip file's: that it has a comment, and its date, which here is the second in which it ends."""

_COMMENTED, _UNKNOWN = b"\x1f\x8b\x08\x10", b"\0\xff"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of no generation yet: all of a gzip file but its head, and the headers that are its own."""

    packed: bytes
    headers: Mapping[str, str]

    def of(self, generation: str, *, seconds: float = 0) -> "Entry":
        """The same as it is kept and sent; ``seconds`` is how long it is true, 0 where no process may hold it."""
        comment = "\n".join([generation, *(f"{name}: {value}" for name, value in self.headers.items())])
        until = int(time.time() + max(min(seconds, PAGE_SECONDS), 0))
        head = _HEAD.pack(_COMMENTED, until, _UNKNOWN)
        return Entry(b"".join([head, comment.encode("latin-1"), b"\0", self.packed]), self.headers)


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer as it is kept: a gzip file, and the headers that are its own."""

    packed: bytes
    headers: Mapping[str, str]

    def headers_for(self, *, zipped: bool) -> dict[str, str]:
        """Its own headers in an answer that is compressed or not; the two are different things to a cache."""
        own = dict(self.headers)
        if zipped and "ETag" in own:
            own["ETag"] = f'{own["ETag"][:-1]}-gzip"'
        return own


@dataclass(frozen=True, slots=True)
class Lease:
    """What a request was found to ask for, and the generation of its subject before anything was read.

    ``generation`` is "" where nothing can be kept; ``variant`` tells answers at one address from each other.
    """

    subject: str
    path: str
    language: str
    origin: str
    generation: str
    variant: str = ""


def find(*, subject: str, path: str, language: str, origin: str) -> Entry | Lease:
    """The answer to a request, or what is needed to keep it when it is made.

    Args:
        subject: what it is about.
        path: of the request.
        language: of the answer; "" where it has none.
        origin: scheme and host of the request; "" where answers do not depend on it.
    """
    if (store := _store()) is None:
        return Lease(subject, path, language, origin, "")
    generation, shared, own = _names(subject, path, language, origin)
    try:
        if (held := shelf.take(own)) and store.holds(subject, generation, held.generation):
            return held.entry
        kept = store.get(subject, [generation, own] if origin else [generation, shared, own])
        now = kept.get(generation, b"").decode()
        if now and (packed := kept.get(shared) or kept.get(own)) and (entry := _unpack(packed, now)):
            shelf.put(own, Held(entry, now.encode(), min(_HEAD.unpack_from(packed)[1], time.time() + PAGE_SECONDS)))
            return entry
        now = now or _begin(store, subject)
    except StoreDownError as error:
        log.warning("cache_failed", error=repr(error.__cause__ or error))
        now = ""
    return Lease(subject, path, language, origin, now)


def find_variants(
    *, subject: str, path: str, origin: str, places: Iterable[tuple[str, str]]
) -> tuple[Lease, dict[tuple[str, str], Entry]]:
    """Answers that are not for everybody: those that are kept, and what is needed to keep others.

    ``places`` are languages and variants; the other arguments are those of `find`.
    """
    lease = Lease(subject, path, "", origin, "")
    if (store := _store()) is None:
        return lease, {}
    names = {place: _variant_name(*place, path) + origin for place in places}
    try:
        kept = store.get(subject, [_generation_name(subject), *names.values()])
        now = kept.get(_generation_name(subject), b"").decode() or _begin(store, subject)
    except StoreDownError as error:
        log.warning("cache_failed", error=repr(error.__cause__ or error))
        return lease, {}
    found = {place: _unpack(kept[name], now) for place, name in names.items() if name in kept}
    return replace(lease, generation=now), {place: entry for place, entry in found.items() if entry}


def squeeze(body: bytes, *, headers: Mapping[str, str], level: int = 5) -> Page:
    """Compress an answer."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    tail = struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return Page(b"".join([deflate.compress(body), deflate.flush(), tail]), headers)


def keep(entry: Entry, lease: Lease, *, seconds: float, public: bool, most: float = PAGE_SECONDS) -> None:
    """Keep an answer for at most so many seconds, unless its subject was changed since the lease.

    Args:
        entry: made with the lease's generation.
        lease: of the request.
        seconds: how long what it shows is true.
        public: whether it may be sent without headers of its own.
        most: how long it is sent at most.
    """
    store, whole_seconds = _store(), int(min(seconds, most))
    if store is None or not lease.generation or whole_seconds < 1 or len(entry.packed) > MAX_BYTES:
        return
    try:
        if public and not lease.origin and isinstance(store, Memcached):
            _give_to_nginx(store, entry, lease, whole_seconds)
        else:
            store.do(lease.subject, [("set", _own_name(lease), entry.packed, whole_seconds)])
    except StoreDownError as error:
        log.warning("cache_failed", error=repr(error.__cause__ or error))


def drop_paste(key: str) -> None:
    """Make sure that no page or text of a paste computed before now is sent again."""
    _drop(key, [("", f"/{key}/raw"), *((language, f"/{key}") for language, _name in settings.LANGUAGES)])


def drop_lists() -> None:
    """The same for home and the lists."""
    _drop(LISTS, [(language, path) for path in LIST_PATHS for language, _name in settings.LANGUAGES])


def _drop(subject: str, places: Iterable[tuple[str, str]]) -> None:
    """Begin a new generation of ``subject``; ``places`` are languages and paths where nginx has its answers."""
    if (store := _store()) is None:
        return
    new = secrets.token_hex(8).encode()
    deletes: list[Command] = [("delete", _name("p", *place)) for place in places]
    filling: Command = ("get", _filling_name(subject))
    try:
        *_, filler = store.do(subject, [("set", _generation_name(subject), new, GENERATION_SECONDS), *deletes, filling])
        if filler:
            deadline = time.monotonic() + FILLING_SECONDS + 1
            while store.do(subject, [filling]) == [filler] and time.monotonic() < deadline:
                time.sleep(WAIT_SECONDS)
            store.do(subject, deletes)
    except StoreDownError as error:
        log.warning("cache_not_dropped", error=repr(error.__cause__ or error))


def clear() -> None:
    """Forget everything."""
    if store := _store():
        store.clear()


def _give_to_nginx(store: Store, entry: Entry, lease: Lease, seconds: int) -> None:
    """Put an answer where nginx finds it, which must not happen once a change was answered.

    Whoever does this says so first, under the subject's name for it. Then they look at the generation, put the answer
    there, look again, take it back if there was a change, and only then take back what they said. A change writes the
    generation, deletes the answers, and looks whether somebody is at it; if so, it waits for them and deletes again.

    Let G, D and L be those three of the change, in the order in which memcached does them, and A (add), R1 (first
    look), S (set), R2 (second look), T (take back), E (end) those of who puts an answer there. Where R1 comes after G
    nothing is put there. Otherwise A < R1 < G < L, so L sees A unless E < L. Seen, the change waits and deletes.
    Unseen, S < E < L: where S < D the answer is deleted by D, else R2 > S > D > G, so T came before E, before L.
    Either way it is gone before the change is answered.

    Somebody who stopped in the middle is waited for as long as what they said lasts, and begins nothing after
    `PATIENCE`.
    """
    name, filling, generation = _shared_name(lease), _filling_name(lease.subject), _generation_name(lease.subject)
    mine, started = secrets.token_hex(8).encode(), time.monotonic()
    added, now = store.do(lease.subject, [("add", filling, mine, FILLING_SECONDS), ("get", generation)])
    if not added:
        return
    expected = lease.generation.encode()
    if now == expected and time.monotonic() - started < PATIENCE:
        _, now = store.do(lease.subject, [("set", name, entry.packed, seconds), ("get", generation)])
        if now != expected:
            store.do(lease.subject, [("delete", name)])
    store.do(lease.subject, [("delete", filling)])


def _begin(store: Store, subject: str) -> str:
    """Give a subject its first generation."""
    name, new = _generation_name(subject), secrets.token_hex(8)
    added, now = store.do(subject, [("add", name, new.encode(), GENERATION_SECONDS), ("get", name)])
    return new if added else now.decode() if isinstance(now, bytes) else ""


def _unpack(packed: bytes, generation: str) -> Entry | None:
    """What `Page.of` made, if it is of this generation."""
    end = packed.find(b"\0", _HEAD.size)
    now, *lines = packed[_HEAD.size : end].decode("latin-1").split("\n")
    if now != generation:
        return None
    return Entry(packed, dict(line.split(": ", 1) for line in lines))


shelf: Final = Shelf[Held]()
"""What this process holds."""


@cache
def _store() -> Store | None:
    """Where this process keeps answers: nowhere, if other processes could not be told of a change."""
    if settings.MEMCACHED_SERVERS:
        return Memcached(settings.MEMCACHED_SERVERS)
    return None if settings.PRODUCTION else Memory()


@lru_cache(maxsize=1024)
def _names(subject: str, path: str, language: str, origin: str) -> tuple[str, str, str]:
    """Those of a subject's generation, of the answer that nginx finds too, and of the one that it does not."""
    return _name("g", "", subject), _name("p", language, path), _name("u", language, path) + origin


def _name(space: str, language: str, path: str) -> str:
    return f"pb{VERSION}{space}:{language}:{path}"


def _shared_name(lease: Lease) -> str:
    """nginx builds the same name (deploy/nginx)."""
    return _name("p", lease.language, lease.path)


def _own_name(lease: Lease) -> str:
    """For what nginx must not send: answers with headers of their own, or with the address of the request in them."""
    return _variant_name(lease.language, lease.variant, lease.path) + lease.origin


def _variant_name(language: str, variant: str, path: str) -> str:
    return _name("u", f"{language}.{variant}" if variant else language, path)


def _generation_name(subject: str) -> str:
    return _name("g", "", subject)


def _filling_name(subject: str) -> str:
    return _name("f", "", subject)
