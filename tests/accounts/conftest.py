"""The cast: Alice owns things, Bob is somebody else, Olga operates the site."""

from typing import TYPE_CHECKING, Any

import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from accounts.models import User


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Settings) -> None:
    """Hash quickly: what is tested is who may come in, not how long guessing takes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice(db: None) -> "User":
    return make("alice")


@pytest.fixture
def bob(db: None) -> "User":
    return make("bob")


@pytest.fixture
def olga(db: None) -> "User":
    return make("olga", is_staff=True, is_superuser=True)


def make(username: str, **fields: Any) -> "User":
    from tests.accounts.cast import make_user  # noqa: PLC0415 # models can be imported only from here on

    return make_user(username, **fields)
