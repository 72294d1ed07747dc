"""Deadlines of requests, kept by one thread: a timer of its own for each takes longer to start."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Deadlines"]


class Deadlines:
    """Ends what takes too long. Thread-safe; its thread starts with the first deadline."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pending: dict[object, tuple[float, Callable[[], None]]] = {}
        self._next_look = math.inf  # when the thread wakes up by itself
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, seconds: float, expire: Callable[[], None]) -> Iterator[None]:
        """Call `expire` in another thread if the block is still running after some seconds.

        It is never called after the block, must take no time and must not raise.
        """
        ticket, due = object(), time.monotonic() + seconds
        with self._changed:
            self._pending[ticket] = due, expire
            self._ensure_thread()
            if due < self._next_look:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._pending.pop(ticket, None)

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
            self._thread.start()

    def _watch(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for ticket, (due, expire) in list(self._pending.items()):
                    if due <= now:
                        del self._pending[ticket]
                        expire()
                dues = (due for due, _ in self._pending.values())
                self._next_look = min(dues, default=math.inf)
                idle = math.isinf(self._next_look)
                self._changed.wait(None if idle else max(0.0, self._next_look - now))
