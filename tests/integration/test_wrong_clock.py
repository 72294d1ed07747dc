"""A machine whose clock the API contradicts sends nothing, whatever the clock would allow."""

from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.errors import RuleError
from bulksms.ledger import FrameState, open_ledger
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.use_cases.context import RunOptions
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.fakes import set_sandbox_clock
from tests.integration.test_expired import NOON, _run_context, _send, _taken

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("slow", [MINUTE * 2, timedelta(hours=5), timedelta(days=4)])
def test_a_slow_clock_sends_nothing_that_has_expired_or_whose_hour_has_passed(
    tmp_path: Path, slow: timedelta
) -> None:
    source, home = tmp_path / "list.csv", tmp_path / "home"
    people = [f"+336399{80000 + person}" for person in range(600)]
    source.write_text("\n".join(["Mobile", *people]), encoding="utf-8")
    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as sandbox:
        begun = _send(source, _run_context(home, sandbox.base_url, NOON), NOON + timedelta(hours=1))
        assert begun.report.frames["planned"] == 2
        taken = _taken(sandbox)
        # Time has passed, but our clock still shows noon.
        slow_machine = _run_context(home, sandbox.base_url, NOON)
        set_sandbox_clock(sandbox.base_url, NOON + slow)
        with pytest.raises(RuleError, match="slow compared with Octopush"):
            resume_campaign(begun.report.campaign, RunOptions(), slow_machine)
        assert _taken(sandbox) == taken
    with open_ledger(home) as ledger:
        record = ledger.campaigns.get(begun.report.campaign)
        assert ledger.frames.count_by_state(record.id)[FrameState.PLANNED] == 2


def test_a_fast_clock_does_not_give_up_frames_whose_hour_is_still_to_come(tmp_path: Path) -> None:
    source, home = tmp_path / "list.csv", tmp_path / "home"
    people = [f"+336399{80000 + person}" for person in range(600)]
    source.write_text("\n".join(["Mobile", *people]), encoding="utf-8")
    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as sandbox:
        begun = _send(source, _run_context(home, sandbox.base_url, NOON), NOON + timedelta(hours=1))
        fast = _run_context(home, sandbox.base_url, NOON + timedelta(hours=2))
        set_sandbox_clock(sandbox.base_url, NOON)
        with pytest.raises(RuleError, match="2 hours fast"):
            resume_campaign(begun.report.campaign, RunOptions(), fast)
    with open_ledger(home) as ledger:
        record = ledger.campaigns.get(begun.report.campaign)
        assert ledger.frames.count_by_state(record.id)[FrameState.PLANNED] == 2
