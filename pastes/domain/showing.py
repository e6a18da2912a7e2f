"""The views of a file: as the text it is, and as what the text means where a page can show that."""

from pastes import cache
from pastes.domain import content
from pastes.models import File
from pastes.rendering import documents, languages, tables
from pastes.rendering.tables import Page

CODE, RENDERED, TABLE = "code", "rendered", "table"

RETRY_SECONDS = 600
"""What could not be shown is shown as text this long before it is tried again."""

LARGEST_DOCUMENT = 4 * documents.LONGEST
"""Bytes. A larger file cannot be short enough, and is not read to find that out."""


def views(file: File) -> tuple[str, ...]:
    """The views a file has; the first is the one to begin with, as people know it from GitHub and its gists."""
    if file.encoding == "binary" or not file.lines:
        return (CODE,)
    if file.language == languages.MARKDOWN:
        return (RENDERED, CODE)
    return (TABLE, CODE) if file.language in languages.TABLES else (CODE,)


def document(*, file: File, anchor: str, data: bytes | None = None) -> str | None:
    """A file of Markdown as HTML, from the cache where it has it; None where the text must do.

    Args:
        file: the file.
        anchor: what tells the files of a page apart.
        data: the file's bytes where they must not be cached.

    Raises:
        Unavailable: when the text cannot be read now.
    """
    if file.size > LARGEST_DOCUMENT:
        return None
    prefix = f"{anchor}doc-"
    if data is not None:
        return documents.render(content.decode(file, data), prefix=prefix)
    name = f"{file.sha256}:{RENDERED}:{prefix}"
    kept = cache.fragment(name)
    if kept is None:
        html = documents.render(content.decode(file, content.read(file)), prefix=prefix)
        kept = html or _NOT
        cache.keep_fragment(name, kept, seconds=cache.FRAGMENT_SECONDS if html else RETRY_SECONDS)
    return None if kept == _NOT else kept


def table(*, file: File, anchor: str, first: int = 1, data: bytes | None = None) -> Page | None:
    """The rows of a table from row ``first`` on, from the cache where it has them; None where the text must do.

    Raises:
        Unavailable: when the text cannot be read now.
    """
    query = f"&file={file.position + 1}" if file.position else ""
    if data is not None:
        return tables.render(content.decode(file, data), anchor=anchor, query=query)
    name = f"{file.sha256}:{TABLE}:{anchor}{first}"
    kept = cache.fragment(name)
    if kept is None:
        page = tables.render(content.decode(file, content.read(file)), first=first, anchor=anchor, query=query)
        kept = _pack(page) if page else _NOT
        cache.keep_fragment(name, kept, seconds=cache.FRAGMENT_SECONDS if page else RETRY_SECONDS)
    return None if kept == _NOT else _unpack(kept)


_NOT = "-"
"""Kept in place of what could not be made."""


def _pack(page: Page) -> str:
    return "\0".join([page.head, page.body, *map(str, page[2:])])


def _unpack(packed: str) -> Page:
    head, body, first, last, total, columns = packed.split("\0")
    return Page(head, body, int(first), int(last), int(total), int(columns))
