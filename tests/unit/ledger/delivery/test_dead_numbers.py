"""A number is dead when the last three campaigns failed at it, and good again when one did not."""

import pytest

from bulksms.ledger import FrameState, Ledger, ReceiptRecord
from tests.builders import new_campaign
from tests.unit.ledger.samples import ANNA, BERT, CARL, LATER, NOON, frame_of

FAILING, ARRIVING = ("NOT_DELIVERED", "BAD_DESTINATION"), ("DELIVERED", "READ")


def _campaigns(ledger: Ledger, *words: dict[int, str], rehearsal: bool = False) -> None:
    """Send a campaign for each of these tables of people and what their receipts say."""
    for at, statuses in enumerate(words):
        name = f"campaign-{rehearsal}-{at}"
        made = ledger.campaigns.create(
            new_campaign(name, rehearsal=rehearsal), [frame_of(ANNA, BERT, CARL)]
        )
        ledger.claims.claim(made.id, 1, NOON)
        ledger.claims.record(made.id, 1, FrameState.ACCEPTED, LATER, ticket=f"sms_{name}")
        ledger.receipts.add(
            [
                ReceiptRecord(ticket=f"sms_{name}", phone_number=person, status=word)
                for person, several in statuses.items()
                for word in several.split()
            ],
            LATER,
        )


def _dead(ledger: Ledger, *, rehearsal: bool = False) -> list[int]:
    numbers = ledger.dead_numbers.learn(FAILING, ARRIVING, rehearsal=rehearsal)
    return list(map(int, numbers))


def test_two_campaigns_that_failed_say_nothing_yet(ledger: Ledger) -> None:
    _campaigns(ledger, {ANNA: "ACK NOT_DELIVERED", BERT: "NOT_DELIVERED"}, {ANNA: "NOT_DELIVERED"})
    assert _dead(ledger) == []


@pytest.mark.parametrize(
    ("words", "is_dead"),
    [
        (["NOT_DELIVERED", "BAD_DESTINATION", "NOT_DELIVERED"], True),
        (["DELIVERED", "NOT_DELIVERED", "BAD_DESTINATION", "NOT_DELIVERED"], True),
        (["NOT_DELIVERED", "NOT_DELIVERED", "NOT_DELIVERED", "DELIVERED"], False),
        (["NOT_DELIVERED", "NOT_DELIVERED", "READ", "NOT_DELIVERED"], False),
        (["NOT_DELIVERED", "NOT_DELIVERED", "NOT_DELIVERED DELIVERED"], False),
        (["NOT_DELIVERED", "EXPIRED", "NOT_DELIVERED", "NOT_DELIVERED"], True),
        (["NOT_DELIVERED", "EXPIRED", "EXPIRED"], False),
    ],
)
def test_only_the_last_three_campaigns_that_say_something_count(
    ledger: Ledger, words: list[str], is_dead: bool
) -> None:
    _campaigns(ledger, *({ANNA: word, BERT: "DELIVERED"} for word in words))

    assert _dead(ledger) == ([ANNA] if is_dead else [])


def test_three_receipts_of_one_campaign_are_one_failure(ledger: Ledger) -> None:
    _campaigns(ledger, {ANNA: "NOT_DELIVERED BAD_DESTINATION"}, {ANNA: "NOT_DELIVERED"})

    assert _dead(ledger) == []


def test_rehearsals_teach_rehearsals_only(ledger: Ledger) -> None:
    _campaigns(ledger, *[{CARL: "NOT_DELIVERED"}] * 3, rehearsal=True)

    assert _dead(ledger) == []
    assert _dead(ledger, rehearsal=True) == [CARL]
