"""A campaign whose sending time has passed is never sent late by itself."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.campaign import Parameters
from bulksms.contacts import ScreeningRules
from bulksms.errors import RuleError
from bulksms.plan.make_plan import PlanRequest, make_plan
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.sender import SilentObserver
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext, RunOptions, RunResult
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from bulksms.use_cases.reporting.reports import campaign_report
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.fakes import port_of, set_sandbox_clock
from tests.sending import send, texted_numbers

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


class Standing:
    """A clock that does not move."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return 0.0

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        del seconds
        return wake.is_set()


def _run_context(home: Path, url: str, now: datetime) -> RunContext:
    settings = Settings(home=home, base_url=url, api_login="a@example.com", api_key="test-a")
    set_sandbox_clock(url, now)
    return RunContext(
        settings=settings,
        clock=Standing(now),
        observer=SilentObserver(),
        stop=threading.Event(),
    )


def _send(source: Path, context: RunContext, send_at: datetime) -> RunResult:
    plan = make_plan(
        PlanRequest(
            files=(str(source),),
            rules=ScreeningRules(rehearsal=True),
            parameters=Parameters(text="Bonjour. STOP au 30101", send_at=send_at),
            frame_size=200,
        )
    )
    request = SendRequest(campaign=None, run_options=RunOptions())
    return send(plan, request, context)


def test_frames_left_after_their_hour_are_given_up_and_may_go_in_another_campaign(
    tmp_path: Path,
) -> None:
    source, home = tmp_path / "list.csv", tmp_path / "home"
    people = [f"+336399{80000 + person}" for person in range(600)]
    source.write_text("\n".join(["Mobile", *people]), encoding="utf-8")

    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as poor:
        context = _run_context(home, poor.base_url, NOON)
        begun = _send(source, context, NOON + timedelta(hours=1))
        first = texted_numbers(poor)
    assert (begun.report.frames["accepted"], begun.report.frames["planned"]) == (1, 2)

    with Sandbox(SandboxOptions(port=port_of(context.settings.base_url))) as good:
        late = _run_context(home, good.base_url, NOON + timedelta(hours=2))
        with pytest.raises(RuleError, match="2 frames were dropped"):
            resume_campaign(begun.report.campaign, RunOptions(), late)
        assert texted_numbers(good) == []
        assert (
            campaign_report(begun.report.campaign, late.settings).contacts["not_attempted"] == 400
        )

        _send(source, late, NOON + timedelta(hours=3))
        rest = texted_numbers(good)

    assert sorted(first + rest) == people
