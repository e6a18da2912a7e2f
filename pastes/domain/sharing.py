"""Secret links to private pastes: made, listed and revoked by the author."""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pastes import validators
from pastes.domain import access
from pastes.domain.access import Viewer
from pastes.exceptions import Invalid, NotFound
from pastes.models import Paste, ShareLink

MOST_LINKS = 50


def make(*, paste: Paste, viewer: Viewer, label: str = "", expires_at: datetime | None = None) -> tuple[ShareLink, str]:
    """A new link and its token, which is not kept and cannot be shown again.

    Raises:
        Forbidden: when the viewer is not the author.
        Invalid: when the label cannot be stored, or there are too many links already.
    """
    access.require_author(paste=paste, viewer=viewer)
    try:
        validators.storable(label)
    except ValidationError as error:
        raise Invalid({"label": error.messages}) from error
    if ShareLink.objects.filter(paste=paste).count() >= MOST_LINKS:
        raise Invalid({"": [_("A paste can have %(limit)s links. Revoke one first.") % {"limit": MOST_LINKS}]})
    token = secrets.token_urlsafe(24)
    link = ShareLink.objects.create(
        paste=paste, label=label[:80], token_hash=access.hash_token(token), expires_at=expires_at
    )
    return link, token


def links(*, paste: Paste, viewer: Viewer) -> QuerySet[ShareLink]:
    """The links of a paste, the newest first.

    Raises:
        Forbidden: when the viewer is not the author.
    """
    access.require_author(paste=paste, viewer=viewer)
    return ShareLink.objects.filter(paste=paste).order_by("-pk")


def page(*, paste: Paste, viewer: Viewer, after: int | None = None, size: int) -> tuple[list[ShareLink], str]:
    """Some of them: those made before the one with id ``after``, and the ``after`` of the next page ("": no more).

    Raises:
        Forbidden: when the viewer is not the author.
    """
    found = links(paste=paste, viewer=viewer)
    if after is not None:
        found = found.filter(pk__lt=after)
    some = list(found[: size + 1])
    return some[:size], str(some[size - 1].pk) if len(some) > size else ""


def revoke(*, paste: Paste, viewer: Viewer, link_id: int) -> None:
    """End a link; ending it again changes nothing.

    Raises:
        Forbidden: when the viewer is not the author.
    """
    access.require_author(paste=paste, viewer=viewer)
    ShareLink.objects.filter(paste=paste, pk=link_id).delete()


def find_by_token(*, token: str, at: datetime | None = None) -> Paste:
    """The paste a link leads to.

    Raises:
        NotFound: when the link never was, is revoked or expired, or its paste is gone.
    """
    link = ShareLink.objects.live(at).select_related("paste__owner").filter(token_hash=access.hash_token(token)).first()
    if link is None or not link.paste.is_live(at):
        raise NotFound
    return link.paste
