"""Example content: people, pastes and talk, so that a new site can be looked at before anybody has published.

The examples are the files in `pastes/demo/`. Only their times depend on when they are published.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from pastes.domain import anchors, discussion, expiry, publishing, ranking, tags, voting
from pastes.domain.access import Viewer
from pastes.domain.anchors import Anchor
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Comment, CommentVote, DailyViews, Like, Paste, Star, Visibility

FOLDER = Path(__file__).resolve().parent.parent / "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleRevision:
    """The files that changed, by name. ``age`` counts hours, None is the paste's own."""

    files: Mapping[str, str]
    message: str = ""
    age: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleComment:
    """``by``, ``up`` and ``down`` are user names; ``reply_to`` counts the paste's comments from 0.

    ``lines`` are the first and the last line that it is about, in ``file`` of the latest revision.
    """

    by: str
    text: str
    age: float
    reply_to: int | None = None
    file: str = ""
    lines: Sequence[int] = ()
    up: Sequence[str] = ()
    down: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One paste. Its title tells it from the others; ``age`` counts hours, ``expires`` is one of `expiry.PRESETS`."""

    title: str
    age: float
    revisions: Sequence[ExampleRevision]
    owner: str = ""
    description: str = ""
    tags: str = ""
    visibility: str = Visibility.PUBLIC
    expires: str = "never"
    burn: bool = False
    max_views: int | None = None
    password: str = ""
    forked_from: str = ""
    views: int = 0
    stars: Sequence[str] = ()
    likes: Sequence[str] = ()
    comments: Sequence[ExampleComment] = field(default_factory=tuple)


def examples() -> list[Example]:
    """All examples, the oldest first: that is the order to publish them in."""
    found = [
        _example(**table)
        for path in sorted(FOLDER.glob("*.toml"))
        for table in tomllib.loads(path.read_text(encoding="utf-8")).get("paste", ())
    ]
    return sorted(found, key=lambda example: -example.age)


def missing() -> list[Example]:
    """The examples that are not on the site."""
    there = set(Paste.objects.values_list("title", "owner__username").filter(title__in=[e.title for e in examples()]))
    return [example for example in examples() if (example.title, example.owner or None) not in there]


def seed(*, at: datetime | None = None, progress: Callable[[int], object] = int) -> int:
    """Publish the examples that are not there yet, and return how many that were.

    Each is one transaction, so whoever stops this in the middle finds whole pastes, and the next run adds the rest.

    Raises:
        Unavailable: when the object store does not take them.
    """
    now = at or timezone.now()
    wanted = missing()
    people = _people() if wanted else {}
    for example in wanted:
        with transaction.atomic():
            _publish(example, people, now)
        progress(1)
    tags.count_uses(at=now)
    return len(wanted)


def _example(*, revision: list[dict[str, Any]], comment: Sequence[dict[str, Any]] = (), **fields: Any) -> Example:
    return Example(
        revisions=[ExampleRevision(**table) for table in revision],
        comments=[ExampleComment(**table) for table in comment],
        **fields,
    )


def _people() -> dict[str, User]:
    """Everybody who publishes or says something, by user name. Without a password nobody signs in as one of them."""
    tables = tomllib.loads((FOLDER / "people.toml").read_text(encoding="utf-8"))
    people: dict[str, User] = {}
    for username, fields in tables.items():
        person = User.objects.filter(username=username).first()
        people[username] = person or User.objects.create_user(username, password=None, name=fields["name"])
    return people


def _publish(example: Example, people: Mapping[str, User], now: datetime) -> None:
    user = people[example.owner] if example.owner else AnonymousUser()
    first = example.revisions[0]
    source = Paste.objects.filter(title=example.forked_from).first() if example.forked_from else None
    published = publishing.create(
        draft=_draft(example, first, first.files, now),
        viewer=Viewer(user=user),
        forked_from=source,
        trusted=True,
        at=now - timedelta(hours=example.age),
    )
    paste = published.paste
    _revise(example, paste, Viewer(user=user, edit_token=published.edit_token), now)
    _talk(example, paste, people, now)
    _read(example, paste, people, now)
    with transaction.atomic():
        Paste.objects.filter(pk=paste.pk).update(
            views=example.views, stars=len(example.stars), likes=len(example.likes), comments=len(example.comments)
        )
        expiry.drop_page(paste)


def _read(example: Example, paste: Paste, people: Mapping[str, User], now: datetime) -> None:
    """Have the paste seen, starred and liked, evenly over the days since it was published."""

    def when(number: int, names: Sequence[str]) -> datetime:
        return paste.created + (number + 1) * (now - paste.created) / (len(names) + 1)

    stars, likes = example.stars, example.likes
    Star.objects.bulk_create(
        Star(user=people[name], paste=paste, created=when(number, stars)) for number, name in enumerate(stars)
    )
    Like.objects.bulk_create(
        Like(user=people[name], paste=paste, created=when(number, likes)) for number, name in enumerate(likes)
    )
    first, last = paste.created.astimezone(UTC).date(), now.astimezone(UTC).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    views = Counter(days[number * len(days) // example.views] for number in range(example.views))
    DailyViews.objects.add({(paste.pk, day): count for day, count in views.items()})
    ranking.rank([paste.pk], at=now)


def _draft(example: Example, revision: ExampleRevision, files: Mapping[str, str], now: datetime) -> Draft:
    return Draft(
        files=[NewFile(text.encode(), name) for name, text in files.items()],
        title=example.title,
        description=example.description,
        visibility=example.visibility,
        expires_at=expiry.moment(choice=example.expires, at=now),
        burn=example.burn,
        max_views=example.max_views,
        password=example.password,
        tags=example.tags,
        message=revision.message,
    )


def _revise(example: Example, paste: Paste, author: Viewer, now: datetime) -> None:
    files = dict(example.revisions[0].files)
    for base, revision in enumerate(example.revisions[1:], start=1):
        files |= revision.files
        publishing.revise(
            paste=paste,
            draft=_draft(example, revision, files, now),
            base=base,
            viewer=author,
            at=now - timedelta(hours=example.age if revision.age is None else revision.age),
        )
        paste.refresh_from_db()


def _talk(example: Example, paste: Paste, people: Mapping[str, User], now: datetime) -> None:
    said: list[Comment] = []
    for comment in example.comments:
        created = now - timedelta(hours=comment.age)
        parent = None if comment.reply_to is None else said[comment.reply_to]
        row = Comment.objects.create(
            paste=paste,
            author=people[comment.by],
            parent=parent,
            body=comment.text,
            html=discussion.render(comment.text)[0],
            created=created,
            **discussion.position(parent),
            **_place(comment, paste),
        )
        said.append(row)
        CommentVote.objects.bulk_create(
            CommentVote(user=people[name], comment=row, value=value, created=created)
            for value, names in ((1, comment.up), (-1, comment.down))
            for name in names
        )
        voting.recount(row)


def _place(comment: ExampleComment, paste: Paste) -> dict[str, Any]:
    if not comment.lines:
        return {}
    first, last = comment.lines
    return anchors.place(paste=paste, anchor=Anchor(paste.revision_count, comment.file, first, last))
