"""Marketing is held back outside the hours: in the plan, at the start, before every frame."""
# ruff: noqa: ANN401  a keyword is whatever the field is

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bulksms.campaign import Parameters, Purpose
from bulksms.contacts import ScreeningRules
from bulksms.errors import RuleError
from bulksms.ledger import CampaignRecord, FrozenFrame, Ledger
from bulksms.message import SendingHours
from bulksms.plan.compliance import Compliance
from bulksms.plan.make_plan import Plan, PlanRequest, make_plan
from bulksms.sender import Pacing, StopCause
from bulksms.sender.send_frames import send_frames
from bulksms.settings import Settings
from bulksms.use_cases.context import RunOptions
from bulksms.use_cases.prepare.preflight import refuse_hours
from bulksms.use_cases.send.sender_hooks import gate_of
from tests.builders import ledger_in, new_campaign
from tests.fakes import FakeClock, ScriptedGateway, freeze_frame
from tests.sending import run_context

PARIS = ZoneInfo("Europe/Paris")
TEXT = "Bonjour {first_name}. STOP au 30101"
EVENING = datetime(2026, 11, 23, 19, 59, 50, tzinfo=PARIS)
SUNDAY = datetime(2026, 11, 22, 10, tzinfo=PARIS)


class At(FakeClock):
    """A clock that starts at a moment and passes a few seconds whenever it is asked."""

    def __init__(self, start: datetime, step: float = 0.0) -> None:
        super().__init__()
        self._start, self._step = start, step

    def now(self) -> datetime:
        self.seconds += self._step
        return (self._start + timedelta(seconds=self.seconds)).astimezone(UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with ledger_in(tmp_path) as opened:
        yield opened


def a_plan(folder: Path, *, now: datetime | None = None, **parameters: Any) -> Plan:
    path = folder / "list.csv"
    path.write_text("Mobile,Prénom\n0639980101,Zoë\n", encoding="utf-8")
    return make_plan(
        PlanRequest(
            files=(str(path),),
            rules=ScreeningRules(rehearsal=True),
            parameters=Parameters(text=TEXT, **parameters),
            compliance=Compliance(hours=SendingHours(), now=now),
        )
    )


def begun(ledger: Ledger, *, rehearsal: bool = False, **changes: Any) -> CampaignRecord:
    frames = [_to_france(number) for number in range(1, 7)]
    parameters = {"purpose": "wholesale", "send_at": None, "simulation_mode": False, **changes}
    return ledger.campaigns.create(new_campaign(parameters=parameters, rehearsal=rehearsal), frames)


def _to_france(number: int) -> FrozenFrame:
    from dataclasses import replace

    first = 33639980000 + 100 * number
    digits = np.arange(first, first + 100, dtype="<i8")
    return replace(freeze_frame(number), numbers=digits.tobytes())


def levels(plan: Plan) -> list[str]:
    return [finding.level.value for finding in plan.findings if finding.code == "quiet_hours"]


def refuse_hours_at(plan: Plan, hours: SendingHours | None, now: datetime) -> None:
    real = Settings(home=Path("home"), api_login="desk@example.com", api_key="real-key")
    context = run_context(real, clock=At(now))
    refuse_hours(plan, RunOptions(hours=hours), context)


def test_an_alert_may_leave_at_any_hour(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, now=SUNDAY, send_at=SUNDAY, purpose=Purpose.ALERT)

    assert levels(plan) == []
    refuse_hours_at(plan, SendingHours(), SUNDAY)


def test_marketing_on_a_sunday_is_refused_before_anything_is_posted(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="it is Sunday"):
        refuse_hours_at(a_plan(tmp_path), SendingHours(), SUNDAY)


def test_marketing_is_sent_on_a_sunday_where_sundays_are_allowed(tmp_path: Path) -> None:
    refuse_hours_at(a_plan(tmp_path), SendingHours(sundays=True), SUNDAY)
    refuse_hours_at(a_plan(tmp_path), None, SUNDAY)


def test_a_campaign_that_reaches_the_evening_stops_between_two_frames(ledger: Ledger) -> None:
    record, clock = begun(ledger), At(EVENING, step=1.0)
    pacing = Pacing(closed_hours=gate_of(ledger, record, SendingHours(), clock))
    gateway = ScriptedGateway([])

    verdict = send_frames(ledger, gateway, record, pacing, clock)

    assert verdict.cause is StopCause.HOURS
    assert "it is 20:00 in FR (Europe/Paris)" in (verdict.reason or "")
    assert "2026-11-24T08:00" in (verdict.reason or "")
    assert 1 <= len(gateway.bodies) < 6
    posted_last = max(
        frame.started_at for frame in ledger.frame_queries.each(record.id) if frame.started_at
    )
    assert posted_last <= datetime(2026, 11, 23, 20, 0, 1, tzinfo=PARIS)


def test_the_rest_leaves_by_itself_in_the_morning_when_it_may_wait(ledger: Ledger) -> None:
    record, clock = begun(ledger), At(EVENING, step=1.0)
    gate = gate_of(ledger, record, SendingHours(), clock)
    gateway = ScriptedGateway([])

    send_frames(ledger, gateway, record, Pacing(closed_hours=gate, wait_for_hours=True), clock)

    assert len(gateway.bodies) == 6
    starts = [
        frame.started_at for frame in ledger.frame_queries.each(record.id) if frame.started_at
    ]
    local = [start.astimezone(PARIS) for start in starts]
    assert all(8 <= start.hour < 20 or start.minute == 0 for start in local)
    assert {start.day for start in local} == {23, 24}


@pytest.mark.parametrize(
    "options", [{"rehearsal": True}, {"purpose": "alert"}, {"simulation_mode": True}]
)
def test_what_texts_no_one_or_is_no_marketing_passes_the_gate(
    ledger: Ledger, options: dict[str, Any]
) -> None:
    record = begun(ledger, **options)
    gate = gate_of(ledger, record, SendingHours(), At(SUNDAY))

    assert gate(ledger.frames.get(record.id, 1)) is None


def test_a_scheduled_campaign_is_judged_by_its_hour_and_not_by_ours(ledger: Ledger) -> None:
    record = begun(ledger, send_at="2026-11-23T10:00:00+01:00")
    gate = gate_of(ledger, record, SendingHours(), At(SUNDAY))

    assert gate(ledger.frames.get(record.id, 1)) is None


def test_waiting_ends_when_the_run_is_stopped(ledger: Ledger) -> None:
    record, clock, stop = begun(ledger), At(SUNDAY), threading.Event()
    stop.set()
    pacing = Pacing(
        closed_hours=gate_of(ledger, record, SendingHours(), clock), wait_for_hours=True
    )

    verdict = send_frames(ledger, ScriptedGateway([]), record, pacing, clock, stop=stop)

    assert verdict.state == "interrupted"
