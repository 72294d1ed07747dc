"""Requests and approvals of plans are remembered, each series for itself."""

from datetime import UTC, datetime
from pathlib import Path

from bulksms.ledger import ApprovalRecord, ApprovalStep
from tests.builders import ledger_in

MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)


def a_step(person: str, step: ApprovalStep, digest: str, series: str = "welcome") -> ApprovalRecord:
    return ApprovalRecord(
        series=series,
        at=MONDAY,
        step=step,
        person=person,
        digest=digest,
        terms={"text": "Bonjour", "max_cost": "50", "approval": True, "map": ["a=b"]},
    )


def test_the_newest_approval_of_a_series_is_read_back(tmp_path: Path) -> None:
    newest = a_step("bob", ApprovalStep.APPROVED, "2")
    with ledger_in(tmp_path) as ledger:
        ledger.approvals.add(a_step("bob", ApprovalStep.APPROVED, "1"))
        ledger.approvals.add(newest)
        ledger.approvals.add(a_step("eve", ApprovalStep.REQUESTED, "3"))
        ledger.approvals.add(a_step("eve", ApprovalStep.APPROVED, "4", series="other"))
    with ledger_in(tmp_path) as ledger:
        assert ledger.approvals.latest("welcome") == newest
        assert ledger.approvals.latest("Welcome") == newest
        assert ledger.approvals.latest("unknown") is None


def test_a_person_who_asked_for_a_plan_is_named_once_and_only_for_that_plan(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        for person, digest in (("alice", "1"), ("eve", "1"), ("alice", "1"), ("bob", "2")):
            ledger.approvals.add(a_step(person, ApprovalStep.REQUESTED, digest))
        ledger.approvals.add(a_step("carol", ApprovalStep.APPROVED, "1"))

        assert ledger.approvals.requested_by("welcome", "1") == ["alice", "eve"]
        assert ledger.approvals.requested_by("WELCOME", "1") == ["alice", "eve"]
        assert ledger.approvals.requested_by("other", "1") == []
