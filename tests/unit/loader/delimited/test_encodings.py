"""How bytes spell text is proven over all of them, wherever a chunk ends."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bulksms.errors import UndecodableText
from bulksms.loader import ReadOptions, read_sheets
from bulksms.loader.byte_source import bytes_source
from bulksms.loader.delimited.encodings import DetectedEncoding, detect_encoding, first_failure
from bulksms.loader.delimited.legacy_encodings import first_words
from bulksms.loader.delimited.line_endings import LineEndingCheck

BYTES = st.lists(
    st.sampled_from([b"a", b"\n", b"\xc3", b"\xa9", b"\xe2\x82", b"\xac", b"\xf0\x9f", b"\x92",
                     b"\x98\x80", b"\xed\xa0\x80", b"\xf8", b"\x81", b"\0", b"\xff"])
).map(b"".join)  # fmt: skip
CODECS = ["utf-8", "cp1252", "iso8859-15", "mac-roman", "utf-16-le", "shift_jis", "ascii"]


def python_fails(data: bytes, codec: str) -> int | None:
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        return error.start
    return None


@given(BYTES, st.sampled_from(CODECS), st.integers(1, 5), st.integers(0, 2))
@example(b"\xe2\x82", "utf-8", 1, 0)
@example(b"a\xf0\x9f\x98", "utf-8", 2, 0)
def test_the_first_failure_is_where_python_fails(
    data: bytes, codec: str, chunk: int, skip: int
) -> None:
    source = bytes_source(data, "a.csv", chunk=chunk)
    expected = python_fails(data[skip:], codec)
    failure = first_failure(source, DetectedEncoding(codec=codec, name=codec, skip=skip))
    assert failure == (None if expected is None else expected + skip)


@pytest.mark.parametrize("chunk", [1, 2, 3, 1_000])
def test_the_line_of_the_failure_is_reported(chunk: int) -> None:
    source = bytes_source("é\na\n\nbé\n".encode() + b"\xe9\n", "a.csv", chunk=chunk)
    with pytest.raises(UndecodableText, match=r"a\.csv, line 5: the bytes are not utf-8"):
        detect_encoding(source, "utf-8")


@given(st.binary(max_size=60) | st.text("aZé \n").map(str.encode), st.integers(1, 9))
def test_words_are_the_same_wherever_a_chunk_ends(data: bytes, size: int) -> None:
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    assert first_words(chunks) == first_words([data])


@given(st.text("a\r\n", max_size=20).map(str.encode), st.integers(1, 5))
def test_line_ends_give_the_same_cause_wherever_a_chunk_ends(data: bytes, size: int) -> None:
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    lone = data.count(b"\r") - data.count(b"\r\n") - data.count(b"\r\r\n")
    mixed = lone > 0 and b"\n" in data
    assert LineEndingCheck(chunks).needed == (mixed or not data.endswith((b"\r", b"\n")))


@pytest.mark.parametrize("data", [b"phone\n1\n2\n", b"phone\n1\n"])
def test_utf16_that_does_not_say_which_is_refused(data: bytes) -> None:
    with pytest.raises(UndecodableText, match="line 1: the bytes are not utf-16"):
        read_sheets(data, "a.csv", ReadOptions(encoding="utf-16"))


def test_halves_of_characters_are_a_sentence() -> None:
    with pytest.raises(UndecodableText, match="read as utf-7 it has halves of characters"):
        read_sheets(b"phone,name\n1,a+2AA-b\n", "a.csv", ReadOptions(encoding="utf-7"))
