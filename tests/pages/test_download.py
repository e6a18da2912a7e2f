"""Downloads: one file under its name, several as a zip."""

import io
import zipfile
from pathlib import Path

import pytest

from accounts.models import User
from pastes.domain import publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from tests.factories import client_for, make_paste, viewer_for

pytestmark = pytest.mark.django_db

FILES = {
    "readme.md": b"# Hello\r\n",
    "naïve — файл.txt": "ünïcödé\n".encode(),
    "binary.bin": bytes(range(256)),
    "empty lines.txt": b"\n\n\n",
}


def test_it_gives_one_file_as_it_is() -> None:
    response = client_for().get(f"/{make_paste(text=b'a\r\nb', name='notes.txt').key}/download")
    assert response.content == b"a\r\nb"
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''notes.txt"


def test_it_gives_several_as_a_zip_with_equal_bytes(tmp_path: Path) -> None:
    paste = make_paste(files=[NewFile(data, name) for name, data in FILES.items()])
    response = client_for().get(f"/{paste.key}/download")
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == f'attachment; filename="{paste.key}.zip"'
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        archive.extractall(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(FILES)


def test_it_gives_the_same_zip_for_the_same_revision(alice: User) -> None:
    paste = make_paste(owner=alice, files=[NewFile(data, name) for name, data in FILES.items()])
    before = client_for().get(f"/{paste.key}/download").content
    draft = Draft(files=[NewFile(b"changed", "one.txt"), NewFile(b"new", "two.txt")])
    publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(alice))
    assert client_for().get(f"/{paste.key}/download?revision=1").content == before
    with zipfile.ZipFile(io.BytesIO(client_for().get(f"/{paste.key}/download").content)) as archive:
        assert archive.namelist() == ["one.txt", "two.txt"]


def test_it_gives_one_of_several_by_its_name() -> None:
    paste = make_paste(files=[NewFile(data, name) for name, data in FILES.items()])
    response = client_for().get(f"/{paste.key}/download/binary.bin")
    assert response.content == FILES["binary.bin"]
    assert client_for().get(f"/{paste.key}/download/none").status_code == 404


def test_it_gives_no_zip_that_lacks_a_file(request: pytest.FixtureRequest) -> None:
    paste = make_paste(files=[NewFile(data, name) for name, data in FILES.items()])
    request.getfixturevalue("store_down")
    assert client_for().get(f"/{paste.key}/download").status_code == 503
