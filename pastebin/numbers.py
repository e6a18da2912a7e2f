"""What this process counts, for operators; `pastebin.metrics` gathers it from all processes of the machine."""

from collections import Counter as Counts
from collections.abc import Iterable, Mapping
from functools import cache as cache_of_function
from typing import Any

from django.dispatch import receiver
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pastebin.postgresql.breakers import breakers
from pastes import cache, queue, replica, storage
from pastes.breaker import Breaker
from pastes.rendering import pool

registry = CollectorRegistry()
requests = Counter("pastebin_requests", "Requests answered.", ["route", "method", "status"], registry=registry)
seconds_of = Histogram("pastebin_request_seconds", "Time to answer.", ["route"], registry=registry)
tasks = Counter("pastebin_tasks", "Tasks of the queue that ended.", ["task", "result"], registry=registry)
task_seconds = Histogram(
    "pastebin_task_seconds",
    "Time that tasks took.",
    ["task"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 120),
    registry=registry,
)

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

rendered_elsewhere = Counts[str]()
"""By the worker's processes that do tasks; they end after some hundred, and so do not answer for themselves."""


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


@receiver(queue.ended)
def observe_task(task: str, *, success: bool, seconds: float, rendering: Mapping[str, int], **_: Any) -> None:
    """Count one task that ended, where the worker writes down its result."""
    tasks.labels(task, "done" if success else "failed").inc()
    task_seconds.labels(task).observe(seconds)
    rendered_elsewhere.update(rendering)


class _Parts(Collector):
    """What parts of the site count by themselves, in plain numbers that cost nothing until somebody asks."""

    def collect(self) -> Iterable[Metric]:
        reads = CounterMetricFamily("pastebin_cache_reads", "Reads of the hot cache.", labels=["kind", "result"])
        for kind in cache.hits:
            reads.add_metric([kind, "hit"], cache.hits[kind])
            reads.add_metric([kind, "miss"], cache.misses[kind])
        yield reads
        rendering = {what: count + rendered_elsewhere[what] for what, count in pool.stats().items()}
        for name, about, label, counts in (
            ("object_store_failures", "Failures of the object store.", "operation", storage.failures),
            ("replica_reads", "Reads that a replica could answer, and whether it did.", "result", replica.reads),
            ("rendering", "Work of the rendering children.", "what", rendering),
        ):
            family = CounterMetricFamily(f"pastebin_{name}", about, labels=[label])
            for value, count in counts.items():
                family.add_metric([value], count)
            yield family
        alone = GaugeMetricFamily("pastebin_left_alone", "Whether a part failed and is not asked now.", labels=["part"])
        for part, breaker in _breakers().items():
            alone.add_metric([part], float(breaker.is_open))
        yield alone


def _breakers() -> dict[str, Breaker]:
    found = {"reading_objects": storage.reading, "writing_objects": storage.writing, "replica": replica.away}
    return found | {f"database_{alias}": breaker for alias, breaker in breakers.items()}


registry.register(_Parts())
