"""The rules of a campaign that runs without a person: what must hold before money is spent."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

__all__ = ["UnattendedRules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnattendedRules:
    """What only a repeated campaign needs; each field is called like its line in the file.

    Attributes:
        only_new: leave out for ever whoever this campaign reached.
        min_rows: fewer rows than this stop the run; more than `max_rows` do, too.
        max_change: by how many percent the rows may differ from the last run.
        max_age: how old the newest file may be.
        columns: the headers that the files must have, in any order; learnt when empty.
        approval: run only a plan that somebody else approved.
        start_within: how long after its planned start a late run may still begin.
        on_end: a command that gets the JSON of the run on its standard input.
        ping_url: an address that is called at the start and at the end, with counts only.
        metrics_file: a file of metrics in the Prometheus text format.
        done_marker: the name of the file that a producer writes when a dump is complete.
    """

    only_new: bool = False
    min_rows: int | None = None
    max_rows: int | None = None
    max_change: float | None = None
    max_age: timedelta | None = None
    columns: tuple[str, ...] = ()
    approval: bool = False
    start_within: timedelta | None = None
    on_end: str | None = None
    ping_url: str | None = None
    metrics_file: Path | None = None
    done_marker: str | None = None
    done_folder: Path | None = None
    failed_folder: Path | None = None
