from pathlib import Path

import pytest

from bulksms.ledger import FrameState
from bulksms.results import write_frame_results
from tests.builders import a_frame_record, an_unposted_frame

HEADER = (
    "campaign,frame,first_row,last_row,contacts,state,sms_ticket,number_of_contacts,"
    "number_of_sms_needed,total_cost,residual_credit,code,message,attempts,request_id,"
    "started_at,finished_at"
)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()


def test_the_header_is_the_contracts_even_without_frames(tmp_path: Path) -> None:
    write_frame_results(tmp_path / "results.csv", "spring", [])

    assert _lines(tmp_path / "results.csv") == [HEADER]


def test_an_accepted_frame_tells_ticket_price_and_times(tmp_path: Path) -> None:
    write_frame_results(tmp_path / "results.csv", "spring", [a_frame_record()])

    assert _lines(tmp_path / "results.csv")[1] == (
        "spring,1,2,311,310,accepted,sms_1,310,620,27.9,72.1,,OK,1,bs1-aaaa,"
        "2026-03-01T09:00:00+00:00,2026-03-01T09:00:02+00:00"
    )


def test_a_frame_never_posted_has_its_line_too(tmp_path: Path) -> None:
    write_frame_results(tmp_path / "results.csv", "spring", [an_unposted_frame(number=2)])

    assert _lines(tmp_path / "results.csv")[1] == "spring,2,2,311,310,planned,,,,,,,,0,bs1-aaaa,,"


@pytest.mark.parametrize("state", [FrameState.IN_DOUBT, FrameState.INTENT, FrameState.DROPPED])
def test_a_frame_of_unknown_outcome_has_its_line_with_the_reason(
    tmp_path: Path, state: FrameState
) -> None:
    unknown = an_unposted_frame(state=state, message="no answer", attempts=2)

    write_frame_results(tmp_path / "results.csv", "spring", [unknown])

    assert _lines(tmp_path / "results.csv")[1] == (
        f"spring,1,2,311,310,{state.value},,,,,,,no answer,2,bs1-aaaa,,"
    )


def test_a_refused_frame_tells_code_and_message(tmp_path: Path) -> None:
    refused = an_unposted_frame(
        state=FrameState.REFUSED, code=128, message="=Bad, text", attempts=1
    )

    write_frame_results(tmp_path / "results.csv", "spring", [refused])

    assert _lines(tmp_path / "results.csv")[1] == (
        'spring,1,2,311,310,refused,,,,,,128,"\'=Bad, text",1,bs1-aaaa,,'
    )
