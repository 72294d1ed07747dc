"""A restored or lost ledger, from the first refusal to its repair."""

import shutil
from pathlib import Path

import pytest

from bulksms.errors import LedgerRolledBack, RuleError
from bulksms.ledger import open_ledger
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.use_cases.context import RunContext, RunOptions, RunResult
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.fakes import port_of
from tests.sending import PEOPLE_OF_3_FRAMES as PEOPLE
from tests.sending import (
    rehearsal_plan,
    run_context,
    send,
    settings_of_test,
    texted_numbers,
    write_list,
)


def _run_context(home: Path, url: str) -> RunContext:
    return run_context(settings_of_test(home, url))


def _send(source: Path, context: RunContext, campaign: str | None = None) -> RunResult:
    return send(rehearsal_plan(source), SendRequest(campaign=campaign), context)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_list(tmp_path / "list.csv")


def test_a_restored_ledger_sends_nothing_until_it_is_mended(tmp_path: Path, source: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as poor:
        _send(source, _run_context(home, poor.base_url), "spring")
        first = texted_numbers(poor)
    port = port_of(poor.base_url)
    shutil.copytree(home, backup)
    with Sandbox(SandboxOptions(refuse=104, refuse_after=1, port=port)) as poor:
        resume_campaign("spring", RunOptions(), _run_context(home, poor.base_url))
        first += texted_numbers(poor)
    shutil.rmtree(home)
    shutil.copytree(backup, home)
    assert len(first) == 400

    with Sandbox(SandboxOptions(port=port_of(poor.base_url))) as good:
        context = _run_context(home, good.base_url)
        with pytest.raises(LedgerRolledBack, match="--mend-ledger"):
            resume_campaign("spring", RunOptions(), context)
        with pytest.raises(LedgerRolledBack, match="--mend-ledger"):
            _send(source, context)
        assert good.accepted == ()
        with open_ledger(home) as ledger:
            # Of the last frame a post was seen too, one that was not taken.
            assert ledger.reconciler.rebuild(context.clock.now()).doubted_frames == 2
        ending = resume_campaign("spring", RunOptions(), context)
        assert texted_numbers(good) == []
    assert ending.report.frames["accepted"] == 1
    assert ending.report.frames["in_doubt"] == 2


@pytest.mark.parametrize("renamed", [False, True])
def test_a_lost_campaign_continues_only_under_its_own_name(
    tmp_path: Path, source: Path, renamed: bool
) -> None:
    home = tmp_path / "home"
    with Sandbox(SandboxOptions(refuse=104, refuse_after=2)) as poor:
        begun = _send(source, _run_context(home, poor.base_url))
        first = texted_numbers(poor)
    assert first == PEOPLE[:400]
    (home / "ledger.sqlite3").unlink()

    with Sandbox(SandboxOptions(port=port_of(poor.base_url))) as good:
        context = _run_context(home, good.base_url)
        with pytest.raises(LedgerRolledBack):
            _send(source, context)
        with open_ledger(home) as ledger:
            rebuilt = ledger.reconciler.rebuild(context.clock.now())
            assert rebuilt.lost_campaigns == (begun.report.campaign,)
        if renamed:
            source = source.rename(tmp_path / "renamed.csv")
            with pytest.raises(RuleError, match=f"--campaign {begun.report.campaign}"):
                _send(source, context)
        ending = _send(source, context, begun.report.campaign)
        # The third frame had been posted as well, and was not taken: no one can know that now.
        assert texted_numbers(good) == []
    assert ending.report.frames["in_doubt"] == 3
