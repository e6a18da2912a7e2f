"""Publishing a text, changing it, copying it, and taking it away."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pastes import cache, conf, queue, validators
from pastes.domain import access, anchors, blocking, content, deliveries, expiry, indexing, keys, limits, reading, tags
from pastes.domain.access import Viewer
from pastes.domain.content import NewFile, PreparedFile
from pastes.exceptions import Conflict, Forbidden, Invalid, NotFound, Reused
from pastes.models import File, IdempotencyKey, Paste, Revision, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an author wants published.

    ``password`` is the text of one, "" for none, None to leave the present one; ``max_views`` None does not count.
    ``tags`` are written with blanks or commas between them.
    """

    files: Sequence[NewFile]
    title: str = ""
    description: str = ""
    visibility: str = Visibility.PUBLIC
    expires_at: datetime | None = None
    burn: bool = False
    max_views: int | None = None
    password: str | None = ""
    message: str = ""
    tags: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A new paste, and the token with which an author without an account may change it ("" for others)."""

    paste: Paste
    edit_token: str
    repeated: bool = False


def create(
    *,
    draft: Draft,
    viewer: Viewer,
    forked_from: Paste | None = None,
    idempotency_key: str = "",
    trusted: bool = False,
    at: datetime | None = None,
) -> Published:
    """Publish a draft.

    The objects are stored first; the key, the rows and the queue's task are one transaction. Sent again with the same
    ``idempotency_key`` by the same author, the first paste is the answer and nothing is published. ``trusted`` is for
    an operator on the machine itself: no rate holds, and the larger limits do.

    Raises:
        Invalid, TooLarge: when the draft does not fit.
        Reused: when something else was published with this ``idempotency_key``.
        Refused: when a blocked word is in it, or it comes from a blocked address.
        TooMany: when this author publishes too often.
        Unavailable: when the object store does not take it.
    """
    subject = limits.subject_of(user=viewer.user, address=viewer.address)
    digest = fingerprint(draft=draft, forked_from=forked_from) if idempotency_key else ""
    if idempotency_key and (earlier := _published_before(subject, idempotency_key, digest)):
        return Published(earlier, "", repeated=True)
    _require_valid(draft)
    prepared = content.prepare(files=draft.files, limits=conf.limits_for(viewer.user, trusted=trusted))
    if not trusted:
        _require_allowed(draft, prepared, viewer)
        _spend(viewer, at=at)
    edit_token = "" if viewer.account else secrets.token_urlsafe(24)
    content.store(prepared)
    try:
        with transaction.atomic():
            paste = _insert(draft, prepared, viewer, forked_from=forked_from, edit_token=edit_token, at=at)
            if idempotency_key:
                value = _request_hash(idempotency_key)
                IdempotencyKey.objects.create(subject=subject, value=value, digest=digest, paste=paste)
    except (OperationalError, InterfaceError):
        raise  # the connection broke, perhaps after the commit arrived: whether the objects have rows the sweep finds
    except IntegrityError:
        content.discard([file.object_name for file in prepared])
        if idempotency_key and (earlier := _published_before(subject, idempotency_key, digest)):
            return Published(earlier, "", repeated=True)
        raise
    except BaseException:
        content.discard([file.object_name for file in prepared])
        raise
    if paste.is_listed:
        expiry.drop_lists()
    return Published(paste, edit_token)


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
        Invalid, TooLarge, Refused, TooMany, Unavailable: as `create`.
    """
    access.require_author(paste=paste, viewer=viewer)
    _require_valid(draft)
    prepared = content.prepare(files=draft.files, limits=conf.limits_for(viewer.user))
    _require_allowed(draft, prepared, viewer)
    _spend(viewer, at=at)
    current = latest(paste)
    if current.number != base:
        raise Conflict(current=current)
    old_files = list(current.files.all())
    stored = _reuse_objects(prepared, old_files)
    same = _describe(prepared) == _describe(old_files)
    added, removed = (0, 0) if same else _count_changes(prepared, old_files)
    follower = None if same else anchors.follow(paste=paste, old=old_files, new=prepared)
    content.store(prepared)
    new_objects = [file.object_name for file in prepared if file.object_name not in stored]
    now = at or timezone.now()
    try:
        with transaction.atomic():
            row = Paste.objects.select_for_update().get(pk=paste.pk)
            if row.revision_count != base or unchanged_since not in {None, row.updated}:
                raise Conflict(current=latest(row))
            revision = None
            if follower:
                revision = _add_revision(
                    row, number=base + 1, viewer=viewer, message=draft.message, at=now, added=added, removed=removed
                )
                _warm(content.attach(revision=revision, prepared=prepared))
                anchors.settle(paste=row, follower=follower)
            _apply(row, draft, prepared, number=base if same else base + 1, at=now)
            row.save()
            tags.assign(paste=row, names=tags.parse(draft.tags))
            indexing.later(row)
            expiry.drop_page(row)
    except (OperationalError, InterfaceError):
        raise  # as in `create`
    except Paste.DoesNotExist as error:
        content.discard(new_objects)
        raise NotFound from error
    except BaseException:
        content.discard(new_objects)
        raise
    return revision


def fork(*, paste: Paste, draft: Draft, viewer: Viewer, idempotency_key: str = "") -> Published:
    """Publish a copy that says where it came from. Its objects are its own.

    Raises:
        Forbidden: when only a gate's opening let the viewer read it, whose text is not for copying.
        Invalid, TooLarge, Refused, TooMany, Unavailable: as `create`.
    """
    if paste.max_opens is not None:
        raise Forbidden(_("A paste that can be read only so often cannot be forked."))
    return create(draft=draft, viewer=viewer, forked_from=paste, idempotency_key=idempotency_key)


def fingerprint(*, draft: Draft, forked_from: Paste | None = None) -> str:
    """What tells one draft from another, in 64 characters.

    When it expires is no part of it, because "in a day" is another moment each time it is sent; neither is a password.
    """
    said = [draft.title, draft.description, draft.visibility, draft.burn, draft.max_views, draft.tags, draft.message]
    files = [[file.name, file.language, sha256(file.data).hexdigest()] for file in draft.files]
    source = forked_from.key if forked_from else ""
    return sha256(json.dumps([said, bool(draft.password), files, source]).encode()).hexdigest()


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


def _insert(
    draft: Draft,
    prepared: Sequence[PreparedFile],
    viewer: Viewer,
    *,
    forked_from: Paste | None,
    edit_token: str,
    at: datetime | None,
) -> Paste:
    now = at or timezone.now()
    paste = Paste(
        key=keys.claim(),
        owner=viewer.account,
        created=now,
        forked_from=forked_from,
        edit_token_hash=access.hash_token(edit_token) if edit_token else "",
        address_hash=limits.address_hash(viewer.address) if viewer.address else "",
    )
    _apply(paste, draft, prepared, number=1, at=now)
    paste.save(force_insert=True)
    tags.assign(paste=paste, names=tags.parse(draft.tags))
    revision = _add_revision(
        paste, number=1, viewer=viewer, message="", at=now, added=sum(file.lines for file in prepared), removed=0
    )
    _warm(content.attach(revision=revision, prepared=prepared))
    indexing.later(paste, is_new=True)
    deliveries.created(paste=paste)
    return paste


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
    paste.updated = at
    paste.revision_count = number
    if draft.password is not None:
        paste.password = make_password(draft.password) if draft.password else ""
    for name, value in content.summary(prepared).items():
        setattr(paste, name, value)


def _add_revision(
    paste: Paste, *, number: int, viewer: Viewer, message: str, at: datetime, added: int, removed: int
) -> Revision:
    return Revision.objects.create(
        paste=paste,
        number=number,
        version=secrets.token_hex(20),
        author=viewer.account,
        created=at,
        message=message,
        added=added,
        removed=removed,
    )


def _warm(files: Sequence[File]) -> None:
    """Have the worker highlight long files before anybody asks, where its cache is the web processes' too."""
    for file in files:
        if file.parts and file.size <= reading.WHOLE_BYTES and cache.is_shared():
            queue.later("warm", file.pk)


def _require_allowed(draft: Draft, prepared: Sequence[PreparedFile], viewer: Viewer) -> None:
    """Let pass what the operator has not blocked. A binary file has no words; its name has."""
    texts = [draft.title, draft.description, draft.tags, draft.message]
    for file in prepared:
        texts += [file.name, file.decoded]
    blocking.require_allowed(viewer=viewer, texts=texts)


def _spend(viewer: Viewer, *, at: datetime | None) -> None:
    """Count one more paste or revision of this author.

    Raises:
        TooMany: when it is one too many.
    """
    limits.spend(
        what="publish",
        subject=limits.subject_of(user=viewer.user, address=viewer.address),
        rate=conf.rate("PUBLISH_RATE_ACCOUNT" if viewer.account else "PUBLISH_RATE_ANONYMOUS"),
        at=at,
    )


def _published_before(subject: str, idempotency_key: str, digest: str) -> Paste | None:
    value = _request_hash(idempotency_key)
    row = IdempotencyKey.objects.select_related("paste").filter(subject=subject, value=value).first()
    if row and row.digest not in {"", digest}:  # "" is of a release that did not keep it
        raise Reused
    return row.paste if row else None


def _request_hash(idempotency_key: str) -> str:
    """A client's key may be of any length and have any characters in it; its hash fits every database."""
    return sha256(idempotency_key.encode(errors="surrogatepass")).hexdigest()


def _require_valid(draft: Draft) -> None:
    """The rules that hold whichever door the draft came through.

    Raises:
        Invalid: with messages by field.
    """
    errors: dict[str, list[str]] = {}
    for name, value, most in (
        ("title", draft.title, 200),
        ("description", draft.description, 2_000),
        ("message", draft.message, 200),
        ("password", draft.password or "", 1_000),
    ):
        try:
            validators.storable(value)
        except ValidationError as error:
            errors.setdefault(name, []).extend(error.messages)
        if len(value) > most:
            errors.setdefault(name, []).append(_("At most %(limit)s characters fit here.") % {"limit": most})
    if draft.visibility not in Visibility.values:
        errors["visibility"] = [_("Choose one of: %(choices)s.") % {"choices": ", ".join(Visibility.values)}]
    if draft.max_views is not None and not 1 <= draft.max_views <= 1_000_000:
        errors["max_views"] = [_("A number of views is between 1 and 1,000,000.")]
    try:
        tags.parse(draft.tags)
    except Invalid as error:
        errors |= error.errors
    if errors:
        raise Invalid(errors)


def _describe(files: Sequence[PreparedFile] | Sequence[File]) -> list[tuple[str, str, str]]:
    return [(file.name, file.language, file.sha256) for file in files]


def _reuse_objects(prepared: Sequence[PreparedFile], old_files: Sequence[File]) -> set[str]:
    """Let files with the same bytes share the object of the revision before; returns the objects of that revision."""
    by_hash = {file.sha256: file.object_name for file in old_files}
    for file in prepared:
        file.object_name = by_hash.get(file.sha256, "")
    return set(by_hash.values())


def _count_changes(prepared: Sequence[PreparedFile], old_files: Sequence[File]) -> tuple[int, int]:
    """Lines added and removed, over all files, paired by name."""
    old = {file.name: file for file in old_files}
    added = removed = 0
    for file in prepared:
        before = old.pop(file.name, None)
        if before is None:
            added += file.lines
        elif before.sha256 != file.sha256:
            more, less = content.changed_lines(old=content.decode(before, content.read(before)), new=file.decoded)
            added, removed = added + more, removed + less
    return added, removed + sum(file.lines for file in old.values())
