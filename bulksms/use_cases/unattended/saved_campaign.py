"""A saved campaign: every option of `send`, and the rules of its repeated runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from bulksms.plan.options import OutputOptions, PlanOptions
from bulksms.use_cases.prepare.history_rules import HistoryOptions
from bulksms.use_cases.prepare.output_paths import input_files
from bulksms.use_cases.send.posting_options import PostingOptions
from bulksms.use_cases.unattended.unattended_rules import UnattendedRules

__all__ = ["USUAL_NAME", "DisplayOptions", "SavedCampaign"]

USUAL_NAME = "campaign"  # of a campaign file, and of a campaign that has no other name
# The groups of options, of the plan and of the campaign as a whole.
OF_PLAN = ("reading", "screening", "message", "hours")
OF_CAMPAIGN = ("outputs", "history", "posting", "rules")


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

    def without(self, name: str) -> "SavedCampaign":
        """Return the same campaign with one setting at its default."""
        plan = {group: _reset(getattr(self.plan, group), name) for group in OF_PLAN}
        others = {group: _reset(getattr(self, group), name) for group in OF_CAMPAIGN}
        usual = USUAL_NAME if name == "campaign" else self.name
        return replace(self, name=usual, plan=replace(self.plan, **plan), **others)

    @property
    def groups(self) -> tuple[Any, ...]:
        """Its options in their groups, without those of the display."""
        of_plan = (getattr(self.plan, name) for name in OF_PLAN)
        return (*of_plan, *(getattr(self, name) for name in OF_CAMPAIGN))

    def options(self) -> dict[str, Any]:
        """List the values of its options by their names."""
        return {
            each.name: getattr(group, each.name) for group in self.groups for each in fields(group)
        }

    def own_files(self) -> Iterator[Path]:
        """Yield every file that the campaign names besides its lists, and its own."""
        yield self.path
        options = self.options()
        yield from (value for value in options.values() if isinstance(value, Path))
        yield from map(Path, input_files(options))

    def at(self, name: str) -> str:
        """Name the line of a setting, for an error."""
        return f"{self.path}, line {self.lines[name]}" if name in self.lines else str(self.path)


def _reset(group: Any, name: str) -> Any:  # noqa: ANN401 - any group of options
    """Return a group of options with one of them at its default, if it has such a one."""
    if name not in {each.name for each in fields(group)}:
        return group
    return replace(group, **{name: getattr(type(group)(), name)})
