import asyncio
from collections.abc import Sequence

import pytest

from bulksms.errors import LedgerError
from bulksms.octopush.callbacks import Callback, CallbackKind
from bulksms.webhook.callback_queue import CallbackQueue

CALLBACK = Callback(kind=CallbackKind.STOP, phone_number=33639980101)


def test_callbacks_are_acknowledged_when_they_are_written() -> None:
    written: list[Callback] = []

    async def run() -> list[bool]:
        async with CallbackQueue(written.extend) as queue:
            return await asyncio.gather(*(queue.put([CALLBACK]) for _ in range(500)))

    assert asyncio.run(run()) == [True] * 500
    assert len(written) == 500


def test_callbacks_that_wait_are_written_together() -> None:
    sizes: list[int] = []

    async def run() -> None:
        async with CallbackQueue(lambda each: sizes.append(len(each))) as queue:
            await asyncio.gather(*(queue.put([CALLBACK]) for _ in range(500)))

    asyncio.run(run())

    assert sum(sizes) == 500
    assert len(sizes) < 10


def test_what_cannot_be_written_is_not_acknowledged_and_the_next_is_tried() -> None:
    answers = iter([LedgerError("The disk is full."), None])

    def write(callbacks: Sequence[Callback]) -> None:
        del callbacks
        if (error := next(answers)) is not None:
            raise error

    async def run() -> tuple[bool, bool]:
        async with CallbackQueue(write) as queue:
            return await queue.put([CALLBACK]), await queue.put([CALLBACK])

    assert asyncio.run(run()) == (False, True)


def test_after_a_bug_nothing_is_acknowledged_and_nothing_hangs() -> None:
    def write(callbacks: Sequence[Callback]) -> None:
        raise ZeroDivisionError(callbacks)

    async def run() -> None:
        async with CallbackQueue(write) as queue:
            assert not await queue.put([CALLBACK])
            assert not await queue.put([CALLBACK])

    with pytest.raises(ZeroDivisionError):
        asyncio.run(run())
