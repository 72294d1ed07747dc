"""The same frames through our sender, with the ledger on or with one that forgets.

python -m benchmarks.ours.send PORT FRAMES IN_FLIGHT kept|forgotten
                                                 prints seconds and processor seconds
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.people import FRAME, TEXT, people
from bulksms.campaign import Parameters
from bulksms.chunker import chunk
from bulksms.clock import SystemClock
from bulksms.ledger import FrozenFrame, Ledger, NewCampaign, open_ledger
from bulksms.octopush import Client, Credentials
from bulksms.sender import Pacing
from bulksms.sender.clock_check import ClockCheck
from bulksms.sender.send_frames import send_frames
from bulksms.use_cases.prepare.freeze import FRAMES_AT_ONCE, freeze_frames
from tests.builders import with_parts


class Forgetful:
    """A part of a ledger, some of whose methods are answered without it."""

    def __init__(self, real: Any, **answers: Callable[..., Any]) -> None:
        self._real, self._answers = real, answers

    def __getattr__(self, name: str) -> Any:
        return self._answers.get(name) or getattr(self._real, name)


def forgetful_parts(ledger: Ledger, campaign_id: int) -> dict[str, Forgetful]:
    """Make the parts of a ledger that writes nothing down while frames are posted."""
    frames = {frame.number: frame for frame in ledger.frame_queries.each(campaign_id)}
    bodies = {body.number: body for body in ledger.frames.bodies(campaign_id, [*frames])}
    return {
        "claims": Forgetful(
            ledger.claims,
            claim=lambda *_, **__: True,
            record=lambda *_, **__: None,
            doubt_in_flight=lambda *_: 0,
        ),
        "frames": Forgetful(
            ledger.frames,
            frame=lambda _, number: frames[number],
            bodies=lambda _, numbers: [bodies[number] for number in numbers],
        ),
        "opt_outs": Forgetful(ledger.opt_outs, opted_out_in=lambda *_: np.empty(0, dtype=np.int64)),
    }


def frozen(table: pd.DataFrame) -> Iterator[FrozenFrame]:
    """Freeze the frames as `send` does before the first post."""
    parameters = Parameters(text=TEXT, sender="BENCH")
    frames = ((parameters, frame) for frame in chunk([table], len(table), FRAME))
    while batch := list(islice(frames, FRAMES_AT_ONCE)):
        yield from freeze_frames(batch, "bench", rehearsal=True)


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
        clock = SystemClock()
        clock_check = ClockCheck(clock, ledger.history.newest_change())
        with Client(url, credentials) as client:
            clock_check.ask(client)  # as a program does while it gets ready
        prepared = time.perf_counter() - start
        parts = {} if kept else forgetful_parts(ledger, record.id)
        start = time.perf_counter()
        verdict = send_frames(
            with_parts(ledger, **parts),
            lambda: Client(url, credentials),
            record,
            Pacing(concurrency=in_flight),
            clock,
            clock_check=clock_check,
        )
        assert not kept or verdict.state == "done", verdict
        print(time.perf_counter() - start, time.process_time() - used, prepared)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "kept")
