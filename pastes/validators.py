"""What people may write in the small fields; forms and API share it. The text of a paste is never touched."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_NAME_LENGTH = 255


def storable(text: str) -> None:
    """Refuse characters no database text can hold.

    Raises:
        ValidationError: on NUL or a lone surrogate.
    """
    if "\0" in text:
        raise ValidationError(_("The character NUL cannot be stored here."), code="nul")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValidationError(_("This is not valid Unicode text."), code="surrogate") from error


def file_name(text: str) -> str:
    """The name a file is kept under: what stands after the last slash, as browsers do it.

    Raises:
        ValidationError: on control characters, names of dots only, and more than 255 characters or bytes.
    """
    storable(text)
    name = text.replace("\\", "/").rpartition("/")[2].strip()
    if any(unicodedata.category(char) == "Cc" for char in name):
        raise ValidationError(_("A file name cannot hold line ends or other control characters."), code="control")
    if len(name.encode()) > MAX_NAME_LENGTH:
        raise ValidationError(
            _("A file name can have %(limit)s bytes at most."), code="long", params={"limit": MAX_NAME_LENGTH}
        )
    if name and not name.strip("."):
        raise ValidationError(_("A file name needs more than dots."), code="dots")
    return name
