"""Eight-bit encodings are told apart by where their letters stand."""

import time

import pytest

from bulksms.loader.delimited.legacy_encodings import guess_legacy_encoding

NAMES = (
    "Zoé;Éloïse\nRené;Strauß\nJosé;Peña\n",
    "Bjørn;Åse",
    "CŒUR;HÉLÈNE",
    "cœur;Zoë",
    "D\u2019Août;Élie",
)


@pytest.mark.parametrize("codec", ["cp1252", "mac-roman", "iso8859-15"])
@pytest.mark.parametrize("text", NAMES)
def test_names_come_back_as_they_were_written(codec: str, text: str) -> None:
    if "\u2019" in text and codec == "iso8859-15":
        text = text.replace("\u2019", "'")
    data = text.encode(codec)
    assert data.decode(guess_legacy_encoding(data)) == text


def test_a_sign_that_stands_alone_tells_nothing() -> None:
    assert guess_legacy_encoding("100 €".encode("cp1252")) == "cp1252"


@pytest.mark.parametrize(
    "text",
    ["d\u2019un", "O\u2019Brien", "L\u2019Oréal", "Tomaš;Škoda", "n° 5 \u2013 100 €", "«Zoé»"],
)
def test_windows_1252_wins_when_nothing_is_clear(text: str) -> None:
    assert guess_legacy_encoding(text.encode("cp1252")) == "cp1252"


def test_one_stranger_in_a_long_list_of_names_changes_nothing() -> None:
    data = "Zoé Éloïse René\n".encode("cp1252") * 1000 + b"\x8e\x8a\n"
    assert guess_legacy_encoding(data) == "cp1252"


def worked(data: bytes) -> float:
    """Count the processor seconds it takes to tell the encoding of some bytes."""
    start = time.process_time()
    guess_legacy_encoding(data)
    return time.process_time() - start


@pytest.mark.parametrize("long", [b"x", b"\xe9", b"\xe9x", b"x\xe9 "])
def test_long_words_take_time_in_proportion(long: bytes) -> None:
    """Four times the bytes: looking far ahead from each of them would take sixteen times."""
    few, many = worked(long * 250_000), worked(long * 1_000_000)
    assert many < 12 * few + 0.2
