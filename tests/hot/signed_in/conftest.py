"""A paste, its author, and where somebody has read it."""

import pytest

from accounts.models import User
from pastes.models import Paste
from tests.factories import make_paste, make_user
from tests.hot.signed_in.readers import warm


@pytest.fixture
def author() -> User:
    return make_user("author")


@pytest.fixture
def paste(author: User) -> Paste:
    return make_paste(owner=author, name="a.py", text="print('hello')\n" * 20)


@pytest.fixture
def path(paste: Paste) -> str:
    """Where a paste is whose page somebody has read."""
    warm(f"/{paste.key}")
    return f"/{paste.key}"
