"""Frames in halves: too large ones, and refused ones until the bad contact is found."""

from collections import Counter
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import numpy as np
import orjson
import pytest

from bulksms.campaign import Parameters
from bulksms.contacts import Contact
from bulksms.ledger import FrameState, FrozenFrame, Ledger
from bulksms.octopush import add_request_id, build_body
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome, RefusalScope, Refused
from bulksms.results.campaign_report import class_of
from bulksms.sender import Pacing, RunOutcome, StopCause
from bulksms.sender.reframe import frame_without
from bulksms.sender.send_frames import send_frames
from tests.builders import new_campaign
from tests.fakes import NO_CREDIT, FakeClock, RecordingObserver

FIRST = 33_639_980_000
NOON = FakeClock().now()
TOO_LARGE = NotSent(reason="The frame is too large.", too_large=True)
BAD = Refused(code=117, message="", scope=RefusalScope.FRAME, reason="No correct number.")


class Picky:
    """Takes frames up to a size, and none with a bad contact; remembers who got a text."""

    def __init__(self, *, most: int = 500, bad: frozenset[str] = frozenset()) -> None:
        self.most, self.bad = most, bad
        self.posts = 0
        self.texted: list[str] = []
        self.ids: list[str] = []

    def post(self, body: bytes) -> Outcome:
        self.posts += 1
        fields = orjson.loads(body)
        people = [person["phone_number"] for person in fields["recipients"]]
        self.ids.append(fields["request_id"])
        if len(people) > self.most:
            return TOO_LARGE
        if self.bad & set(people):
            return BAD
        self.texted += people
        return Accepted(ticket="t", number_of_contacts=len(people), total_cost=Decimal(1))

    def server_time(self) -> datetime | None:
        return None

    def close(self) -> None:
        pass


def freeze_frame(number: int, people: int) -> FrozenFrame:
    digits = np.arange(FIRST + 1000 * number, FIRST + 1000 * number + people, dtype="<i8")
    contacts = [Contact(row=2, phone_number=f"+{phone_number}") for phone_number in digits.tolist()]
    request_id, body = add_request_id(
        build_body(Parameters(text="Bonjour"), contacts), key=str(number)
    )
    return FrozenFrame(
        number=number,
        first_row=2,
        last_row=people + 1,
        body=body,
        request_id=request_id,
        numbers=digits.tobytes(),
    )


class Cutter:
    """A campaign of frames of so many people, and one call that sends it."""

    def __init__(self, ledger: Ledger, *sizes: int) -> None:
        frames = [freeze_frame(number, size) for number, size in enumerate(sizes, start=1)]
        self.ledger, self.observer = ledger, RecordingObserver()
        self.campaign = ledger.campaigns.create(new_campaign("cut"), frames)
        self.people = [f"+{FIRST + 1000 * n + index}" for n, size in enumerate(sizes, start=1)
                       for index in range(size)]  # fmt: skip

    def send(self, poster: Picky, *, isolate: bool = False) -> RunOutcome:
        return send_frames(
            self.ledger,
            lambda: poster,
            self.campaign,
            Pacing(isolate_refused=isolate),
            FakeClock(),
            self.observer,
            row_lookup=lambda numbers: [int(number) % 1000 + 2 for number in numbers],
        )

    @property
    def standing(self) -> dict[str, int]:
        """How many people are in frames of each state."""
        counted: dict[str, int] = {}
        for frame in list(self.ledger.frame_queries.each(self.campaign.id)):
            counted[frame.state] = counted.get(frame.state, 0) + frame.contacts
        return counted


def test_a_frame_too_large_goes_out_in_halves_and_the_others_at_once_in_that_size(
    ledger: Ledger,
) -> None:
    cutter, picky = Cutter(ledger, 400, 400), Picky(most=100)
    assert cutter.send(picky).state == "done"
    assert picky.texted == cutter.people
    assert cutter.standing == {"accepted": 800, "dropped": 0}
    # Only the first frame and its first half had to be refused for it.
    assert picky.posts == 2 + 8
    assert len(set(picky.ids)) == len(picky.ids)


def test_a_frame_of_fifty_that_is_too_large_stops_the_line(ledger: Ledger) -> None:
    cutter, picky = Cutter(ledger, 400, 200), Picky(most=49)
    outcome = cutter.send(picky)
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.ACCOUNT)
    assert picky.texted == []
    assert cutter.standing == {"dropped": 0, "planned": 600}


@pytest.mark.parametrize("position", [0, 137, 249, 250, 499])
def test_one_poison_contact_in_500_is_named_and_499_get_the_text(
    ledger: Ledger, position: int
) -> None:
    cutter = Cutter(ledger, 500)
    poison = cutter.people[position]
    picky = Picky(bad=frozenset({poison}))
    assert cutter.send(picky, isolate=True).state == "done"
    assert picky.texted == [person for person in cutter.people if person != poison]
    assert cutter.standing == {"accepted": 499, "refused": 1, "dropped": 0}
    assert picky.posts <= 1 + 2 * 9
    assert (
        f"The contact in row {position + 2} is refused: No correct number." in cutter.observer.notes
    )
    refused = [
        frame for frame in ledger.frame_queries.each(cutter.campaign.id) if frame.state == "refused"
    ]
    assert [(frame.first_row, frame.last_row) for frame in refused] == [
        (position + 2, position + 2)
    ]
    numbers, frame_numbers = ledger.frames.frame_by_phone_number(cutter.campaign.id)
    assert len(numbers) == 500
    assert frame_numbers[numbers == int(poison[1:])] == refused[0].number


def test_several_poison_contacts_are_found_one_by_one(ledger: Ledger) -> None:
    cutter = Cutter(ledger, 300, 300)
    poison = frozenset(cutter.people[position] for position in (0, 1, 150, 299, 300, 599))
    picky = Picky(bad=poison)
    assert cutter.send(picky, isolate=True).state == "done"
    assert picky.texted == [person for person in cutter.people if person not in poison]
    assert cutter.standing == {"accepted": 594, "refused": 6, "dropped": 0}


def test_a_list_of_nothing_but_poison_is_given_up(ledger: Ledger) -> None:
    cutter = Cutter(ledger, 400, 400)
    picky = Picky(bad=frozenset(cutter.people))
    outcome = cutter.send(picky, isolate=True)
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.CAMPAIGN)
    assert picky.posts == 20
    assert sum(cutter.standing.values()) == 800


def test_without_the_option_a_refused_frame_stays_whole(ledger: Ledger) -> None:
    cutter = Cutter(ledger, 300, 300)
    picky = Picky(bad=frozenset(cutter.people[:1]))
    assert cutter.send(picky).state == "done"
    assert cutter.standing == {"refused": 300, "accepted": 300}
    assert picky.posts == 2


class Poor(Picky):
    """Finds no credit for what is not too large."""

    def post(self, body: bytes) -> Outcome:
        taken = super().post(body)
        return NO_CREDIT if isinstance(taken, Accepted) else taken


def in_doubt_then_ordered_again(cutter: Cutter) -> None:
    """Leave the first frame in doubt, and plan it again by an operator's order."""
    ledger, key = cutter.ledger, (cutter.campaign.id, 1)
    ledger.claims.claim(*key, NOON)
    ledger.claims.record(*key, FrameState.IN_DOUBT, NOON, message="no answer")
    doubted = replace(ledger.frames.get(*key), wave=2)
    again = frame_without(ledger, cutter.campaign, doubted, np.empty(0, dtype=np.int64))
    assert again is not None
    ledger.settlements.resend(cutter.campaign.id, again, NOON, "by order")


@pytest.mark.parametrize("picky", [Picky(most=100), Picky(bad=frozenset({f"+{FIRST + 1000}"}))])
def test_people_who_may_have_the_text_are_reported_so_in_halves_too(
    ledger: Ledger, picky: Picky
) -> None:
    cutter = Cutter(ledger, 200)
    picky = deepcopy(picky)  # the parameter is that of every ledger
    in_doubt_then_ordered_again(cutter)
    cutter.send(picky, isolate=True)
    # People who are not sent the text now may have it from before.
    classes = Counter[str]()
    for frame in list(ledger.frame_queries.each(cutter.campaign.id)):
        classes[class_of(frame)] += frame.contacts
    assert +classes == Counter({"sent": len(picky.texted), "in_doubt": 200 - len(picky.texted)})


def test_a_person_who_opts_out_of_a_half_is_counted_once_and_is_in_no_frame(ledger: Ledger) -> None:
    cutter = Cutter(ledger, 400)
    cutter.send(Poor(most=300))
    ledger.opt_outs.add([int(cutter.people[0]), int(cutter.people[-1])], "typed", NOON)
    picky = Picky()
    cutter.send(picky)
    assert picky.texted == cutter.people[1:-1]
    assert sum(cutter.standing.values()) == 398
    assert len(ledger.frames.frame_by_phone_number(cutter.campaign.id)[0]) == 398


def test_halves_that_never_left_are_still_in_doubt_of_the_whole(ledger: Ledger) -> None:
    cutter = Cutter(ledger, 400)
    in_doubt_then_ordered_again(cutter)
    cutter.send(Poor(most=300))
    halves = [frame for frame in ledger.frame_queries.each(cutter.campaign.id) if frame.parent]
    assert [(frame.state, class_of(frame)) for frame in halves] == [("planned", "in_doubt")] * 2
