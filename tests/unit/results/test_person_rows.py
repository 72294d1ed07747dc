"""A person is found and removed in packed source rows, however the number is written."""

import pyarrow as pa
import pytest

from bulksms.contacts.phones.search_pattern import search_pattern
from bulksms.results.person_rows import ERASED, find_person_rows, remove_person
from bulksms.results.source_pack import (
    SOURCE_ROW_COLUMNS,
    pack_source_rows,
    unpack_source_rows,
)

ANNA, BERT = "+33639981234", "+33639981235"
PATTERN = search_pattern(int(ANNA[1:]))


@pytest.fixture
def packed() -> bytes:
    columns = {
        "0": ["Anna", "Bert", "Anna", "Carl"],
        "1": ["06 39 98 12 34", "0639981235", "\uff10\uff16 39 98 12 34", "home: 0639981234"],
        "row": [2, 3, 4, 5],
        "number": [ANNA, BERT, "", ""],
        "column": ["Mobile", "Mobile", "Mobile", "Mobile"],
        "class": ["rejected", "rejected", "suppressed", "rejected"],
        "frame": [1, 1, 0, 0],
        "reason": ["", "", "The number of row 2 again.", "two numbers"],
    }
    assert tuple(columns)[2:] == SOURCE_ROW_COLUMNS
    return next(pack_source_rows(["Name", "Mobile"], [pa.table(columns)]))


def test_the_rows_of_a_person_are_found(packed: bytes) -> None:
    rows = find_person_rows(packed, ANNA, PATTERN)

    assert [(row.row, row.phone_number) for row in rows] == [(2, ANNA), (4, ""), (5, "")]
    assert rows[0].cells == (("Name", "Anna"), ("Mobile", "06 39 98 12 34"))
    assert rows[1].reason == "The number of row 2 again."


def test_the_rows_of_a_person_are_emptied_and_keep_their_place(packed: bytes) -> None:
    without = remove_person(packed, ANNA, PATTERN, "+-7")

    assert without is not None
    header, rows = unpack_source_rows(without)
    assert header == ["Name", "Mobile"]
    assert rows["0"].tolist() == ["", "Bert", "", ""]
    assert rows["1"].tolist() == ["", "0639981235", "", ""]
    assert rows["number"].tolist() == ["+-7", BERT, "", ""]
    assert rows["frame"].tolist() == [1, 1, 0, 0]
    assert rows["reason"].tolist() == ["", "", ERASED, ERASED]
    assert find_person_rows(without, ANNA, PATTERN) == []


def test_rows_without_the_person_stay_as_they_are(packed: bytes) -> None:
    assert remove_person(packed, "+33639980000", search_pattern(33639980000), "+-7") is None
