"""Makes the plans of drafts in a process of its own, so that the page answers meanwhile.

A list of 100 MB takes seconds to read and hundreds of megabytes while it is read.
"""

import asyncio
import hashlib
import multiprocessing
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bulksms.settings import Settings
from bulksms.web.draft_plan import DraftPlan, make_draft_plan
from bulksms.web.drafts import Draft

__all__ = ["PlanProcess"]

REMEMBERED = 8  # plans; each is some kilobytes
FRESH_SECONDS = 120.0  # opt-outs and other campaigns change a plan too

Result = TypeVar("Result")
Key = tuple[str, str]


class PlanProcess:
    """The process that reads lists; started with the first one, one list at a time."""

    def __init__(self) -> None:
        self._executor: ProcessPoolExecutor | None = None
        self._plans: OrderedDict[Key, tuple[float, asyncio.Future[DraftPlan]]] = OrderedDict()

    def plan(self, draft: Draft, settings: Settings, now: datetime) -> "asyncio.Future[DraftPlan]":
        """Begin the plan of a draft, unless it is known or being made."""
        key = (draft.id, _state_of(draft))
        loop = asyncio.get_running_loop()
        started, future = self._plans.get(key, (0.0, None))
        is_stale = loop.time() - started > FRESH_SECONDS
        if future is None or (future.done() and (is_stale or future.exception() is not None)):
            future = asyncio.ensure_future(self.run(make_draft_plan, draft.path, settings, now))
            self._remember(key, loop.time(), future)
        return future

    async def run(self, work: Callable[..., Result], *arguments: object) -> Result:
        """Do some other work in the process and wait for it."""
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                max_workers=1, mp_context=multiprocessing.get_context("spawn")
            )
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, work, *arguments)

    def forget(self, draft: Draft) -> None:
        """Make the plan of a draft anew the next time."""
        for key in [key for key in self._plans if key[0] == draft.id]:
            del self._plans[key]

    def close(self) -> None:
        """End the process, when it has read the list that it is reading."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None

    def _remember(self, key: Key, now: float, future: "asyncio.Future[DraftPlan]") -> None:
        self._plans[key] = (now, future)
        self._plans.move_to_end(key)
        while len(self._plans) > REMEMBERED:
            self._plans.popitem(last=False)


def _state_of(draft: Draft) -> str:
    """A digest of all that a draft consists of."""
    content = hashlib.sha256(draft.path.read_bytes())
    for path in (*draft.files, draft.corrections_path):
        content.update(f"{path}{_stamp(path)}".encode())
    return content.hexdigest()


def _stamp(path: Path) -> str:
    try:
        info = path.stat()
    except FileNotFoundError:
        return ""
    return f"{info.st_mtime_ns}-{info.st_size}"
