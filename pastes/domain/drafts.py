"""A paste as the draft of itself: what a program begins with that changes only some of it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from pastes.domain import content
from pastes.domain.content import NewFile
from pastes.domain.publishing import Draft
from pastes.exceptions import Invalid
from pastes.models import File, Paste


def of(paste: Paste, *, files: Sequence[NewFile]) -> Draft:
    """All settings as they are, over these files."""
    return Draft(
        files=files,
        title=paste.title,
        description=paste.description,
        visibility=paste.visibility,
        expires_at=paste.expires_at,
        burn=paste.burn,
        max_views=paste.max_views,
        password=None,
        tags=paste.tags,
    )


def keep(file: File, *, name: str = "", language: str = "") -> NewFile:
    """A file with its bytes; with another name or language where one is given.

    Raises:
        NotFound, Unavailable: as `content.read`.
    """
    return NewFile(content.read(file), name or file.name, language or file.language)


def find(files: Sequence[File], *, name: str, field: str) -> File:
    """The file with this name.

    Raises:
        Invalid: when there is none, said of ``field``.
    """
    file = next((file for file in files if file.name == name), None)
    if file is None:
        raise Invalid({field: [_("There is no file “%(name)s” to keep.") % {"name": name[:100]}]})
    return file
