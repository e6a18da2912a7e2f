"""Before everybody can read a text: the credentials in it are shown to its author, who decides.

What only its author sees, what a password stands before and what opens only so often is left alone: these are the ways
to pass a secret on. What was found is in no log; the kinds of it are.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import structlog
from django.conf import settings

from pastes import spotting
from pastes.domain import content
from pastes.domain.content import NewFile, PreparedFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Finding, HasSecrets
from pastes.models import File, Paste, Visibility
from pastes.rendering import text as texts
from pastes.spotting import Leak

log = structlog.get_logger("pastes.guarding")

MOST = 20
"""Findings that are shown; whoever has more knows what to do by then."""

ENOUGH = 1_000
"""Findings in one text, among which those that are shown come in the order of the lines."""

FIELDS = ("title", "description", "message")


def require_none(*, draft: Draft, prepared: Sequence[PreparedFile], paste: Paste | None = None) -> None:
    """Let pass what holds no credential, or is not for everybody, or is allowed by its author.

    In a revision of ``paste`` only what everybody could not read there before counts.

    Raises:
        HasSecrets: with where they stand.
    """
    if draft.allow_secrets or not settings.SECRET_GUARD or not _is_open(draft, paste):
        return
    if next(_findings(draft, prepared, known=(), most=1), None) is None:
        return
    found = _findings(draft, prepared, known=_known(paste), most=ENOUGH)
    shown = list(islice(found, MOST))
    if shown:
        log.info("secrets_found", kinds=sorted({finding.kind for finding in shown}))
        raise HasSecrets(shown, more=next(found, None) is not None)


def redacted(*, draft: Draft, paste: Paste | None = None) -> Draft:
    """The draft with `spotting.REDACTED` in the place of everything for which `require_none` would stop it."""
    known = _known(paste)
    return replace(
        draft,
        files=[_redacted_file(file, known) for file in draft.files],
        title=_redacted(draft.title, known),
        description=_redacted(draft.description, known),
        message=_redacted(draft.message, known),
    )


def _is_open(draft: Draft, paste: Paste | None) -> bool:
    """Whether everybody with the address will read the text, and nothing stands before it."""
    if draft.visibility == Visibility.PRIVATE or draft.encrypted:
        return False
    if draft.burn or draft.max_views is not None or draft.password:
        return False
    return draft.password is not None or paste is None or not paste.password


def _known(paste: Paste | None) -> frozenset[str]:
    """The credentials that everybody can read in the latest revision already."""
    if paste is None or not paste.is_shared_page:
        return frozenset()
    files = File.objects.filter(revision__paste=paste, revision__number=paste.revision_count)
    said = [paste.title, paste.description, *(content.decode(file, content.read(file)) for file in files)]
    return frozenset(leak.value for text in said for leak in spotting.find(text))


def _findings(draft: Draft, prepared: Sequence[PreparedFile], *, known: Container[str], most: int) -> Iterator[Finding]:
    for name in FIELDS:
        text: str = getattr(draft, name)
        yield from _in_text(text, spotting.find(text, known=known, most=most), field=name)
    for index, file in enumerate(prepared):
        found = spotting.find(file.decoded, known=known, most=most)
        yield from _in_text(file.decoded, found, field="content", index=index, file=file.name)


def _in_text(
    text: str, found: Sequence[Leak], *, field: str, index: int | None = None, file: str = ""
) -> Iterator[Finding]:
    line, position = 1, 0
    for leak in found:
        line += text.count("\n", position, leak.start)
        position = leak.start
        yield Finding(field, index, file, line, leak.kind.code, leak.kind.label, leak.preview)


def _redacted(text: str, known: frozenset[str]) -> str:
    return spotting.redact(text, spotting.find(text, known=known))


def _redacted_file(file: NewFile, known: frozenset[str]) -> NewFile:
    decoded = texts.decode(file.data)
    said = _redacted(decoded.text, known)
    return replace(file, data=said.encode(decoded.encoding)) if said != decoded.text else file
