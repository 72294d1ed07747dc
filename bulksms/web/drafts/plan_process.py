"""Makes the plans of drafts in a process of its own, so that the page answers meanwhile.

A list of 100 MB takes seconds to read and hundreds of megabytes while it is read.
"""

import asyncio
import hashlib
import multiprocessing
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from bulksms.errors import LoadError
from bulksms.settings import Settings
from bulksms.web.drafts.draft_plan import DraftPlan, make_draft_plan
from bulksms.web.drafts.drafts import Draft

__all__ = ["PlanProcess", "ReadingInterrupted", "Result", "state_of"]

KEYS_REMEMBERED = 1000  # of forms that were sent
REMEMBERED = 8  # plans and the like; each is some kilobytes
FRESH_SECONDS = 120.0  # opt-outs and other campaigns change a plan too

Result = TypeVar("Result")
Key = tuple[str, str]


class ReadingInterrupted(LoadError):
    """The process that reads lists was killed, as by a system that runs out of memory."""


class PlanProcess:
    """The process that reads lists; started with the first one, one list at a time."""

    def __init__(self) -> None:
        self._executor: ProcessPoolExecutor | None = None
        self._once: OrderedDict[str, asyncio.Future[Any]] = OrderedDict()
        self._readings: OrderedDict[Key, tuple[float, asyncio.Future[Any]]] = OrderedDict()

    def plan(
        self, draft: Draft, settings: Settings, now: datetime, preview: str | None = None
    ) -> "asyncio.Future[DraftPlan]":
        """Begin the plan of a draft, unless it is known or being made."""
        state = f"{state_of(draft, settings)} {preview or ''}"
        return self.read(draft, state, make_draft_plan, draft.path, settings, now, preview)

    def read(
        self, draft: Draft, state: str, work: Callable[..., Result], *arguments: object
    ) -> "asyncio.Future[Result]":
        """Begin to read something of a draft, unless it is known of this state or being read."""
        key, loop = (draft.id, state), asyncio.get_running_loop()
        started, future = self._readings.get(key, (0.0, None))
        is_stale = loop.time() - started > FRESH_SECONDS
        if future is None or (future.done() and (is_stale or future.exception() is not None)):
            future = asyncio.ensure_future(self.run(work, *arguments))
            self._readings[key] = (loop.time(), future)
            self._readings.move_to_end(key)
            while len(self._readings) > REMEMBERED:
                self._readings.popitem(last=False)
        return future

    async def run(self, work: Callable[..., Result], *arguments: object) -> Result:
        """Do some other work in the process and wait for it.

        Raises:
            ReadingInterrupted: the process was killed meanwhile.
        """
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                max_workers=1,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_end_with_the_page,
            )
        executor, loop = self._executor, asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(executor, work, *arguments)
        except BrokenProcessPool:
            if self._executor is executor:  # the next list gets another process
                self._executor = None
            raise ReadingInterrupted(
                "The process that reads lists was ended, perhaps because memory ran out: "
                "close other programs, then try again.",
                code="reading_interrupted",
            ) from None

    async def run_once(self, key: str, work: Callable[..., Result], *arguments: object) -> Result:
        """Do some work once for a form, also when it is sent twice, and give its result."""
        future = self._once.get(key)
        if future is None:
            future = self._once[key] = asyncio.ensure_future(self.run(work, *arguments))
            while len(self._once) > KEYS_REMEMBERED:
                self._once.popitem(last=False)
        return await asyncio.shield(future)

    def forget(self, draft: Draft) -> None:
        """Plan a draft again the next time."""
        for key in [key for key in self._readings if key[0] == draft.id]:
            del self._readings[key]

    def close(self) -> None:
        """End the process, when it has read the list that it is reading."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None


def state_of(draft: Draft, settings: Settings) -> str:
    """A digest of what would be sent: all of a draft, and the account that would send it."""
    account = (settings.rehearsal, settings.base_url, settings.api_login)
    return hashlib.sha256(f"{draft.state}{account!r}".encode()).hexdigest()


def _end_with_the_page() -> None:
    """End this process when the page's own process has ended, in whatever way."""
    page = multiprocessing.parent_process()
    if page is not None:
        threading.Thread(target=_exit_after, args=(page,), daemon=True).start()


def _exit_after(page: BaseProcess) -> None:
    page.join()
    os._exit(1)
