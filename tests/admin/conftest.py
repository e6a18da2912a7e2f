"""The operators, and the rows of every table."""

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from accounts.models import User
from pastes.domain import keys
from pastes.models import (
    BurnReceipt,
    Comment,
    CommentVote,
    DailyViews,
    File,
    Highlight,
    IdempotencyKey,
    Key,
    Like,
    ModerationAction,
    Notification,
    PageCopy,
    RateCount,
    Referral,
    Report,
    ShareLink,
    Star,
    Tag,
    Tagging,
    View,
)
from tests.factories import client_for, make_paste, make_user


@pytest.fixture
def olga(db: None) -> User:
    return make_user("olga", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(olga: User) -> Client:
    """Olga's browser."""
    return client_for(olga)


@pytest.fixture
def mona(db: None) -> User:
    """She may change pastes, and nothing else."""
    user = make_user("mona", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_paste", "change_paste"]))
    return user


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


def fill(name: str, *, rows: int) -> list[Model]:
    """So many rows of every table, each of another person and another paste."""
    made: list[Model] = []
    now = timezone.now()
    for number in range(rows):
        user = make_user(f"{name}{number}")
        paste = make_paste(owner=user, name=f"{name}{number}.txt")
        comment = Comment.objects.create(paste=paste, author=user, body="Well said")
        digest = f"{name}{number}"
        made += [
            comment,
            CommentVote.objects.create(user=user, comment=comment, value=1),
            Star.objects.create(user=user, paste=paste),
            Like.objects.create(user=user, paste=paste),
            Report.objects.create(paste=paste, comment=comment, reporter=user, reason="Spam"),
            ModerationAction.objects.create(moderator=user, verb="hide", paste_key=paste.key, reason="Spam"),
            Notification.objects.create(user=user, kind="moderation", event=f"moderation:{digest}", paste=paste),
            DailyViews.objects.create(paste=paste, day=now.date(), views=3),
            Referral.objects.create(paste=paste, host="example.org", views=2),
            (tag := Tag.objects.create(name=digest, uses=1)),
            Tagging.objects.create(tag=tag, paste=paste),
            ShareLink.objects.create(paste=paste, token_hash=f"token-{digest}"),
            View.objects.create(paste=paste, reader=f"reader-{digest}"),
            RateCount.objects.create(subject=f"publish:{digest}", window=now, count=3),
            IdempotencyKey.objects.create(subject="user:1", value=f"once-{digest}", paste=paste),
            BurnReceipt.objects.create(
                key=keys.new_value(), owner=user, edit_token_hash=f"edit-{digest}", created=now, read_at=now
            ),
            Key.objects.create(value=keys.new_value()),
            PageCopy.objects.create(paste=paste, page_language=digest[:2], version=0, made_by="", made_at=now),
            Highlight.objects.get_or_create(
                file=File.objects.get(revision__paste=paste),
                defaults={"renderer": "1", "language": "text", "packed": b""},
            )[0],
        ]
    return made
