"""The result of one unattended run, as a value and as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bulksms.errors import BulkSmsError
from bulksms.plan.as_json import plan_as_json
from bulksms.plan.view import PlanView
from bulksms.use_cases.context import RunResult
from bulksms.use_cases.exit_code import (
    ExitCode,
    exit_code_of_error,
    exit_code_of_result,
    most_serious,
)
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = ["UnattendedRun"]

# The JSON of `check` where there is no list.
NO_PLAN: Mapping[str, Any] = MappingProxyType(
    {
        "files": [],
        **dict.fromkeys(("rows", "sendable", "rejected", "duplicates", "opted_out"), 0),
        "reasons": {},
        "frames": [],
        "message": None,
        "estimate": None,
        "findings": [],
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnattendedRun:
    """The result of one run of a saved campaign.

    Attributes:
        files: the lists that were read; empty when there was none.
        plan: what would be sent; `None` when it did not come to a plan.
        terms: what a second person approves of this plan.
        result: what was sent; of an interrupted run if that could not be finished.
        finished_first: the interrupted runs that were finished before.
        waiting: the interrupted runs that would be finished first, when only the plan is wanted.
        plan_only: only the plan was wanted.
        nothing_new: no one was left to text, or there was no list.
        unnotified: what went wrong with its notifications, in sentences.
        error: what stopped the run; its sentence says what to do.
    """

    campaign: SavedCampaign
    started_at: datetime
    files: tuple[Path, ...] = ()
    plan: PlanView | None = None
    terms: Mapping[str, Any] | None = None
    result: RunResult | None = None
    finished_first: tuple[RunResult, ...] = ()
    waiting: tuple[str, ...] = ()
    plan_only: bool = False
    nothing_new: bool = False
    unnotified: tuple[str, ...] = ()
    error: BulkSmsError | None = None

    @property
    def reason(self) -> str | None:
        """Why the run stopped or is not complete, in one sentence; `None` when all is well."""
        if self.error is not None:
            return str(self.error)
        results = [self.result, *self.finished_first]
        reasons = (each.report.reason for each in results if each is not None)
        return next((reason for reason in reasons if reason), None)

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of a run that no signal ended: the most serious of its campaigns."""
        if self.error is not None:
            return exit_code_of_error(self.error)
        if self.plan_only and self.plan is not None:
            has_no_sendable = not self.plan.counts["sendable"] and not self.nothing_new
            return ExitCode.INPUT if self.plan.errors or has_no_sendable else ExitCode.OK
        results = [*self.finished_first, *([] if self.result is None else [self.result])]
        return ExitCode(most_serious(map(exit_code_of_result, results)))

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object that `cli.md` promises: of `send`, of `check`, or of an error."""
        return self._body() | {
            "series": self.campaign.name,
            "campaign_file": str(self.campaign.path),
            "finished_first": [each.report.as_json() for each in self.finished_first],
        }

    def _body(self) -> dict[str, Any]:
        if self.error is not None:
            name, sentence = type(self.error).__name__, str(self.error)
            return {"error": {"code": int(self.exit_code), "name": name, "message": sentence}}
        if self.plan_only:
            shown = dict(NO_PLAN) if self.plan is None else plan_as_json(self.plan)
            return shown | {"nothing_new": self.nothing_new, "finishes_first": list(self.waiting)}
        return {} if self.result is None else self.result.report.as_json()
