"""What is kept of each paste to be searched: its names, and the text of its files. `pastes.domain.search` finds it."""

from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction

from pastes import queue
from pastes.domain import content, reading
from pastes.exceptions import NotFound, Unavailable
from pastes.models import File, Paste, SearchText
from pastes.models.pastes import UNGATED
from pastes.rendering import languages, terminal
from pastes.rendering.text import BYTE_ORDER_MARK
from pastes.search import terms

log = structlog.get_logger("pastes.indexing")

BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """A batch of `index_all`: its last id, how many were read, and of how many the text could not be."""

    last: int
    done: int
    failed: int


def later(paste: Paste) -> None:
    """Have the worker read a changed paste's text; call it in the transaction that saves the paste.

    Until then it is not found: what its author has just taken out of it must not be, not even with the worker away.
    """
    SearchText.objects.filter(paste=paste).delete()
    reading.forget_highlights(paste)
    queue.later("index", paste.pk)


def index(paste_id: int) -> bool:
    """Keep what is searched of a paste. Returns whether there is anything: what opens only so often has nothing.

    Raises:
        Unavailable: when the object store does not give the text.
    """
    paste = Paste.objects.filter(pk=paste_id).first()
    if paste is None:
        return False
    try:
        row = _row(paste) if _is_searched(paste) else None
    except NotFound:  # removed while its text was read
        return False
    with transaction.atomic():
        locked = Paste.objects.select_for_update().filter(pk=paste.pk).first()
        if locked is None:
            return False
        if locked.updated != paste.updated:  # while the old text was read
            later(locked)
        elif row is None:
            SearchText.objects.filter(paste=paste_id).delete()
        else:
            row.save()
            return True
    return False


def index_all(*, after: int = 0, again: bool = False, dry_run: bool = False) -> Iterator[Indexed]:
    """Index pastes that should be and are not, or with ``again`` all that should be, in batches by id.

    Args:
        after: the id to go on after.
        again: also those that are indexed.
        dry_run: change nothing.

    Yields:
        each batch.

    Raises:
        Unavailable: when the object store gives not one text of a batch.
    """
    wanted = Paste.objects.present().filter(UNGATED, encrypted=False)
    if not again:
        wanted = wanted.filter(search_text=None)
    while ids := list(wanted.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        after, failed = ids[-1], 0
        for paste_id in ids if not dry_run else ():
            try:
                index(paste_id)
                reading.keep_highlights(paste_id)
            except Unavailable:
                failed += 1
                log.warning("not_indexed", paste=paste_id)
                if failed == len(ids):
                    raise
        yield Indexed(last=after, done=len(ids) - failed, failed=failed)


def _is_searched(paste: Paste) -> bool:
    return not paste.is_gated and not paste.encrypted


def _row(paste: Paste) -> SearchText:
    """What is kept of a paste: its names, and the first `SEARCH_BYTES` of its latest files.

    Raises:
        NotFound: when it is not there any more.
        Unavailable: when the store does not give them.
    """
    files = File.objects.filter(revision__paste=paste, revision__number=paste.revision_count).order_by("position")
    left, length = min(settings.SEARCH_BYTES, terms.MOST_BYTES), 0
    names, texts, starts = [paste.title, paste.description], [], []
    for file in files:
        names.append(file.name)
        if not left or file.encoding == "binary":
            continue
        data = content.read_range(file, 0, min(left, file.size))
        left -= len(data)
        text = terms.storable(_words(file, data))
        starts.append([file.position, file.name, length])
        texts.append(text)
        length += len(text) + 1
    text = "\n".join(texts)
    folded = terms.fold("\n".join([*names, text]))
    return SearchText(paste=paste, text=text, folded=folded, words=terms.words_of(folded), files=starts)


def _words(file: File, data: bytes) -> str:
    """What a reader sees of a file's bytes; its lines stay the same lines."""
    text = content.decode(file, data).removeprefix(BYTE_ORDER_MARK)
    return terminal.stripped(text) if file.language == languages.TERMINAL else text
