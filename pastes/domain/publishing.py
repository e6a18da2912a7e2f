"""Publishing a text, changing it, copying it, and taking it away."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pastes import conf, queue
from pastes.domain import (
    access,
    anchors,
    blocking,
    changes,
    content,
    deliveries,
    drafts,
    expiry,
    guarding,
    indexing,
    keys,
    limits,
    repeats,
    tags,
)
from pastes.domain.access import Viewer
from pastes.domain.changes import Change
from pastes.domain.content import PreparedFile
from pastes.domain.drafts import Draft
from pastes.domain.repeats import Sent
from pastes.exceptions import Conflict, Forbidden, NotFound, PasteError
from pastes.models import File, Paste, Revision, publication
from pastes.models.publication import Publication, Quota

log = structlog.get_logger("pastes.publishing")

READ_TASK = "index_new"
"""Reads a new text for the search, and highlights it."""


@dataclass(frozen=True, slots=True)
class Published:
    """A new paste, and the token with which an author without an account may change it ("" for others).

    ``revision``, its ``files`` and ``data``, the bytes of these, are there when it was published now, not when it had
    been before.
    """

    paste: Paste
    edit_token: str
    repeated: bool = False
    revision: Revision | None = None
    files: Sequence[File] = ()
    data: Sequence[bytes] = ()


def create(
    *,
    draft: Draft,
    viewer: Viewer,
    forked_from: Paste | None = None,
    idempotency_key: str = "",
    trusted: bool = False,
    at: datetime | None = None,
) -> Published:
    """Publish a draft: its objects, and then in one transaction the key, the rows and the queue's task.

    Sent again with the same ``idempotency_key`` by the same author, the first paste is the answer and nothing is
    published. ``trusted`` is for an operator on the machine itself: no rate holds, and the larger limits do.

    Raises:
        Invalid, TooLarge: when the draft does not fit.
        Reused: when something else was published with this ``idempotency_key``.
        Refused: when a blocked word is in it, or it comes from a blocked address.
        HasSecrets: when everybody with the address could read a credential, and the draft does not allow it.
        TooMany: when this author publishes too often.
        Unavailable: when the object store does not take it.
    """
    sent = _sent(draft, viewer, forked_from, idempotency_key)
    try:
        return _publish(draft, viewer, forked_from=forked_from, sent=sent, trusted=trusted, at=at)
    except (IntegrityError, PasteError):
        # Hardly anything is sent twice, so that is looked at where something stands in the way.
        if earlier := _published_before(sent):
            return earlier
        raise


def revise(
    *,
    paste: Paste,
    draft: Draft,
    base: int,
    viewer: Viewer,
    unchanged_since: datetime | None = None,
    at: datetime | None = None,
) -> Revision | None:
    """Save new text and settings over revision ``base``; None when the text is what it was, and no revision is made.

    Raises:
        Forbidden: when the viewer is not the author.
        Conflict: when ``base`` is not the latest revision any more, or the settings, too, must be those of the moment
            ``unchanged_since`` (`Paste.updated`) and are not.
        Invalid, TooLarge, Refused, HasSecrets, TooMany, Unavailable: as `create`.
    """
    access.require_author(paste=paste, viewer=viewer)
    access.require_readable(paste)
    drafts.require_valid(draft)
    prepared = content.prepare(files=draft.files, limits=conf.limits_for(viewer.user))
    _require_allowed(draft, prepared, viewer)
    guarding.require_none(draft=draft, prepared=prepared, paste=paste)
    limits.spend(**_rate(viewer), at=at)
    current = latest(paste)
    if current.number != base:
        raise Conflict(current=current)
    change = changes.compare(paste, prepared, list(current.files.all()))
    now = at or timezone.now()
    with content.kept(prepared):
        row = Paste.objects.select_for_update().filter(pk=paste.pk).first()
        if row is None:
            raise NotFound
        if row.revision_count != base or unchanged_since not in {None, row.updated}:
            raise Conflict(current=latest(row))
        revision = _add_revision(row, draft, prepared, viewer, change=change, at=now) if change else None
        _apply(row, draft, prepared, number=base + bool(revision), at=now)
        row.save()
        tags.assign(paste=row, names=tags.parse(draft.tags))
        indexing.later(row)
        expiry.drop_page(row)
    return revision


def fork(*, paste: Paste, draft: Draft, viewer: Viewer, idempotency_key: str = "") -> Published:
    """Publish a copy that says where it came from. Its objects are its own.

    Raises:
        Forbidden: when only a gate's opening let the viewer read it, whose text is not for copying.
        Invalid, TooLarge, Refused, HasSecrets, TooMany, Unavailable: as `create`.
    """
    if paste.max_opens is not None:
        raise Forbidden(_("A paste that can be read only so often cannot be forked."))
    access.require_readable(paste)
    return create(draft=draft, viewer=viewer, forked_from=paste, idempotency_key=idempotency_key)


def remove(*, paste: Paste, viewer: Viewer, at: datetime | None = None) -> None:
    """Delete a paste: gone for everybody at once, and for good when the time to undo is over.

    Raises:
        Forbidden: when the viewer is not its author.
    """
    access.require_author(paste=paste, viewer=viewer)
    with transaction.atomic():
        Paste.objects.filter(pk=paste.pk, deleted_at=None).update(deleted_at=at or timezone.now())
        expiry.drop_page(paste)


def restore(*, key: str, viewer: Viewer, at: datetime | None = None) -> Paste:
    """Take a deletion back, while there is time.

    Raises:
        NotFound: when there is nothing to restore, or not for this viewer, or it is too late.
    """
    now = at or timezone.now()
    paste = find_deleted(key=key, viewer=viewer, at=now)
    with transaction.atomic():
        Paste.objects.filter(pk=paste.pk).update(deleted_at=None)
        expiry.drop_page(paste)
    paste.deleted_at = None
    return paste


def find_deleted(*, key: str, viewer: Viewer, at: datetime | None = None) -> Paste:
    """The author's own paste that can still be restored.

    Raises:
        NotFound: when there is none.
    """
    now = at or timezone.now()
    paste = Paste.objects.filter(key=key, deleted_at__gte=now - expiry.UNDO, hidden_at=None).first()
    if paste is None or not access.is_author(paste=paste, viewer=viewer):
        raise NotFound
    return paste


def claim(*, paste: Paste, viewer: Viewer, token: str) -> None:
    """Make a paste that was published without an account the viewer's own; its edit token ends.

    Raises:
        Forbidden: without an account, or without the right token, or when somebody owns it already.
    """
    holder = Viewer(user=viewer.user, address=viewer.address, edit_token=token or viewer.edit_token)
    if viewer.account is None or paste.owner_id is not None or not access.is_author(paste=paste, viewer=holder):
        raise Forbidden(
            _("A paste is claimed with an account and the edit token that was shown when it was published.")
        )
    with transaction.atomic():
        if not Paste.objects.filter(pk=paste.pk, owner=None).update(owner=viewer.account, edit_token_hash=""):
            raise Forbidden  # somebody was faster
        Revision.objects.filter(paste=paste, author=None).update(author=viewer.account)
        expiry.drop_page(paste)


def latest(paste: Paste) -> Revision:
    """The latest revision.

    Raises:
        NotFound: when the paste was removed meanwhile.
    """
    revision = Revision.objects.select_related("author").filter(paste=paste, number=paste.revision_count).first()
    if revision is None:
        raise NotFound
    return revision


def _publish(
    draft: Draft,
    viewer: Viewer,
    *,
    forked_from: Paste | None,
    sent: Sent | None,
    trusted: bool,
    at: datetime | None,
) -> Published:
    """Publish something that was not published before.

    Raises:
        IntegrityError: when it was.
        Invalid, TooLarge, Refused, TooMany, Unavailable: as `create`.
    """
    drafts.require_valid(draft)
    prepared = content.prepare(files=draft.files, limits=conf.limits_for(viewer.user, trusted=trusted))
    if not trusted:
        _require_allowed(draft, prepared, viewer)
        guarding.require_none(draft=draft, prepared=prepared)
    turn = None if trusted else limits.turn(**_rate(viewer), at=at)
    if turn:
        limits.require_left(turn)
    edit_token = "" if viewer.account else secrets.token_urlsafe(24)
    paste = _new_paste(draft, prepared, viewer, source=forked_from, edit_token=edit_token, at=at)
    revision = _revision(paste, viewer, number=1, at=paste.created, added=sum(file.lines for file in prepared))
    # Tags and webhooks are statements of their own.
    at_once = publication.is_one_statement() and not draft.tags and viewer.account is None
    with content.kept(prepared, at_once=at_once):
        files = content.rows(revision=revision, prepared=prepared)
        _insert(paste, revision, files, sent=sent, turn=turn)
        tags.assign(paste=paste, names=tags.parse(draft.tags))
        deliveries.created(paste=paste)
    queue.at_once(READ_TASK, revision.version)
    if paste.is_listed:
        expiry.drop_lists()
    return Published(paste, edit_token, revision=revision, files=files, data=[file.data for file in prepared])


def _sent(draft: Draft, viewer: Viewer, forked_from: Paste | None, idempotency_key: str) -> Sent | None:
    """What tells when it is sent again; None when nobody asked for that."""
    if not idempotency_key:
        return None
    subject = limits.subject_of(user=viewer.user, address=viewer.address)
    return repeats.sent(
        subject=subject, key=idempotency_key, digest=drafts.fingerprint(draft=draft, forked_from=forked_from)
    )


def _published_before(sent: Sent | None) -> Published | None:
    paste = repeats.find(sent) if sent else None
    return Published(paste, "", repeated=True) if paste else None


def _new_paste(
    draft: Draft,
    prepared: Sequence[PreparedFile],
    viewer: Viewer,
    *,
    source: Paste | None,
    edit_token: str,
    at: datetime | None,
) -> Paste:
    now = at or timezone.now()
    paste = Paste(
        owner=viewer.account,
        created=now,
        forked_from=source,
        edit_token_hash=access.hash_token(edit_token) if edit_token else "",
        address_hash=limits.address_hash(viewer.address) if viewer.address else "",
    )
    _apply(paste, draft, prepared, number=1, at=now)
    return paste


def _insert(
    paste: Paste, revision: Revision, files: Sequence[File], *, sent: Sent | None, turn: limits.Turn | None
) -> None:
    """Write all rows of a new paste, which takes one question to the database.

    An empty table of keys never stops anybody from publishing: a key is made on the spot and the log says so.

    Raises:
        TooMany: when it is one too many.
    """
    rows = Publication(
        paste=paste,
        revision=revision,
        files=files,
        tasks=queue.rows(READ_TASK, revision.version),
        sent=sent.row(paste) if sent else None,
        quota=Quota(subject=turn.subject, window=turn.window, most=turn.rate.count) if turn else None,
    )
    written = publication.insert(rows, near=keys.new_value(), spare=keys.new_value())
    if turn:
        limits.settle(turn, count=written.count)
    if not written.key_waited:
        log.warning("key_table_empty")


def _apply(paste: Paste, draft: Draft, prepared: Sequence[PreparedFile], *, number: int, at: datetime) -> None:
    """Write what the draft and its files say into the paste's row."""
    paste.title = draft.title
    paste.description = draft.description
    paste.visibility = draft.visibility
    paste.expires_at = draft.expires_at
    if (paste.burn, paste.max_views) != (draft.burn, draft.max_views):
        paste.opens = 0
    paste.burn = draft.burn
    paste.max_views = draft.max_views
    paste.encrypted = draft.encrypted
    paste.updated = at
    paste.revision_count = number
    if draft.password is not None:
        paste.password = make_password(draft.password) if draft.password else ""
    for name, value in content.summary(prepared).items():
        setattr(paste, name, value)
    if draft.encrypted:
        paste.excerpt = ""


def _revision(paste: Paste, viewer: Viewer, *, number: int, at: datetime, **fields: Any) -> Revision:
    version = secrets.token_hex(20)
    return Revision(paste=paste, number=number, version=version, author=viewer.account, created=at, **fields)


def _add_revision(
    paste: Paste, draft: Draft, prepared: Sequence[PreparedFile], viewer: Viewer, *, change: Change, at: datetime
) -> Revision:
    """Write the rows of a paste's next revision."""
    lines = {"added": change.added, "removed": change.removed}
    revision = _revision(paste, viewer, number=paste.revision_count + 1, at=at, message=draft.message, **lines)
    revision.save()
    File.objects.bulk_create(content.rows(revision=revision, prepared=prepared))
    anchors.settle(paste=paste, follower=change.follower)
    return revision


def _require_allowed(draft: Draft, prepared: Sequence[PreparedFile], viewer: Viewer) -> None:
    """Let pass what the operator has not blocked. Binary and encrypted files have no words; their names have."""
    texts = [draft.title, draft.description, draft.tags, draft.message]
    for file in prepared:
        texts += [file.name, "" if draft.encrypted else file.decoded]
    blocking.require_allowed(viewer=viewer, texts=texts)


def _rate(viewer: Viewer) -> dict[str, Any]:
    """What counts the pastes and revisions of an author together."""
    return {
        "what": "publish",
        "subject": limits.subject_of(user=viewer.user, address=viewer.address),
        "rate": conf.rate("PUBLISH_RATE_ACCOUNT" if viewer.account else "PUBLISH_RATE_ANONYMOUS"),
    }
