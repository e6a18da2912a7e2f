"""Counting who saw a paste, on which day, and from which other site; nobody's address is kept.

A view is a row that waits. The worker adds them, batch by batch, to the sums that pages, statistics and ranks show.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from pastes.domain import access, ranking
from pastes.domain.access import Viewer
from pastes.models import DailyViews, Paste, Referral, View

FLUSH_BATCH = 500

HOSTS = 100
"""How many other sites one paste remembers by name: whoever reports a view says where it comes from, and may lie."""

OTHER = "other"
"""Stands for all further ones."""

HOST_LENGTH = 100
"""Characters."""

HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
"""A name as the domain name system has it (RFC 1123, with the underscore that some have); others are in Punycode."""


def count_view(*, paste: Paste, viewer: Viewer, agent: str, host: str = "", at: datetime | None = None) -> None:
    """Note that somebody saw a paste. Its author, and whoever saw it today already, do not count.

    Args:
        paste: what was seen.
        viewer: who saw it.
        agent: the name of their program, which tells readers behind one address apart.
        host: of the site they came from, as `foreign_host` gives it.
        at: now.
    """
    if access.is_author(paste=paste, viewer=viewer):
        return
    now = at or timezone.now()
    who = viewer.user.pk if viewer.user.is_authenticated else f"{viewer.address} {agent}"
    reader = salted_hmac("pastes.reader", f"{now.astimezone(UTC):%Y-%m-%d} {who}", algorithm="sha256").hexdigest()[:32]
    View.objects.bulk_create([View(paste=paste, reader=reader, host=host, seen_at=now)], ignore_conflicts=True)


def foreign_host(said: str, *, own: Iterable[str]) -> str:
    """The host somebody says they come from; "" for one's ``own`` and for what is no host."""
    host = said.lower().removesuffix(".")
    fits = len(host) <= HOST_LENGTH and HOST.fullmatch(host)
    return host if fits and host not in own else ""


def count_opening(*, paste: Paste, at: datetime) -> None:
    """Count one opening of a text that may be read only so often. Each counts, whoever it is."""
    Paste.objects.filter(pk=paste.pk).update(views=F("views") + 1)
    DailyViews.objects.add({(paste.pk, at.astimezone(UTC).date()): 1})


def flush_views(*, dry_run: bool = False, progress: Callable[[int], object] = int) -> int:
    """Add the views that are not counted yet to their pastes; return how many there were."""
    waiting = View.objects.filter(counted=False)
    if dry_run:
        return waiting.count()
    total = 0
    while keys := list(waiting.order_by("pk").values_list("pk", flat=True)[:FLUSH_BATCH]):
        total += _count(keys)
        progress(len(keys))
    return total


@transaction.atomic
def _count(keys: list[int]) -> int:
    """Count a batch. Locked pastes make it safe that two workers do this at once, or one of them twice."""
    seen = View.objects.filter(pk__in=keys).values("paste")
    # In the order of their ids, as everybody locks several; and so that a comment or a star can be added meanwhile.
    pastes = Paste.objects.select_for_update(no_key=True).filter(pk__in=seen).order_by("pk")
    locked = list(pastes.values_list("pk", flat=True))
    waiting = View.objects.filter(pk__in=keys, counted=False)
    rows = list(waiting.order_by("pk").values_list("pk", "paste", "seen_at", "host"))
    _add(Counter(paste for _pk, paste, _at, _host in rows))
    days: Counter[tuple[int, date]] = Counter((paste, at.astimezone(UTC).date()) for _pk, paste, at, _host in rows)
    DailyViews.objects.add(days)
    Referral.objects.add(_by_host([(paste, host) for _pk, paste, _at, host in rows if host]))
    View.objects.filter(pk__in=[row[0] for row in rows]).update(counted=True)
    ranking.rank(locked)
    return len(rows)


def _add(counts: Counter[int]) -> None:
    """Add to the sums of pastes: one statement for all that were seen as often."""
    alike: defaultdict[int, list[int]] = defaultdict(list)
    for paste, count in counts.items():
        alike[count].append(paste)
    for count, pastes in alike.items():
        Paste.objects.filter(pk__in=pastes).update(views=F("views") + count, page_version=F("page_version") + 1)


def _by_host(came: list[tuple[int, str]]) -> Counter[tuple[int, str]]:
    """How many came to which paste from where; from `OTHER`, when the paste remembers enough hosts already."""
    known: dict[int, set[str]] = {paste: set() for paste, _host in came}
    for paste, host in Referral.objects.filter(paste__in=known).exclude(host=OTHER).values_list("paste", "host"):
        known[paste].add(host)
    sums: Counter[tuple[int, str]] = Counter()
    for paste, host in came:
        if host != OTHER and len(known[paste]) < HOSTS:
            known[paste].add(host)
        sums[paste, host if host in known[paste] else OTHER] += 1
    return sums
