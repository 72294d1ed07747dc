"""The same frames through our sender, with the ledger on or with one that forgets.

python -m benchmarks.ours.send PORT FRAMES IN_FLIGHT kept|forgotten
                                                 prints seconds and processor seconds
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.people import FRAME, TEXT, people
from bulksms.campaign import Parameters, frame_key
from bulksms.chunker import chunk
from bulksms.clock import SystemClock
from bulksms.ledger import FrozenFrame, Ledger, NewCampaign, PackedBody, open_ledger
from bulksms.octopush import Client, Credentials, add_request_id
from bulksms.octopush.request import build_body_of_columns
from bulksms.sender import Pacing
from bulksms.sender.send_frames import send_frames
from tests.builders import with_parts


class Forgetful:
    """A ledger that writes nothing down while frames are posted; the rest is the real one."""

    def __init__(self, ledger: Ledger, campaign_id: int) -> None:
        self._real = ledger.frames
        self._frames = {frame.number: frame for frame in ledger.frame_queries.each(campaign_id)}
        self._bodies = {
            body.number: body for body in ledger.frames.bodies(campaign_id, [*self._frames])
        }

    def claim(self, *_: Any, **__: Any) -> bool:
        return True

    def record(self, *_: Any, **__: Any) -> None:
        return None

    def doubt_in_flight(self, *_: Any) -> int:
        return 0

    def frame(self, _: int, number: int) -> Any:
        return self._frames[number]

    def bodies(self, _: int, numbers: list[int]) -> list[PackedBody]:
        return [self._bodies[number] for number in numbers]

    def opted_out_in(self, *_: Any) -> Any:
        return np.empty(0, dtype=np.int64)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def frozen(table: pd.DataFrame) -> Iterator[FrozenFrame]:
    """Freeze the frames as `send` does before the first post."""
    parameters = Parameters(text=TEXT, sender="BENCH")
    for frame in chunk([table], len(table), FRAME):
        key = frame_key("bench", frame.number, rehearsal=True)
        request_id, body = add_request_id(build_body_of_columns(parameters, frame.columns), key=key)
        yield FrozenFrame(
            number=frame.number,
            first_row=frame.first_row,
            last_row=frame.last_row,
            body=body,
            request_id=request_id,
            numbers=frame.phone_numbers,
        )


def main(port: str, frames: int, in_flight: int, kept: bool) -> None:
    credentials = Credentials(login="bench@example.com", key="test-bench")
    url = f"http://127.0.0.1:{port}/v1/public"
    table = people(frames).assign(source=0, row=range(2, frames * FRAME + 2))
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder) / "home") as ledger:
        start, used = time.perf_counter(), time.process_time()
        new = NewCampaign(
            name="bench",
            digest="d",
            text_digest="t",
            parameters={"send_at": None},
            counts={},
            rehearsal=True,
        )
        record = ledger.campaigns.create(new, frozen(table))
        ledger.reconciler.verify()  # as a sender does when the ledger is opened
        prepared = time.perf_counter() - start
        forgetful = Forgetful(ledger, record.id)
        parts = {} if kept else dict.fromkeys(("claims", "frames", "opt_outs"), forgetful)
        start = time.perf_counter()
        verdict = send_frames(
            with_parts(ledger, **parts),
            lambda: Client(url, credentials),
            record,
            Pacing(concurrency=in_flight),
            SystemClock(),
        )
        assert not kept or verdict.state == "done", verdict
        print(time.perf_counter() - start, time.process_time() - used, prepared)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "kept")
