"""Posts the callbacks of accepted frames to an address on this machine, when they are due."""

import heapq
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests

from bulksms.sandbox.accepted_log import AcceptedFrame
from bulksms.sandbox.planned_callbacks import CallbackRules, PlannedCallback, plan_callbacks

__all__ = ["CallbackSender"]

WORKERS = 8
TIMEOUT_SECONDS = 10.0
TRIES = 5  # the API does not say how often it tries
RETRY_SECONDS = 0.5
FINAL_ANSWERS = {*map(str, range(200, 300)), "404"}


class CallbackSender:
    """The callbacks of one sandbox; threads post them from the first frame on."""

    def __init__(
        self, address: str | None, rules: CallbackRules, now: Callable[[], datetime]
    ) -> None:
        self._address, self._rules, self._now = address, rules, now
        self._due: list[tuple[float, int, int, PlannedCallback]] = []
        self._condition = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._stopped = False
        self._in_hand = self._order = 0
        self._planned, self._answers = Counter[str](), Counter[str]()
        self._slowest = 0.0

    def schedule(self, frame: AcceptedFrame) -> None:
        """Plan the callbacks of a frame that was accepted; nothing without an address."""
        if self._address is None:
            return
        now = self._now()
        wait = max(0.0, (frame.leaves_at - now).total_seconds())
        planned = plan_callbacks(frame, self._rules, now)
        with self._condition:
            for each in planned:
                self._planned[each.kind] += 1
                self._push(time.monotonic() + wait + each.after, TRIES, each)
            self._condition.notify_all()
            if not self._threads:
                self._threads = [
                    threading.Thread(target=self._work, name=f"callbacks-{at}", daemon=True)
                    for at in range(WORKERS)
                ]
                for thread in self._threads:
                    thread.start()

    def figures(self) -> dict[str, Any]:
        """Count the callbacks by kind, their answers by status, and those still to come."""
        with self._condition:
            return {
                "planned": dict(self._planned),
                "answers": dict(self._answers),
                "waiting": len(self._due) + self._in_hand,
                "slowest_seconds": round(self._slowest, 3),
            }

    def close(self) -> None:
        """Post nothing more."""
        with self._condition:
            self._stopped = True
            self._due.clear()
            self._condition.notify_all()
        for thread in self._threads:
            thread.join(TIMEOUT_SECONDS)

    def _push(self, due: float, tries: int, callback: PlannedCallback) -> None:
        self._order += 1  # equal times are posted in the order of planning
        heapq.heappush(self._due, (due, self._order, tries, callback))

    def _work(self) -> None:
        with requests.Session() as session:
            session.trust_env = False  # a proxy would lead away from this machine
            while (job := self._next()) is not None:
                tries, callback = job
                started = time.monotonic()
                answer = self._post(session, callback)
                self._finish(callback, tries, answer, time.monotonic() - started)

    def _next(self) -> tuple[int, PlannedCallback] | None:
        """Wait for the next callback that is due; `None` at the end."""
        with self._condition:
            while not self._stopped:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    _, _, tries, callback = heapq.heappop(self._due)
                    self._in_hand += 1
                    return tries, callback
                self._condition.wait(wait)
        return None

    def _post(self, session: requests.Session, callback: PlannedCallback) -> str:
        headers = {"Content-Type": callback.content_type}
        try:
            answer = session.post(
                self._url_for(callback),
                data=callback.body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException:
            return "none"
        return str(answer.status_code)

    def _url_for(self, callback: PlannedCallback) -> str:
        parts = urlsplit(str(self._address))
        path = parts.path if callback.with_secret else "/guessed"
        return urlunsplit(parts._replace(path=path))

    def _finish(self, callback: PlannedCallback, tries: int, answer: str, seconds: float) -> None:
        """Count an answer; what was not taken is posted again a little later."""
        is_final = answer in FINAL_ANSWERS or tries <= 1
        with self._condition:
            self._in_hand -= 1
            self._answers[answer] += 1
            self._slowest = max(self._slowest, seconds)
            if not is_final and not self._stopped:
                self._push(time.monotonic() + RETRY_SECONDS, tries - 1, callback)
                self._condition.notify()
