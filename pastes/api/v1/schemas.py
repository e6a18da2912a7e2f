"""The shapes of what is sent and answered; what may be in them is the domain's business."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from ninja import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from pastes import validators
from pastes.urlkeys import KEY_PATTERN


class Sent(BaseModel):
    """What a program sends: nothing that is not known, and no text where a number belongs."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        try:
            validators.storable(value)
        except ValidationError as error:
            raise ValueError(error.messages[0]) from error
    return value


def _moment(value: Any) -> Any:
    """RFC 3339 and nothing else: pydantic would take numbers for seconds."""
    if isinstance(value, datetime) or value is None:
        return value
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(_("Write a moment like 2030-12-31T18:00:00Z."))
    return moment


def _flag(value: Any) -> Any:
    """``true`` or ``false`` in an address; pydantic would take ``on`` and ``y`` as well."""
    if isinstance(value, str):
        if value not in {"true", "false"}:
            raise ValueError(_("This must be true or false."))
        return value == "true"
    return value


Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"}, mode="validation")]
"""A yes or no in an address."""

Text = Annotated[str, BeforeValidator(_storable), Field(pattern=r"^[^\x00]*$")]
"""A text that databases can hold: without NUL and lone surrogates. Add a length where it is used."""

Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"}, mode="validation")
]
"""A moment in RFC 3339, with its offset."""

Key = Annotated[str, Path(description="The paste's key.", pattern=f"^{KEY_PATTERN}$", example="4uHWvJzRkGm")]
"""The argument ``key`` of an operation; its path says ``{key:key}``."""

Visibility = Literal["public", "unlisted", "private"]


class FoundSecret(BaseModel):
    """Where a password or a key stands."""

    field: str = Field(description="`content`, or the name of the field that it stands in.")
    file: str = Field(description="The name of the file; empty in another field.")
    line: int = Field(description="From 1.")
    kind: str = Field(description="What it looks like, such as `github_token`.")
    preview: str = Field(description="Its first characters, to know it by.")


class Problem(BaseModel):
    """What went wrong, as RFC 9457 writes it."""

    type: str = Field(description="An address of this site that explains the code.")
    status: int
    code: str = Field(description="For programs; it does not change.")
    title: str = Field(description="For people, in the language that Accept-Language asks for.")
    detail: str = Field(description="What to do about it.")
    request_id: str = Field(description="Tell it to the operator when you ask.")
    errors: dict[str, list[str]] = Field(default={}, description="What does not fit, by field; of 422.")
    findings: list[FoundSecret] = Field(
        default=[], description="Passwords and keys in what was to be published; of 422 with the code secrets_found."
    )
    limit: int | None = Field(default=None, description="How many bytes or files are allowed; of 413.")
    actual: int | None = Field(default=None, description="How many they are, if known; of 413.")
    needs_password: bool = Field(default=False, description="Whether a password opens it; of 403 with the code locked.")
    data: dict[str, Any] = Field(default={}, description="Which steps a sign-in has yet to take; of signing in.")
    meta: dict[str, Any] = Field(default={}, description="The session token to go on with; of signing in.")
