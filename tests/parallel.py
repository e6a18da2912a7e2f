"""Doing one thing many times at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.core.cache import caches
from django.db import connections

from pastes.cache import HotMemcached


def at_once[T](calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """What each call returned or raised. Every one has a thread and a database connection of its own.

    The test needs ``django_db(transaction=True)``: other threads do not see what is not committed.
    """
    start = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | Exception:
        start.wait()
        try:
            return call()
        except Exception as error:  # noqa: BLE001 # whatever was raised is the result
            return error
        finally:
            connections.close_all()
            _close_caches()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _close_caches() -> None:
    """Close what `HotMemcached.close` keeps open for the thread's next request, which does not come."""
    for cache in caches.all(initialized_only=True):
        if isinstance(cache, HotMemcached):
            cache._cache.close()  # type: ignore[attr-defined]  # the stubs do not know it
