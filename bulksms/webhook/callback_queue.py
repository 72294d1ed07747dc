"""Group commit of callbacks: all that wait are written in one transaction, then acknowledged."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from bulksms.errors import BulkSmsError
from bulksms.octopush.callbacks import Callback

__all__ = ["CallbackQueue"]

MOST = 2_000  # callbacks in one transaction
WAITING = 20_000  # callbacks in memory; more are refused, and Octopush sends them again


@dataclass(frozen=True, slots=True)
class _Pending:
    callbacks: Sequence[Callback]
    written: asyncio.Future[bool]


class CallbackQueue:
    """Takes callbacks from many requests and writes them together, from a thread."""

    def __init__(self, write: Callable[[Sequence[Callback]], object]) -> None:
        self._write = write
        self._pending: asyncio.Queue[_Pending] = asyncio.Queue(WAITING)
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._writer is not None:
            if not self._writer.done():
                await self._pending.join()
            self._writer.cancel()
            with suppress(asyncio.CancelledError):
                await self._writer

    async def put(self, callbacks: Sequence[Callback]) -> bool:
        """Return whether the callbacks are on the disk; if not, they must not be acknowledged."""
        if self._writer is None or self._writer.done():
            return False
        pending = _Pending(callbacks, asyncio.get_running_loop().create_future())
        try:
            self._pending.put_nowait(pending)
        except asyncio.QueueFull:
            return False
        return await pending.written

    async def _run(self) -> None:
        while True:
            batch = [await self._pending.get()]
            while len(batch) < MOST and not self._pending.empty():
                batch.append(self._pending.get_nowait())
            written = False
            try:
                written = await self._written([each for part in batch for each in part.callbacks])
            finally:
                for each in batch:
                    if not each.written.done():  # else its client has gone
                        each.written.set_result(written)
                    self._pending.task_done()

    async def _written(self, callbacks: Sequence[Callback]) -> bool:
        try:
            await asyncio.to_thread(self._write, callbacks)
        except BulkSmsError:
            return False
        return True
