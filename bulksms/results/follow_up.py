"""The follow-up lists of a campaign: people to text again, rows to correct, numbers to exclude.

A list has the original columns, so that it can be loaded again like the source was. Loading it
never texts anyone twice: the ledger keeps out who has the text, or may have it.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import pandas as pd
import pyarrow as pa

from bulksms.output.csv_columns import arrow_texts, write_blocks
from bulksms.output.workbook_rows import is_workbook
from bulksms.pages.languages import SOURCE_LANGUAGE, language_of
from bulksms.results.campaign_facts import OutcomeParts
from bulksms.results.contact_outcomes import ContactOutcomes
from bulksms.results.left_out_reasons import mendable_codes
from bulksms.results.row_words import translate_rows

__all__ = ["FollowUp", "follow_up_header", "follow_up_rows", "follow_up_table", "write_follow_up"]

_ADDED = ("row", "code", "reason")  # as in the rejects file


class FollowUp(StrEnum):
    """The lists, each named as its option and its file are."""

    FAILED = "failed"
    NOT_ATTEMPTED = "not_attempted"
    IN_DOUBT = "in_doubt"
    TO_CORRECT = "to_correct"
    DEAD_NUMBERS = "dead_numbers"


def follow_up_rows(outcomes: ContactOutcomes, follow_up: FollowUp) -> ContactOutcomes:
    """Keep the rows that belong on a list."""
    rows = outcomes.rows
    match follow_up:
        case FollowUp.TO_CORRECT:
            is_mendable = rows["code"].isin(mendable_codes())
            return outcomes.where((rows["class"] == "rejected") & is_mendable)
        case FollowUp.DEAD_NUMBERS:
            return outcomes.where(rows["dead"])
        case FollowUp.FAILED | FollowUp.NOT_ATTEMPTED | FollowUp.IN_DOUBT:
            return outcomes.of_class(follow_up.value)


def follow_up_header(header: Sequence[str], follow_up: FollowUp) -> list[str]:
    """Return the header of a list; an exclusion file holds numbers and nothing personal else."""
    if follow_up is FollowUp.DEAD_NUMBERS:
        return ["phone_number", "bulksms_reason"]
    return [*header, *(f"bulksms_{name}" for name in _ADDED)]


def follow_up_table(outcomes: ContactOutcomes, follow_up: FollowUp) -> pd.DataFrame:
    """Return the cells of a list, below its header."""
    listed = follow_up_rows(outcomes, follow_up)
    if follow_up is FollowUp.DEAD_NUMBERS:
        return listed.rows[["number", "reason"]]
    return pd.concat([listed.original(), listed.rows[list(_ADDED)]], axis="columns")


def write_follow_up(
    path: Path,
    outcomes: OutcomeParts,
    follow_up: FollowUp,
    delimiter: str = ",",
    language: str = SOURCE_LANGUAGE,
) -> None:
    """Write a list as CSV, or as a workbook when `path` ends in .xlsx; an empty one has a header.

    The reasons in a workbook are in a language of people; those in a CSV are for programs.

    Raises:
        InputError: the file cannot be written.
    """
    words = language_of(language if is_workbook(path) else SOURCE_LANGUAGE)

    def columns(part: ContactOutcomes) -> list[pa.StringArray]:
        part = translate_rows(part, words)
        return arrow_texts(follow_up_table(part, follow_up))

    header = follow_up_header(outcomes.header, follow_up)
    write_blocks(path, header, outcomes, columns, delimiter)
