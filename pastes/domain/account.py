"""What an account takes along when it asks for everything, and what becomes of its pastes when it ends."""

import json
import zipfile
from collections.abc import Iterable
from typing import IO

from django.db import transaction
from django.db.models import QuerySet

from accounts import domain as accounts
from accounts.models import User
from pastes.domain import content, expiry, moderation
from pastes.models import Comment, CommentVote, Like, Paste, Revision, Star, Visibility, Webhook

BATCH = 100


def export(*, user: User, to: IO[bytes]) -> None:
    """Write everything of an account into a zip: who it is, each paste with all its revisions, comments, stars, likes.

    Raises:
        Unavailable: when a text cannot be read now; an export that lacks something would be worse than none.
    """
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("account.json", _json(_about(user)))
        archive.writestr("comments.json", _json([_written(comment) for comment in _comments(user)]))
        archive.writestr("stars.json", _json(_given(Star.objects.filter(user=user))))
        archive.writestr("likes.json", _json(_given(Like.objects.filter(user=user))))
        archive.writestr("webhooks.json", _json(_webhooks(user)))
        for paste in Paste.objects.owned_by(user).filter(deleted_at=None).order_by("pk").iterator(BATCH):
            archive.writestr(f"pastes/{paste.key}/paste.json", _json(_describe(paste)))
            for revision in Revision.objects.filter(paste=paste).prefetch_related("files").order_by("number"):
                for file in revision.files.all():
                    archive.writestr(f"pastes/{paste.key}/{revision.number}/{file.name}", content.read(file))


def remove(*, user: User, keep_pastes: bool) -> None:
    """End an account. Its pastes go with it, or stay without a name; private ones, which nobody could open, go."""
    with transaction.atomic():
        own = Paste.objects.owned_by(user)
        doomed = own.filter(visibility=Visibility.PRIVATE) if keep_pastes else own
        while keys := list(doomed.values_list("pk", flat=True)[:BATCH]):
            expiry.destroy(keys)
        for rows in (
            Star.objects.filter(user=user).order_by("paste"),
            Like.objects.filter(user=user).order_by("paste"),
            CommentVote.objects.filter(user=user),
        ):
            moderation.withdraw(reactions=rows)
        expiry.drop_page(*Paste.objects.owned_by(user))
        expiry.drop_pages_of(user)
        accounts.remove(user=user)


def _about(user: User) -> dict[str, object]:
    return {
        "username": user.username,
        "email": user.email,
        "name": user.name,
        "bio": user.bio,
        "shows_profile": user.shows_profile,
        "shows_stars": user.shows_stars,
        "shows_joined": user.shows_joined,
        "comment_order": user.comment_order,
        "mail": user.mail,
        "joined": user.date_joined.isoformat(),
        "language": user.language,
        "theme": user.theme,
        "default_visibility": user.default_visibility,
        "default_expiry": user.default_expiry,
    }


def _comments(user: User) -> Iterable[Comment]:
    """What they wrote and did not delete, the pastes it is about included."""
    return Comment.objects.filter(author=user, deleted=None).select_related("paste").order_by("pk").iterator(BATCH)


def _written(comment: Comment) -> dict[str, object]:
    return {
        "paste": comment.paste.key,
        "id": comment.pk,
        "reply_to": comment.parent_id,
        "created": comment.created.isoformat(),
        "edited": comment.edited.isoformat() if comment.edited else None,
        "file": comment.file_name,
        "first_line": comment.first_line,
        "last_line": comment.last_line,
        "text": comment.body,
    }


def _given(rows: QuerySet[Star] | QuerySet[Like]) -> list[dict[str, object]]:
    """Stars or likes, in the order they were given."""
    given = rows.order_by("pk").values_list("paste__key", "created")
    return [{"paste": key, "created": created.isoformat()} for key, created in given.iterator(BATCH)]


def _webhooks(user: User) -> list[dict[str, object]]:
    """Where they are told what happens; their secrets stay here."""
    return [
        {"name": hook.name, "url": hook.url, "events": hook.event_list, "is_on": hook.is_on}
        for hook in Webhook.objects.filter(user=user).order_by("pk")
    ]


def _describe(paste: Paste) -> dict[str, object]:
    return {
        "key": paste.key,
        "title": paste.title,
        "description": paste.description,
        "visibility": paste.visibility,
        "created": paste.created.isoformat(),
        "updated": paste.updated.isoformat(),
        "expires_at": paste.expires_at.isoformat() if paste.expires_at else None,
        "burn": paste.burn,
        "max_views": paste.max_views,
        "views": paste.views,
        "revisions": [
            {
                "number": revision.number,
                "version": revision.version,
                "created": revision.created.isoformat(),
                "message": revision.message,
                "files": [
                    {"name": file.name, "language": file.language, "size": file.size, "sha256": file.sha256}
                    for file in revision.files.all()
                ],
            }
            for revision in paste.revisions.prefetch_related("files").order_by("number")
        ],
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
