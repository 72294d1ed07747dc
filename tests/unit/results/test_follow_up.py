import csv
from pathlib import Path

import pytest

from bulksms.contacts import Reason
from bulksms.ledger import FrameRecord, FrameState
from bulksms.results.follow_up import FollowUp, write_follow_up
from bulksms.results.left_out_reasons import left_out_reason
from tests.builders import a_frame_record, an_unposted_frame
from tests.unit.results.rows import DUPLICATE, REJECTED, a_row, parts

FRAMES: list[FrameRecord] = [
    a_frame_record(number=1),
    an_unposted_frame(number=2, state=FrameState.REFUSED, message="Unknown sender", code=106),
    an_unposted_frame(number=3),
    a_frame_record(number=4, state=FrameState.IN_DOUBT, message="no answer"),
    an_unposted_frame(
        number=5, state=FrameState.REFUSED, message="Refused number", code=181, contacts=1
    ),
]
ROWS = [
    a_row("A"),
    REJECTED,
    DUPLICATE,
    *(a_row(name, at, at + 3) for at, name in ((2, "B"), (3, "C"), (4, "D"), (5, "E"))),
]


def _written(path: Path, follow_up: FollowUp) -> list[list[str]]:
    write_follow_up(path, parts(ROWS, FRAMES), follow_up)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        (
            FollowUp.FAILED,
            [
                ["B", "0639980105", "5", "failed", "Unknown sender"],
                ["E", "0639980108", "8", "failed", "Refused number"],
            ],
        ),
        (FollowUp.NOT_ATTEMPTED, [["C", "0639980106", "6", "not_attempted", ""]]),
        (FollowUp.IN_DOUBT, [["D", "0639980107", "7", "in_doubt", "no answer"]]),
        (
            FollowUp.TO_CORRECT,
            [["Paul", "demander", "3", "not_a_number", "This is not a number."]],
        ),
    ],
)
def test_a_list_has_the_original_columns_and_the_reason(
    tmp_path: Path, follow_up: FollowUp, expected: list[list[str]]
) -> None:
    header = ["Nom", "Mobile", "bulksms_row", "bulksms_code", "bulksms_reason"]

    assert _written(tmp_path / "list.csv", follow_up) == [header, *expected]


def test_dead_numbers_are_a_list_to_exclude(tmp_path: Path) -> None:
    assert _written(tmp_path / "list.csv", FollowUp.DEAD_NUMBERS) == [
        ["phone_number", "bulksms_reason"],
        ["+33639980108", "Refused number"],
    ]


@pytest.mark.parametrize("follow_up", FollowUp)
def test_an_empty_list_has_its_header(tmp_path: Path, follow_up: FollowUp) -> None:
    path = tmp_path / "list.csv"

    write_follow_up(path, parts([a_row()], [a_frame_record()]), follow_up)

    assert len(path.read_text(encoding="utf-8-sig").splitlines()) == 1


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_reason_has_a_heading_and_an_advice(reason: Reason, language: str) -> None:
    described = left_out_reason(reason.value, language)

    assert described.heading
    assert described.advice
    assert described.heading != reason.value.replace("_", " ")


def test_an_unknown_reason_is_shown_by_its_code() -> None:
    assert left_out_reason("on_the_moon").heading == "on the moon"
