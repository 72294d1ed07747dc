import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from openpyxl import load_workbook

from bulksms.errors import InputError
from bulksms.ledger import FrameState
from bulksms.results.contact_results import (
    SOURCE_ROW_COLUMNS,
    pack_source_rows,
    unpack_source_rows,
    write_contact_results,
)
from tests.builders import a_frame_record, an_unposted_frame

HEADER = ["Nom", "Mobile"]
NAMES = [
    "Nom",
    "Mobile",
    "bulksms_row",
    "bulksms_number",
    "bulksms_column",
    "bulksms_class",
    "bulksms_frame",
    "bulksms_ticket",
    "bulksms_reason",
    "bulksms_delivery",
]


def _roll(*rows: tuple[str, str, int, str, str, str, int, str]) -> bytes:
    names = ["0", "1", *SOURCE_ROW_COLUMNS]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return pack_source_rows(HEADER, [pa.table(columns, names)])


def _sendable(name: str = "Zoë", frame: int = 1) -> tuple[str, str, int, str, str, str, int, str]:
    return (name, "06 39 98 01 02", 2, "+33639980102", "Mobile", "rejected", frame, "")


REJECTED = ("Paul", "demander", 3, "", "Mobile", "rejected", 0, "This is not a number.")
DUPLICATE = ("Zoë", "0639980102", 4, "", "Mobile", "suppressed", 0, "Row 2 has it.")


def _csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_roll_comes_out_of_its_pack_as_it_went_in() -> None:
    header, roll = unpack_source_rows(_roll(_sendable(), REJECTED))

    assert header == ["Nom", "Mobile"]
    assert list(roll.itertuples(index=False, name=None)) == [_sendable(), REJECTED]


def test_every_row_of_the_source_has_a_line(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"

    write_contact_results(path, _roll(_sendable(), REJECTED, DUPLICATE), [a_frame_record()])

    assert _csv(path) == [
        NAMES,
        ["Zoë", "06 39 98 01 02", "2", "+33639980102", "Mobile", "sent", "1", "sms_1", "", ""],
        ["Paul", "demander", "3", "", "Mobile", "rejected", "", "", "This is not a number.", ""],
        ["Zoë", "0639980102", "4", "", "Mobile", "suppressed", "", "", "Row 2 has it.", ""],
    ]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (FrameState.PLANNED, "not_attempted"),
        (FrameState.INTENT, "in_doubt"),
        (FrameState.ACCEPTED, "sent"),
        (FrameState.ACCEPTED_SHORT, "sent"),
        (FrameState.REFUSED, "failed"),
        (FrameState.IN_DOUBT, "in_doubt"),
        (FrameState.DROPPED, "not_attempted"),
    ],
)
def test_a_contact_is_in_the_class_of_its_frame(
    tmp_path: Path, state: FrameState, expected: str
) -> None:
    path = tmp_path / "people.csv"

    write_contact_results(path, _roll(_sendable()), [a_frame_record(state=state)])

    assert _csv(path)[1][5] == expected


def test_a_contact_of_a_refused_frame_reads_why(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    refused = an_unposted_frame(state=FrameState.REFUSED, message="Unknown sender")

    write_contact_results(path, _roll(_sendable()), [refused])

    assert _csv(path)[1][8] == "Unknown sender"


def test_a_formula_in_the_source_is_guarded_in_csv(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"

    write_contact_results(path, _roll(_sendable("=1+1")), [a_frame_record()])

    assert _csv(path)[1][0] == "'=1+1"


def test_a_formula_in_the_source_stays_text_in_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"

    write_contact_results(path, _roll(_sendable("=1+1")), [a_frame_record()])

    cell = load_workbook(path).worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_workbook_says_what_the_csv_says(tmp_path: Path) -> None:
    path = tmp_path / "people.XLSX"

    write_contact_results(path, _roll(_sendable(), REJECTED), [a_frame_record()])

    rows = list(load_workbook(path).worksheets[0].iter_rows(values_only=True))
    told = [[value or "" for value in row] for row in rows]
    assert told == [
        NAMES,
        ["Zoë", "06 39 98 01 02", "2", "+33639980102", "Mobile", "sent", "1", "sms_1", "", ""],
        ["Paul", "demander", "3", "", "Mobile", "rejected", "", "", "This is not a number.", ""],
    ]


def test_a_control_character_in_the_source_does_not_break_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"

    write_contact_results(path, _roll(_sendable("Zo\x0bë")), [a_frame_record()])

    assert load_workbook(path).worksheets[0]["A2"].value == "Zoë"


def test_a_workbook_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(InputError, match=r"people\.xlsx cannot be written"):
        write_contact_results(
            tmp_path / "file" / "people.xlsx", _roll(_sendable()), [a_frame_record()]
        )


def test_who_opted_out_after_the_planning_is_suppressed_and_in_no_frame(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"

    seats = np.array([33639980199], dtype=np.int64), np.array([1], dtype=np.int64)
    write_contact_results(path, _roll(_sendable(), REJECTED), [a_frame_record()], seats)

    why = "This number opted out before its frame was posted."
    assert _csv(path)[1][3:] == ["+33639980102", "Mobile", "suppressed", "", "", why, ""]
    assert _csv(path)[2][5] == "rejected"


def test_who_sits_in_another_frame_by_now_is_told_with_that_one(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    behind = a_frame_record(number=7, state=FrameState.DROPPED, doubted=True, message="left")

    seats = np.array([33639980102], dtype=np.int64), np.array([7], dtype=np.int64)
    write_contact_results(path, _roll(_sendable(), REJECTED), [a_frame_record(), behind], seats)

    assert _csv(path)[1][5:7] == ["in_doubt", "7"]
