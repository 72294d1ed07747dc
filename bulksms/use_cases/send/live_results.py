"""Keeps the results per frame up to date while a campaign is sent."""

import threading
from pathlib import Path

from bulksms.errors import InputError
from bulksms.ledger import CampaignRecord, FrameRecord, Ledger
from bulksms.output.whole_file import is_stream
from bulksms.results import write_frame_results
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.send.post_seeds import SeedPoster

__all__ = ["LiveResults"]

# Seconds between two versions of the results file while frames are sent, and the most of the
# time that may go into writing them: 25,000 frames take a second.
RESULTS_EVERY = 2.0
RESULTS_SHARE = 0.02


class LiveResults:
    """Passes on the sender's events, and keeps the results file up to date meanwhile."""

    def __init__(
        self,
        ledger: Ledger,
        record: CampaignRecord,
        path: Path,
        delimiter: str,
        context: RunContext,
        seeds: SeedPoster,
    ) -> None:
        self._ledger, self._seeds = ledger, seeds
        self._record = record
        self._path = path
        self._delimiter = delimiter
        self._observer = context.observer
        self._clock = context.clock
        self._due = context.clock.monotonic() + RESULTS_EVERY
        self._lock = threading.Lock()
        self._once = is_stream(path)  # what a pipe has taken cannot be written again

    def started(self, frames: int, contacts: int) -> None:
        """Pass on the start."""
        self._observer.started(frames, contacts)

    def frame_settled(self, record: FrameRecord) -> None:
        """Pass on the frame, and write the file again if it is time."""
        self._observer.frame_settled(record)
        self._seeds.frame_settled(record)
        with self._lock:
            start = self._clock.monotonic()
            if start >= self._due and not self._once:
                self.refresh()
                end = self._clock.monotonic()
                self._due = end + max(RESULTS_EVERY, (end - start) / RESULTS_SHARE)

    def note(self, sentence: str) -> None:
        """Pass on the sentence."""
        self._observer.note(sentence)

    def refresh(self) -> None:
        """Write the file again; a failure stops nothing, since the ledger has everything."""
        try:
            self._write()
        except InputError as error:
            self.note(str(error))

    def write_first(self) -> None:
        """Write the file before the first post, so that a path that fails is noticed.

        Raises:
            InputError: it cannot be written; it may be one that an earlier run was asked for.
        """
        if self._once:
            return
        try:
            self._write()
        except InputError as error:
            sentence = f"{error} To write the results to another file, use --results."
            raise InputError(sentence, code=error.code, **error.values) from None

    def _write(self) -> None:
        frames = self._ledger.frame_queries.each(self._record.id)
        write_frame_results(self._path, self._record.name, frames, self._delimiter)
