"""Each history that once texted somebody twice, step by step, and without its safeguard.

With the safeguard every step keeps the rules of the model. Taken out, the same steps must break
one: else neither this history nor the random ones would notice its loss.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from bulksms.ledger import ProofRecord, open_ledger, reconcile
from bulksms.ledger.comparison import Comparison
from bulksms.octopush import Credentials
from bulksms.sender.clock_check import ClockCheck
from bulksms.use_cases import screen_history
from tests.model.machine import OTHER_TEXT, SPELLINGS, CampaignHistory
from tests.model.world import Fault, GatewayKind

TEXT = SPELLINGS[0]
Mutate = Callable[[pytest.MonkeyPatch], None]


class Story(CampaignHistory):
    """A history of chosen steps; the rules of the model are checked after each."""

    folder: Path

    def make_root(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.folder))

    def run_steps(self, steps: Callable[["Story"], None]) -> None:
        steps(self)
        self.check()

    def check(self) -> None:
        self.nobody_is_texted_twice()
        self.nobody_is_texted_after_opting_out()
        self.the_ledger_tells_the_truth()

    def believe_in_protection(self) -> None:
        """Record a proof of 22 hours for both accounts, which an honest gateway deserves."""
        settings = self._settings()
        with open_ledger(settings.home, settings.ledger) as ledger:
            for login in ("a@example.org", "b@example.org"):
                account = Credentials(login=login, key="test-model").account_at(settings.base_url)
                ledger.proofs.save(
                    ProofRecord(
                        account=account,
                        base_url=settings.base_url,
                        proved_at=self.world.now(),
                        protects=True,
                        window=timedelta(hours=22),
                    )
                )

    def send_list(self, text: str = TEXT, faults: tuple[Fault, ...] = (), which: int = 0) -> None:
        self.send(which=which, text=text, faults=list(faults), kill_in=None, with_file=False)
        self.check()

    def go_on(self, faults: tuple[Fault, ...] = ()) -> None:
        self.resume(faults=list(faults), kill_in=None, chosen=0)
        self.check()


@dataclass(frozen=True)
class Promise:
    """A history, and how to take out the safeguard that keeps it."""

    steps: Callable[[Story], None]
    take_out: Mutate


def _two_accounts(story: Story) -> None:
    story.believe_in_protection()
    story.send_list(faults=(Fault.KILLED_AFTER,))
    story.change_account()
    story.go_on()


def _accounts_look_alike(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Credentials, "account_at", lambda *_: "a" * 64)


def _clock_was_wrong(story: Story) -> None:
    story.believe_in_protection()
    story.set_clock(hours=20)
    story.send_list(faults=(Fault.KILLED_AFTER,))
    story.pass_time(hours=25)
    story.set_clock(hours=0)
    story.go_on()


def _clock_is_believed(patch: pytest.MonkeyPatch) -> None:
    def own_time(check: ClockCheck) -> object:
        return check._clock.now()  # noqa: SLF001

    patch.setattr(ClockCheck, "agreed_time", own_time)
    patch.setattr(ClockCheck, "explain_error", lambda *_: None)


def _several_paths(story: Story) -> None:
    story.change_gateway(kind=GatewayKind.FORGETFUL)
    story.send_list(text=OTHER_TEXT, which=2)
    story.back_up()
    story.reach_by_other_path()
    story.send_list()
    story.restore(whole=True)
    story.reach_by_other_path()
    story.send_list()


def _paths_are_not_resolved(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("os.path.realpath", lambda path, **_: str(Path(path).absolute()))


def _rebuilt_copy(story: Story) -> None:
    story.change_gateway(kind=GatewayKind.FORGETFUL)
    story.send_list(faults=(Fault.NONE, Fault.KILLED_BEFORE))
    story.work_on_a_copy()
    story.rebuild()
    story.send_list(text=OTHER_TEXT)
    story.work_on_a_copy()
    story.send_list(text=OTHER_TEXT)


def _copies_are_not_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile, "refuse_copy", lambda *_: None)


def _restored_opt_outs(story: Story) -> None:
    story.send_list(text=OTHER_TEXT)
    story.back_up()
    story.opt_out(person=5)
    story.restore(whole=True)
    story.send_list()
    story.rebuild()
    story.send_list()


def _opt_out_events_are_not_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Comparison, "missing_opt_outs", lambda _: {})


def _spelled_otherwise(story: Story) -> None:
    story.change_gateway(kind=GatewayKind.FORGETFUL)
    for which, text in enumerate(SPELLINGS[:3]):
        story.send_list(text=text, which=which)


def _the_same_text_is_not_searched(patch: pytest.MonkeyPatch) -> None:
    nobody = np.empty(0, dtype=np.int64)
    patch.setattr(screen_history, "_same_text", lambda *_, **__: nobody)


PROMISES = {
    "one text in several spellings": Promise(_spelled_otherwise, _the_same_text_is_not_searched),
    "two accounts": Promise(_two_accounts, _accounts_look_alike),
    "a clock that was wrong": Promise(_clock_was_wrong, _clock_is_believed),
    "one ledger by several paths": Promise(_several_paths, _paths_are_not_resolved),
    "a copy that was rebuilt": Promise(_rebuilt_copy, _copies_are_not_refused),
    "opt-outs and a restored folder": Promise(_restored_opt_outs, _opt_out_events_are_not_compared),
}


@pytest.fixture
def story(tmp_path: Path) -> Story:
    class StoryHere(Story):
        folder = tmp_path

    return StoryHere()


@pytest.mark.parametrize("name", PROMISES)
def test_the_promise_holds(story: Story, name: str) -> None:
    story.run_steps(PROMISES[name].steps)

    assert story.gateway.deliveries


@pytest.mark.parametrize("name", PROMISES)
def test_without_its_safeguard_the_history_breaks_it(
    story: Story, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    PROMISES[name].take_out(monkeypatch)

    with pytest.raises(AssertionError):
        story.run_steps(PROMISES[name].steps)
