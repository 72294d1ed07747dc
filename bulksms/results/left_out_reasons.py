"""Why rows are left out, in words for people: a heading, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

__all__ = ["LeftOutReason", "left_out_headings", "left_out_reason", "mendable_codes"]

# Reasons of rows that could be sent once their cells are corrected; the codes are those of cli.md.
_MENDABLE = frozenset(
    {
        "missing_number",
        "not_a_number",
        "too_short",
        "too_long",
        "unknown_country",
        "invalid_number",
        "landline",
        "premium_rate",
        "special_number",
        "digits_lost",
        "several_numbers",
        "formula_or_error_cell",
        "ragged_row",
        "broken_row",
        "value_too_long",
        "missing_value",
        "text_too_long",
        "text_empty",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutReason:
    """One reason in words; `mendable` when a corrected row could be sent."""

    code: str
    heading: str
    advice: str
    mendable: bool


def left_out_reason(code: str, language: str = "en") -> LeftOutReason:
    """Describe a reason; one that is unknown here is shown by its code."""
    heading, advice = _words(language).get(code, (code.replace("_", " "), ""))
    return LeftOutReason(code=code, heading=heading, advice=advice, mendable=code in _MENDABLE)


def left_out_headings(language: str) -> Mapping[str, str]:
    """Name each reason by its code."""
    return {code: heading for code, (heading, _) in _words(language).items()}


def mendable_codes() -> frozenset[str]:
    """Name the codes of rows that could be sent once they are corrected."""
    return _MENDABLE


@cache
def _words(language: str) -> Mapping[str, tuple[str, str]]:
    from bulksms.pages.languages import language_of

    _ = language_of(language).catalogue.gettext
    return {
        "missing_number": (_("No number"), _("Fill in the number.")),
        "not_a_number": (_("Not a number"), _("Replace the words by a number.")),
        "too_short": (_("Digits missing"), _("Complete the number.")),
        "too_long": (_("Too many digits"), _("Correct the number.")),
        "unknown_country": (_("Unknown country code"), _("Correct the country code.")),
        "invalid_number": (_("Number not in use"), _("Check the number with the person.")),
        "landline": (_("Landline"), _("Ask for a mobile number.")),
        "premium_rate": (_("Premium-rate number"), _("Ask for a mobile number.")),
        "special_number": (_("Short or special number"), _("Ask for a mobile number.")),
        "country_not_allowed": (
            _("Country not allowed"),
            _("Allow this country, or leave these people out."),
        ),
        "digits_lost": (
            _("Digits lost by the spreadsheet"),
            _("Export the list again with the column as text."),
        ),
        "several_numbers": (_("Several numbers in one cell"), _("Keep one number in the cell.")),
        "formula_or_error_cell": (
            _("Error or formula in the cell"),
            _("Correct the cell in the spreadsheet and save."),
        ),
        "ragged_row": (
            _("Cells missing or too many"),
            _("Put the cells of the row under their headers."),
        ),
        "broken_row": (_("Broken line"), _("Close or double the quote in this line.")),
        "no_consent": (_("No consent"), _("Nothing: these people did not agree to texts.")),
        "consent_expired": (_("Consent too old"), _("Ask these people again before texting them.")),
        "value_too_long": (
            _("Value over 50 characters"),
            _("Shorten the value."),
        ),
        "missing_value": (
            _("Value missing for the text"),
            _("Fill in the cell, or give the placeholder a fallback."),
        ),
        "text_too_long": (_("Text too long"), _("Shorten the text or the values of this row.")),
        "text_empty": (_("Text empty"), _("Fill in the cells that make up the text.")),
        "not_on_guest_list": (
            _("Not on the guest list"),
            _("Add the number to the guest list, or send without one."),
        ),
        "sent_before": (_("Got this text before"), _("Nothing: no one gets the same text twice.")),
        "texted_lately": (
            _("Texted recently"),
            _("Nothing: these people can be texted again after the waiting time."),
        ),
        "dead_number": (
            _("Number out of use"),
            _("Remove the number, or ask the person for a new one."),
        ),
        "duplicate": (
            _("Duplicate"),
            _("Nothing: another row has the same number and got the text."),
        ),
        "opted_out": (_("Opted out"), _("Nothing: these people want no texts.")),
    }
