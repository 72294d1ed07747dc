"""Sample frames and campaigns for the tests of the ledger."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np

from bulksms.ledger import CampaignRecord, FrozenFrame, Ledger
from bulksms.ledger.people.erasures import ContentEditor
from tests.builders import new_campaign

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ALICE, BOB = "a" * 64, "b" * 64  # accounts
ANNA, BERT, CARL = 33639980101, 33639980102, 33639980103
LATER = NOON + timedelta(seconds=3)
EDITS_NOTHING = ContentEditor(
    remove_recipients=lambda body, _numbers: body,
    finished_texts=lambda _body: {},
    remove_row=lambda _packed, _pseudonym: None,
    mask=lambda text: text,
)


def frozen(number: int, body: bytes | None = None, request_id: str | None = None) -> FrozenFrame:
    content = body or f'{{"frame":{number}}}'.encode()
    numbers = np.array([33639980000 + number, 33639981000 + number], dtype="<i8")
    return FrozenFrame(
        number=number,
        first_row=number * 10,
        last_row=number * 10 + 1,
        body=content,
        request_id=request_id or f"bs1-{number}",
        numbers=numbers.tobytes(),
    )


def frame_of(*people: int, body: bytes = b"{}", number: int = 1, wave: int = 1) -> FrozenFrame:
    """Freeze a frame of these people."""
    return FrozenFrame(
        number=number,
        first_row=2,
        last_row=4,
        body=body,
        request_id=f"bs1-{wave}-{len(people)}",
        numbers=np.array(people, dtype="<i8").tobytes(),
        wave=wave,
    )


def claim_of_read(
    ledger: Ledger, campaign_id: int, number: int, account: str | None = None
) -> Callable[[], bool]:
    """Read a frame and its body, and return its claim, as the sender makes it."""
    frame = ledger.frames.get(campaign_id, number)
    (body,) = ledger.frames.bodies(campaign_id, [number])
    claim = partial(ledger.claims.claim, campaign_id, number, NOON, frame, account=account)
    return partial(claim, packed_members=body.members)


def make(
    ledger: Ledger, name: str = "spring", frames: int = 3, *, rehearsal: bool = False
) -> CampaignRecord:
    return ledger.campaigns.create(
        new_campaign(
            name,
            digest="d" * 64,
            text_digest="t" * 64,
            parameters={"text": "Bonjour"},
            counts={"rows": 6, "sendable": 6},
            rehearsal=rehearsal,
        ),
        map(frozen, range(1, frames + 1)),
        [b"rows"],
    )
