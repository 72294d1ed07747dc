"""Ledgers that keep their books wrongly: each is the real one with one promise left out."""

# ruff: noqa: ANN401  whatever is handed through

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import numpy as np

from bulksms.errors import LedgerError
from bulksms.ledger import FrameState, Ledger


class _Careless:
    """The real ledger, but for what a mutant does otherwise."""

    def __init__(self, ledger: Ledger) -> None:
        self.real = ledger

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def intents(self, campaign_id: int) -> list[int]:
        frames = self.real.frames(campaign_id)
        return [one.number for one in frames if one.state is FrameState.INTENT]


class _NoIntent(_Careless):
    def claim(self, campaign_id: int, number: int, now: datetime, known: Any = None) -> bool:
        del now, known
        return self.real.frame(campaign_id, number).state is FrameState.PLANNED

    def record(
        self, campaign_id: int, number: int, state: FrameState, now: datetime, **answer: Any
    ) -> None:
        self.real.claim(campaign_id, number, now)
        self.real.record(campaign_id, number, state, now, **answer)


class _MarksAtTheEnd(_NoIntent):
    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self._later: list[tuple[int, int, FrameState, datetime, dict[str, Any]]] = []

    def record(
        self, campaign_id: int, number: int, state: FrameState, now: datetime, **answer: Any
    ) -> None:
        self._later.append((campaign_id, number, state, now, answer))

    def standing(self, campaign_id: int) -> dict[FrameState, int]:
        for campaign, number, state, now, answer in self._later:
            super().record(campaign, number, state, now, **answer)
        return self.real.standing(campaign_id)


class _ClaimsAllFirst(_Careless):
    def frames(self, campaign_id: int) -> Any:
        frames = self.real.frames(campaign_id)
        for one in frames:
            self.real.claim(campaign_id, one.number, datetime.fromisoformat("2026-11-23T00:00Z"))
        return frames

    def claim(self, campaign_id: int, number: int, now: datetime, known: Any = None) -> bool:
        del now, known
        return self.real.frame(campaign_id, number).state is FrameState.INTENT


class _Crashed(_Careless):
    """Thinks to know what became of a frame that was on its way."""

    becomes = FrameState.PLANNED

    def doubt_left_by_crash(self, campaign_id: int, now: datetime) -> int:
        answer: dict[str, Any] = {"ticket": "probably"} if self.becomes != "planned" else {}
        for number in self.intents(campaign_id):
            self.real.record(campaign_id, number, self.becomes, now, **answer)
        return 0


class _CrashedIsSent(_Crashed):
    becomes = FrameState.ACCEPTED


class _CrashedHasFailed(_Crashed):
    becomes = FrameState.REFUSED


class _ReportsFirst(_Careless):
    def record(
        self, campaign_id: int, number: int, state: FrameState, now: datetime, **answer: Any
    ) -> None:
        print("recording", number, state, flush=True)  # noqa: T201 - the very mistake
        self.real.record(campaign_id, number, state, now, **answer)


class _GoesOnWithoutDisk(_Careless):
    def claim(self, campaign_id: int, number: int, now: datetime, known: Any = None) -> bool:
        try:
            return self.real.claim(campaign_id, number, now, known)
        except LedgerError:
            return True

    def record(
        self, campaign_id: int, number: int, state: FrameState, now: datetime, **answer: Any
    ) -> None:
        try:
            self.real.record(campaign_id, number, state, now, **answer)
        except LedgerError:
            return

    def set_state(self, *_: Any) -> None:
        return


class _Unlocked(_Careless):
    def account_lock(self, *_: Any, **__: Any) -> AbstractContextManager[None]:
        return nullcontext()


class _ClaimsWhatOthersHave(_Unlocked):
    def claim(self, campaign_id: int, number: int, now: datetime, known: Any = None) -> bool:
        self.real.claim(campaign_id, number, now, known)
        return True

    def doubt_left_by_crash(self, *_: Any) -> int:
        return 0

    def record(
        self, campaign_id: int, number: int, state: FrameState, now: datetime, **answer: Any
    ) -> None:
        try:
            self.real.record(campaign_id, number, state, now, **answer)
        except LedgerError:
            return


class _Timeless(_Careless):
    def moments_since_posted(self, *_: Any) -> list[datetime]:
        return [datetime.now(UTC) + timedelta(hours=24)]  # an hour ago, in a trial of 25


class _DeafToNo(_Careless):
    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        # The claim looks as well, and is deaf too.
        cast(Any, ledger)._said_no = lambda *_: False  # noqa: SLF001

    def opted_out_in(self, campaign_id: int, number: int) -> Any:
        del campaign_id, number
        return np.empty(0, dtype=np.int64)


def no_intent(ledger: Ledger) -> Ledger:
    return cast(Ledger, _NoIntent(ledger))


def marks_at_the_end(ledger: Ledger) -> Ledger:
    return cast(Ledger, _MarksAtTheEnd(ledger))


def claims_all_first(ledger: Ledger) -> Ledger:
    return cast(Ledger, _ClaimsAllFirst(ledger))


def crashed_is_planned(ledger: Ledger) -> Ledger:
    return cast(Ledger, _Crashed(ledger))


def crashed_is_sent(ledger: Ledger) -> Ledger:
    return cast(Ledger, _CrashedIsSent(ledger))


def crashed_has_failed(ledger: Ledger) -> Ledger:
    return cast(Ledger, _CrashedHasFailed(ledger))


def reports_first(ledger: Ledger) -> Ledger:
    return cast(Ledger, _ReportsFirst(ledger))


def goes_on_without_disk(ledger: Ledger) -> Ledger:
    return cast(Ledger, _GoesOnWithoutDisk(ledger))


def claims_what_others_have(ledger: Ledger) -> Ledger:
    return cast(Ledger, _ClaimsWhatOthersHave(ledger))


def unlocked(ledger: Ledger) -> Ledger:
    return cast(Ledger, _Unlocked(ledger))


def timeless(ledger: Ledger) -> Ledger:
    return cast(Ledger, _Timeless(ledger))


def deaf_to_no(ledger: Ledger) -> Ledger:
    return cast(Ledger, _DeafToNo(ledger))
