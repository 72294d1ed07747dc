"""Writes the files that were asked for about a campaign."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from bulksms.errors import InputError, OutputError, UsageError
from bulksms.pages.locales import LANGUAGES
from bulksms.progress_steps import Progress, SilentProgress
from bulksms.results.campaign_facts import CampaignFacts
from bulksms.results.frame_results import write_frame_results

__all__ = ["ReportOptions", "ResultFiles", "write_result_files"]

_SILENT = SilentProgress()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """How the report page is made: its language, and whether it names people to attend to."""

    language: str = "en"
    with_people: bool = False

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise UsageError(
                f"The report has no language {self.language!r}: choose {' or '.join(LANGUAGES)}."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFiles:
    """The files to write; what is `None` is not written.

    Attributes:
        results: the results per frame.
        report: the HTML page, and `report_options` how it is made; workbooks have its language.
        follow_ups: a file for each follow-up list, by the value of its `FollowUp`.
    """

    results: Path | None = None
    contact_results: Path | None = None
    report: Path | None = None
    report_options: ReportOptions = field(default_factory=ReportOptions)
    follow_ups: Mapping[str, Path] = field(default_factory=dict)

    @property
    def by_option(self) -> dict[str, Path]:
        """The files besides the follow-up lists, by the names of their options."""
        files = {
            "results": self.results,
            "contact_results": self.contact_results,
            "report": self.report,
        }
        return {name: path for name, path in files.items() if path}


def write_result_files(
    facts: CampaignFacts,
    files: ResultFiles,
    delimiter: str,
    now: datetime,
    progress: Progress = _SILENT,
) -> tuple[str, ...]:
    """Write each file, and return why some could not be written."""
    unwritten = []
    with progress.step("writing the results"):
        for write in _writers(facts, files, delimiter, now):
            try:
                write()
            except (InputError, OutputError) as error:
                unwritten.append(str(error))
    return tuple(unwritten)


def _writers(
    facts: CampaignFacts, files: ResultFiles, delimiter: str, now: datetime
) -> Iterator[Callable[[], None]]:
    """Yield an action for each file."""
    if files.results:
        name = facts.record.name
        yield partial(write_frame_results, files.results, name, facts.frames, delimiter)
    if files.report:
        from bulksms.results.report_page import write_report_page

        yield partial(write_report_page, files.report, facts, files.report_options, now)
    if not (files.contact_results or files.follow_ups):
        return
    if facts.record.purged_at is not None:
        yield partial(_refuse_purged, facts.record.name, facts.record.purged_at)
        return
    if facts.outcomes is None:
        return
    # These load the libraries of tables.
    from bulksms.results.contact_results import write_contact_results
    from bulksms.results.follow_up import FollowUp, write_follow_up

    if files.contact_results:
        yield partial(
            write_contact_results,
            files.contact_results,
            facts.outcomes,
            facts.report,
            facts.frames,
            delimiter,
            files.report_options.language,
        )
    for name, path in files.follow_ups.items():
        list_name = FollowUp(name)
        language = files.report_options.language
        yield partial(write_follow_up, path, facts.outcomes, list_name, delimiter, language)


def _refuse_purged(name: str, purged_at: datetime) -> None:
    """Refuse results per contact of a campaign without people.

    Raises:
        InputError: always.
    """
    raise InputError(
        f"The personal data of {name} was deleted on {purged_at:%Y-%m-%d} (`bulksms purge`), so "
        "there are only results per frame.",
        code="personal_data_deleted",
    )
