"""Progress bars, drawn only on a terminal."""

import os
import sys
import threading
from shutil import get_terminal_size
from typing import Any, NoReturn

from tqdm import tqdm

from bulksms.cli.terminal.streams import clean, echo, ignore_closed_terminal
from bulksms.ledger import FrameRecord

__all__ = ["ProgressBars", "bar_options", "sending_bars"]


def sending_bars(frames: int, contacts: int) -> "tuple[tqdm[NoReturn], tqdm[NoReturn]]":
    """Draw an empty bar over frames and one over contacts, on stderr."""
    shared = bar_options()
    return (
        tqdm(total=frames, desc="frames  ", unit="frame", position=0, **shared),
        tqdm(total=contacts, desc="contacts", unit="sms", position=1, **shared),
    )


def bar_options() -> dict[str, Any]:
    """Return where and how wide a bar is drawn."""
    if _has_width():
        return {"file": sys.stderr, "dynamic_ncols": True}
    # A terminal that does not know its size has 0 columns, where tqdm would draw nothing.
    columns, rows = get_terminal_size()
    return {"file": sys.stderr, "ncols": columns, "nrows": rows}


def _has_width() -> bool:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns > 0
    except (OSError, ValueError):
        return False


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
            self._bars = sending_bars(frames, contacts)

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

    def leave(self) -> None:
        """Move below the bars without waiting for a thread that draws them."""
        if self._bars:
            with ignore_closed_terminal():
                os.write(sys.stderr.fileno(), b"\n" * len(self._bars))

    def close(self) -> None:
        """Leave the bars as they are, each on its line."""
        with ignore_closed_terminal():
            for bar in self._bars or ():
                bar.close()
