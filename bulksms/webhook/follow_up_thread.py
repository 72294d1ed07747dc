"""A thread that acts on callbacks after they were acknowledged."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Self

from bulksms.errors import BulkSmsError

__all__ = ["FollowUpThread"]

PAUSE_SECONDS = 0.5  # between two rounds, so that a flood of callbacks is acted on in few
SHARE_PAUSED = 5.0  # times what a round took: callbacks come first
IDLE_SECONDS = 60.0  # a campaign whose lock was held may be free by then


class FollowUpThread:
    """Calls `act` soon after each `notice`, and says what it returns; a context manager."""

    def __init__(self, act: Callable[[], Sequence[str]], say: Callable[[str], None]) -> None:
        self._act, self._say = act, say
        self._news, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="follow-up", daemon=True)
        self._last_error = ""

    def notice(self) -> None:
        """Note that callbacks were stored."""
        self._news.set()

    def __enter__(self) -> Self:
        self._news.set()  # an earlier process may have been killed before it acted
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._news.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._news.wait(IDLE_SECONDS)
            self._news.clear()
            started = time.monotonic()
            self._act_once()
            spent = time.monotonic() - started
            self._stop.wait(max(PAUSE_SECONDS, SHARE_PAUSED * spent))

    def _act_once(self) -> None:
        try:
            sentences = self._act()
        except BulkSmsError as error:
            self.report(error)
            return
        self._last_error = ""
        for sentence in sentences:
            self._say(sentence)

    def report(self, error: BulkSmsError) -> None:
        """Report an error once, not every second while it lasts."""
        if str(error) != self._last_error:
            self._last_error = str(error)
            self._say(str(error))
