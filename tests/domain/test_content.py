"""What may be in a paste, how files are named, and that objects and rows go together."""

import hashlib

import pytest
from pytest_django import Settings

from pastes import storage
from pastes.conf import Limits
from pastes.domain import content
from pastes.domain.content import NewFile, PreparedFile
from pastes.exceptions import Invalid, NotFound, TooLarge, Unavailable
from pastes.models import File, Paste
from tests.factories import make_paste

SMALL = Limits(bytes=100, files=3)
ROOMY = Limits(bytes=10_000_000, files=60)


def prepare(*files: NewFile, limits: Limits = ROOMY) -> list[PreparedFile]:
    return content.prepare(files=files, limits=limits)


def names_of(*names: str) -> list[str]:
    return [file.name for file in prepare(*(NewFile(b"x", name, "text") for name in names))]


def errors_of(*files: NewFile) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        prepare(*files)
    return refused.value.errors


@pytest.mark.parametrize("sizes", [(99,), (100,), (50, 50)])
def test_it_takes_files_up_to_the_limit(sizes: tuple[int, ...]) -> None:
    files = prepare(*(NewFile(b"x" * size, language="text") for size in sizes), limits=SMALL)
    assert [file.size for file in files] == list(sizes)


@pytest.mark.parametrize("sizes", [(101,), (50, 51)])
def test_it_refuses_a_byte_more_and_names_the_limit(sizes: tuple[int, ...]) -> None:
    with pytest.raises(TooLarge, match=r"100\sB") as refused:
        prepare(*(NewFile(b"x" * size) for size in sizes), limits=SMALL)
    assert (refused.value.limit, refused.value.actual) == (100, 101)


def test_it_counts_bytes_and_not_characters() -> None:
    with pytest.raises(TooLarge):
        prepare(NewFile("ж".encode() * 51), limits=SMALL)


def test_it_takes_fifty_files_and_refuses_fifty_one(settings: Settings) -> None:
    limits = Limits(bytes=1_000, files=settings.MAX_FILES)
    assert limits.files == 50
    assert len(prepare(*[NewFile(b"x", language="text")] * 50, limits=limits)) == 50
    with pytest.raises(TooLarge, match=r"51 files .* 50") as refused:
        prepare(*[NewFile(b"x", language="text")] * 51, limits=limits)
    assert (refused.value.limit, refused.value.actual) == (50, 51)


def test_it_leaves_out_files_without_a_byte() -> None:
    [file] = prepare(NewFile(b""), NewFile(b"x", "b.txt"), NewFile(b"", "c.txt"))
    assert file.name == "b.txt"


@pytest.mark.parametrize("files", [[], [NewFile(b"")], [NewFile(b"", "name.txt"), NewFile(b"")]])
def test_it_refuses_nothing_at_all(files: list[NewFile]) -> None:
    assert "There is no text yet" in errors_of(*files)["content"][0]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\win.ini", "win.ini"),
        ("/absolute.txt", "absolute.txt"),
        ("  spaces around.txt ", "spaces around.txt"),
        ("quo\"te's.txt", "quo\"te's.txt"),
        ("<b>.html", "<b>.html"),
        ("файл 文件 📄.txt", "файл 文件 📄.txt"),
        (".gitignore", ".gitignore"),
        ("x" * 255, "x" * 255),
    ],
)
def test_it_keeps_a_name_without_its_folders(name: str, kept: str) -> None:
    assert names_of(name) == [kept]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a\r\nSet-Cookie: x=1", "line ends"),
        ("a\x1b[31m", "control characters"),
        ("a\0b", "NUL"),
        ("\udcff.txt", "Unicode"),
        ("x" * 300, "255 bytes"),
        ("ж" * 128, "255 bytes"),
        ("..", "dots"),
        ("folder/.", "dots"),
    ],
)
def test_it_refuses_a_name_that_cannot_be_and_says_which(name: str, said: str) -> None:
    errors = errors_of(NewFile(b"x", "fine.txt"), NewFile(b"x", name))
    assert list(errors) == ["filename-1"]
    assert said in errors["filename-1"][0]


def test_it_names_files_that_have_no_name_after_their_language() -> None:
    files = prepare(NewFile(b"x", "", "python"), NewFile(b"y"), NewFile(b"z", "file3.txt", "text"), NewFile(b"a"))
    assert [file.name for file in files] == ["file1.py", "file1.txt", "file3.txt", "file2.txt"]


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["a.txt", "a.txt", "a.txt"], ["a.txt", "a-2.txt", "a-3.txt"]),
        (["README", "README"], ["README", "README-2"]),
        ([".env", ".env"], [".env", ".env-2"]),
        (["a.txt", "a-2.txt", "a.txt"], ["a.txt", "a-2.txt", "a-3.txt"]),
        (["x/a.txt", "y/a.txt"], ["a.txt", "a-2.txt"]),
        (["x" * 255, "x" * 255], ["x" * 255, "x" * 253 + "-2"]),
        (["ж" * 126 + ".md"] * 2, ["ж" * 126 + ".md", "ж" * 125 + "-2.md"]),
        (["a." + "x" * 253] * 2, ["a." + "x" * 253, "a." + "x" * 251 + "-2"]),
    ],
)
def test_it_gives_every_file_a_name_of_its_own(names: list[str], kept: list[str]) -> None:
    assert names_of(*names) == kept
    assert all(len(name.encode()) <= 255 for name in kept)


@pytest.mark.parametrize("chosen", ["python", "Python", "py", " PYTHON3 "])
def test_it_knows_a_language_by_any_of_its_names(chosen: str) -> None:
    assert prepare(NewFile(b"x", "notes.md", chosen))[0].language == "python"


@pytest.mark.parametrize("chosen", ["klingon", "x" * 1_000, "\udcff", "\0"])
def test_it_refuses_a_language_that_is_none(chosen: str) -> None:
    errors = errors_of(NewFile(b"x"), NewFile(b"x", language=chosen))
    assert list(errors) == ["language-1"]
    errors["language-1"][0].encode()


def test_it_measures_what_it_is_given() -> None:
    [file] = prepare(NewFile(b"one\ntwo\r\nthree", "a.txt"))
    assert (file.lines, file.size, file.encoding) == (3, 14, "utf-8")
    assert file.sha256 == hashlib.sha256(b"one\ntwo\r\nthree").hexdigest()


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"caf\xe9\n", "latin-1"),
        ("жар\n".encode("utf-16"), "utf-16-le"),
        (b"a\0b", "binary"),
        (b"\xff\xfea\0\0\xd8", "binary"),
        (b"\xed\xa0\x80 surrogate in UTF-8", "latin-1"),
    ],
)
def test_it_keeps_bytes_of_any_encoding(data: bytes, encoding: str) -> None:
    [file] = prepare(NewFile(data, "a.txt"))
    assert (file.data, file.encoding) == (data, encoding)


def test_the_summary_says_what_lists_show() -> None:
    files = prepare(NewFile(b"\n\n  first  \n\nsecond\nthird\nfourth", "a.py"), NewFile(b"x", "b.txt"))
    summary = content.summary(files)
    assert summary["excerpt"] == "  first\nsecond\nthird"
    assert (summary["language"], summary["file_name"], summary["file_count"]) == ("python", "a.py", 2)


def test_the_summary_of_a_long_line_is_short() -> None:
    excerpt = str(content.summary(prepare(NewFile(b"x" * 100_000, "a.txt")))["excerpt"])
    assert len(excerpt) <= 400


@pytest.mark.django_db
def test_no_part_of_a_name_gets_into_the_store() -> None:
    files = prepare(NewFile(b"x", "../../evil.txt"), NewFile(b"y", "a b.txt"))
    with content.kept(files):
        pass
    for file in files:
        assert set(file.object_name) <= set("0123456789abcdef/")
        assert storage.get(file.object_name, size=1) == file.data


def test_it_counts_the_lines_that_changed() -> None:
    assert content.changed_lines(old="a\nb\nc\n", new="a\nx\nc\nd\n") == (2, 1)
    assert content.changed_lines(old="a\nb\n", new="b\na\n") == (0, 0)


@pytest.mark.django_db
def test_it_finds_nothing_where_a_file_was_removed_under_a_reader() -> None:
    paste = make_paste()
    file = File.objects.get(revision__paste=paste)
    Paste.objects.all().delete()
    storage.delete([file.object_name])
    with pytest.raises(NotFound):
        content.read(file)


@pytest.mark.django_db
def test_it_does_not_call_a_lost_object_a_paste_that_never_was() -> None:
    make_paste()
    file = File.objects.get()
    storage.delete([file.object_name])
    with pytest.raises(Unavailable):
        content.read(file)
