"""Bytes to text without loss (promise 14)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pastes.rendering.text import decode, decode_as


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"", "utf-8"),
        (b"plain\n", "utf-8"),
        ("naïve 🙂\r\n".encode(), "utf-8"),
        (b"\xef\xbb\xbfwith a mark", "utf-8"),
        ("with a mark".encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + "with a mark".encode("utf-16-be"), "utf-16-be"),
        ("naïve".encode("latin-1"), "latin-1"),
        ("привет, мир".encode("cp1251"), "latin-1"),
        (b"\x1b[31mred\x1b[0m \xe9", "latin-1"),
        (b"a\0b", "binary"),
        (b"\xff\xfeodd", "binary"),
        (b"\xff\xfe\0\0a\0\0\0", "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (bytes(range(1, 256)) * 4, "binary"),
    ],
)
def test_it_tells_the_encoding(data: bytes, encoding: str) -> None:
    assert decode(data).encoding == encoding


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(), st.text().map(str.encode), st.text().map(lambda text: text.encode("utf-16"))))
def test_it_loses_nothing(data: bytes) -> None:
    decoded = decode(data)
    if decoded.encoding == "binary":
        assert decoded.text == ""
    else:
        assert decoded.text.encode(decoded.encoding) == data
        assert decode_as(data, decoded.encoding) == decoded.text


def test_it_decodes_a_slice_that_cuts_a_character() -> None:
    assert decode_as("aé".encode()[:2], "utf-8") == "a\ufffd"
    assert decode_as(b"\x00\x01", "binary") == ""
    with pytest.raises(ValueError, match="ebcdic"):
        decode_as(b"", "ebcdic")
