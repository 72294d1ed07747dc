"""An expired campaign is sent only after a new yes."""

from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.campaign import Parameters
from bulksms.contacts import ScreeningRules
from bulksms.errors import RuleError
from bulksms.plan.make_plan import PlanRequest, make_plan
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.use_cases.context import RunOptions
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.fakes import port_of
from tests.integration.test_expired import NOON, _run_context
from tests.sending import send, texted_numbers


def test_past_its_expiry_a_campaign_waits_for_a_new_yes(tmp_path: Path) -> None:
    source, home = tmp_path / "list.csv", tmp_path / "home"
    people = [f"+336399{80000 + person}" for person in range(600)]
    source.write_text("\n".join(["Mobile", *people]), encoding="utf-8")
    plan = make_plan(
        PlanRequest(
            files=(str(source),),
            rules=ScreeningRules(rehearsal=True),
            parameters=Parameters(text="Bonjour. STOP au 30101"),
            frame_size=200,
        )
    )
    request = SendRequest(campaign=None, run_options=RunOptions())

    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as poor:
        context = _run_context(home, poor.base_url, NOON)
        begun = send(plan, request, context)
        first = texted_numbers(poor)
    name = begun.report.campaign

    with Sandbox(SandboxOptions(port=port_of(context.settings.base_url))) as good:
        in_time = _run_context(home, good.base_url, NOON + timedelta(hours=11, minutes=59))
        late = _run_context(home, good.base_url, NOON + timedelta(hours=12))
        with pytest.raises(RuleError, match="--approve-late"):
            resume_campaign(name, RunOptions(), late)
        with pytest.raises(RuleError, match="--approve-late"):
            send(plan, request, late)
        assert texted_numbers(good) == []
        ending = resume_campaign(name, RunOptions(approve_late=True), late)
        assert ending.report.state == "done"
        assert sorted(first + texted_numbers(good)) == people
        assert resume_campaign(name, RunOptions(), in_time).report.state == "done"
