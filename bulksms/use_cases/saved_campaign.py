"""A saved campaign: every option of `send`, and the rules of its repeated runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from bulksms.plan.options import OutputOptions, PlanOptions
from bulksms.use_cases.history_options import HistoryOptions
from bulksms.use_cases.posting_options import PostingOptions
from bulksms.use_cases.unattended_rules import UnattendedRules

__all__ = ["DisplayOptions", "SavedCampaign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayOptions:
    """How the command line answers; each field is called like its option."""

    json: bool = False
    quiet: bool = False
    no_progress: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCampaign:
    """A campaign that is run again and again.

    Attributes:
        path: the campaign file.
        name: the name of the series that its runs make in the ledger.
        files: names, patterns or addresses of the lists; names and patterns are absolute.
        test_to: a number that gets the text of one row instead of a run.
        dry_run: only show what would happen.
        lines: the line of each setting that the file gives, for errors found later.
    """

    path: Path
    name: str
    files: tuple[str, ...] = ()
    plan: PlanOptions = field(default_factory=PlanOptions)
    outputs: OutputOptions = field(default_factory=OutputOptions)
    history: HistoryOptions = field(default_factory=HistoryOptions)
    posting: PostingOptions = field(default_factory=PostingOptions)
    display: DisplayOptions = field(default_factory=DisplayOptions)
    rules: UnattendedRules = field(default_factory=UnattendedRules)
    forget_optouts: bool = False
    test_to: str | None = None
    dry_run: bool = False
    lines: Mapping[str, int] = field(default_factory=dict)

    def options(self) -> dict[str, Any]:
        """List the values of its options by their names."""
        groups = (
            self.plan.reading,
            self.plan.screening,
            self.plan.message,
            self.plan.hours,
            self.outputs,
            self.history,
            self.posting,
        )
        return {each.name: getattr(group, each.name) for group in groups for each in fields(group)}

    def at(self, name: str) -> str:
        """Name the line of a setting, for an error."""
        return f"{self.path}, line {self.lines[name]}" if name in self.lines else str(self.path)
