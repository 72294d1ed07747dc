"""The connections of a run: a pool that lends each of them to one thread at a time.

A thread with a good answer returns its connection before it records the answer, so that the
disk delays no frame; after a bad answer the connection is kept until the queue knows of it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from bulksms.octopush.outcomes import Outcome
from bulksms.sender.interface import ApiConnection

__all__ = ["ConnectionPool", "Lease"]


class Lease:
    """A connection lent to one thread, for one post."""

    def __init__(
        self, connection: ApiConnection, take_back: Callable[[ApiConnection], bool]
    ) -> None:
        self._connection = connection
        self._take_back: Callable[[ApiConnection], bool] | None = take_back

    def post(self, body: bytes) -> Outcome:
        """Post the bytes once."""
        return self._connection.post(body)

    def server_time(self) -> datetime | None:
        """Ask the server for its time; None if not given."""
        return self._connection.server_time()

    def give_back(self) -> bool:
        """End the lease early; returns whether another thread was waiting for it."""
        take_back, self._take_back = self._take_back, None
        return take_back is not None and take_back(self._connection)


class ConnectionPool:
    """Lends at most `size` connections, which are opened when they are needed."""

    def __init__(self, factory: Callable[[], ApiConnection], size: int) -> None:
        self._factory = factory
        self._change = threading.Condition()
        self._free = size
        self._waiting = 0
        self._idle: list[ApiConnection] = []

    @contextmanager
    def lease(self) -> Iterator[Lease]:
        """Wait for a connection; it is returned at the end, or before."""
        connection = self._take()
        if connection is None:
            try:
                connection = self._factory()
            except BaseException:
                self._take_back(None)
                raise
        lease = Lease(connection, self._take_back)
        try:
            yield lease
        finally:
            lease.give_back()

    def close(self) -> None:
        """Close the connections, none of which is lent any more."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> ApiConnection | None:
        """Wait until one is free, and return it, or None when it is not open yet."""
        with self._change:
            self._waiting += 1
            try:
                self._change.wait_for(lambda: self._free > 0)
            finally:
                self._waiting -= 1
            self._free -= 1
            return self._idle.pop() if self._idle else None

    def _take_back(self, connection: ApiConnection | None) -> bool:
        with self._change:
            if connection is not None:
                self._idle.append(connection)
            self._free += 1
            self._change.notify()
            return self._waiting > 0
