import pytest

from bulksms.ledger import FrameState
from tests.builders import a_frame_record, an_unposted_frame
from tests.unit.results.rows import DUPLICATE, REJECTED, a_row, outcomes

COLUMNS = ["number", "class", "frame", "ticket", "code", "reason"]


@pytest.mark.parametrize(
    ("state", "expected", "code"),
    [
        (FrameState.PLANNED, "not_attempted", "not_attempted"),
        (FrameState.INTENT, "in_doubt", "in_doubt"),
        (FrameState.ACCEPTED, "sent", ""),
        (FrameState.ACCEPTED_SHORT, "sent", ""),
        (FrameState.REFUSED, "failed", "failed"),
        (FrameState.IN_DOUBT, "in_doubt", "in_doubt"),
        (FrameState.DROPPED, "not_attempted", "not_attempted"),
        (FrameState.SIMULATED, "simulated", "simulated"),
    ],
)
def test_a_contact_is_in_the_class_of_its_frame(
    state: FrameState, expected: str, code: str
) -> None:
    rows = outcomes([a_row()], [a_frame_record(state=state)]).rows

    assert rows[["class", "code"]].to_numpy().tolist() == [[expected, code]]


def test_rows_left_out_keep_their_reason() -> None:
    rows = outcomes([a_row(), REJECTED, DUPLICATE], [a_frame_record()]).rows

    assert rows[COLUMNS].to_numpy().tolist() == [
        ["+33639980102", "sent", 1, "sms_1", "", ""],
        ["", "rejected", 0, "", "not_a_number", "This is not a number."],
        ["", "suppressed", 0, "", "duplicate", "Row 2 has it."],
    ]


def test_a_contact_of_a_refused_frame_has_the_message_of_octopush() -> None:
    refused = an_unposted_frame(state=FrameState.REFUSED, message="Unknown sender")

    assert outcomes([a_row()], [refused]).rows["reason"].tolist() == ["Unknown sender"]


def test_a_person_who_opted_out_after_the_planning_is_suppressed_and_in_no_frame() -> None:
    rows = outcomes([a_row(), REJECTED], [a_frame_record()], {33639980199: 1}).rows

    sentence = "This number opted out before its frame was posted."
    assert rows[COLUMNS].to_numpy().tolist() == [
        ["+33639980102", "suppressed", 0, "", "opted_out", sentence],
        ["", "rejected", 0, "", "not_a_number", "This is not a number."],
    ]


def test_a_person_who_is_in_another_frame_by_now_has_the_outcome_of_that_one() -> None:
    behind = a_frame_record(number=7, state=FrameState.DROPPED, doubted=True, message="left")

    rows = outcomes([a_row()], [a_frame_record(), behind], {33639980102: 7}).rows

    assert rows[["class", "frame"]].to_numpy().tolist() == [["in_doubt", 7]]


@pytest.mark.parametrize(
    ("contacts", "code", "expected"),
    [(1, 181, True), (1, 117, True), (1, 106, False), (2, 181, False)],
)
def test_a_number_that_octopush_refused_by_itself_is_dead(
    contacts: int, code: int, expected: bool
) -> None:
    refused = an_unposted_frame(state=FrameState.REFUSED, code=code, contacts=contacts)

    assert outcomes([a_row()], [refused]).rows["dead"].tolist() == [expected]
