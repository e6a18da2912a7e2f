"""Access tokens: who may make which. `accounts.tokens` keeps them."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from accounts import tokens
from accounts.credentials import Credentials
from accounts.models import AccessToken, Scope, User
from pastes.exceptions import Invalid

NAME_LENGTH = 80
"""Characters of a token's name."""


def create(
    *,
    user: User,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime | None = None,
    within: Credentials | None = None,
) -> tuple[AccessToken, str]:
    """A new token: its row, and the token itself, which is shown this once.

    A token can make others, but none that may do more than itself or that outlives it: whoever finds one has no more
    than what they found.

    Args:
        user: whose.
        name: what it is for, at most `NAME_LENGTH` characters.
        scopes: what it may do, at least one.
        expires_at: when it ends; None is never.
        within: the token that asks for it; None when its owner does, who has just shown their password.

    Raises:
        Invalid: when something does not fit, or there are too many tokens.
    """
    errors: dict[str, list[str]] = {}
    name = name.strip()
    if not name:
        errors["name"] = [_("Say what it is for.")]
    if not scopes:
        errors["scopes"] = [_("Say what it may do.")]
    if within and not set(scopes) <= within.scopes:
        errors["scopes"] = [_("A token can give another one only what it may do itself.")]
    if within and within.expires_at and (expires_at is None or expires_at > within.expires_at):
        errors["expires_at"] = [_("A token can make no other one that outlives it.")]
    if errors:
        raise Invalid(errors, _("No token was made."))
    try:
        return tokens.create(user=user, name=name, scopes=scopes, expires_at=expires_at)
    except tokens.TooManyTokensError as error:
        message = _("You can have %(limit)s tokens. Revoke one first.") % {"limit": tokens.MOST_TOKENS}
        raise Invalid({"": [message]}, _("No token was made.")) from error
