"""Histories in which people got a text twice, or after their no; each is refused or put right."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bulksms.errors import LedgerRolledBack, SettingsError
from bulksms.ledger import ProofRecord, open_ledger
from bulksms.octopush import Credentials
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.sandbox.script import ScriptedReply
from bulksms.use_cases.context import RunContext, RunOptions
from bulksms.use_cases.opt_outs.manage_opt_outs import add_numbers
from bulksms.use_cases.prepare.begin_campaign import begin_campaign
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from bulksms.use_cases.send.resume_campaign import resume_campaign
from bulksms.use_cases.upkeep.rebuild_ledger import rebuild_ledger
from tests.sending import PEOPLE_OF_3_FRAMES as PEOPLE
from tests.sending import (
    rehearsal_plan,
    run_context,
    settings_of_test,
    texted_numbers,
    write_list,
)

LOST_AFTER_ACCEPT = ScriptedReply(first=2, last=2, fault="reset_after_accept")


class Office:
    """A list, a state folder and an account; what the sandbox took is counted."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self.sandbox = folder, sandbox
        self.source = write_list(folder / "list.csv")
        self.home, self.backup = folder / "home", folder / "backup"

    def context(self, home: Path | None = None, login: str = "alice@example.com") -> RunContext:
        return run_context(settings_of_test(home or self.home, self.sandbox.base_url, login))

    def begin(self) -> None:
        """Write the campaign down and post nothing of it."""
        context = self.context()
        request = SendRequest(campaign="spring")
        prepared = prepare_campaign(rehearsal_plan(self.source), request, context)
        begin_campaign(prepared, context)

    def resume(self, context: RunContext | None = None) -> None:
        resume_campaign("spring", RunOptions(), context or self.context())

    def back_up(self) -> None:
        shutil.copytree(self.home, self.backup)

    def restore(self) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(self.backup, self.home)

    def texted(self) -> list[str]:
        return sorted(texted_numbers(self.sandbox))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SandboxOptions(script=(LOST_AFTER_ACCEPT,))) as started:
        yield started


@pytest.fixture
def office(tmp_path: Path, sandbox: Sandbox) -> Office:
    return Office(tmp_path, sandbox)


def proved(office: Office, *logins: str) -> None:
    """Believe that each of these accounts refuses a repeated request."""
    with open_ledger(office.home) as ledger:
        for login in logins:
            account = Credentials(login=login, key="test-key").account_at(office.sandbox.base_url)
            ledger.proofs.save(
                ProofRecord(
                    account=account,
                    base_url=office.sandbox.base_url,
                    proved_at=datetime.now(UTC),
                    protects=True,
                )
            )


def test_a_frame_in_doubt_is_never_repeated_under_another_account(office: Office) -> None:
    """The sandbox forgets nothing of a login, and knows nothing of what another one posted."""
    office.begin()
    office.resume()
    before = office.texted()
    assert before == PEOPLE  # one frame of them without an answer
    proved(office, "alice@example.com", "bob@example.com")
    bob = office.context(login="bob@example.com")
    with pytest.raises(SettingsError, match="under another login or API address"):
        office.resume(bob)
    assert office.texted() == before
    with open_ledger(office.home) as ledger:
        record = ledger.campaigns.get("spring")
        account = Credentials(login="bob@example.com", key="test-key")
        ledger.campaigns.set_account(record.id, account.account_at(office.sandbox.base_url))
    office.resume(bob)
    assert office.texted() == before
    with open_ledger(office.home) as ledger:
        states = [frame.state.value for frame in ledger.frame_queries.each(record.id)]
    assert states.count("in_doubt") == 1


def test_a_folder_restored_behind_a_link_is_noticed_by_either_name(office: Office) -> None:
    link = office.folder / "link"
    link.symlink_to(office.home)
    office.begin()
    office.back_up()
    office.resume(office.context(link))
    office.restore()
    for home in (link, office.home):
        with pytest.raises(LedgerRolledBack, match="missing from the ledger"):
            office.resume(office.context(home))
    assert office.texted() == PEOPLE


@pytest.mark.parametrize("spelled", ["ledger.sqlite3", "sqlite:///ledger.sqlite3"])
def test_a_relative_ledger_is_that_of_the_state_folder(
    office: Office, spelled: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from dataclasses import replace

    office.begin()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    context = office.context()
    office.resume(replace(context, settings=replace(context.settings, ledger=spelled)))
    assert office.texted() == PEOPLE
    assert list((tmp_path / "elsewhere").glob("*.sqlite3*")) == []


def test_mending_a_copy_does_not_let_both_send(office: Office) -> None:
    office.begin()
    copy = office.folder / "copy"
    shutil.copytree(office.home, copy)
    context = office.context(copy)
    with pytest.raises(LedgerRolledBack, match="is a copy of"):
        office.resume(context)
    with pytest.raises(LedgerRolledBack, match="is a copy of"):
        rebuild_ledger(context.settings, context.clock)
    with pytest.raises(LedgerRolledBack, match="is a copy of"):
        office.resume(context)
    assert office.texted() == []
    office.resume()
    assert office.texted() == PEOPLE


def test_a_restored_folder_does_not_lose_a_no(office: Office) -> None:
    office.begin()
    office.back_up()
    context = office.context()
    add_numbers([PEOPLE[5]], "FR", context.settings, datetime.now(UTC))
    office.restore()
    with pytest.raises(LedgerRolledBack, match="1 opt-out change"):
        office.resume()
    assert office.texted() == []
    assert rebuild_ledger(context.settings, context.clock).opt_outs_restored == 1
    office.resume()
    assert office.texted() == [number for number in PEOPLE if number != PEOPLE[5]]
