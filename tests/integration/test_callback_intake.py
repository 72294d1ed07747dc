"""What was taken is acted on soon after, by a thread that says what it did."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import FrameState
from bulksms.octopush.callbacks import Callback, CallbackKind
from bulksms.use_cases.receipts.callback_intake import CallbackIntake
from bulksms.webhook.follow_up_thread import FollowUpThread
from tests.builders import ledger_in, new_campaign
from tests.fakes import FakeClock
from tests.unit.ledger.samples import ANNA, BERT, LATER, NOON, frame_of


def _callback(person: int, kind: CallbackKind = CallbackKind.DELIVERY) -> Callback:
    return Callback(kind=kind, phone_number=person, ticket="sms_7", status="DELIVERED", text="stop")


def test_a_doubt_ends_and_a_strangers_stop_is_held_after_the_answer(tmp_path: Path) -> None:
    said: list[str] = []
    both = threading.Event()

    def say(sentence: str) -> None:
        said.append(sentence)
        if len(said) == 2:
            both.set()

    with ledger_in(tmp_path / "home") as ledger:
        made = ledger.campaigns.create(new_campaign(), [frame_of(ANNA, BERT)])
        ledger.claims.claim(made.id, 1, NOON)
        ledger.claims.record(made.id, 1, FrameState.IN_DOUBT, LATER)
        intake = CallbackIntake(ledger, tmp_path, FakeClock())
        intake.take([_callback(ANNA), _callback(BERT), _callback(ANNA + 90, CallbackKind.STOP)])
        with FollowUpThread(intake.act, say):  # acts on what an earlier process took
            assert both.wait(30)

        assert ledger.frames.get(made.id, 1).state is FrameState.ACCEPTED
        assert intake.act() == []
    assert "was sent: receipts came for all 2" in said[1]
    assert "1 STOP waits for a look" in said[0]


def test_nothing_is_taken_when_the_disk_is_nearly_full(tmp_path: Path) -> None:
    with ledger_in(tmp_path / "home") as ledger:
        intake = CallbackIntake(ledger, tmp_path, FakeClock(), space_kept=2**62)

        with pytest.raises(LedgerError, match="no receipt is taken"):
            intake.take([_callback(ANNA)])

        assert ledger.receipts.of_number(ANNA) == []


def test_an_error_that_lasts_is_said_once_and_the_thread_continues() -> None:
    said: list[str] = []
    done = threading.Event()
    answers: list[Sequence[str] | LedgerError] = [
        LedgerError("The disk is full."),
        LedgerError("The disk is full."),
        ["All is well."],
    ]

    def act() -> Sequence[str]:
        answer = answers.pop(0)
        if answers:
            thread.notice()
        if isinstance(answer, LedgerError):
            raise answer
        return answer

    def say(sentence: str) -> None:
        said.append(sentence)
        if not answers:
            done.set()

    with (thread := FollowUpThread(act, say)):
        assert done.wait(30)

    assert said == ["The disk is full.", "All is well."]
