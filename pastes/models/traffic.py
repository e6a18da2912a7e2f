"""Short-lived rows that count what people do: views, rates, repeated requests."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connections, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pastes.models.pastes import Paste


class View(models.Model):
    """One reader saw one paste. A second row of the same reader cannot be, so a reload counts once.

    ``reader`` is a keyed hash with a key of the day; no address is kept. The worker adds uncounted rows to
    `Paste.views` and removes yesterday's.
    """

    paste = models.ForeignKey(
        Paste,
        models.CASCADE,
        related_name="+",
        verbose_name=_("paste"),
        db_index=False,  # one below begins with it
    )
    reader = models.CharField(_("reader"), max_length=32)
    # From which other site, by its host; never more of the address.
    host = models.CharField(_("came from"), max_length=100, blank=True)
    seen_at = models.DateTimeField(_("seen"), default=timezone.now, db_index=True)
    counted = models.BooleanField(_("counted"), default=False)

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        indexes = [models.Index(fields=["paste"], name="view_uncounted", condition=models.Q(counted=False))]
        constraints = [models.UniqueConstraint(fields=["paste", "reader"], name="view_once")]

    def __str__(self) -> str:
        return f"{self.paste_id} {self.reader}"


class DailyViewsQuerySet(models.QuerySet["DailyViews"]):
    """Adding without a race."""

    def add(self, counts: Mapping[tuple[int, date], int]) -> None:
        """Add views by the paste's id and the day."""
        adapt = connections[self.db].ops.adapt_datefield_value
        with connections[self.db].cursor() as cursor:
            cursor.executemany(
                "INSERT INTO pastes_dailyviews (paste_id, day, views) VALUES (%s, %s, %s) "
                "ON CONFLICT (paste_id, day) DO UPDATE SET views = pastes_dailyviews.views + EXCLUDED.views",
                [(paste, adapt(day), count) for (paste, day), count in sorted(counts.items())],
            )


class DailyViews(models.Model):
    """How often a paste was seen on a day (UTC)."""

    paste = models.ForeignKey(
        Paste,
        models.CASCADE,
        related_name="daily_views",
        verbose_name=_("paste"),
        db_index=False,  # one below begins with it
    )
    day = models.DateField(_("day"))
    views = models.PositiveBigIntegerField(_("views"), default=0)

    objects = DailyViewsQuerySet.as_manager()

    class Meta:
        verbose_name = _("views of a day")
        verbose_name_plural = _("views by day")
        constraints = [models.UniqueConstraint(fields=["paste", "day"], name="daily_views_once")]

    def __str__(self) -> str:
        return f"{self.paste_id} {self.day} {self.views}"


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Adding without a race."""

    def add(self, counts: Mapping[tuple[int, str], int]) -> None:
        """Add views by the paste's id and the host."""
        with connections[self.db].cursor() as cursor:
            cursor.executemany(
                "INSERT INTO pastes_referral (paste_id, host, views) VALUES (%s, %s, %s) "
                "ON CONFLICT (paste_id, host) DO UPDATE SET views = pastes_referral.views + EXCLUDED.views",
                [(paste, host, count) for (paste, host), count in sorted(counts.items())],
            )


class Referral(models.Model):
    """How many readers a paste has from another site."""

    paste = models.ForeignKey(
        Paste,
        models.CASCADE,
        related_name="referrals",
        verbose_name=_("paste"),
        db_index=False,  # one below begins with it
    )
    host = models.CharField(_("came from"), max_length=100)
    views = models.PositiveBigIntegerField(_("views"), default=0)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referring site")
        verbose_name_plural = _("referring sites")
        constraints = [models.UniqueConstraint(fields=["paste", "host"], name="referral_once")]

    def __str__(self) -> str:
        return f"{self.paste_id} {self.host} {self.views}"


class RateCountQuerySet(models.QuerySet["RateCount"]):
    """Counting without a race."""

    def add_one(self, *, subject: str, window: datetime) -> int:
        """Count one more, and return the new count, in one statement."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                'INSERT INTO pastes_ratecount (subject, "window", count) VALUES (%s, %s, 1) '
                'ON CONFLICT (subject, "window") DO UPDATE SET count = pastes_ratecount.count + 1 RETURNING count',
                [subject, connections[self.db].ops.adapt_datetimefield_value(window)],
            )
            return int(cursor.fetchone()[0])


class RateCount(models.Model):
    """How often somebody did something in one window of time."""

    subject = models.CharField(_("who and what"), max_length=100)
    window = models.DateTimeField(_("window"), db_index=True)
    count = models.PositiveIntegerField(_("count"), default=0)

    objects = RateCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate count")
        verbose_name_plural = _("rate counts")
        constraints = [models.UniqueConstraint(fields=["subject", "window"], name="rate_window")]

    def __str__(self) -> str:
        return f"{self.subject} {self.count}"


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    """Looking for what is seldom there, before each paste."""

    def find(self, *, subject: str, value: str) -> tuple[str, int] | None:
        """The digest and the paste's id of a request that was sent before; None when it was not."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                "SELECT digest, paste_id FROM pastes_idempotencykey WHERE subject = %s AND value = %s", [subject, value]
            )
            found: tuple[str, int] | None = cursor.fetchone()
        return found


class IdempotencyKey(models.Model):
    """A request to publish that may be sent again and must not publish twice."""

    subject = models.CharField(_("who"), max_length=100)
    value = models.CharField(_("key"), max_length=100)
    digest = models.CharField(_("digest of what was sent"), max_length=64, default="")
    paste = models.ForeignKey(Paste, models.CASCADE, related_name="+", verbose_name=_("paste"))
    created = models.DateTimeField(_("created"), default=timezone.now, db_index=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["subject", "value"], name="idempotency_once")]

    def __str__(self) -> str:
        return self.value
