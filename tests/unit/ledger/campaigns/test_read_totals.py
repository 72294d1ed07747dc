"""The database sums up a campaign exactly, whatever its frames hold."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bulksms.ledger import CampaignTotals, FrameGroup, FrameRecord, FrameState
from tests.builders import a_frame_record, an_unposted_frame, totals_of

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_campaign_without_frames_sums_up_to_nothing() -> None:
    assert totals_of([]) == CampaignTotals()


def test_no_cent_is_lost_to_a_float() -> None:
    costs = ["0.1", "0.2", "0.1", "1234567890123.45", "0.0001"]
    frames = [
        a_frame_record(number=at, total_cost=Decimal(cost), cost_planned=Decimal("0.30"))
        for at, cost in enumerate(costs)
    ]
    totals = totals_of([*frames, an_unposted_frame(number=9, cost_planned=Decimal(7))])
    assert totals.total_cost == Decimal("1234567890123.8501")
    assert totals.planned_cost == Decimal("1.50")


def test_accepted_frames_without_a_cost_are_counted() -> None:
    totals = totals_of(
        [
            a_frame_record(number=1, total_cost=None),
            a_frame_record(number=2, total_cost=None, state=FrameState.ACCEPTED_SHORT),
            a_frame_record(number=3, total_cost=None, state=FrameState.REFUSED),
            a_frame_record(number=4, total_cost=Decimal("0.10")),
            an_unposted_frame(number=5),
        ]
    )
    assert (totals.unpriced, totals.total_cost) == (2, Decimal("0.10"))


def test_people_of_frames_that_were_in_doubt_are_counted_apart() -> None:
    totals = totals_of(
        [
            an_unposted_frame(number=1, contacts=100, attempts=1, doubted=True),
            an_unposted_frame(number=2, contacts=200),
            a_frame_record(number=3, contacts=400, state=FrameState.DROPPED, doubted=True),
            a_frame_record(number=4, contacts=800, state=FrameState.DROPPED),
        ]
    )
    assert totals.doubted_contacts == 500
    assert totals.contacts == {FrameState.PLANNED: 200, FrameState.DROPPED: 800}
    assert totals.frames == {FrameState.PLANNED: 2, FrameState.DROPPED: 2}


def test_groups_count_every_frame_and_name_the_first_five() -> None:
    doubtful = [
        a_frame_record(number=at, state=FrameState.IN_DOUBT, contacts=10, message=f"no answer {at}")
        for at in range(1, 8)
    ]
    refused = [
        a_frame_record(number=9, state=FrameState.REFUSED, code=117, message="a", contacts=1),
        a_frame_record(number=10, state=FrameState.REFUSED, code=None, message="b", contacts=2),
        a_frame_record(number=11, state=FrameState.REFUSED, code=117, message="a", contacts=4),
    ]
    totals = totals_of([*refused, *doubtful])
    assert totals.in_doubt == FrameGroup(frames=7, contacts=70, first_numbers=(1, 2, 3, 4, 5))
    assert totals.refused == (
        FrameGroup(frames=2, contacts=5, first_numbers=(9, 11), code=117, message="a"),
        FrameGroup(frames=1, contacts=2, first_numbers=(10,), code=None, message="b"),
    )


def test_of_frames_in_flight_together_the_lowest_credit_is_the_last() -> None:
    def answered(number: int, start: int, end: int, credit: int | None) -> FrameRecord:
        return a_frame_record(
            number=number,
            started_at=NOON + timedelta(seconds=start),
            finished_at=NOON + timedelta(seconds=end),
            residual_credit=None if credit is None else Decimal(credit),
        )

    frames = [
        answered(1, 0, 1, 40),  # a top-up came later
        answered(2, 10, 13, 90),
        answered(3, 11, 14, 95),
        answered(4, 20, 21, None),
    ]
    totals = totals_of(frames)
    assert totals.residual_credit == Decimal(90)
    assert totals.started_at == NOON
    assert totals.finished_at == NOON + timedelta(seconds=21)


def test_people_whom_the_api_did_not_take_and_segments_are_summed_up() -> None:
    short = a_frame_record(
        number=1, state=FrameState.ACCEPTED_SHORT, contacts=310, number_of_contacts=300
    )
    unknown = a_frame_record(number=2, number_of_contacts=None, number_of_sms_needed=None)
    totals = totals_of([short, unknown])
    assert (totals.short, totals.sms_needed) == (10, 620)
