"""Cuts what takes too long: one thread that sleeps until then, however many requests come.

A thread for each request would cost more than the request. Knows nothing of sockets.
"""

import threading
import time
from collections.abc import Callable

__all__ = ["Deadline"]


class Deadline:
    """The time each of many requests may take, one after another; `cut` ends the one at hand."""

    def __init__(self, seconds: float, cut: Callable[[], None]) -> None:
        self._seconds, self._cut = seconds, cut
        self._changed = threading.Condition()
        self._due: float | None = None
        self._watch: threading.Thread | None = None

    def __enter__(self) -> None:
        with self._changed:
            self._due = time.monotonic() + self._seconds
            # A watch that sleeps already wakes no later than this: all have the same time.
            if self._watch is None or not self._watch.is_alive():
                self._watch = threading.Thread(target=self._sleep, daemon=True, name="deadline")
                self._watch.start()

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._due = None

    def close(self) -> None:
        """Let the thread end."""
        with self._changed:
            self._due = None
            self._changed.notify()

    def _sleep(self) -> None:
        """Sleep until something is due; the thread ends when it finds nothing under way."""
        with self._changed:
            while self._due is not None:
                left = self._due - time.monotonic()
                if left <= 0:
                    # Under the guard: by now it could be the next request that is cut.
                    self._cut()
                    self._due = None
                else:
                    self._changed.wait(left)
            self._watch = None
