"""A machine whose clock the API contradicts sends nothing, whatever the clock would allow."""

from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.errors import RuleError
from bulksms.ledger import FrameState, OrderKind, OrderRecord, open_ledger
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.use_cases.context import RunContext, RunOptions, RunResult
from bulksms.use_cases.orders.campaign_orders import give_order
from bulksms.use_cases.prepare.history_rules import HistoryRules
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.fakes import set_sandbox_clock
from tests.integration.nights import NOON, context_at
from tests.integration.test_expired import _send
from tests.sending import PEOPLE_OF_3_FRAMES, rehearsal_plan, send, texted_numbers, write_list

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("slow", [MINUTE * 2, timedelta(hours=5), timedelta(days=4)])
def test_a_slow_clock_sends_nothing_that_has_expired_or_whose_hour_has_passed(
    tmp_path: Path, slow: timedelta
) -> None:
    source, home = write_list(tmp_path / "list.csv"), tmp_path / "home"
    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as sandbox:
        begun = _send(source, context_at(home, sandbox.base_url, NOON), NOON + timedelta(hours=1))
        assert begun.report.frames["planned"] == 2
        taken = texted_numbers(sandbox)
        # Time has passed, but our clock still shows noon.
        slow_machine = context_at(home, sandbox.base_url, NOON)
        set_sandbox_clock(sandbox.base_url, NOON + slow)
        with pytest.raises(RuleError, match="slow compared with Octopush"):
            resume_campaign(begun.report.campaign, RunOptions(), slow_machine)
        assert texted_numbers(sandbox) == taken
    with open_ledger(home) as ledger:
        record = ledger.campaigns.get(begun.report.campaign)
        assert ledger.frames.count_by_state(record.id)[FrameState.PLANNED] == 2


def test_a_fast_clock_does_not_give_up_frames_whose_hour_is_still_to_come(tmp_path: Path) -> None:
    source, home = write_list(tmp_path / "list.csv"), tmp_path / "home"
    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as sandbox:
        begun = _send(source, context_at(home, sandbox.base_url, NOON), NOON + timedelta(hours=1))
        fast = context_at(home, sandbox.base_url, NOON + timedelta(hours=2))
        set_sandbox_clock(sandbox.base_url, NOON)
        with pytest.raises(RuleError, match="2 hours fast"):
            resume_campaign(begun.report.campaign, RunOptions(), fast)
    with open_ledger(home) as ledger:
        record = ledger.campaigns.get(begun.report.campaign)
        assert ledger.frames.count_by_state(record.id)[FrameState.PLANNED] == 2


def _send_text(source: Path, context: RunContext, *, after_stop: bool = False) -> RunResult:
    return send(
        rehearsal_plan(source), SendRequest(history=HistoryRules(after_stop=after_stop)), context
    )


def test_a_list_that_was_planned_by_a_fast_clock_texts_no_one_once_more_when_that_is_right_again(
    tmp_path: Path,
) -> None:
    home, texted = tmp_path / "home", write_list(tmp_path / "first.csv", PEOPLE_OF_3_FRAMES[:40])
    more = write_list(tmp_path / "more.csv", PEOPLE_OF_3_FRAMES[:60])
    with Sandbox(SandboxOptions()) as sandbox:
        _send_text(texted, context_at(home, sandbox.base_url, NOON))
        fast = context_at(home, sandbox.base_url, NOON + timedelta(days=8))
        set_sandbox_clock(sandbox.base_url, NOON)
        with pytest.raises(RuleError, match="8 days fast"):
            _send_text(more, fast)

        later = NOON + timedelta(hours=1)
        right = context_at(home, sandbox.base_url, later)
        with open_ledger(home) as ledger:
            name = ledger.campaigns.all()[-1].name
        with pytest.raises(RuleError, match=f"`bulksms stop {name}`"):
            resume_campaign(name, RunOptions(), right)
        assert len(texted_numbers(sandbox)) == 40
        stop = OrderRecord(kind=OrderKind.STOP, at=later, who="operator")
        give_order(name, stop, 0.0, right.settings, right.clock)
        _send_text(more, right, after_stop=True)

        assert len(texted_numbers(sandbox)) == len(set(texted_numbers(sandbox))) == 60
