"""The rows of a paste without a text: what `pastes.domain.redacting` found is written here, in its transaction.

What a database keeps of a paste in words is in the tables below. A new column with words of people belongs to them.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from pastes import validators
from pastes.domain import deliveries, discussion, expiry, indexing, tags
from pastes.domain.leaks import Leak
from pastes.models import Comment, File, Notification, PageCopy, Paste, Report, Revision, ShareLink, Tag

BESIDE = ((Revision, "message"), (ShareLink, "label"), (Report, "reason"), (Notification, "text"))
"""Columns with words, of tables whose rows belong to a paste."""


@dataclass(frozen=True, slots=True)
class NewText:
    """An object that takes the place of another, and what rows say of it.

    Attributes:
        old, name: of the two objects.
        size, sha256, parts: as in `File`.
        excerpt: how it begins.
        remarks: by comment on its lines, the fields with what these say now.
    """

    old: str
    name: str
    size: int
    sha256: str
    parts: list[list[int]]
    excerpt: str
    remarks: dict[int, dict[str, str]]


def write(
    *,
    paste: Paste,
    leak: Leak,
    texts: Sequence[NewText],
    html: Mapping[str, str],
    author: User | None,
    at: datetime,
) -> None:
    """Change all rows; call it with the paste's row locked. ``html`` is of the comments whose words change.

    Lines keep their numbers, so where comments and links point to stays where it is.
    """
    for text in texts:
        File.objects.filter(revision__paste=paste, object_name=text.old).update(
            object_name=text.name, size=text.size, sha256=text.sha256, parts=text.parts
        )
    latest = Revision.objects.get(paste=paste, number=paste.revision_count)
    names = _rename_files(paste, leak)
    _rewrite_comments(paste, leak, texts, names, latest, html)
    beside = [_rewrite(model, column, paste, leak) for model, column in BESIDE]
    if any([texts, names, beside[0], _rewrite_paste(paste, leak)]):
        _add_revision(paste, leak, texts, author=author, at=at)
    indexing.later(paste)
    PageCopy.objects.filter(paste=paste).delete()
    expiry.drop_page(paste)


def _rename_files(paste: Paste, leak: Leak) -> dict[tuple[int, str], str]:
    """Give files another name whose name has it, in each revision its own; returns what they are called now."""
    renamed: dict[tuple[int, str], str] = {}
    having = Revision.objects.filter(paste=paste, files__name__contains=leak.probe).distinct()
    for revision in having.prefetch_related("files"):
        files = list(revision.files.all())
        taken = {file.name for file in files if not leak.is_in(file.name)}
        for file in files:
            if leak.is_in(file.name):
                name = _free_name(leak.removed_from(file.name), taken)
                renamed[revision.pk, file.name] = name
                taken.add(name)
                File.objects.filter(pk=file.pk).update(name=name)
    return renamed


def _free_name(name: str, taken: set[str]) -> str:
    number, candidate = 1, name
    while candidate in taken or len(candidate.encode()) > validators.MAX_NAME_LENGTH:
        number += 1
        room = validators.MAX_NAME_LENGTH - len(str(number)) - 1
        candidate = f"{number}-{name.encode()[-room:].decode(errors='ignore')}"
    return candidate


def _rewrite_comments(
    paste: Paste,
    leak: Leak,
    texts: Sequence[NewText],
    names: Mapping[tuple[int, str], str],
    latest: Revision,
    html: Mapping[str, str],
) -> None:
    """What people said of it, and what was kept of the lines they point at.

    A comment is not marked as edited by this: its author did nothing.
    """
    for pk, fields in ((pk, fields) for text in texts for pk, fields in text.remarks.items()):
        Comment.objects.filter(pk=pk).update(**fields)
    for (revision, old), new in names.items():
        Comment.objects.filter(paste=paste, revision=revision, file_name=old).update(file_name=new)
        if revision == latest.pk:
            Comment.objects.filter(paste=paste, current_file=old).update(current_file=new)
    for pk, body in Comment.objects.filter(paste=paste, body__contains=leak.probe).values_list("pk", "body"):
        if leak.is_in(body):
            after = leak.removed_from(body)
            rendered = html[after] if after in html else discussion.render(after)[0]
            Comment.objects.filter(pk=pk).update(body=after, html=rendered)


def _rewrite(model: Any, column: str, paste: Paste, leak: Leak) -> int:
    """The words in one column; returns how many rows had it."""
    count = 0
    for pk, text in model.objects.filter(paste=paste, **{f"{column}__contains": leak.probe}).values_list("pk", column):
        if leak.is_in(text):
            model.objects.filter(pk=pk).update(**{column: _fitting(model, column, leak.removed_from(text))})
            count += 1
    return count


def _rewrite_paste(paste: Paste, leak: Leak) -> bool:
    """Its own words, in the row that is not saved yet, and its tags; returns whether they had it."""
    before = (paste.title, paste.description, paste.tags)
    paste.title = _fitting(Paste, "title", leak.removed_from(paste.title))
    paste.description = _fitting(Paste, "description", leak.removed_from(paste.description))
    if paste.title != before[0]:
        deliveries.retitle(paste=paste)
    gone = [name for name in paste.tag_names if leak.is_in_tag(name)]
    if gone:
        tags.assign(paste=paste, names=[name for name in paste.tag_names if name not in gone])
        Tag.objects.filter(name__in=gone, taggings=None).delete()
    return (paste.title, paste.description, paste.tags) != before


def _add_revision(paste: Paste, leak: Leak, texts: Sequence[NewText], *, author: User | None, at: datetime) -> None:
    """End with a revision that says when it was, by whom; it has the files of the one before."""
    files = list(File.objects.filter(revision__paste=paste, revision__number=paste.revision_count).order_by("position"))
    paste.revision_count += 1
    paste.updated = at
    paste.size = sum(file.size for file in files)
    paste.file_name = files[0].name
    paste.excerpt = next((text.excerpt for text in texts if text.name == files[0].object_name), paste.excerpt)
    revision = Revision.objects.create(
        paste=paste,
        number=paste.revision_count,
        version=secrets.token_hex(20),
        author=author,
        created=at,
        message=leak.removed_from(_("A text was removed from this paste and its history.")),
    )
    for file in files:
        file.pk, file.revision = None, revision
        file._state.adding = True
    File.objects.bulk_create(files)
    paste.save()


def _fitting(model: Any, column: str, text: str) -> str:
    """As much of it as the column holds: the mark may be longer than what it stands for."""
    return text[: model._meta.get_field(column).max_length]
