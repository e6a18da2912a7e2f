"""Changing some files of a paste and leaving the others as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from pastes.domain import access, content, publishing, reading
from pastes.domain.access import Viewer
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Conflict, Invalid
from pastes.models import File, Paste

ATTEMPTS = 3
"""A patch says what is to change and not of which revision: it is made again on what somebody else saved meanwhile."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file's new name and text; what is None stays."""

    name: str | None = None
    text: str | None = None


type Changes = Mapping[str, Change | None]
"""By the file's present name. None takes the file away; the name of no file, with a text, is a new one."""


def patch(
    *, key: str, viewer: Viewer, changes: Changes, description: str | None = None, allow_secrets: bool = False
) -> Paste:
    """Make a revision of a paste in which only ``changes`` differ; all settings stay. Returns the paste as it is then.

    Raises:
        NotFound, Forbidden: as `access.find_own_paste`.
        Invalid: when no file would be left, two would have one name, or a file to rename is not there.
        Conflict: when somebody else saves all the time.
        TooLarge, Refused, HasSecrets, TooMany, Unavailable: as `publishing.revise`.
    """
    for attempt in range(1, ATTEMPTS + 1):
        paste = access.find_own_paste(key=key, viewer=viewer)
        try:
            revision = reading.find_revision(paste=paste)
            draft = _draft(paste, list(revision.files.all()), changes, description)
            draft = replace(draft, allow_secrets=allow_secrets)
            publishing.revise(paste=paste, draft=draft, base=revision.number, viewer=viewer)
        except Conflict:
            if attempt == ATTEMPTS:
                raise
        else:
            break
    return access.find_own_paste(key=key, viewer=viewer)


def _draft(paste: Paste, files: list[File], changes: Changes, description: str | None) -> Draft:
    return Draft(
        files=_patched(files, changes),
        title=paste.title,
        description=paste.description if description is None else description,
        visibility=paste.visibility,
        expires_at=paste.expires_at,
        burn=paste.burn,
        max_views=paste.max_views,
        password=None,
        tags=paste.tags,
    )


def _patched(files: list[File], changes: Changes) -> list[NewFile]:
    """The files in their order, then the new ones; a file that only gets a name keeps its bytes."""
    old_names = {file.name for file in files}
    result = [_changed(file, changes.get(file.name, Change())) for file in files]
    for name, change in changes.items():
        if name not in old_names and change is not None:
            if change.text is None:
                raise Invalid({"files": [_("There is no file “%(name)s” to change.") % {"name": name[:100]}]})
            result.append(NewFile(_bytes(change.text), change.name if change.name is not None else name))
    kept = [file for file in result if file is not None]
    if not kept:
        raise Invalid({"files": [_("A paste has at least one file. Delete the paste instead.")]})
    names = [file.name for file in kept]
    if twice := next((name for name in names if name and names.count(name) > 1), ""):
        raise Invalid({"files": [_("Two files cannot both be named “%(name)s”.") % {"name": twice[:100]}]})
    return kept


def _changed(file: File, change: Change | None) -> NewFile | None:
    if change is None:
        return None
    renamed = change.name is not None and change.name != file.name
    data = content.read(file) if change.text is None else _bytes(change.text)
    # A new name may say that it is another language.
    return NewFile(data, change.name if renamed and change.name else file.name, "" if renamed else file.language)


def _bytes(text: str) -> bytes:
    """A text as UTF-8.

    Raises:
        Invalid: when it has half of a surrogate pair in it, which JSON can spell and UTF-8 cannot.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Invalid({"files": [_("This is not valid Unicode text.")]}) from error
