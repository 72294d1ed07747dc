"""Whole send loops of their own, as they are found in the wild."""

import shutil
from dataclasses import replace
from pathlib import Path

from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.octopush import Accepted, Credentials
from bulksms.use_cases.run_campaign import Delivery, Surroundings, drive


def cursor_resume(
    ledger: Ledger,
    record: CampaignRecord,
    delivery: Delivery,
    around: Surroundings,
    credentials: Credentials,
) -> None:
    """Remember how far it came in one number, saved every other frame."""
    del delivery
    cursor = Path(around.settings.home) / "cursor.txt"
    done = int(cursor.read_text()) if cursor.exists() else 0
    client = around.poster(around.settings.base_url, credentials)
    for frame in ledger.frames(record.id):
        if frame.number <= done:
            continue
        outcome = client.post(ledger.body(record.id, frame.number))
        around.observer.frame_settled(frame)
        if ledger.claim(record.id, frame.number, around.clock.now()):
            taken = isinstance(outcome, Accepted)
            state = FrameState.ACCEPTED if taken else FrameState.IN_DOUBT
            ledger.record(record.id, frame.number, state, around.clock.now(), ticket="sms")
        if frame.number % 2 == 0:
            cursor.write_text(str(frame.number))


def no_ceiling(
    ledger: Ledger,
    record: CampaignRecord,
    delivery: Delivery,
    around: Surroundings,
    credentials: Credentials,
) -> None:
    """Forget how much may be spent."""
    pacing = replace(delivery.pacing, max_cost=None)
    drive(ledger, record, replace(delivery, pacing=pacing), around, credentials)


def no_witness(
    ledger: Ledger,
    record: CampaignRecord,
    delivery: Delivery,
    around: Surroundings,
    credentials: Credentials,
) -> None:
    """Believe the ledger alone, whatever others have seen."""
    home = around.settings.home
    shutil.rmtree(home.with_name(f"{home.name}-witness"), ignore_errors=True)
    for witness in home.glob("*.intents"):
        witness.unlink()
    drive(ledger, record, delivery, around, credentials)


def never_too_late(
    ledger: Ledger,
    record: CampaignRecord,
    delivery: Delivery,
    around: Surroundings,
    credentials: Credentials,
) -> None:
    """Go on with whatever is left, however old."""
    drive(ledger, record, replace(delivery, approve_late=True), around, credentials)
