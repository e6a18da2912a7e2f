"""Talking about a paste: comments are written, changed and taken back. `pastes.domain.threads` reads them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.models import User
from pastes import conf, validators
from pastes.domain import access, anchors, blocking, deliveries, expiry, limits, notifications
from pastes.domain.access import Viewer
from pastes.domain.anchors import Anchor
from pastes.exceptions import Closed, Forbidden, Gone, Invalid, NotFound
from pastes.models import Comment, Paste
from pastes.rendering import markdown

MAX_CHARACTERS = 10_000
MOST_DEPTH = 32_000
"""What the column holds, on both databases."""

TWICE = timedelta(minutes=1)
"""The same words again within this time are a second click, not a second comment."""

BATCH = 200


def require_readable(*, paste: Paste, viewer: Viewer) -> None:
    """Let pass whoever may read what is said about a paste: those who may read the paste.

    Raises:
        Forbidden: for everybody, when the paste has no place for comments.
        Locked: without the password.
    """
    if paste.encrypted:
        raise Forbidden(_("An encrypted paste has no comments."), _("Nothing was changed."))
    if not paste.can_be_discussed:
        raise Forbidden(_("A paste that can be opened only so often has no comments."), _("Nothing was changed."))
    access.require_password(paste=paste, viewer=viewer, password="")


def find_comment(*, paste: Paste, comment_id: int) -> Comment:
    """A comment on this paste; deleted ones have a place in their thread, and are found too.

    Raises:
        NotFound: when there is none, or it is on another paste.
    """
    rows = Comment.objects.select_related("author", "parent", "root__author")
    comment = rows.filter(paste=paste, pk=comment_id).first()
    if comment is None:
        raise NotFound
    comment.paste = paste
    return comment


def require_own(*, comment: Comment, viewer: Viewer) -> None:
    """Let pass who wrote a comment.

    Raises:
        Forbidden: for everybody else.
        Locked: without the password of the paste.
    """
    user = _require_person(comment.paste, viewer)
    if comment.author_id != user.pk:
        raise Forbidden(_("Only who wrote a comment can change it."), _("You can answer it, or report it."))


def create(
    *,
    paste: Paste,
    viewer: Viewer,
    body: str,
    parent_id: int | None = None,
    anchor: Anchor | None = None,
    at: datetime | None = None,
) -> Comment:
    """A new comment. The same words sent again within a minute give the first one.

    ``body`` is Markdown, ``parent_id`` the comment that it answers, ``anchor`` the lines it is about; a reply is about
    those of its thread, and has none.

    Raises:
        Forbidden: without an account, on a paste that cannot be discussed, and with what the site does not take.
        Locked: without the password of the paste.
        Closed: when the author has closed the discussion.
        Gone: when the comment to answer was deleted.
        Invalid: when the text is empty or too long, or there are no such lines.
        NotFound: when the paste has vanished meanwhile, or has no such comment to answer.
        TooMany: too often.
    """
    author = _require_person(paste, viewer)
    text = _checked(body)
    blocking.require_allowed(viewer=viewer, texts=[text])
    _spend(viewer)
    now = at or timezone.now()
    html, mentioned = render(text)
    lines = anchors.place(paste=paste, anchor=anchor) if anchor and parent_id is None else {}
    with transaction.atomic():
        locked = _lock_open(paste, now)
        parent = _find_parent(paste, parent_id)
        said = {"paste": paste, "author": author, "parent": parent, "body": text}
        if earlier := _just_said(said, lines, now):
            return earlier
        if anchor and lines and locked.revision_count != paste.revision_count:
            lines = anchors.place(paste=locked, anchor=anchor)
        comment = Comment.objects.create(**said, html=html, created=now, **position(parent), **lines)
        _tell(comment, mentioned)
        return comment


def edit(*, comment: Comment, viewer: Viewer, body: str, at: datetime | None = None) -> Comment:
    """Change the words of one's own comment, and mark it as edited. The same words again change nothing.

    Raises:
        Forbidden, Locked, Closed, Invalid, TooMany: as `create`; Forbidden for everybody else's comment, too.
        Gone: when it was deleted.
    """
    require_own(comment=comment, viewer=viewer)
    text = _checked(body)
    blocking.require_allowed(viewer=viewer, texts=[text])
    _spend(viewer)
    now = at or timezone.now()
    html, mentioned = render(text)
    with transaction.atomic():
        _lock_open(comment.paste, now)
        current = Comment.objects.select_for_update(no_key=True).filter(pk=comment.pk, deleted=None).first()
        if current is None:
            raise Gone
        if current.body != text:
            Comment.objects.filter(pk=comment.pk).update(body=text, html=html, edited=now)
            notifications.commented(comment=comment, mentioned=mentioned)
        expiry.drop_page(comment.paste)
    return find_comment(paste=comment.paste, comment_id=comment.pk)


def delete(*, comment: Comment, viewer: Viewer, at: datetime | None = None) -> Comment:
    """Erase one's own comment. Its place stays, so that the answers to it still hang together; twice is once.

    Raises:
        Forbidden: for everybody else's comment.
        Locked: without the password of the paste.
    """
    require_own(comment=comment, viewer=viewer)
    with transaction.atomic():
        _lock(comment.paste)
        gone = Comment.objects.filter(pk=comment.pk, deleted=None).update(
            body="", html="", deleted=at or timezone.now()
        )
        Paste.objects.filter(pk=comment.paste_id).update(comments=F("comments") - gone)
        expiry.drop_page(comment.paste)
    return find_comment(paste=comment.paste, comment_id=comment.pk)


def set_open(*, paste: Paste, viewer: Viewer, open: bool) -> None:  # noqa: A002 # the word of the page
    """Let people discuss a paste, or stop them; what was said stays.

    Raises:
        Forbidden: when the viewer is not its author.
    """
    access.require_author(paste=paste, viewer=viewer)
    with transaction.atomic():
        Paste.objects.filter(pk=paste.pk).update(comments_enabled=open)
        expiry.drop_page(paste)


def position(parent: Comment | None) -> dict[str, Any]:
    """Where in its thread an answer to ``parent`` stands: the fields ``root`` and ``depth``."""
    if parent is None:
        return {"root": None, "depth": 0}
    return {"root_id": parent.root_id or parent.pk, "depth": min(parent.depth + 1, MOST_DEPTH)}


def render(text: str) -> tuple[str, set[str]]:
    """The HTML of a comment, and the names it mentions, in lower case. Names of people become links to them."""
    names = markdown.mentions(text)
    known = User.objects.annotate(upper=Upper("username")).filter(upper__in=[name.upper() for name in names])
    people = known.filter(is_active=True, shows_profile=True).values_list("username", flat=True) if names else []
    addresses = {name.lower(): reverse("pastes:profile", args=[name]) for name in people}
    return markdown.render(text, people=addresses), names


def render_all(*, dry_run: bool = False, progress: Callable[[int], object] = int) -> int:
    """Make the HTML of every comment anew, and return how many there are. It may be stopped and repeated."""
    rows = Comment.objects.filter(deleted=None).order_by("pk")
    if dry_run:
        return rows.count()
    total, last = 0, 0
    while batch := list(rows.filter(pk__gt=last).only("body", "html")[:BATCH]):
        for comment in batch:
            # Only the words that were read: somebody may edit them at this moment.
            Comment.objects.filter(pk=comment.pk, body=comment.body).update(html=render(comment.body)[0])
        total, last = total + len(batch), batch[-1].pk
        progress(len(batch))
    return total


def _require_person(paste: Paste, viewer: Viewer) -> User:
    require_readable(paste=paste, viewer=viewer)
    if viewer.account is None:
        raise Forbidden(_("Only people with an account can comment."), _("Sign in, and send it again."))
    return viewer.account


def _lock(paste: Paste) -> Paste | None:
    """The row of the paste, before any row of a comment: all who lock both do it in this order."""
    return Paste.objects.select_for_update(no_key=True).filter(pk=paste.pk).first()


def _tell(comment: Comment, mentioned: set[str]) -> None:
    """Count a new comment, and let everybody know whom it concerns."""
    Paste.objects.filter(pk=comment.paste_id).update(comments=F("comments") + 1)
    notifications.commented(comment=comment, mentioned=mentioned)
    deliveries.commented(comment=comment)
    expiry.drop_page(comment.paste)


def _just_said(said: dict[str, Any], lines: dict[str, Any], now: datetime) -> Comment | None:
    """The same comment, about the same lines, that was posted a moment ago: a second click."""
    place = {name: lines.get(name) for name in ("first_line", "last_line", *(["file_name"] if lines else []))}
    return Comment.objects.filter(**said, **place, deleted=None, created__gt=now - TWICE).first()


def _lock_open(paste: Paste, now: datetime) -> Paste:
    """Look again with the paste's row locked: whoever closes or deletes it now waits, or was faster."""
    locked = _lock(paste)
    if locked is None or not locked.is_live(now):
        raise NotFound
    if not locked.comments_enabled:
        raise Closed
    return locked


def _checked(body: str) -> str:
    text = body.replace("\r\n", "\n").rstrip().lstrip("\n")
    if not text.strip():
        raise Invalid({"body": [_("Write something first.")]}, _("Nothing was posted: the comment is empty."))
    if len(text) > MAX_CHARACTERS:
        sentence = _("A comment can have %(limit)s characters at most; this one has %(actual)s.")
        raise Invalid(
            {"body": [sentence % {"limit": _spoken(MAX_CHARACTERS), "actual": _spoken(len(text))}]},
            _("Nothing was posted: the comment is too long."),
        )
    try:
        validators.storable(text)
    except ValidationError as error:
        raise Invalid({"body": error.messages}, _("Nothing was posted: the comment cannot be stored.")) from error
    return text


def _spoken(number: int) -> str:
    return number_format(number, force_grouping=True)


def _find_parent(paste: Paste, parent_id: int | None) -> Comment | None:
    if parent_id is None:
        return None
    parent = Comment.objects.select_for_update(no_key=True).filter(paste=paste, pk=parent_id).first()
    if parent is None:
        raise NotFound
    if parent.deleted is not None:
        raise Gone
    return parent


def _spend(viewer: Viewer) -> None:
    subject = limits.subject_of(user=viewer.user, address=viewer.address)
    limits.spend(what="comment", subject=subject, rate=conf.rate("COMMENT_RATE"))
