"""The connections of a run: as many as frames may be under way, lent to whoever posts.

Whoever has a good answer gives the wire back before writing the answer down, so that the disk
keeps no frame waiting; a bad answer keeps its wire until the line has heard of it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from bulksms.octopush.outcomes import Outcome
from bulksms.sender.interface import ApiConnection

__all__ = ["ConnectionPool", "Lease"]


class Lease:
    """A connection that is lent to one thread, for one post."""

    def __init__(self, poster: ApiConnection, back: Callable[[ApiConnection], bool]) -> None:
        self._poster = poster
        self._back: Callable[[ApiConnection], bool] | None = back

    def post(self, body: bytes) -> Outcome:
        """Post the bytes once."""
        return self._poster.post(body)

    def server_time(self) -> datetime | None:
        """Ask what hour it is there, without sending anything; none when it is not told."""
        return self._poster.server_time()

    def give_back(self) -> bool:
        """Let another thread have the connection, and say whether one was waiting for it.

        This thread must not use it any more.
        """
        back, self._back = self._back, None
        return back is not None and back(self._poster)


class ConnectionPool:
    """Lends each connection to one thread at a time; they are made when they are wanted."""

    def __init__(self, factory: Callable[[], ApiConnection], most: int) -> None:
        self._factory = factory
        self._change = threading.Condition()
        self._left = most
        self._waiting = 0
        self._idle: list[ApiConnection] = []

    @contextmanager
    def lent(self) -> Iterator[Lease]:
        """Wait for a connection, which is given back when this is left, or before."""
        poster = self._take()
        if poster is None:
            try:
                poster = self._factory()
            except BaseException:
                self._take_back(None)
                raise
        wire = Lease(poster, self._take_back)
        try:
            yield wire
        finally:
            wire.give_back()

    def close(self) -> None:
        """Let go of the connections; nobody has one any more."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> ApiConnection | None:
        """Wait for a place, and give the connection that has it, if there is one yet."""
        with self._change:
            self._waiting += 1
            try:
                self._change.wait_for(lambda: self._left > 0)
            finally:
                self._waiting -= 1
            self._left -= 1
            return self._idle.pop() if self._idle else None

    def _take_back(self, poster: ApiConnection | None) -> bool:
        with self._change:
            if poster is not None:
                self._idle.append(poster)
            self._left += 1
            self._change.notify()
            return self._waiting > 0
