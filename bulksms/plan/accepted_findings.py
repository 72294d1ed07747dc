"""Errors that only people can judge: `--accept CODE` turns each into a warning."""

from collections.abc import Iterable
from dataclasses import replace

from bulksms.errors import UsageError
from bulksms.finding import Finding, Level
from bulksms.nearest import nearest_hint

__all__ = [
    "ACCEPTABLE",
    "ACCEPTABLE_IN_A_RUN",
    "COLUMNS_CHANGED",
    "apply_acceptance",
    "parse_accepted_codes",
]

# Every code whose finding asks; docs/reference/formats.md lists them, and a test compares both.
ACCEPTABLE = (
    "cut_by_excel",
    "dial_code_doubtful",
    "double_encoded",
    "emails_as_numbers",
    "encoding_doubtful",
    "equal_columns",
    "far_columns",
    "foreign_placeholder",
    "gap",
    "header_looks_like_data",
    "last_line_incomplete",
    "leftover_codes",
    "lone_cr",
    "numbers_as_names",
    "optouts_empty",
    "optouts_unreadable",
    "ragged_rows",
    "replacement_characters",
    "separator_tie",
    "stop_sheet",
    "text_control_characters",
    "text_double_encoded",
    "text_escapes",
    "text_html",
    "text_lost_characters",
    "two_header_rows",
    "unclear_consent",
    "utf16_without_bom",
)


COLUMNS_CHANGED = "columns_changed"
# Asked during a run, and no finding of a plan.
ACCEPTABLE_IN_A_RUN = ("short_frames", COLUMNS_CHANGED)


def parse_accepted_codes(values: Iterable[str]) -> frozenset[str]:
    """Check that each value is the code of a finding that asks.

    Raises:
        UsageError: no question has this code.
    """
    codes = frozenset(code.strip() for code in values) - {""}
    codes_that_ask = (*ACCEPTABLE, *ACCEPTABLE_IN_A_RUN)
    for code in sorted(codes.difference(codes_that_ask)):
        raise UsageError(
            f"--accept {code!r} is not the code of a question"
            f"{nearest_hint(code, codes_that_ask)}: use the code that"
            " `bulksms check` shows with the question."
        )
    return codes


def apply_acceptance(finding: Finding, accepted: frozenset[str]) -> Finding:
    """Turn an accepted error into a warning; otherwise say how to accept it."""
    if not finding.ask or finding.level is not Level.ERROR:
        return finding
    if finding.code in accepted:
        return replace(finding, level=Level.WARNING)
    message = finding.message.rstrip(".?")
    return replace(finding, message=f"{message}; if this is right, add --accept {finding.code}.")
