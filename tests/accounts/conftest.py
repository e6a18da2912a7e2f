"""The cast: Alice owns things, Bob is somebody else, Olga operates the site."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from accounts.models import User


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
