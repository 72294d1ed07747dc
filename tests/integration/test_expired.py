"""A campaign whose sending time has passed is never sent late by itself."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bulksms.errors import RuleError
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.use_cases.context import RunContext, RunOptions, RunResult
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from bulksms.use_cases.reporting.reports import campaign_report
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.fakes import port_of
from tests.integration.nights import NOON, context_at
from tests.sending import rehearsal_plan, send, texted_numbers


def _send(source: Path, context: RunContext, send_at: datetime) -> RunResult:
    return send(rehearsal_plan(source, send_at=send_at), SendRequest(), context)


def test_frames_left_after_their_hour_are_given_up_and_may_go_in_another_campaign(
    tmp_path: Path,
) -> None:
    source, home = tmp_path / "list.csv", tmp_path / "home"
    people = [f"+336399{80000 + person}" for person in range(600)]
    source.write_text("\n".join(["Mobile", *people]), encoding="utf-8")

    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as poor:
        context = context_at(home, poor.base_url, NOON)
        begun = _send(source, context, NOON + timedelta(hours=1))
        first = texted_numbers(poor)
    assert (begun.report.frames["accepted"], begun.report.frames["planned"]) == (1, 2)

    with Sandbox(SandboxOptions(port=port_of(context.settings.base_url))) as good:
        late = context_at(home, good.base_url, NOON + timedelta(hours=2))
        with pytest.raises(RuleError, match="2 frames were dropped"):
            resume_campaign(begun.report.campaign, RunOptions(), late)
        assert texted_numbers(good) == []
        assert (
            campaign_report(begun.report.campaign, late.settings).contacts["not_attempted"] == 400
        )

        _send(source, late, NOON + timedelta(hours=3))
        rest = texted_numbers(good)

    assert sorted(first + rest) == people
