"""What an account does with a repeated request id, learnt from a real sandbox."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bulksms.errors import InputError, RuleError, SettingsError, UsageError
from bulksms.ledger import ProofRecord, open_ledger
from bulksms.octopush import Accepted, Credentials, NotSent, Outcome, Unknown
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.sandbox.request_id_memory import RequestIdMemory
from bulksms.settings import Settings
from bulksms.use_cases.opt_outs.manage_opt_outs import add_numbers
from bulksms.use_cases.upkeep.prove_request_id import (
    MAX_TEXTS,
    ProofPlan,
    plan_proof,
    prove_request_id,
)

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ME = "06 39 98 01 01"


class Impatient:
    """A clock that only counts how long it was asked to wait."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return sum(self.waits)

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        self.waits.append(seconds)
        return wake.is_set()


class Passing(Impatient):
    """A clock whose time passes with its waits."""

    def now(self) -> datetime:
        return NOON + timedelta(seconds=sum(self.waits))


class Line:
    """Answers as scripted, and counts the posts."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.posts = 0

    def post(self, body: bytes) -> Outcome:
        assert body
        self.posts += 1
        return self.outcomes.pop(0)

    def server_time(self) -> datetime | None:
        return None

    def close(self) -> None:
        pass


ACCEPTED = Accepted(ticket="sms_1", number_of_contacts=1)


def settings_for(tmp_path: Path, url: str = "http://127.0.0.1:9/v1/public") -> Settings:
    return Settings(
        home=tmp_path / "home", base_url=url, api_login="desk@example.com", api_key="test-desk"
    )


@contextmanager
def account(tmp_path: Path, **options: Any) -> Iterator[tuple[Sandbox, Settings]]:  # noqa: ANN401
    with Sandbox(SandboxOptions(**options)) as sandbox:
        yield sandbox, settings_for(tmp_path, sandbox.base_url)


def trial_for(settings: Settings) -> ProofPlan:
    return plan_proof(ME, "FR", "Bonjour", "BULKSMS", settings)


def kept(settings: Settings) -> ProofRecord | None:
    credentials = Credentials(login="desk@example.com", key="test-desk")
    with open_ledger(settings.home) as ledger:
        return ledger.proofs.get(credentials.account_at(settings.base_url))


@pytest.mark.parametrize("code", [120, 182])
def test_an_account_that_refuses_the_repeat_is_proved_and_kept(tmp_path: Path, code: int) -> None:
    clock = Impatient()
    with account(tmp_path, duplicate_code=code) as (sandbox, settings):
        proof = prove_request_id(trial_for(settings), settings, clock)
        assert (proof.protects, proof.refusals_burn, proof.texts) == (True, False, 2)
        assert len(sandbox.accepted) == MAX_TEXTS
        assert {frame.recipients for frame in sandbox.accepted} == {("+33639980101",)}
        record = kept(settings)
        assert record is not None
        assert record.valid(NOON + timedelta(days=1), settings.base_url)
        assert record.refusals_burn is False
        assert record.window == timedelta(seconds=3)
    assert clock.waits == [3.0, 3.0, 3.0]


def test_an_account_that_takes_the_repeat_is_not_protected(tmp_path: Path) -> None:
    with account(tmp_path, honour_request_id=False) as (sandbox, settings):
        proof = prove_request_id(trial_for(settings), settings, Impatient())
        assert (proof.protects, proof.refusals_burn, proof.texts) == (False, None, 2)
        assert len(sandbox.accepted) == MAX_TEXTS
        record = kept(settings)
        assert record is not None
        assert not record.valid(NOON, settings.base_url)


def test_an_account_whose_refusals_burn_ids_is_known_for_it(tmp_path: Path) -> None:
    with account(tmp_path, burn_ids=True) as (sandbox, settings):
        proof = prove_request_id(trial_for(settings), settings, Impatient())
        assert (proof.protects, proof.refusals_burn, proof.texts) == (True, True, 2)
        assert len(sandbox.accepted) == MAX_TEXTS


def test_a_filter_of_repeated_words_proves_nothing_and_revokes_an_earlier_proof(
    tmp_path: Path,
) -> None:
    """It refuses the same words for five minutes, and takes every request id."""
    clock = Passing()
    options = SandboxOptions(content_filter=300, honour_request_id=False)
    with Sandbox(options, clock) as sandbox:
        settings = settings_for(tmp_path, sandbox.base_url)
        credentials = Credentials(login="desk@example.com", key="test-desk")
        with open_ledger(settings.home) as ledger:
            account = credentials.account_at(settings.base_url)
            earlier = ProofRecord(
                account=account,
                base_url=settings.base_url,
                proved_at=NOON - timedelta(days=2),
                protects=True,
                window=timedelta(hours=22),
            )
            ledger.proofs.save(earlier)
        proof = prove_request_id(trial_for(settings), settings, clock)
        assert (proof.protects, proof.texts) == (None, 1)
        assert "refuses repeated words and not repeated ids" in proof.sentences[-1]
        assert len(sandbox.accepted) == 1
    record = kept(settings)
    assert record is not None
    assert not record.valid(NOON, settings.base_url)


@pytest.mark.parametrize(("hours", "widened"), [(20, 20), (23.9, 23.9)])
def test_a_later_trial_widens_the_window_and_texts_no_one(
    tmp_path: Path, hours: float, widened: float
) -> None:
    clock = Passing()
    with Sandbox(SandboxOptions(), clock) as sandbox:
        settings = settings_for(tmp_path, sandbox.base_url)
        prove_request_id(trial_for(settings), settings, clock)
        sent = len(sandbox.accepted)
        clock.waits.append(hours * 3600 - sum(clock.waits))
        proof = prove_request_id(trial_for(settings), settings, clock)
        assert (proof.protects, proof.texts) == (True, 0)
        assert len(sandbox.accepted) == sent
    record = kept(settings)
    assert record is not None
    assert record.window == timedelta(hours=widened)


def test_an_id_that_is_forgotten_early_leaves_the_window_as_it_was_tried(tmp_path: Path) -> None:
    clock = Passing()
    with Sandbox(SandboxOptions(), clock) as sandbox:
        settings = settings_for(tmp_path, sandbox.base_url)
        prove_request_id(trial_for(settings), settings, clock)
        clock.waits.append(20 * 3600.0)
        sandbox.account._memory = RequestIdMemory([])  # noqa: SLF001 - the API forgets early
        proof = prove_request_id(trial_for(settings), settings, clock)
        assert (proof.protects, proof.texts) == (True, 1)
    record = kept(settings)
    assert record is not None
    assert (record.window, record.trial) == (timedelta(seconds=3), None)


def test_another_text_is_another_trial(tmp_path: Path) -> None:
    clock = Passing()
    with Sandbox(SandboxOptions(), clock) as sandbox:
        settings = settings_for(tmp_path, sandbox.base_url)
        prove_request_id(trial_for(settings), settings, clock)
        clock.waits.append(3600.0)
        other = plan_proof(ME, "FR", "Bonsoir", "BULKSMS", settings)
        assert prove_request_id(other, settings, clock).texts == 2
    record = kept(settings)
    assert record is not None
    assert record.window == timedelta(seconds=3)


@pytest.mark.parametrize(
    ("outcomes", "texts"),
    [
        ([Unknown(reason="no answer")], 0),
        ([NotSent(reason="no credit", stop=True)], 0),
        ([ACCEPTED, Unknown(reason="no answer")], 1),
        ([ACCEPTED, Unknown(reason="already sent", code=132, stop=True)], 1),
        ([ACCEPTED, NotSent(reason="slow down", retry_after=5)], 1),
    ],
)
def test_whatever_is_not_seen_proves_nothing_and_is_not_kept(
    tmp_path: Path, outcomes: list[Outcome], texts: int
) -> None:
    line = Line(*outcomes)
    settings = settings_for(tmp_path)
    proof = prove_request_id(
        trial_for(settings), settings, Impatient(), lambda _url, _credentials: line
    )
    assert (proof.protects, proof.texts) == (None, texts)
    assert line.posts == len(outcomes)
    assert kept(settings) is None


def test_a_bad_sender_that_is_taken_proves_nothing_of_the_same_text(tmp_path: Path) -> None:
    line = Line(ACCEPTED, Unknown(reason="used", code=120, stop=True), ACCEPTED)
    settings = settings_for(tmp_path)
    proof = prove_request_id(
        trial_for(settings), settings, Impatient(), lambda _url, _credentials: line
    )
    assert (proof.protects, proof.refusals_burn, proof.texts) == (None, None, 2)
    assert "nothing is proved" in proof.sentences[-1]
    assert line.posts == 3
    assert kept(settings) is None


def test_what_must_not_be_texted_is_refused_before_anything_is_posted(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    assert trial_for(settings).cost > Decimal(0)
    with pytest.raises(InputError, match="nothing was sent"):
        plan_proof("12", "FR", "Bonjour", "BULKSMS", settings)
    with pytest.raises(UsageError, match="The text is empty"):
        plan_proof(ME, "FR", "", "BULKSMS", settings)
    with pytest.raises(UsageError, match="sender"):
        plan_proof(ME, "FR", "Bonjour", "-", settings)
    add_numbers([ME], "FR", settings, NOON)
    with pytest.raises(RuleError, match="opted out"):
        trial_for(settings)


def test_nothing_is_tried_without_credentials(tmp_path: Path) -> None:
    trial = ProofPlan(phone_number="+33639980101", text="x", sender="DESK", cost=Decimal(0))
    with pytest.raises(SettingsError):
        prove_request_id(trial, Settings(home=tmp_path), Impatient())
