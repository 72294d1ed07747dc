import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.message import segments
from bulksms.message.segments import BASIC, EXTENDED, Encoding, segmentation

GOLDEN = Path(__file__).parents[2] / "golden" / "segments.csv"
with GOLDEN.open(encoding="utf-8", newline="") as opened:
    CASES = [
        pytest.param(
            row["text"], (row["encoding"], int(row["units"]), int(row["segments"])), id=id_
        )
        for row in csv.DictReader(opened)
        for id_ in [row["case"]]
    ]
# Rich in what counts twice, and long enough to cross several borders.
TEXTS = st.builds(
    lambda lead, tail: "a" * lead + tail,
    st.integers(0, 330),
    st.text(st.sampled_from("ab€{^é\n"), max_size=160)
    | st.text(st.sampled_from("a€ê😀"), max_size=160),
)


def a_column(*texts: str) -> "pd.Series[str]":
    return pd.Series(list(texts), dtype="str")


def counted(*texts: str) -> list[tuple[str, int, int]]:
    return list(segments.count_segments(a_column(*texts)).itertuples(index=False, name=None))


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_text_is_cut_as_the_golden_file_says(text: str, expected: tuple[str, int, int]) -> None:
    measured = segmentation(text)
    assert (measured.encoding.value, measured.units, measured.segments) == expected


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_column_counts_as_the_golden_file_says(text: str, expected: tuple[str, int, int]) -> None:
    assert counted(text) == [expected]


def test_the_alphabet_has_the_128_positions_of_the_standard() -> None:
    assert len(set(BASIC)) == 127  # the 128th is the escape to the extension table
    assert len(set(EXTENDED)) == 10
    assert not set(BASIC) & set(EXTENDED)


def test_an_empty_text_has_no_segment() -> None:
    assert segmentation("").segments == 0
    assert segmentation("").units_left == 160
    assert counted("") == [("gsm7", 0, 0)]


def test_a_column_without_rows_gives_a_table_without_rows() -> None:
    assert counted() == []


def test_the_count_keeps_the_index_of_the_column() -> None:
    column = pd.Series(["a", "ê"], index=[7, 3], dtype="str")
    assert list(segments.count_segments(column).index) == [7, 3]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("a" * 150, 10, id="alone"),
        pytest.param("a" * 161, 145, id="second part"),
        pytest.param("a" * 152 + "€" + "a" * 10, 141, id="after a lost septet"),
        pytest.param("ê" * 70, 0, id="full"),
    ],
)
def test_the_room_left_is_that_of_the_last_part(text: str, left: int) -> None:
    assert segmentation(text).units_left == left


def test_each_character_that_requires_ucs2_is_listed_once() -> None:
    assert segmentation("fête à l\u2019Île, fête").non_gsm_characters == ("ê", "\u2019", "Î")


@given(st.lists(TEXTS, max_size=5))
def test_a_column_counts_what_each_text_counts_alone(texts: list[str]) -> None:
    alone = [segmentation(text) for text in texts]
    assert counted(*texts) == [
        (single.encoding.value, single.units, single.segments) for single in alone
    ]


@given(TEXTS, TEXTS)
def test_segments_never_fall_when_text_is_added(text: str, more: str) -> None:
    assert segmentation(text + more).segments >= segmentation(text).segments


@given(TEXTS.filter(bool))
def test_the_count_agrees_with_smsutil(text: str) -> None:
    # Its alphabet wrongly holds the bare escape and it calls an empty text UCS-2; else right.
    peer = pytest.importorskip("smsutil").split(text)
    measured = segmentation(text)
    names = {"gsm0338": Encoding.GSM7, "utf_16_be": Encoding.UCS2}
    assert (names[peer.encoding], len(peer.parts)) == (measured.encoding, measured.segments)
