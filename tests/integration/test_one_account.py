"""Two campaigns of one account never go out at the same time."""

import threading
from pathlib import Path

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import FrameRecord, open_ledger
from bulksms.octopush import Credentials
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.use_cases.context import RunResult
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from bulksms.use_cases.send.run_campaign import WAITING
from tests.sending import rehearsal_plan, run_context, send, settings_of_test


class Ears:
    """Hears that it has to wait, and does something then."""

    def __init__(self, then: threading.Event) -> None:
        self.notes: list[str] = []
        self.then = then

    def started(self, frames: int, contacts: int) -> None:
        """Do nothing."""

    def frame_settled(self, record: FrameRecord) -> None:
        """Do nothing."""

    def note(self, sentence: str) -> None:
        """Remember it."""
        self.notes.append(sentence)
        self.then.set()


def _send(home: Path, source: Path, url: str, ears: Ears, stop: threading.Event) -> RunResult:
    context = run_context(settings_of_test(home, url), observer=ears, stop=stop)
    return send(rehearsal_plan(source), SendRequest(), context)


def test_a_campaign_waits_while_another_of_its_account_is_sent(tmp_path: Path) -> None:
    source, home = tmp_path / "list.csv", tmp_path / "home"
    source.write_text("Mobile\n+33639980001\n", encoding="utf-8")
    heard, stop = threading.Event(), threading.Event()
    with Sandbox(SandboxOptions()) as sandbox:
        account = Credentials(login="a@example.com", key="test-a").account_at(sandbox.base_url)
        ears, endings = Ears(heard), list[RunResult]()
        with (
            open_ledger(home) as other,
            other.locks.account(account, lambda: None, threading.Event()),
        ):
            waiter = threading.Thread(
                target=lambda: endings.append(_send(home, source, sandbox.base_url, ears, stop))
            )
            waiter.start()
            assert heard.wait(30)
            assert sandbox.accepted == ()
        waiter.join(30)
        assert ears.notes == [WAITING]
        assert [ending.report.state for ending in endings] == ["done"]
        assert len(sandbox.accepted) == 1


def test_a_run_that_is_stopped_while_waiting_posts_nothing(tmp_path: Path) -> None:
    source, home, stop = tmp_path / "list.csv", tmp_path / "home", threading.Event()
    source.write_text("Mobile\n+33639980001\n", encoding="utf-8")
    with Sandbox(SandboxOptions()) as sandbox:
        account = Credentials(login="a@example.com", key="test-a").account_at(sandbox.base_url)
        with (
            open_ledger(home) as other,
            other.locks.account(account, lambda: None, threading.Event()),
        ):
            ending = _send(home, source, sandbox.base_url, Ears(stop), stop)
        assert ending.report.state == "interrupted"
        assert sandbox.accepted == ()
        again = _send(home, source, sandbox.base_url, Ears(stop), threading.Event())
        assert again.report.state == "done"


def test_a_synchronised_state_folder_is_refused_before_anything_is_posted(tmp_path: Path) -> None:
    source, home = tmp_path / "list.csv", tmp_path / "Dropbox" / "home"
    source.write_text("Mobile\n+33639980001\n", encoding="utf-8")
    never = threading.Event()
    with Sandbox(SandboxOptions()) as sandbox:
        with pytest.raises(LedgerError, match="synchronised"):
            _send(home, source, sandbox.base_url, Ears(never), never)
        assert sandbox.accepted == ()
    assert not home.exists()
