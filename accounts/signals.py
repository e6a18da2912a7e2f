"""What happens when somebody signs in."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import preferences
from accounts.models import User


@receiver(user_logged_in, dispatch_uid="accounts.carry_preferences")
def carry_preferences(sender: type[User], *, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Give the new session the account's language and theme; a signal cannot set the cookies anonymous readers have."""
    del sender, kwargs
    preferences.carry(user=user, session=request.session)
