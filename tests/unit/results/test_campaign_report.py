from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bulksms.ledger import FrameState
from bulksms.money import format_money
from bulksms.results import summarise
from tests.builders import a_campaign, a_frame_record, an_unposted_frame, totals_of


def _one_of_every_state() -> list[FrameState]:
    return list(FrameState)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("83.7", "83.70"),
        ("83.70", "83.70"),
        ("0.045", "0.045"),
        ("0.0450", "0.045"),
        ("0", "0.00"),
        ("100", "100.00"),
        ("1E+2", "100.00"),
        ("1E-7", "0.0000001"),
        ("-3.5", "-3.50"),
    ],
)
def test_money_has_two_decimals_at_the_least_and_every_digit(amount: str, expected: str) -> None:
    assert format_money(Decimal(amount)) == expected


def test_the_classes_add_up_to_the_rows_of_the_source() -> None:
    frames = [
        an_unposted_frame(number=number, state=state, contacts=100)
        for number, state in enumerate(_one_of_every_state(), start=1)
    ]
    counts = {"rows": 870, "sendable": 800, "rejected": 40, "duplicates": 20, "opted_out": 10}

    report = summarise(a_campaign(counts=counts), totals_of(frames))

    assert report.contacts == {
        "sent": 200,
        "simulated": 100,
        "failed": 100,
        "in_doubt": 200,
        "rejected": 40,
        "suppressed": 30,
        "not_attempted": 200,
    }
    assert sum(report.contacts.values()) == 870


def test_frames_are_counted_by_state_also_when_there_are_none() -> None:
    report = summarise(a_campaign(), totals_of([a_frame_record(number=at) for at in (1, 2, 3)]))

    assert report.frames == {
        "planned": 0,
        "intent": 0,
        "accepted": 3,
        "accepted_short": 0,
        "refused": 0,
        "in_doubt": 0,
        "dropped": 0,
        "simulated": 0,
    }


def test_the_json_is_the_contracts() -> None:
    parameters = {
        "sender": "SHOP",
        "purpose": "wholesale",
        "type": "sms_premium",
        "files": ["list.csv"],
    }
    report = summarise(
        a_campaign(parameters=parameters),
        totals_of([a_frame_record(number=at) for at in (1, 2, 3)]),
    )

    assert report.as_json() == {
        "campaign": "spring",
        "state": "done",
        "mode": "real",
        "rehearsal": False,
        "sender": "SHOP",
        "purpose": "wholesale",
        "type": "sms_premium",
        "send_at": None,
        "started_at": "2026-03-01T09:00:00+00:00",
        "finished_at": "2026-03-01T09:00:02+00:00",
        "files": ["list.csv"],
        "frames": {
            "planned": 0,
            "intent": 0,
            "accepted": 3,
            "accepted_short": 0,
            "refused": 0,
            "in_doubt": 0,
            "dropped": 0,
            "simulated": 0,
        },
        "contacts": {
            "sent": 930,
            "failed": 0,
            "in_doubt": 0,
            "rejected": 40,
            "suppressed": 30,
            "not_attempted": 0,
        },
        "short": 0,
        "nothing_new": False,
        "seeds": None,
        "total_cost": "83.70",
        "frames_without_cost": 0,
        "planned_cost": None,
        "residual_credit": "72.10",
        "sms_needed": 1860,
        "reason": None,
        "deliveries": None,
        "next_steps": [],
        "resume_command": None,
    }


def test_the_plan_is_compared_with_what_was_paid_for_and_nothing_else() -> None:
    paid = a_frame_record(number=1, cost_planned=Decimal("25.00"))
    waiting = an_unposted_frame(number=2, cost_planned=Decimal("30.00"))

    assert summarise(a_campaign(), totals_of([paid, waiting])).planned_cost == Decimal("25.00")
    unknown = a_frame_record(number=3)
    assert summarise(a_campaign(), totals_of([paid, unknown])).planned_cost is None


def test_the_credit_left_is_that_of_the_newest_answer() -> None:
    late = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    frames = [
        a_frame_record(number=1, residual_credit=Decimal(50), finished_at=late),
        a_frame_record(number=2, residual_credit=Decimal(70)),
        an_unposted_frame(number=3),
    ]

    assert summarise(a_campaign(), totals_of(frames)).residual_credit == Decimal(50)


def test_without_an_answer_no_credit_is_known() -> None:
    report = summarise(a_campaign(), totals_of([an_unposted_frame()]))

    assert report.as_json()["residual_credit"] is None


@pytest.mark.parametrize("state", ["planned", "sending"])
def test_a_run_that_never_reported_its_end_was_interrupted(state: str) -> None:
    assert summarise(a_campaign(state=state), totals_of([])).state == "interrupted"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("spring", "bulksms resume spring", id="one word"),
        pytest.param("spring sale", 'bulksms resume "spring sale"', id="two words"),
    ],
)
def test_a_campaign_with_frames_left_says_how_to_continue(name: str, expected: str) -> None:
    assert (
        summarise(a_campaign(name=name), totals_of([an_unposted_frame()])).resume_command
        == expected
    )


def test_a_campaign_that_is_being_sent_has_no_end_and_nothing_to_resume() -> None:
    totals = totals_of([a_frame_record(number=1), an_unposted_frame(number=2)])
    answer = summarise(a_campaign(state="running"), totals).as_json()

    assert (answer["finished_at"], answer["resume_command"]) == (None, None)


@pytest.mark.parametrize(
    ("parameters", "rehearsal", "mode"),
    [
        pytest.param({}, False, "real", id="real"),
        pytest.param({}, True, "rehearsal", id="rehearsal"),
        pytest.param({"simulation_mode": True}, False, "simulation", id="simulation"),
        pytest.param({"simulation_mode": True}, True, "simulation", id="simulated rehearsal"),
    ],
)
def test_the_mode_says_whether_people_are_texted(
    parameters: dict[str, object], *, rehearsal: bool, mode: str
) -> None:
    assert (
        summarise(a_campaign(parameters=parameters, rehearsal=rehearsal), totals_of([])).mode
        == mode
    )


def test_people_whom_octopush_did_not_take_are_counted() -> None:
    short = a_frame_record(state=FrameState.ACCEPTED_SHORT, contacts=500, number_of_contacts=498)
    report = summarise(a_campaign(), totals_of([short, a_frame_record(number=2)]))

    assert report.short == 2
    assert report.next_steps == (
        "Octopush did not take 2 people of accepted frames, without naming them.",
    )


def test_doubt_and_refusals_say_what_to_do() -> None:
    doubtful = a_frame_record(number=2, state=FrameState.IN_DOUBT, contacts=200)
    refused = a_frame_record(
        number=3, state=FrameState.REFUSED, contacts=300, code=117, message="No correct number"
    )
    report = summarise(
        a_campaign(name="spring sale"), totals_of([a_frame_record(), doubtful, refused])
    )

    assert report.next_steps[0] == (
        "Frame 2 with 200 people: no certain answer, so they may have the text. "
        'Decide with `bulksms doubt show "spring sale"`.'
    )
    assert report.reason == report.next_steps[0]
    assert report.next_steps[1].startswith("Frame 3 with 300 people refused: code 117. ")


def test_one_person_is_said_as_one() -> None:
    refused = a_frame_record(
        number=2, state=FrameState.REFUSED, contacts=1, code=117, message="No correct number"
    )

    steps = summarise(a_campaign(), totals_of([a_frame_record(), refused])).next_steps

    assert steps[0].startswith("Frame 2 with 1 person refused: code 117. ")


@pytest.mark.parametrize(("refused", "warns"), [(301, True), (300, False)])
def test_more_than_30_percent_of_people_refused_are_warned_of(refused: int, warns: bool) -> None:
    frames = [
        a_frame_record(contacts=1000 - refused),
        a_frame_record(number=2, state=FrameState.REFUSED, contacts=refused, code=117),
    ]

    steps = summarise(a_campaign(), totals_of(frames)).next_steps

    warning = (
        "301 of 1000 people whose frames were answered were refused: find the cause before you "
        "send more."
    )
    assert (warning in steps) is warns


@pytest.mark.parametrize(
    ("code", "command"),
    [
        pytest.param(121, None, id="the text is refused"),
        pytest.param(106, None, id="the sender is refused"),
        pytest.param(117, "bulksms resume spring --isolate-refused", id="a contact is refused"),
    ],
)
def test_what_resume_would_only_repeat_is_not_advised(code: int, command: str | None) -> None:
    frames = [
        a_frame_record(state=FrameState.REFUSED, code=code),
        an_unposted_frame(number=2),
    ]
    report = summarise(a_campaign(state="stopped"), totals_of(frames))

    assert report.resume_command == command
    assert any("would be refused again" in step for step in report.next_steps) is (command is None)
    assert any("--retry-refused" in step for step in report.next_steps) is (command is not None)
