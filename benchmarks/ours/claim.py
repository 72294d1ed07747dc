"""Claims and answers of one worker's threads, with the ledger's database some way off.

python -m benchmarks.ours.claim FRAMES THREADS SECONDS_AWAY
                                    prints seconds and the processor seconds of the worker
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from subprocess import PIPE, Popen

from benchmarks.measure import python
from bulksms.ledger import (
    CampaignRecord,
    ClaimTerms,
    FrameRecord,
    FrameState,
    FrozenFrame,
    Ledger,
    NewCampaign,
    open_ledger,
)
from tests.postgres import PostgresServer, running_server

ACCOUNT = "a" * 64
CONTACTS = 400
OPT_OUTS = 1_000


def main(frames: int, threads: int, seconds: float) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server() as server,
        distant(server, seconds) as url,
        open_ledger(Path(folder) / "home", url) as ledger,
    ):
        ledger.reconciler.verify()
        campaign = ledger.campaigns.create(new_campaign(), map(frozen, range(1, frames + 1)))
        ledger.shared_runs.open(campaign.id, {})
        terms = ClaimTerms(holder=ledger.holders.register("bench", 1).id, version=1)
        ledger.opt_outs.add(range(33639000000, 33639000000 + OPT_OUTS), "file", datetime.now(UTC))
        planned = list(ledger.frame_queries.each(campaign.id))
        # A body is read by others, well before the claim.
        numbers = [frame.number for frame in planned]
        bodies = {body.number: body for body in ledger.frames.bodies(campaign.id, numbers)}

        def post(frame: FrameRecord) -> None:
            claim_and_answer(ledger, campaign, frame, terms, bodies[frame.number].members)

        with ThreadPoolExecutor(threads) as pool:
            warm = threads * 8  # each thread has its connection, and that its statements
            list(pool.map(post, planned[:warm]))
            start, used = time.perf_counter(), time.process_time()
            list(pool.map(post, planned[warm:]))
            took, used = time.perf_counter() - start, time.process_time() - used
        assert ledger.frames.count_by_state(campaign.id)[FrameState.ACCEPTED] == frames
        each = (frames - warm) / frames
        print(took / each, used / each)


def claim_and_answer(
    ledger: Ledger,
    campaign: CampaignRecord,
    frame: FrameRecord,
    terms: ClaimTerms,
    members: bytes | None,
) -> None:
    """Do what a lane does for a frame, but for the post."""
    now, key = datetime.now(UTC), (campaign.id, frame.number)
    assert ledger.claims.claim(
        *key,
        now,
        frame,
        account=ACCOUNT,
        server_time=now,
        terms=terms,
        packed_members=members,
    )
    ledger.claims.record(
        *key,
        FrameState.ACCEPTED,
        datetime.now(UTC),
        may_delay=True,
        claimed_by=(terms.holder, 1),
        ticket=f"sms_{frame.number}",
        number_of_contacts=1,
        number_of_sms_needed=1,
        total_cost=Decimal("0.045"),
        residual_credit=Decimal(100),
        message="",
    )


def new_campaign() -> NewCampaign:
    return NewCampaign(
        name="bench", digest="d", text_digest="t", parameters={}, counts={}, rehearsal=True
    )


def frozen(number: int) -> FrozenFrame:
    """Make a frame of as many phone numbers as are usual, in a body of a few bytes."""
    first = 33639100000 + number * CONTACTS
    return FrozenFrame(
        number=number,
        first_row=number,
        last_row=number,
        body=f"frame {number}".encode(),
        request_id=f"bs1-{number}",
        numbers=b"".join(at.to_bytes(8, "little") for at in range(first, first + CONTACTS)),
    )


@contextmanager
def distant(server: PostgresServer, seconds: float) -> Iterator[str]:
    """Return the address of a ledger on a server that answers so many seconds later."""
    wire = Popen(python("benchmarks.distance", server.port, seconds), stdout=PIPE, text=True)
    assert wire.stdout is not None
    try:
        port = wire.stdout.readline().strip()
        yield server.url().replace(f":{server.port}/", f":{port}/")
    finally:
        wire.kill()
        wire.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
