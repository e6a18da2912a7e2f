"""What the tests do with the people of the cast; the people themselves are fixtures in conftest.py."""

import re
from typing import Any

from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from accounts.models import User

PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def make_user(username: str, *, verified: bool = True, **fields: Any) -> User:
    """A person with ``PASSWORD`` and the address ``username``@example.org."""
    user: User = User.objects.create_user(username, f"{username}@example.org", PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    return user


def sign_in(user: User, *, password: str = PASSWORD, user_agent: str = FIREFOX) -> Client:
    """A new browser in which ``user`` has signed in on the site's own page."""
    client = Client(headers={"user-agent": user_agent})
    response = client.post(reverse("account_login"), {"login": user.username, "password": password})
    assert response.status_code == 302, response.content.decode()
    return client


def confirm(client: Client) -> None:
    """Give the password once more, which comes before changes to how one signs in."""
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def is_signed_in(client: Client) -> bool:
    """Whether the page of the profile opens."""
    return client.get(reverse("accounts:settings")).status_code == 200


def link_in(mail: EmailMessage) -> str:
    """The path of the one link in ``mail`` that leads to an account page."""
    [path] = re.findall(r"https?://[^/\s]+(/accounts/\S+)", str(mail.body))
    return str(path)
