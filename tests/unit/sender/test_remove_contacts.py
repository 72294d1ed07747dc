from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np
import orjson
import pytest

from bulksms.campaign import Parameters
from bulksms.contacts import Contact
from bulksms.ledger import CampaignRecord, FrozenFrame, Ledger, PackedBody
from bulksms.octopush import add_request_id, build_body
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome
from bulksms.sender import Pacing
from bulksms.sender.send_frames import send_frames
from tests.builders import new_campaign, with_parts
from tests.fakes import FakeClock

Read = TypeVar("Read")
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ANNA, BERT, CARL = 33639980101, 33639980102, 33639980103


class Post:
    """Remembers the contacts posted; accepts everything by default."""

    def __init__(self, *first: Outcome) -> None:
        self.first = list(first)
        self.posted: list[list[str]] = []
        self.ids: list[str] = []

    def post(self, body: bytes) -> Outcome:
        fields = orjson.loads(body)
        self.posted.append([person["phone_number"] for person in fields["recipients"]])
        self.ids.append(fields["request_id"])
        if self.first:
            return self.first.pop(0)
        return Accepted(
            ticket="sms_1",
            number_of_contacts=len(fields["recipients"]),
            total_cost=Decimal("0.05"),
        )

    def server_time(self) -> datetime | None:
        return None

    def close(self) -> None:
        pass


def freeze_frame(number: int, *people: int) -> FrozenFrame:
    contacts = [Contact(row=2, phone_number=f"+{digits}") for digits in people]
    body = build_body(Parameters(text="Bonjour"), contacts)
    request_id, signed = add_request_id(body, key=f"real/spring/1/{number}")
    return FrozenFrame(
        number=number,
        first_row=2,
        last_row=4,
        body=signed,
        request_id=request_id,
        numbers=np.array(people, dtype="<i8").tobytes(),
    )


@pytest.fixture
def campaign(ledger: Ledger) -> CampaignRecord:
    frames = [freeze_frame(1, ANNA, BERT), freeze_frame(2, CARL)]
    counts = {"rows": 3, "sendable": 3, "rejected": 0, "duplicates": 0, "opted_out": 0}
    return ledger.campaigns.create(new_campaign(counts=counts), frames)


def send(ledger: Ledger, campaign: CampaignRecord, post: Post) -> str:
    pacing = Pacing(chance=lambda: 0.0)
    return send_frames(ledger, lambda: post, campaign, pacing, FakeClock()).state


def test_without_opt_outs_the_frozen_bytes_are_posted(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    post = Post()
    assert send(ledger, campaign, post) == "done"
    assert post.posted == [["+33639980101", "+33639980102"], ["+33639980103"]]
    assert post.ids == [freeze_frame(1, ANNA, BERT).request_id, freeze_frame(2, CARL).request_id]


def test_a_person_who_opted_out_since_the_planning_is_not_posted(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    ledger.opt_outs.add([ANNA], "typed", NOON)
    post = Post()
    assert send(ledger, campaign, post) == "done"
    assert post.posted == [["+33639980102"], ["+33639980103"]]
    assert post.ids == [freeze_frame(1, BERT).request_id, freeze_frame(2, CARL).request_id]
    assert [frame.state for frame in ledger.frame_queries.each(campaign.id)] == [
        "accepted",
        "accepted",
    ]
    assert ledger.campaigns.get("spring").counts["opted_out"] == 1


def test_a_frame_with_no_one_left_is_dropped_and_the_rest_goes_out(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    ledger.opt_outs.add([ANNA, BERT], "typed", NOON)
    post = Post()
    assert send(ledger, campaign, post) == "done"
    assert post.posted == [["+33639980103"]]
    assert [frame.state for frame in ledger.frame_queries.each(campaign.id)] == [
        "dropped",
        "accepted",
    ]


def test_a_person_who_opts_out_between_two_tries_is_not_in_the_second(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    class Late(Post):
        def post(self, body: bytes) -> Outcome:
            outcome = super().post(body)
            ledger.opt_outs.add([BERT], "typed", NOON)
            return outcome

    post = Late(NotSent(reason="connection refused"), NotSent(reason="connection refused"))
    assert send(ledger, campaign, post) == "done"
    first, second = ["+33639980101", "+33639980102"], ["+33639980101"]
    assert post.posted == [first, second, second, ["+33639980103"]]
    assert [frame.state for frame in ledger.frame_queries.each(campaign.id)] == [
        "accepted",
        "accepted",
    ]


class Interrupted:
    """The ledger, in which someone opts out just after the bytes of a frame were read."""

    def __init__(self, ledger: Ledger, *digits: int) -> None:
        self.real, self.late = ledger, list(digits)

    def body(self, campaign_id: int, number: int) -> bytes:
        return self._then_no(self.real.frames.body(campaign_id, number))

    def bodies(self, campaign_id: int, numbers: list[int]) -> list[PackedBody]:
        return self._then_no(self.real.frames.bodies(campaign_id, numbers))

    def _then_no(self, read: Read) -> Read:
        if self.late:
            self.real.opt_outs.add([self.late.pop()], "typed", NOON)
        return read

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - handed through
        return getattr(self.real.frames, name)


@pytest.mark.parametrize(
    ("late", "posted"),
    [
        ([ANNA], [["+33639980102"], ["+33639980103"]]),
        ([BERT, ANNA], [["+33639980103"]]),
    ],
)
def test_a_person_who_opts_out_between_the_look_and_the_claim_is_not_posted(
    ledger: Ledger, campaign: CampaignRecord, late: list[int], posted: list[list[str]]
) -> None:
    post = Post()
    assert send(with_parts(ledger, frames=Interrupted(ledger, *late)), campaign, post) == "done"
    assert post.posted == posted
    assert ledger.campaigns.get("spring").counts["opted_out"] == len(late)
