"""The bytes themselves (promises 7 and 11): as they were sent, whole or in ranges, and never run by a browser."""

import gzip
import hashlib

import pytest
from django.http import HttpResponseBase

from accounts.models import User
from pastes import storage
from pastes.domain import publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import File, Paste
from tests.factories import client_for, make_paste, publish, read_all, viewer_for

pytestmark = pytest.mark.django_db

DIGITS = b"0123456789" * 200
"""2,000 bytes: enough to be compressed."""


@pytest.fixture
def digits(alice: User) -> Paste:
    return make_paste(owner=alice, text=DIGITS, name="digits.txt")


def get(paste: Paste, **headers: str) -> HttpResponseBase:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client_for(browser=False).get(f"/{paste.key}/raw", headers=named)


@pytest.mark.parametrize(
    "data",
    [
        b"  blanks around \t\n\n",
        b"mixed\r\nline\nends\rand no last one",
        "emoji \U0001f9d1\u200d\U0001f680, \u202edirection, ZW\u200bSP, \ufeffBOM".encode(),
        b"\xef\xbb\xbfwith a byte order mark",
        b"caf\xe9 in Latin-1\n",
        "UTF-16 \u20ac".encode("utf-16"),
        b"NUL \x00 and \xff\xfe\xfd binary \x80",
        bytes(range(256)) * 20,
    ],
    ids=["blanks", "line ends", "emoji", "bom", "latin-1", "utf-16", "nul", "binary"],
)
def test_it_gives_back_the_bytes_that_were_sent(data: bytes) -> None:
    paste = make_paste(text=data, name="notes.txt")
    for headers in ({}, {"accept_encoding": "gzip"}):
        response = get(paste, **headers)
        body = read_all(response)
        body = gzip.decompress(body) if response.get("Content-Encoding") == "gzip" else body
        assert body == data
    assert File.objects.get().sha256 == hashlib.sha256(data).hexdigest()
    assert read_all(client_for().get(f"/{paste.key}/download")) == data


class TestHeaders:
    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("page.html", "<script>alert(1)</script>"),
            ("picture.svg", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
            ("feed.xml", '<?xml version="1.0"?><?xml-stylesheet href="javascript:alert(1)"?><a/>'),
            ("code.js", "alert(1)"),
        ],
    )
    def test_it_is_plain_text_whatever_it_is(self, name: str, text: str) -> None:
        paste = make_paste(text=text, name=name)
        for tail in ("raw", f"raw/{name}", "download", f"download/{name}"):
            response = client_for().get(f"/{paste.key}/{tail}")
            assert response["Content-Type"] == "text/plain; charset=utf-8"
            assert response["X-Content-Type-Options"] == "nosniff"
            assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
            kind = "inline" if tail.startswith("raw") else "attachment"
            assert response["Content-Disposition"] == f"{kind}; filename*=UTF-8''{name}"

    def test_it_claims_no_encoding_that_it_does_not_know(self) -> None:
        assert get(make_paste(text=b"caf\xe9\n", name="notes.txt"))["Content-Type"] == "text/plain"

    @pytest.mark.parametrize("name", ['a"b;c.txt', "naïve — файл.txt", "x" * 250 + ".txt", "per%20cent.txt"])
    def test_it_offers_the_files_own_name_without_breaking_the_header(self, name: str) -> None:
        response = client_for().get(f"/{make_paste(name=name).key}/download")
        value = response["Content-Disposition"]
        assert value.isascii()
        assert value.count(";") == 1
        assert '"' not in value

    def test_it_may_be_read_by_other_sites_only_when_everybody_may(self, alice: User) -> None:
        private = make_paste(owner=alice, name="notes.txt", visibility="private")
        shown = client_for(alice).get(f"/{private.key}/raw")
        assert shown["Cross-Origin-Resource-Policy"] == "same-origin"
        assert shown["Cache-Control"] == "private, no-store"
        assert get(make_paste(name="notes.txt"))["Cross-Origin-Resource-Policy"] == "cross-origin"


class TestRanges:
    @pytest.mark.parametrize(
        ("asked", "first", "last"),
        [
            ("bytes=0-0", 0, 0),
            ("bytes=0-9", 0, 9),
            ("bytes=1999-1999", 1999, 1999),
            ("bytes=1990-", 1990, 1999),
            ("bytes=-1", 1999, 1999),
            ("bytes=-5000", 0, 1999),
            ("bytes=1000-99999", 1000, 1999),
        ],
    )
    def test_it_sends_the_range(self, digits: Paste, asked: str, first: int, last: int) -> None:
        response = get(digits, range=asked, accept_encoding="gzip")
        assert response.status_code == 206
        assert read_all(response) == DIGITS[first : last + 1]
        assert response["Content-Range"] == f"bytes {first}-{last}/2000"
        assert "Content-Encoding" not in response

    @pytest.mark.parametrize("asked", ["bytes=2000-", "bytes=2000-3000", "bytes=-0", f"bytes={10**30}-"])
    def test_it_refuses_what_it_does_not_have(self, digits: Paste, asked: str) -> None:
        response = get(digits, range=asked)
        assert response.status_code == 416
        assert response["Content-Range"] == "bytes */2000"

    @pytest.mark.parametrize("asked", ["bytes=5-1", "bytes=-", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "nonsense"])
    def test_it_sends_everything_for_a_range_it_does_not_understand(self, digits: Paste, asked: str) -> None:
        response = get(digits, range=asked)
        assert (response.status_code, read_all(response)) == (200, DIGITS)

    def test_it_sends_the_range_only_of_the_version_that_the_reader_has(self, digits: Paste) -> None:
        etag = get(digits)["ETag"]
        assert get(digits, range="bytes=0-9", if_range=etag).status_code == 206
        assert get(digits, range="bytes=0-9", if_range='"older"').status_code == 200

    def test_it_reads_no_more_than_the_range_from_the_store(
        self, digits: Paste, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []
        read = storage.get

        def noted(name: str, *, size: int, start: int = 0, end: int | None = None) -> bytes | None:
            asked.append((start, end))
            return read(name, size=size, start=start, end=end)

        monkeypatch.setattr(storage, "get", noted)
        get(digits, range="bytes=100-199")
        assert asked == [(100, 200)]


class TestRevalidation:
    @pytest.mark.parametrize("encoding", ["identity", "gzip"])
    def test_it_says_that_nothing_changed_with_the_tag_it_gave(self, digits: Paste, encoding: str) -> None:
        etag = get(digits, accept_encoding=encoding)["ETag"]
        response = get(digits, accept_encoding=encoding, if_none_match=f'"other", {etag}')
        assert (response.status_code, read_all(response)) == (304, b"")
        assert response["ETag"] == etag
        assert response["Cache-Control"] == "no-cache"
        assert "Accept-Encoding" in response["Vary"]

    def test_it_has_a_tag_of_its_own_for_the_compressed_bytes(self, digits: Paste) -> None:
        assert get(digits)["ETag"] != get(digits, accept_encoding="gzip")["ETag"]

    def test_it_sends_the_new_text_after_an_edit(self, digits: Paste) -> None:
        etag = get(digits)["ETag"]
        draft = Draft(files=[NewFile(b"new", "digits.txt")])
        publishing.revise(paste=digits, draft=draft, base=1, viewer=viewer_for(digits.owner))
        response = get(digits, if_none_match=etag)
        assert (response.status_code, read_all(response)) == (200, b"new")

    def test_it_answers_head_with_the_headers_of_get_and_no_body(self, digits: Paste) -> None:
        for headers in ({}, {"accept-encoding": "gzip"}, {"range": "bytes=0-9"}):
            got = client_for().get(f"/{digits.key}/raw", headers=headers)
            head = client_for().head(f"/{digits.key}/raw", headers=headers)
            own = {"X-Request-ID"}
            assert {n: v for n, v in head.items() if n not in own} == {n: v for n, v in got.items() if n not in own}
            assert read_all(head) == b""


class TestFilesAndRevisions:
    @pytest.fixture
    def paste(self, alice: User) -> Paste:
        files = [NewFile(b"first", "a.txt"), NewFile(b"second", "b c.txt"), NewFile(b"third", "\u0432.txt")]
        return make_paste(owner=alice, files=files)

    def test_it_sends_each_file_by_its_name_and_the_first_without(self, paste: Paste) -> None:
        client = client_for()
        assert client.get(f"/{paste.key}/raw").content == b"first"
        for name, text in (("a.txt", b"first"), ("b%20c.txt", b"second"), ("%D0%B2.txt", b"third")):
            assert client.get(f"/{paste.key}/raw/{name}").content == text
        assert client.get(f"/{paste.key}/raw/none.txt").status_code == 404

    def test_it_sends_an_older_revision(self, paste: Paste) -> None:
        draft = Draft(files=[NewFile(b"changed", "a.txt")])
        publishing.revise(paste=paste, draft=draft, base=1, viewer=viewer_for(paste.owner))
        client = client_for()
        assert client.get(f"/{paste.key}/raw").content == b"changed"
        assert client.get(f"/{paste.key}/raw/b c.txt?revision=1").content == b"second"
        assert client.get(f"/{paste.key}/raw?revision=3").status_code == 404

    @pytest.mark.parametrize("revision", ["0", "-1", "x", "9" * 40])
    def test_it_bears_every_number_of_a_revision(self, paste: Paste, revision: str) -> None:
        assert client_for().get(f"/{paste.key}/raw", {"revision": revision}).status_code in {200, 404}


def test_it_answers_503_when_the_store_is_down_and_the_text_when_it_is_back(
    digits: Paste, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("store_down")
    response = get(digits)
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response["Content-Type"].startswith("text/plain")
    request.getfixturevalue("settings")._finalize()
    assert read_all(get(digits)) == DIGITS


def test_it_answers_503_when_the_object_is_lost_or_short() -> None:
    """The row says what was stored: less than that is no text, and the log tells the operator."""
    paste = publish(text=DIGITS, name="digits.txt").paste
    name = File.objects.get().object_name
    storage.delete([name])
    assert get(paste).status_code == 503
    storage.put(name, DIGITS[:-1])
    assert get(paste).status_code == 503
