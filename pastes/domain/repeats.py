"""Requests to publish that may be sent again and must not publish twice."""

from dataclasses import dataclass
from hashlib import sha256

from pastes.exceptions import Reused
from pastes.models import IdempotencyKey, Paste


@dataclass(frozen=True, slots=True)
class Sent:
    """Who sent a draft, the hash of the key that they sent with it, and what tells it from other drafts."""

    subject: str
    value: str
    digest: str

    def row(self, paste: Paste) -> IdempotencyKey:
        """What is kept of it, with the paste that came of it."""
        return IdempotencyKey(subject=self.subject, value=self.value, digest=self.digest, paste=paste)


def sent(*, subject: str, key: str, digest: str) -> Sent:
    """A client's ``key`` may be of any length and have any characters in it; its hash fits every database."""
    return Sent(subject, sha256(key.encode(errors="surrogatepass")).hexdigest(), digest)


def find(sent: Sent) -> Paste | None:
    """The paste that was published when this was sent before.

    Raises:
        Reused: when it was something else that was sent.
    """
    found = IdempotencyKey.objects.find(subject=sent.subject, value=sent.value)
    if found is None:
        return None
    digest, paste_id = found
    if digest not in {"", sent.digest}:  # "" is of a release that did not keep it
        raise Reused
    return Paste.objects.filter(pk=paste_id).first()
