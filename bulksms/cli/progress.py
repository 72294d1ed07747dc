"""Progress bars, drawn only on a terminal."""

import sys
import threading
from typing import NoReturn

from tqdm import tqdm

from bulksms.cli.streams import clean, echo, ignore_closed_terminal
from bulksms.ledger import FrameRecord

__all__ = ["ProgressBars"]


class ProgressBars:
    """Two bars, over frames and over contacts, drawn on stderr only when it is a terminal."""

    def __init__(self, *, silent: bool, quiet: bool) -> None:
        self._disable = silent or not sys.stderr.isatty()
        self._quiet = quiet
        self.has_started = False
        self._lock = threading.RLock()  # a signal handler may show a sentence meanwhile
        self._bars: tuple[tqdm[NoReturn], tqdm[NoReturn]] | None = None

    def started(self, frames: int, contacts: int) -> None:
        """Draw the empty bars."""
        self.close()  # those of an earlier campaign
        self.has_started = True
        if not self._disable and frames:
            self._bars = (
                tqdm(total=frames, desc="frames  ", unit="frame", file=sys.stderr, position=0),
                tqdm(total=contacts, desc="contacts", unit="sms", file=sys.stderr, position=1),
            )

    def frame_settled(self, record: FrameRecord) -> None:
        """Advance both bars."""
        with self._lock, ignore_closed_terminal():
            if self._bars:
                self._bars[0].update(1)
                self._bars[1].update(record.contacts)

    def note(self, sentence: str) -> None:
        """Show a sentence above the bars, unless only failures are to be shown."""
        if not self._quiet:
            self.show(sentence)

    def show(self, sentence: str) -> None:
        """Show a sentence above the bars."""
        with self._lock, ignore_closed_terminal():
            if self._bars:
                self._bars[0].write(clean(sentence), file=sys.stderr)
            else:
                echo(sentence, err=True)

    def close(self) -> None:
        """Leave the bars as they are, each on its line."""
        with ignore_closed_terminal():
            for bar in self._bars or ():
                bar.close()
