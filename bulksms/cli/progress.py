"""Progress bars on a terminal, silence elsewhere."""

import sys
import threading
from contextlib import suppress
from typing import NoReturn

import click
from tqdm import tqdm

from bulksms.ledger import FrameRecord

__all__ = ["ProgressBars", "ignore_closed_terminal"]


class ProgressBars:
    """Two bars, over frames and over contacts, drawn on stderr only when it is a terminal."""

    def __init__(self, *, silent: bool, quiet: bool) -> None:
        self._disable = silent or not sys.stderr.isatty()
        self._quiet = quiet
        self.has_started = False
        self._lock = threading.Lock()
        self._bars: tuple[tqdm[NoReturn], tqdm[NoReturn]] | None = None

    def started(self, frames: int, contacts: int) -> None:
        """Draw the empty bars."""
        self.has_started = True
        if not self._disable and frames:
            self._bars = (
                tqdm(total=frames, desc="frames  ", unit="frame", file=sys.stderr, position=0),
                tqdm(total=contacts, desc="contacts", unit="sms", file=sys.stderr, position=1),
            )

    def frame_settled(self, record: FrameRecord) -> None:
        """Move both bars on."""
        with self._lock, ignore_closed_terminal():
            if self._bars:
                self._bars[0].update(1)
                self._bars[1].update(record.contacts)

    def note(self, sentence: str) -> None:
        """Say a sentence above the bars."""
        if self._quiet:
            return
        with self._lock, ignore_closed_terminal():
            if self._bars:
                self._bars[0].write(sentence, file=sys.stderr)
            else:
                click.echo(sentence, err=True)

    def close(self) -> None:
        """Leave the bars as they are and end their lines."""
        with ignore_closed_terminal():
            for bar in self._bars or ():
                bar.close()


def ignore_closed_terminal() -> suppress:
    """Let a terminal go away that listened: nobody reads on, and the frames go out all the same."""
    return suppress(OSError)
