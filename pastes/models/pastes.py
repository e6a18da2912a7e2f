"""A paste: what stays the same over its revisions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from pastes.models.keys import KEY_LENGTH
from pastes.urlkeys import address_of


class Visibility(models.TextChoices):
    """Who may find and open a paste."""

    PUBLIC = "public", _("Public")
    UNLISTED = "unlisted", _("Unlisted")
    PRIVATE = "private", _("Private")


UNGATED = Q(burn=False, max_views=None, password="")
OPEN = UNGATED & Q(encrypted=False) & ~Q(visibility=Visibility.PRIVATE)
LISTED = Q(visibility=Visibility.PUBLIC, encrypted=False, deleted_at=None, hidden_at=None) & UNGATED
POPULAR = LISTED & Q(popularity__gt=0)
TRENDING = LISTED & Q(trend__gt=0)


class PasteQuerySet(models.QuerySet["Paste"]):
    """The words for sets of pastes. ``at`` is the moment asked about, now when left out."""

    def live(self, at: datetime | None = None) -> Self:
        """Neither expired, nor deleted, nor hidden by a moderator."""
        return self.present(at).filter(hidden_at=None)

    def present(self, at: datetime | None = None) -> Self:
        """Neither expired nor deleted; a moderator may have hidden them, which their authors are told."""
        moment = at or timezone.now()
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=moment), deleted_at=None)

    def listed(self) -> Self:
        """Those that lists, feeds and search may show to everybody; say `.live()` too."""
        return self.filter(LISTED)

    def visible_to(self, user: "User | AnonymousUser | None") -> Self:
        """Those somebody may find in a list: what is listed, and their own."""
        if user is None or not user.is_authenticated:
            return self.listed()
        return self.filter(LISTED | Q(owner=user.pk))

    def open_to(self, user: User) -> Self:
        """Those somebody may read at their address with nothing else, listed or not, and their own."""
        return self.filter(OPEN | Q(owner=user.pk))

    def owned_by(self, user: User) -> Self:
        """Those of one author."""
        return self.filter(owner=user)

    def expired(self, at: datetime | None = None) -> Self:
        """Those whose time is over."""
        return self.filter(expires_at__lte=at or timezone.now())

    def deleted_before(self, at: datetime) -> Self:
        """Those whose author deleted them, and can no longer take it back."""
        return self.filter(deleted_at__lt=at)

    def counted_down(self) -> Self:
        """Those whose text may be shown only so often."""
        return self.filter(models.Q(burn=True) | models.Q(max_views__isnull=False))

    def with_objects(self, names: Iterable[str]) -> Self:
        """Those with a file, of any revision, that is one of these objects."""
        return self.filter(revisions__files__object_name__in=list(names)).distinct()

    def tagged(self, name: str) -> Self:
        """Those with a tag.

        As a subquery: of one tag the database reads the newest pastes off the index, of a joined table of tags all.
        """
        tags = apps.get_model("pastes", "Tag").objects.filter(name=name)
        return self.filter(taggings__tag=tags.values("pk")[:1])

    def popular(self) -> Self:
        """Those that were read or liked, the most popular first."""
        return self.filter(popularity__gt=0).order_by("-popularity", "-pk")

    def trending(self) -> Self:
        """The same, as it was in the last few days."""
        return self.filter(trend__gt=0).order_by("-trend", "-pk")

    def newest(self) -> Self:
        """Latest first. Ids grow with time, so they order and page a list by one indexed column."""
        return self.order_by("-pk")


class Paste(models.Model):
    """Something published: its settings, its counters, and what lists show of its latest revision."""

    key = models.CharField(_("key"), max_length=KEY_LENGTH, unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="pastes",
        verbose_name=_("owner"),
        db_index=False,  # those below begin with it
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    description = models.TextField(_("description"), max_length=2_000, blank=True)
    visibility = models.CharField(_("visibility"), max_length=8, choices=Visibility, default=Visibility.PUBLIC)
    created = models.DateTimeField(_("created"), default=timezone.now)
    updated = models.DateTimeField(_("updated"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    burn = models.BooleanField(_("burn after reading"), default=False)
    max_views = models.PositiveIntegerField(_("at most this many views"), null=True, blank=True)
    opens = models.PositiveIntegerField(_("times opened"), default=0)
    password = models.CharField(_("password hash"), max_length=128, blank=True)
    encrypted = models.BooleanField(_("encrypted by the browser"), default=False)
    forked_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="forks",
        verbose_name=_("forked from"),
        db_index=False,  # one below begins with it
    )
    comments_enabled = models.BooleanField(_("comments allowed"), default=True)
    views = models.PositiveBigIntegerField(_("views"), default=0)
    stars = models.PositiveIntegerField(_("stars"), default=0)
    likes = models.PositiveIntegerField(_("likes"), default=0)
    comments = models.PositiveIntegerField(_("comments"), default=0)
    revision_count = models.PositiveIntegerField(_("revisions"), default=1)
    # What lists show of the latest revision, so that a list reads one table and no object.
    language = models.CharField(_("language"), max_length=50, blank=True)
    file_name = models.CharField(_("first file"), max_length=255, blank=True)
    file_count = models.PositiveIntegerField(_("files"), default=1)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    excerpt = models.CharField(_("first lines"), max_length=400, blank=True)
    # The names, with a space between them; the rows of `Tagging` find pastes by them.
    tags = models.CharField(_("tags"), max_length=340, blank=True)
    # How much it is read and liked, as `pastes.domain.ranking` counts; 0 is not at all.
    popularity = models.FloatField(_("popularity"), default=0)
    trend = models.FloatField(_("trend"), default=0)
    # Every change of what its page shows raises it (`PageCopy`).
    page_version = models.PositiveIntegerField(_("version of the page"), default=0, db_default=0)
    edit_token_hash = models.CharField(max_length=64, blank=True)
    address_hash = models.CharField(max_length=64, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    hidden_reason = models.CharField(_("why it is hidden"), max_length=200, blank=True)

    objects = PasteQuerySet.as_manager()

    class Meta:
        verbose_name = _("paste")
        verbose_name_plural = _("pastes")
        indexes = [
            models.Index(fields=["-id"], name="paste_listed", condition=LISTED),
            models.Index(fields=["language", "-id"], name="paste_listed_language", condition=LISTED),
            models.Index(fields=["-popularity", "-id"], name="paste_popular", condition=POPULAR),
            models.Index(fields=["language", "-popularity", "-id"], name="paste_popular_language", condition=POPULAR),
            models.Index(fields=["-trend", "-id"], name="paste_trending", condition=TRENDING),
            models.Index(fields=["language", "-trend", "-id"], name="paste_trending_language", condition=TRENDING),
            models.Index(fields=["owner", "-id"], name="paste_owner"),
            models.Index(fields=["owner", "visibility", "-id"], name="paste_owner_visibility"),
            models.Index(fields=["owner", "-id"], name="paste_owner_forks", condition=~Q(forked_from=None)),
            models.Index(fields=["forked_from", "-id"], name="paste_forks", condition=~Q(forked_from=None)),
            models.Index(fields=["created"], name="paste_created"),
            models.Index(fields=["expires_at"], name="paste_expires", condition=~Q(expires_at=None)),
            models.Index(fields=["deleted_at"], name="paste_deleted", condition=~Q(deleted_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(max_views=None) | Q(max_views__gte=1), name="paste_max_views_positive"),
            models.CheckConstraint(
                condition=Q(max_views=None) | Q(opens__lte=F("max_views")), name="paste_opens_within_max_views"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.file_name or self.key

    def get_absolute_url(self) -> str:
        """The page to read it on."""
        return address_of("pastes:paste", self.key)

    def is_live(self, at: datetime | None = None) -> bool:
        """`PasteQuerySet.live` for this row."""
        moment = at or timezone.now()
        return (
            (self.expires_at is None or self.expires_at > moment) and self.deleted_at is None and self.hidden_at is None
        )

    @property
    def tag_names(self) -> list[str]:
        """The names of its tags."""
        return self.tags.split()

    @property
    def max_opens(self) -> int | None:
        """How often its text may be shown to others than its author; None when it does not count."""
        return 1 if self.burn else self.max_views

    @property
    def is_private(self) -> bool:
        """Only for its author and whoever has a share link."""
        return self.visibility == Visibility.PRIVATE

    @property
    def is_gated(self) -> bool:
        """A password or a confirmation stands before the text."""
        return bool(self.password) or self.max_opens is not None

    @property
    def can_be_discussed(self) -> bool:
        """Whether comments have a place: not where a text is read once, nor where the site shall know nothing of it."""
        return self.max_opens is None and not self.encrypted

    @property
    def is_shared_page(self) -> bool:
        """Its page is the same for every anonymous reader, and may be kept in the hot cache."""
        return not self.is_private and not self.is_gated and not self.encrypted

    @property
    def is_listed(self) -> bool:
        """`PasteQuerySet.listed` for this row."""
        return self.visibility == Visibility.PUBLIC and self.is_shared_page and self.is_live()


class BurnReceipt(models.Model):
    """What remains of a burnt paste: the proof for its author that it was read, and when."""

    key = models.CharField(_("key"), max_length=KEY_LENGTH, unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="receipts",
        verbose_name=_("owner"),
    )
    edit_token_hash = models.CharField(max_length=64, blank=True)
    created = models.DateTimeField(_("published"))
    read_at = models.DateTimeField(_("read"), db_index=True)

    class Meta:
        verbose_name = _("burn receipt")
        verbose_name_plural = _("burn receipts")

    def __str__(self) -> str:
        return self.key
