"""An expired campaign is sent only after a new yes."""

from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.errors import RuleError
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.use_cases.context import RunOptions
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.fakes import port_of
from tests.integration.nights import NOON, context_at
from tests.sending import PEOPLE_OF_3_FRAMES, rehearsal_plan, send, texted_numbers, write_list


def test_past_its_expiry_a_campaign_waits_for_a_new_yes(tmp_path: Path) -> None:
    plan, home = rehearsal_plan(write_list(tmp_path / "list.csv")), tmp_path / "home"
    request = SendRequest()

    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as poor:
        context = context_at(home, poor.base_url, NOON)
        begun = send(plan, request, context)
        first = texted_numbers(poor)
    name = begun.report.campaign

    with Sandbox(SandboxOptions(port=port_of(context.settings.base_url))) as good:
        in_time = context_at(home, good.base_url, NOON + timedelta(hours=11, minutes=59))
        late = context_at(home, good.base_url, NOON + timedelta(hours=12))
        with pytest.raises(RuleError, match="--approve-late"):
            resume_campaign(name, RunOptions(), late)
        with pytest.raises(RuleError, match="--approve-late"):
            send(plan, request, late)
        assert texted_numbers(good) == []
        ending = resume_campaign(name, RunOptions(approve_late=True), late)
        assert ending.report.state == "done"
        assert sorted(first + texted_numbers(good)) == PEOPLE_OF_3_FRAMES
        assert resume_campaign(name, RunOptions(), in_time).report.state == "done"
