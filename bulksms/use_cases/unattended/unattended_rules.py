"""The rules that an unattended campaign must meet before money is spent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bulksms.count_words import count_of
from bulksms.errors import RuleError
from bulksms.plan.accepted_findings import COLUMNS_CHANGED
from bulksms.use_cases.unattended.done_marker import DoneMarker
from bulksms.use_cases.unattended.list_shape import NO_COLUMN, ListShape

__all__ = [
    "UnattendedRules",
    "refuse_changed",
    "refuse_miscounted",
    "refuse_stale",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnattendedRules:
    """The rules of a repeated campaign; each field is named like its line in the file.

    Attributes:
        only_new: leave out everyone whom this campaign has ever reached.
        min_rows: fewer rows than this stop the run; more than `max_rows` do, too.
        max_change: by how many percent the rows may differ from the last run.
        max_age: how old the newest file may be.
        columns: the headers that the files must have, in any order; learnt when empty.
        approval: run only a plan that someone else approved.
        start_within: how long after the start of a run its first text may leave.
        every: on which days, or after which length of time, workers run it.
        at: the hours of those days.
        missed: whether a run that no worker began in time is made up for, or only reported.
        on_end: a command that gets the JSON of the run on its standard input.
        ping_url: an address that is called at the start and at the end, with counts only.
        metrics_file: a file of metrics in the Prometheus text format.
        log_file: a file that gets one line for every event.
        done_marker: the name of the file that a producer writes when a dump is complete.
        settle: how long a file in a watched folder must not change before it is taken.
    """

    only_new: bool = False
    min_rows: int | None = None
    max_rows: int | None = None
    max_change: float | None = None
    max_age: timedelta | None = None
    columns: tuple[str, ...] = ()
    approval: bool = False
    start_within: timedelta | None = None
    every: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    missed: str = "run"
    on_end: str | None = None
    ping_url: str | None = None
    metrics_file: Path | None = None
    log_file: Path | None = None
    done_marker: str | None = None
    settle: timedelta = timedelta(seconds=30)
    done_folder: Path | None = None
    failed_folder: Path | None = None

    @property
    def marker(self) -> DoneMarker | None:
        """The name pattern of the markers of complete lists.

        Raises:
            UsageError: the name is not valid.
        """
        return None if self.done_marker is None else DoneMarker(self.done_marker)


def refuse_stale(rules: UnattendedRules, files: Sequence[Path], now: datetime) -> None:
    """Stop if the newest file is older than `max_age`, or that long in the future.

    Raises:
        RuleError: it is.
    """
    if rules.max_age is None or not files:
        return
    newest = max(files, key=lambda path: path.stat().st_mtime)
    age = now - datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    if age > rules.max_age:
        raise RuleError(
            f"{newest} is {_hours(age)} hours old, and max_age allows {_hours(rules.max_age)}: "
            "check the export that writes it. Nothing was sent."
        )
    if -age > rules.max_age:
        raise RuleError(
            f"{newest} is dated {_hours(-age)} hours in the future, so max_age cannot be checked: "
            "check the clock of the machine that writes it. Nothing was sent."
        )


def refuse_miscounted(announced: int | None, rows: int) -> None:
    """Stop if a list does not have the rows that its producer announced.

    Raises:
        RuleError: it has more or fewer; the header is not a row.
    """
    if announced is not None and announced != rows:
        raise RuleError(
            f"The list has {count_of(rows, 'row')}, and its marker announces {announced}: check "
            "that the export is complete. Nothing was sent."
        )


def refuse_changed(
    rules: UnattendedRules,
    shape: ListShape,
    last: ListShape | None,
    chosen: Collection[str] = (),
    *,
    accept_columns: bool = False,
) -> None:
    """Stop if the number of rows or the columns are not what the rules expect.

    Fields that are `chosen` by name are read as the campaign file says, whatever was before; with
    `accept_columns` the columns are learnt again.

    Raises:
        RuleError: a rule does not hold; the sentence says which, and what to do.
    """
    _refuse_row_count(rules, shape.rows)
    if last is not None and rules.max_change is not None and last.rows:
        change = abs(shape.rows - last.rows) * 100 / last.rows
        if change > rules.max_change:
            raise RuleError(
                f"The list has {count_of(shape.rows, 'row')} and had {last.rows:,} in the last "
                f"run, a change of {change:.0f}%, and max_change allows {rules.max_change:g}%: "
                "check the export, or run once with a larger --max-change. Nothing was sent."
            )
    if accept_columns:
        return
    expected = rules.columns or (last.headers if last is not None else ())
    if expected:
        _refuse_columns(expected, shape.headers)
    if last is not None:
        _refuse_mapping(dict(shape.mapping), dict(last.mapping), chosen)


def _refuse_row_count(rules: UnattendedRules, rows: int) -> None:
    if rules.min_rows is not None and rows < rules.min_rows:
        raise RuleError(
            f"The list has {count_of(rows, 'row')}, fewer than the {rules.min_rows:,} of "
            "min_rows: check that the export is complete. Nothing was sent."
        )
    if rules.max_rows is not None and rows > rules.max_rows:
        raise RuleError(
            f"The list has {count_of(rows, 'row')}, more than the {rules.max_rows:,} of "
            "max_rows: check that it is the right list. Nothing was sent."
        )


def _refuse_columns(expected: Sequence[str], headers: Sequence[str]) -> None:
    missing = [name for name in expected if name not in headers]
    added = [name for name in headers if name not in expected]
    if not missing and not added:
        return
    changes = [f"{', '.join(map(repr, missing))} missing"] if missing else []
    changes += [f"{', '.join(map(repr, added))} new"] if added else []
    raise RuleError(
        f"The columns of the list have changed: {'; '.join(changes)}. Correct the export, or run "
        f"once with --accept {COLUMNS_CHANGED}. Nothing was sent."
    )


def _refuse_mapping(
    mapping: Mapping[str, str], last: Mapping[str, str], chosen: Collection[str]
) -> None:
    """Stop if a field that is not chosen by name is read from another column than before."""
    changes = [
        f"{name} from {mapping.get(name, NO_COLUMN)!r}, before from {last.get(name, NO_COLUMN)!r}"
        for name in sorted({*mapping, *last}.difference(chosen))
        if mapping.get(name) != last.get(name)
    ]
    if changes:
        raise RuleError(
            f"The columns are read differently than in the last run: {'; '.join(changes)}. Name "
            "each column with `map` in the campaign file, or run once with --accept "
            f"{COLUMNS_CHANGED}. Nothing was sent."
        )


def _hours(duration: timedelta) -> str:
    return f"{duration / timedelta(hours=1):.0f}"
