"""The one door: who may see a paste, and who may change it.

A stranger's request for somebody's private paste ends exactly like one for a key that never existed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AnonymousUser
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.prepared import Prepared
from pastes import conf
from pastes.domain import limits
from pastes.exceptions import Forbidden, Locked, NotFound
from pastes.models import BurnReceipt, Paste, ShareLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Whoever asks, with all that they bring: an account, an address, and secrets from cookies or headers."""

    user: User | AnonymousUser = field(default_factory=AnonymousUser)
    address: str = ""
    edit_token: str = ""
    share_token: str = ""
    unlock_proof: str = ""

    @property
    def account(self) -> User | None:
        """The account, when there is one."""
        return self.user if isinstance(self.user, User) else None


_with_key = Prepared(
    lambda key: Paste.objects.select_related("owner", "forked_from").filter(key=key),
    key="sample-key",
)


def hash_token(token: str) -> str:
    """What is kept of a token. Tokens are random and long, so a plain hash cannot be searched backwards."""
    return sha256(token.encode()).hexdigest()


def find_paste(*, key: str, viewer: Viewer, at: datetime | None = None) -> Paste:
    """The paste with this key, for this viewer.

    Raises:
        NotFound: when there is none, when it is expired, deleted or hidden, or private and not for this viewer.
    """
    paste = next(iter(_with_key(key=key)), None)
    if paste is None or not paste.is_live(at) or _used_up(paste, viewer):
        raise NotFound
    if paste.is_private and not is_author(paste=paste, viewer=viewer) and not _has_share(paste, viewer, at):
        raise NotFound
    return paste


def find_own_paste(*, key: str, viewer: Viewer, at: datetime | None = None) -> Paste:
    """The same, for changing it.

    Raises:
        NotFound: as `find_paste`.
        Forbidden: when the viewer may read it and is not its author.
    """
    paste = find_paste(key=key, viewer=viewer, at=at)
    require_author(paste=paste, viewer=viewer)
    return paste


def require_author(*, paste: Paste, viewer: Viewer) -> None:
    """Let only the author pass.

    Raises:
        Forbidden: for everybody else.
    """
    if not is_author(paste=paste, viewer=viewer):
        raise Forbidden


def require_readable(paste: Paste) -> None:
    """Let pass what the site itself can read, and so change or copy.

    Raises:
        Forbidden: when it was encrypted before it came here.
    """
    if paste.encrypted:
        raise Forbidden(_("An encrypted paste stays as it is."), _("Publish its text anew, and delete this one."))


def is_author(*, paste: Paste | BurnReceipt, viewer: Viewer) -> bool:
    """Whether it is theirs: by account, or by the edit token while nobody's account owns it."""
    if paste.owner_id is not None:
        return viewer.user.is_authenticated and paste.owner_id == viewer.user.pk
    return bool(paste.edit_token_hash and viewer.edit_token) and constant_time_compare(
        paste.edit_token_hash, hash_token(viewer.edit_token)
    )


def find_receipt(*, key: str, viewer: Viewer) -> BurnReceipt | None:
    """What its author sees where a burnt paste was."""
    receipt = BurnReceipt.objects.filter(key=key).first()
    return receipt if receipt and is_author(paste=receipt, viewer=viewer) else None


def unlock_proof(paste: Paste) -> str:
    """What a browser keeps after the right password; it ends with the password it was made for."""
    return salted_hmac("pastes.unlock", f"{paste.key}:{paste.password}", algorithm="sha256").hexdigest()


def require_password(*, paste: Paste, viewer: Viewer, password: str) -> None:
    """Let pass who is the author, has shown the password before, or shows it now.

    Raises:
        Locked: when there is a password and it was not given, or not rightly.
        TooMany: when somebody guesses.
    """
    if not paste.password or is_author(paste=paste, viewer=viewer):
        return
    if viewer.unlock_proof and constant_time_compare(viewer.unlock_proof, unlock_proof(paste)):
        return
    if not password:
        raise Locked(paste=paste, needs_password=True)
    limits.spend(
        what=f"guess:{paste.key}",
        subject=limits.subject_of(user=viewer.user, address=viewer.address),
        rate=conf.rate("GUESS_RATE"),
    )
    if not check_password(password, paste.password):
        raise Locked(paste=paste, needs_password=True, wrong_password=True)


def _used_up(paste: Paste, viewer: Viewer) -> bool:
    return paste.max_opens is not None and paste.opens >= paste.max_opens and not is_author(paste=paste, viewer=viewer)


def _has_share(paste: Paste, viewer: Viewer, at: datetime | None) -> bool:
    return (
        bool(viewer.share_token)
        and ShareLink.objects.live(at).filter(paste=paste, token_hash=hash_token(viewer.share_token)).exists()
    )
