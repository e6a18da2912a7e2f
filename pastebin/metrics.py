"""Numbers for operators, in Prometheus' format."""

import secrets
from functools import cache as cache_of_function

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from pastes import cache, replica, storage
from pastes.domain import keys
from pastes.exceptions import NotFound
from pastes.queue import oldest_waiting
from pastes.rendering import pool

registry = CollectorRegistry()
requests = Counter("pastebin_requests", "Requests answered.", ["route", "method", "status"], registry=registry)
seconds_of = Histogram("pastebin_request_seconds", "Time to answer.", ["route"], registry=registry)
keys_left = Gauge("pastebin_keys_left", "Keys that wait for a paste.", registry=registry)
queue_age = Gauge("pastebin_queue_age_seconds", "Age of the oldest task that waits.", registry=registry)
cache_reads = Gauge("pastebin_cache_reads", "Reads of the hot cache.", ["kind", "result"], registry=registry)
store_failures = Gauge(
    "pastebin_object_store_failures", "Failures of the object store.", ["operation"], registry=registry
)
replica_reads = Gauge(
    "pastebin_replica_reads", "Reads that a replica could answer, and whether it did.", ["result"], registry=registry
)
rendering = Gauge("pastebin_rendering", "Work of the rendering children.", ["what"], registry=registry)

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def observe_request(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request that took ``seconds``."""
    # Anybody can invent a method; a label must not.
    requests.labels(route or "none", method if method in METHODS else "other", status).inc()
    seconds_of.labels(route or "none").observe(seconds)


def observe_hit(*, route: str) -> None:
    """Count one request that was answered before Django began; it takes microseconds, which are not measured."""
    hits_of(route).inc()


@cache_of_function
def hits_of(route: str) -> Counter:
    """The counter of a route's answers from the hot cache, found once."""
    return requests.labels(route, "GET", 200)


def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for whoever has the token: `METRICS_TOKEN` as a bearer; without one there is no such page.

    Raises:
        NotFound: without the right token.
    """
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if not settings.METRICS_TOKEN or not secrets.compare_digest(sent, settings.METRICS_TOKEN.encode()):
        raise NotFound
    keys_left.set(keys.level())
    queue_age.set(oldest_waiting(at=timezone.now()))
    for kind in cache.hits:
        cache_reads.labels(kind, "hit").set(cache.hits[kind])
        cache_reads.labels(kind, "miss").set(cache.misses[kind])
    for operation, count in storage.failures.items():
        store_failures.labels(operation).set(count)
    for result, count in replica.reads.items():
        replica_reads.labels(result).set(count)
    for what, count in pool.stats().items():
        rendering.labels(what).set(count)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
