"""A person who said STOP is not texted; a STOP that may be forged is held for a decision."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from bulksms.errors import InputError
from bulksms.ledger import FrameState, FrozenFrame, HeldReason, Ledger
from bulksms.settings import Settings, read_settings
from bulksms.use_cases.receipts.reported_stops import (
    ReportedStop,
    StopReview,
    drop_held,
    held_stops,
    obey_stops,
    take_held,
)
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import ANNA, BERT, CARL, LATER, NOON, frame_of

STRANGER = 33639980199


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"BULKSMS_HOME": str(tmp_path / "home")})


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    with ledger_in(settings.home) as opened:
        yield opened


def _send(ledger: Ledger, frozen: FrozenFrame, name: str = "spring") -> None:
    made = ledger.campaigns.create(new_campaign(name), [frozen])
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, NOON, ticket=f"sms_{name}")


def _stop(*people: int, ticket: str = "") -> list[ReportedStop]:
    return [ReportedStop(phone_number=person, ticket=ticket) for person in people]


def _held(ledger: Ledger) -> list[tuple[int, str]]:
    return [(stop.phone_number, stop.reason.value) for stop in ledger.held_stops.all()]


def test_a_stop_with_the_ticket_of_its_text_is_an_opt_out_and_nothing_to_look_at(
    ledger: Ledger,
) -> None:
    _send(ledger, frame_of(ANNA, BERT))

    assert obey_stops(ledger, _stop(ANNA, ticket="sms_spring"), LATER) == 1

    assert ledger.opt_outs.all().tolist() == [ANNA]
    assert _held(ledger) == []


@pytest.mark.parametrize("ticket", ["", "sms_spring", "sms_unknown"])
def test_a_stop_of_no_one_in_a_campaign_is_obeyed_and_held(ledger: Ledger, ticket: str) -> None:
    _send(ledger, frame_of(ANNA, BERT))

    obey_stops(ledger, _stop(STRANGER, ticket=ticket), LATER)
    sentences = StopReview().review(ledger, LATER)

    assert ledger.opt_outs.all().tolist() == [STRANGER]
    assert _held(ledger) == [(STRANGER, "never_texted")]
    assert sentences == ["1 STOP waits for a look (obeyed meanwhile): `bulksms optout held`."]


def test_a_stop_without_its_ticket_is_released_once_its_number_is_found_in_a_campaign(
    ledger: Ledger,
) -> None:
    _send(ledger, frame_of(ANNA, BERT))
    obey_stops(ledger, _stop(BERT, STRANGER), LATER)

    StopReview().review(ledger, LATER)

    assert _held(ledger) == [(STRANGER, "never_texted")]
    assert ledger.opt_outs.all().tolist() == [BERT, STRANGER]


def test_a_stranger_is_looked_for_again_when_there_is_another_campaign(ledger: Ledger) -> None:
    review = StopReview()
    obey_stops(ledger, _stop(CARL), LATER)
    review.review(ledger, LATER)
    assert _held(ledger) == [(CARL, "never_texted")]

    ledger.campaigns.create(new_campaign("summer"), [frame_of(CARL)])

    assert review.review(ledger, LATER) == []
    assert _held(ledger) == []


def test_a_number_that_opted_out_before_is_not_held(ledger: Ledger) -> None:
    ledger.opt_outs.add([STRANGER], "typed", NOON)

    assert obey_stops(ledger, _stop(STRANGER), LATER) == 0
    assert _held(ledger) == []
    assert ledger.opt_outs.origin_of(STRANGER) == (NOON, "typed")


def _many(ledger: Ledger, texted: int, stops: int) -> None:
    people = range(33639980000, 33639980000 + texted)
    _send(ledger, frame_of(*people))
    obey_stops(ledger, _stop(*people[:stops], ticket="sms_spring"), NOON)


@pytest.mark.parametrize(("texted", "stops", "held"), [(500, 26, 26), (500, 25, 0), (100, 19, 0)])
def test_more_stops_than_people_ever_send_are_held_and_obeyed(
    ledger: Ledger, texted: int, stops: int, held: int
) -> None:
    _many(ledger, texted, stops)

    StopReview().review(ledger, NOON + timedelta(minutes=59))

    assert len(ledger.opt_outs.all()) == stops
    assert [reason for _, reason in _held(ledger)] == ["many_at_once"] * held


def test_stops_of_more_than_an_hour_are_not_many_at_once(ledger: Ledger) -> None:
    _many(ledger, 500, 26)

    StopReview().review(ledger, NOON + timedelta(minutes=61))

    assert _held(ledger) == []


def test_stops_that_a_person_took_are_not_held_again(ledger: Ledger, settings: Settings) -> None:
    _many(ledger, 500, 26)
    review = StopReview()
    review.review(ledger, NOON)

    assert take_held(None, "FR", "zoe", settings) == 26

    assert review.review(ledger, NOON) == []
    assert _held(ledger) == []
    assert len(ledger.opt_outs.all()) == 26
    assert ledger.opt_outs.origin_of(33639980000) == (
        NOON,
        "STOP reported by Octopush, taken by zoe",
    )


def test_a_stop_that_a_person_drops_is_an_opt_out_no_longer(
    ledger: Ledger, settings: Settings
) -> None:
    obey_stops(ledger, _stop(STRANGER, CARL), LATER)

    assert drop_held([f"+{STRANGER}"], "FR", settings) == 1

    assert ledger.opt_outs.all().tolist() == [CARL]
    assert [stop.phone_number for stop in held_stops(settings)] == [CARL]


def test_only_what_is_held_can_be_decided(ledger: Ledger, settings: Settings) -> None:
    ledger.opt_outs.add([ANNA], "typed", NOON)
    obey_stops(ledger, _stop(CARL), LATER)

    with pytest.raises(InputError, match="nothing was changed"):
        drop_held([f"+{CARL}", f"+{ANNA}"], "FR", settings)
    with pytest.raises(InputError, match="nothing was changed"):
        take_held([f"+{CARL}", f"+{ANNA}"], "FR", "zoe", settings)

    assert _held(ledger) == [(CARL, "never_texted")]
    assert ledger.opt_outs.all().tolist() == [ANNA, CARL]


def test_holding_twice_keeps_the_first_reason(ledger: Ledger) -> None:
    assert ledger.held_stops.hold([ANNA], HeldReason.NEVER_TEXTED, NOON) == 1
    assert ledger.held_stops.hold([ANNA, BERT], HeldReason.MANY_AT_ONCE, LATER) == 1

    assert _held(ledger) == [(ANNA, "never_texted"), (BERT, "many_at_once")]


def test_an_opt_out_that_was_stored_otherwise_meanwhile_survives_a_drop_of_others(
    ledger: Ledger, settings: Settings
) -> None:
    obey_stops(ledger, _stop(STRANGER), LATER)
    ledger.opt_outs.add([BERT], "typed", LATER)

    drop_held(None, "FR", settings)

    assert np.array_equal(ledger.opt_outs.all(), [BERT])
