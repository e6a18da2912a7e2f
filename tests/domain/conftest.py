"""The cast: Alice owns things, Bob is a stranger with an account. And object stores that are empty, down, or full."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django import Settings

from tests.services.process import LOOPBACK, free_port

if TYPE_CHECKING:
    from accounts.models import User


@pytest.fixture
def alice(db: None) -> "User":
    return make("alice")


@pytest.fixture
def bob(db: None) -> "User":
    return make("bob")


def make(name: str) -> "User":
    from tests.factories import make_user  # noqa: PLC0415 # models can be imported only from here on

    return make_user(name)


@pytest.fixture
def empty_store(db: None) -> None:
    """Remove what other tests have left in the object store."""
    from pastes import storage  # noqa: PLC0415 # as above

    storage.delete([item.name for item in storage.iterate()])


@pytest.fixture
def store_down(settings: Settings, tmp_path: Path) -> None:
    """Point the site at a store that is not there: a closed port, or a folder that cannot be."""
    options: dict[str, Any] = dict(settings.STORAGES["pastes"]["OPTIONS"])
    if "endpoint_url" in options:
        options["endpoint_url"] = f"http://{LOOPBACK}:{free_port()}"
    else:
        (tmp_path / "file").touch()
        options["location"] = tmp_path / "file" / "objects"
    settings.STORAGES = settings.STORAGES | {"pastes": settings.STORAGES["pastes"] | {"OPTIONS": options}}


@pytest.fixture
def store_full_after_one(settings: Settings, tmp_path: Path) -> Path:
    """Point the site at a disk with room for one object; gives its folder."""
    disk = {"BACKEND": "tests.domain.disks.AlmostFull", "OPTIONS": {"location": tmp_path / "objects"}}
    settings.STORAGES = settings.STORAGES | {"pastes": disk}
    return tmp_path / "objects"
