"""What django-ninja finds wrong, as the domain's errors; `pastebin.errors` makes problem details of them (RFC 9457)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import HttpError, ValidationError

from pastes.exceptions import Invalid, NotFound, PasteError, Text

SOURCES = frozenset({"body", "query", "path", "header", "cookie", "form", "file"})

MESSAGES: Mapping[str, Text] = {
    "missing": gettext_lazy("This is missing."),
    "extra_forbidden": gettext_lazy("There is no such field."),
    "string_type": gettext_lazy("This must be a text."),
    "string_unicode": gettext_lazy("This is not valid Unicode text."),
    "string_too_long": gettext_lazy("This may have at most %(max_length)s characters."),
    "string_too_short": gettext_lazy("This must have at least %(min_length)s characters."),
    "string_pattern_mismatch": gettext_lazy("This does not match %(pattern)s."),
    "too_long": gettext_lazy("This may have at most %(max_length)s items."),
    "too_short": gettext_lazy("This must have at least %(min_length)s items."),
    "int_type": gettext_lazy("This must be a whole number."),
    "int_parsing": gettext_lazy("This must be a whole number."),
    "bool_type": gettext_lazy("This must be true or false."),
    "bool_parsing": gettext_lazy("This must be true or false."),
    "greater_than_equal": gettext_lazy("This must be at least %(ge)s."),
    "less_than_equal": gettext_lazy("This must be at most %(le)s."),
    "literal_error": gettext_lazy("This must be one of: %(expected)s."),
    "enum": gettext_lazy("This must be one of: %(expected)s."),
    "list_type": gettext_lazy("This must be a list."),
    "dict_type": gettext_lazy("This must be an object."),
    "model_type": gettext_lazy("This must be an object."),
    "model_attributes_type": gettext_lazy("This must be an object."),
}
"""By pydantic's names for what can be wrong (https://docs.pydantic.dev/latest/errors/validation_errors/)."""


class BadJson(PasteError):
    """The body is no JSON."""

    code = "bad_json"
    message = gettext_lazy("The body of this request is not JSON.")
    advice = gettext_lazy('Send one object in UTF-8, such as {"files": [{"content": "Hello"}]}.')


class NoSuchAddress(NotFound):
    """There is no operation at this address of the API."""

    message = gettext_lazy("There is nothing at this address of the API.")
    advice = gettext_lazy("Its operations are at /api/v1/docs.")


def as_domain_error(error: Exception) -> Exception:
    """The domain's error for one of django-ninja's; any other error as it is."""
    if isinstance(error, ValidationError):
        return Invalid(_by_field(error.errors), _("Something in this request does not fit."), _("Nothing was changed."))
    if isinstance(error, HttpError) and error.status_code == BadJson.status:
        return BadJson()
    return error


def _by_field(errors: Sequence[Mapping[str, Any]]) -> dict[str, list[Text]]:
    """Messages by the path of the field, such as ``files.0.name``; "" is the whole."""
    found: dict[str, list[Text]] = {}
    for error in errors:
        place = list(error["loc"])
        # First where it was sent; for a body then the name of the operation's argument, which callers do not know.
        source = place.pop(0) if place and place[0] in SOURCES else ""
        if source == "body" and place:
            place.pop(0)
        # Among several shapes pydantic says which one it took: names of classes, which callers do not know either.
        path = ".".join(str(part) for part in place if not str(part)[:1].isupper())
        found.setdefault(path, []).append(_message(error))
    return found


def _message(error: Mapping[str, Any]) -> str:
    context: Mapping[str, Any] = error.get("ctx", {})
    if context.get("min_length") == 1:
        return _("This must not be empty.")
    if text := MESSAGES.get(error["type"]):
        return str(str(text) % context)
    # What the site's own checks of a field say (`validators`), already in the reader's language.
    return str(context.get("error") or _("This does not fit."))
