"""The options of a run, as typed and as checked values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from bulksms.errors import UsageError
from bulksms.output.delimiters import parse_delimiter
from bulksms.plan.make_request import require_range
from bulksms.plan.options import HoursOptions
from bulksms.plan.send_time import parse_hours
from bulksms.results.result_files import ReportOptions, ResultFiles
from bulksms.sender import Pacing
from bulksms.use_cases.context import RunOptions

__all__ = ["PostingOptions", "refuse_files_of_workers", "run_options"]

MOST_CONCURRENT = 64  # frames in flight


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingOptions:
    """How frames are posted and where results go; each field is called like its option.

    `seeds` are numbers of colleagues, who get the first and the last frame's text as well.
    With `enqueue` the workers of a shared ledger post, and not this process.
    `rate` is in frames per minute and `max_cost` in euros; of the codes in `accept` only
    `short_frames` matters here. `max_undelivered` is a percentage of the texts with a receipt.
    """

    concurrency: int = 1
    seeds: tuple[str, ...] = ()
    rate: float | None = None
    max_cost: Decimal | None = None
    max_undelivered: float | None = None
    isolate_refused: bool = False
    accept: tuple[str, ...] = ()
    expires_hours: float = 12.0
    wait: bool = False
    enqueue: bool = False
    approve_late: bool = False
    retry_refused: bool = False
    results: Path | None = None
    contact_results: Path | None = None
    report: Path | None = None
    report_language: str = "en"
    report_people: bool = False
    output_delimiter: str | None = None


def refuse_files_of_workers(files: Mapping[str, Path | None]) -> None:
    """Refuse results that workers are to write; each file is called like its option.

    Raises:
        UsageError: there is one.
    """
    for name in ("results", "contact_results", "report"):
        if files.get(name):
            asked = f"--{name.replace('_', '-')}"
            raise UsageError(
                f"Workers write no files: leave {asked} out, and write it at the end with "
                f"`bulksms report CAMPAIGN {asked} {files[name]}`."
            )


def run_options(options: PostingOptions, hours: HoursOptions) -> RunOptions:
    """Check the options and say how a run posts.

    Raises:
        UsageError: the value of an option is not valid.
    """
    delimiter = options.output_delimiter
    require_range("concurrency", options.concurrency, 1, MOST_CONCURRENT)
    require_range("rate", options.rate, 0, above=True)
    require_range("max-cost", options.max_cost, 0)
    require_range("max-undelivered", options.max_undelivered, 0, 100)
    require_range("expires-hours", options.expires_hours, 0, above=True)
    files = ResultFiles(
        results=options.results,
        contact_results=options.contact_results,
        report=options.report,
        report_options=ReportOptions(
            language=options.report_language, with_people=options.report_people
        ),
    )
    if options.enqueue:
        refuse_files_of_workers(files.by_option)
    pacing = Pacing(
        concurrency=options.concurrency,
        rate=options.rate,
        max_cost=options.max_cost,
        wait_for_hours=options.wait,
        isolate_refused=options.isolate_refused,
        accept_short_frames="short_frames" in options.accept,
    )
    return RunOptions(
        pacing=pacing,
        hours=parse_hours(hours),
        files=files,
        expires_after=timedelta(hours=options.expires_hours),
        approve_late=options.approve_late,
        retry_refused=options.retry_refused,
        delimiter=parse_delimiter(delimiter) if delimiter else None,
        seeds=options.seeds,
        max_undelivered=options.max_undelivered,
    )
