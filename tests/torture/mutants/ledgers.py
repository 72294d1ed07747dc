"""Ledgers with one promise left out each; everything else is the real one."""

# ruff: noqa: ANN401  whatever is handed through

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import numpy as np

from bulksms.errors import LedgerError
from bulksms.ledger import FirstPost, FrameState, Ledger
from tests.builders import with_parts


class _Part:
    """A part of the real ledger, but for what a mutant does otherwise."""

    def __init__(self, ledger: Ledger, part: Any) -> None:
        self.ledger, self.real = ledger, part

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class _Claims(_Part):
    """The real claims of a ledger, but for what a mutant does otherwise."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger, ledger.claims)

    def in_flight(self, campaign_id: int) -> list[int]:
        frames = list(self.ledger.frame_queries.each(campaign_id))
        return [frame.number for frame in frames if frame.state is FrameState.INTENT]


class _NoIntent(_Claims):
    def claim(self, campaign_id: int, number: int, *_: Any, **__: Any) -> bool:
        return self.ledger.frames.get(campaign_id, number).state is FrameState.PLANNED

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

    def flush(self) -> None:
        for campaign_id, number, state, now, answer in self._later:
            super().record(campaign_id, number, state, now, **answer)
        self._later.clear()


class _FlushingCampaigns(_Part):
    """Campaigns whose end is the moment at which answers are recorded."""

    def __init__(self, ledger: Ledger, claims: _MarksAtTheEnd) -> None:
        super().__init__(ledger, ledger.campaigns)
        self._claims = claims

    def set_state(self, campaign_id: int, state: str, *why: Any) -> None:
        if state != "sending":
            self._claims.flush()
        self.real.set_state(campaign_id, state, *why)


class _ClaimsAllFirst(_Claims):
    def claim(self, campaign_id: int, number: int, *_: Any, **__: Any) -> bool:
        return self.ledger.frames.get(campaign_id, number).state is FrameState.INTENT


class _ClaimedFrames(_Part):
    """Frames that are all claimed while they are listed."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger, ledger.frame_queries)

    def each(self, campaign_id: int, *states: Any) -> Any:
        frames = list(self.real.each(campaign_id, *states))
        for frame in frames:
            claimed_at = datetime.fromisoformat("2026-11-23T00:00Z")
            self.ledger.claims.claim(campaign_id, frame.number, claimed_at)
        return frames


class _Crashed(_Claims):
    """Assumes what became of a frame in flight."""

    becomes = FrameState.PLANNED

    def doubt_in_flight(self, campaign_id: int, now: datetime) -> int:
        answer: dict[str, Any] = {"ticket": "probably"} if self.becomes != "planned" else {}
        for number in self.in_flight(campaign_id):
            self.real.record(campaign_id, number, self.becomes, now, **answer)
        return 0


class _CrashedIsSent(_Crashed):
    becomes = FrameState.ACCEPTED


class _CrashedHasFailed(_Crashed):
    becomes = FrameState.REFUSED


class _ReportsFirst(_Claims):
    def record(
        self, campaign_id: int, number: int, state: FrameState, now: datetime, **answer: Any
    ) -> None:
        print("recording", number, state, flush=True)  # noqa: T201 - the very mistake
        self.real.record(campaign_id, number, state, now, **answer)


class _GoesOnWithoutDisk(_Claims):
    def claim(self, *frame: Any, **posted_as: Any) -> bool:
        try:
            return cast(bool, self.real.claim(*frame, **posted_as))
        except LedgerError:
            return True

    def record(
        self, campaign_id: int, number: int, state: FrameState, now: datetime, **answer: Any
    ) -> None:
        try:
            self.real.record(campaign_id, number, state, now, **answer)
        except LedgerError:
            return


class _StatelessCampaigns(_Part):
    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger, ledger.campaigns)

    def set_state(self, *_: Any) -> None:
        return


class _NoLocks(_Part):
    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger, ledger.locks)

    def account(self, *_: Any, **__: Any) -> AbstractContextManager[None]:
        return nullcontext()


class _ClaimsWhatOthersHave(_Claims):
    def claim(self, *frame: Any, **posted_as: Any) -> bool:
        self.real.claim(*frame, **posted_as)
        return True

    def doubt_in_flight(self, *_: Any) -> int:
        return 0

    def record(
        self, campaign_id: int, number: int, state: FrameState, now: datetime, **answer: Any
    ) -> None:
        try:
            self.real.record(campaign_id, number, state, now, **answer)
        except LedgerError:
            return


class _Timeless(_Claims):
    def first_post(self, campaign_id: int, number: int, request_id: str) -> FirstPost | None:
        first: FirstPost | None = self.real.first_post(campaign_id, number, request_id)
        lately = datetime.now(UTC) + timedelta(hours=24)  # an hour ago, in a trial of 25
        return first and replace(first, at=lately, server_time=lately, times=(lately,))


class _IgnoredOptOuts(_Part):
    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger, ledger.opt_outs)
        # The claim checks opt-outs as well.
        cast(Any, ledger.claims)._has_opted_out_member = lambda *_: False  # noqa: SLF001

    def in_frame(self, campaign_id: int, number: int) -> Any:
        del campaign_id, number
        return np.empty(0, dtype=np.int64)


def no_intent(ledger: Ledger) -> Ledger:
    return with_parts(ledger, claims=_NoIntent(ledger))


def marks_at_the_end(ledger: Ledger) -> Ledger:
    claims = _MarksAtTheEnd(ledger)
    return with_parts(ledger, claims=claims, campaigns=_FlushingCampaigns(ledger, claims))


def claims_all_first(ledger: Ledger) -> Ledger:
    return with_parts(ledger, claims=_ClaimsAllFirst(ledger), frame_queries=_ClaimedFrames(ledger))


def crashed_is_planned(ledger: Ledger) -> Ledger:
    return with_parts(ledger, claims=_Crashed(ledger))


def crashed_is_sent(ledger: Ledger) -> Ledger:
    return with_parts(ledger, claims=_CrashedIsSent(ledger))


def crashed_has_failed(ledger: Ledger) -> Ledger:
    return with_parts(ledger, claims=_CrashedHasFailed(ledger))


def reports_first(ledger: Ledger) -> Ledger:
    return with_parts(ledger, claims=_ReportsFirst(ledger))


def goes_on_without_disk(ledger: Ledger) -> Ledger:
    campaigns = _StatelessCampaigns(ledger)
    return with_parts(ledger, claims=_GoesOnWithoutDisk(ledger), campaigns=campaigns)


def claims_what_others_have(ledger: Ledger) -> Ledger:
    return with_parts(ledger, claims=_ClaimsWhatOthersHave(ledger), locks=_NoLocks(ledger))


def unlocked(ledger: Ledger) -> Ledger:
    return with_parts(ledger, locks=_NoLocks(ledger))


def timeless(ledger: Ledger) -> Ledger:
    return with_parts(ledger, claims=_Timeless(ledger))


def deaf_to_no(ledger: Ledger) -> Ledger:
    return with_parts(ledger, opt_outs=_IgnoredOptOuts(ledger))
