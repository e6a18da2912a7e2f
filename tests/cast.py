"""The cast: Alice owns things, Bob is a stranger with an account. And object stores that are empty, down, or full."""

import errno
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from pastes import storage
from pastes.storage.disk import DiskObjects
from tests.factories import make_user
from tests.services.process import LOOPBACK, free_port


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Settings) -> None:
    """Hash passwords quickly: what is tested is who may come in, not how long guessing takes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def empty_store(db: None) -> None:
    """Remove what other tests have left in the object store."""
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


class AlmostFull(DiskObjects):
    """A disk that takes one object, and has no space for a second."""

    def put(self, name: str, data: bytes) -> None:
        if any(path.is_file() for path in Path(self.base_location).rglob("*")):
            raise OSError(errno.ENOSPC, "No space left on device")
        super().put(name, data)


@pytest.fixture
def store_full_after_one(settings: Settings, tmp_path: Path) -> Path:
    """Point the site at a disk with room for one object; gives its folder."""
    disk = {"BACKEND": "tests.cast.AlmostFull", "OPTIONS": {"location": tmp_path / "objects"}}
    settings.STORAGES = settings.STORAGES | {"pastes": disk}
    return tmp_path / "objects"
