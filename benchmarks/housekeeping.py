"""What the worker does by itself: how long one batch takes, while everybody else waits for nothing."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def measure() -> dict[str, str]:
    """Do everything once with nothing to do, which is how it is most of the time, and once with a full batch.

    Returns:
        the slowest query of each.
    """
    from django.db import connection  # noqa: PLC0415 # the settings exist only from here on
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    slowest = {}
    print(f"\n{'':46}{'ms':>9}{'queries':>9}{'slowest ms':>12}")
    for begin in (_with_nothing_to_do, _with_a_batch):
        for name, do in begin().items():
            with CaptureQueriesContext(connection) as captured:
                started = time.perf_counter()
                do()
                took = 1_000 * (time.perf_counter() - started)
            worst = max(captured.captured_queries, key=lambda query: float(query["time"]))
            slowest[name] = worst["sql"]
            print(f"{name:46}{took:9.1f}{len(captured):9}{1_000 * float(worst['time']):12.1f}", flush=True)
    return slowest


def _with_nothing_to_do() -> dict[str, Callable[[], object]]:
    from pastes.domain import (  # noqa: PLC0415 # the settings exist only from here on
        counting,
        deliveries,
        expiry,
        keys,
        mailing,
        notifications,
        reminders,
        sweeping,
        tags,
    )

    return {
        "purge, nothing is over": expiry.purge,
        "forget rates and views, nothing is old": lambda: expiry.forget(at=datetime(2020, 1, 1, tzinfo=UTC)),
        "add views, none is new": counting.flush_views,
        "add keys, enough are left": keys.top_up,
        "remind of what ends, nothing does": reminders.remind,
        "mails that are overdue, none is": mailing.overdue,
        "daily mails, nobody has one": mailing.enqueue_digests,
        "forget notifications, none is old": lambda: notifications.forget(at=datetime(2020, 1, 1, tzinfo=UTC)),
        "send webhooks, none is due": deliveries.send,
        "find objects of the sweep, all have rows": lambda: sweeping.remove_unreferenced(_names(sweeping.SWEEP_BATCH)),
        "count all tags": tags.count_uses,
    }


def _with_a_batch() -> dict[str, Callable[[], object]]:
    from django.utils import timezone  # noqa: PLC0415

    from pastes.domain import counting, expiry, keys, ranking  # noqa: PLC0415
    from pastes.models import Paste, View  # noqa: PLC0415

    now = timezone.now()
    doomed = list(Paste.objects.order_by("pk").values_list("pk", flat=True)[: expiry.BATCH])
    Paste.objects.filter(pk__in=doomed).update(expires_at=now - timedelta(days=1))
    seen = list(Paste.objects.order_by("-pk").values_list("pk", flat=True)[: counting.FLUSH_BATCH])
    View.objects.bulk_create(View(paste_id=pk, reader=secrets.token_hex(16)) for pk in seen)
    return {
        f"purge {expiry.BATCH} pastes": lambda: expiry.purge(at=now),
        f"add {counting.FLUSH_BATCH} views": counting.flush_views,
        f"rank {counting.FLUSH_BATCH} pastes": lambda: ranking.rank(seen),
        f"add {keys.BATCH:,} keys": lambda: keys.seed(count=keys.level() + keys.BATCH),
    }


def _names(count: int) -> list[str]:
    """Names of objects that the rows of `benchmarks.filling` have."""
    return [f"7f/{number * 256 + 0x7F:032x}" for number in range(10, count)]
