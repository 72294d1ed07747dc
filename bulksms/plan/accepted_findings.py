"""What only people can know: an error of one of these codes becomes a warning once they say so.

It must not know how a finding is made.
"""

from collections.abc import Iterable
from dataclasses import replace

from bulksms.errors import UsageError
from bulksms.finding import Finding, Level
from bulksms.nearest import nearest_hint

__all__ = ["ACCEPTABLE", "apply_acceptance", "parse_accepted_codes"]

# Every code whose finding asks, told in docs/reference/formats.md; a test keeps both complete.
ACCEPTABLE = (
    "cut_by_excel",
    "double_encoded",
    "emails_as_numbers",
    "equal_columns",
    "gap",
    "header_looks_like_data",
    "last_line_incomplete",
    "lone_cr",
    "numbers_as_names",
    "ragged_rows",
    "replacement_characters",
    "separator_tie",
    "unclear_consent",
    "utf16_without_bom",
)


def parse_accepted_codes(told: Iterable[str]) -> frozenset[str]:
    """Read what people say is right.

    Raises:
        UsageError: nothing that is asked has this code, so that it would answer nothing.
    """
    codes = frozenset(code.strip() for code in told) - {""}
    for code in sorted(codes.difference(ACCEPTABLE)):
        raise UsageError(
            f"--accept {code!r} is not the code of a question"
            f"{nearest_hint(code, ACCEPTABLE)}: docs/reference/formats.md lists them all."
        )
    return codes


def apply_acceptance(finding: Finding, accepted: frozenset[str]) -> Finding:
    """Make a warning of an error that people accept; else say how they can."""
    if not finding.ask or finding.level is not Level.ERROR:
        return finding
    if finding.code in accepted:
        return replace(finding, level=Level.WARNING)
    told = finding.message.rstrip(".?")
    told = f"{told}; if this is right, add --accept {finding.code}."
    return replace(finding, message=told)
