"""Whole send loops of their own, as they are found in the wild."""

import shutil
from dataclasses import replace
from pathlib import Path

from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.octopush import Accepted, Credentials
from bulksms.use_cases.context import RunContext, RunOptions
from bulksms.use_cases.send.run_campaign import run_locked


def cursor_resume(
    ledger: Ledger,
    record: CampaignRecord,
    run_options: RunOptions,
    context: RunContext,
    credentials: Credentials,
) -> None:
    """Remember how far it came in one number, saved every other frame."""
    del run_options
    cursor = Path(context.settings.home) / "cursor.txt"
    done = int(cursor.read_text()) if cursor.exists() else 0
    client = context.connect(credentials)
    for frame in list(ledger.frame_queries.each(record.id)):
        if frame.number <= done:
            continue
        outcome = client.post(ledger.frames.body(record.id, frame.number))
        context.observer.frame_settled(frame)
        if ledger.claims.claim(record.id, frame.number, context.clock.now()):
            taken = isinstance(outcome, Accepted)
            state = FrameState.ACCEPTED if taken else FrameState.IN_DOUBT
            ledger.claims.record(record.id, frame.number, state, context.clock.now(), ticket="sms")
        if frame.number % 2 == 0:
            cursor.write_text(str(frame.number))


def no_ceiling(
    ledger: Ledger,
    record: CampaignRecord,
    run_options: RunOptions,
    context: RunContext,
    credentials: Credentials,
) -> None:
    """Forget how much may be spent."""
    pacing = replace(run_options.pacing, max_cost=None)
    run_locked(ledger, record, replace(run_options, pacing=pacing), context, credentials)


def no_witness(
    ledger: Ledger,
    record: CampaignRecord,
    run_options: RunOptions,
    context: RunContext,
    credentials: Credentials,
) -> None:
    """Believe the ledger alone, whatever others have seen."""
    home = context.settings.home
    shutil.rmtree(home.with_name(f"{home.name}-witness"), ignore_errors=True)
    for witness in home.glob("*.intents"):
        witness.unlink()
    run_locked(ledger, record, run_options, context, credentials)


def never_too_late(
    ledger: Ledger,
    record: CampaignRecord,
    run_options: RunOptions,
    context: RunContext,
    credentials: Credentials,
) -> None:
    """Go on with whatever is left, however old."""
    run_locked(ledger, record, replace(run_options, approve_late=True), context, credentials)
