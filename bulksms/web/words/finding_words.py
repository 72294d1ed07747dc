"""Says findings as the page says them: without options, and with what to do on this page.

A finding without words here keeps those of the command line.
"""

from collections.abc import Mapping
from functools import cache

from bulksms.finding import Finding
from bulksms.pages.languages import Language, language_of
from bulksms.results.finding_statements import finding_statement

__all__ = ["finding_words"]


def finding_words(finding: Finding, language: Language) -> str:
    """State a finding in the language of the page, and say what to do about it."""
    statement = finding_statement(finding.code, finding.count, language)
    if statement is None:
        return finding.message
    advice = _advice(language.code).get(finding.code)
    return statement if advice is None else f"{statement} {advice}"


@cache
def _advice(code: str) -> Mapping[str, str]:
    _ = language_of(code).catalogue.gettext
    return {
        "cut_by_excel": _("Export it as CSV."),
        "double_encoded": _("Export the list again, or confirm that they are right."),
        "encoding_doubtful": _(
            "Look at the names on step 2: if they look right, confirm it; otherwise change the "
            "encoding there."
        ),
        "encoding_guess": _("Check the names."),
        "gap": _("Is everything below them part of the list?"),
        "header_looks_like_data": _("If it is one, the list has no titles: say so on step 2."),
        "last_line_incomplete": _("Export the list again."),
        "leftover_codes": _("Are they right?"),
        "lone_cr": _("Check the rows."),
        "replacement_characters": _("Export the list again."),
        "number_format": _("Check their values."),
        "separator_tie": _("Check the columns on step 2."),
        "several_sheets": _("To use only one, choose it on step 2."),
        "stop_sheet": _("Should its people get the text?"),
        "two_header_rows": _("Check the columns on step 2."),
        "unusual_dialect": _("Check the columns on step 2."),
        "utf16_without_bom": _("Save it as CSV in UTF-8, or choose the encoding."),
        "dial_code_doubtful": _("If it is, call it “Dial code” and load the list again."),
        "equal_columns": _("Choose the better one on step 2."),
        "foreign_numbers": _("Check the price."),
        "generated_numbers": _("Check where the list comes from."),
        "many_rejected": _("Is this the right list, and the right column?"),
        "names_swapped": _("Check the columns on step 2."),
        "numbers_as_names": _("Check the columns on step 2."),
        "titles_in_names": _("Check what the text says there."),
        "unclear_consent": _("May these people be texted?"),
        "waiting_elsewhere": _("Finish that one first."),
        "api_rewrites": _("Replace them."),
        "foreign_placeholder": _("Write columns in braces, like {Name}."),
        "link_broken": _("Write it like https://shop.example."),
        "link_not_https": _("Write https:// if the site can."),
        "link_shortener": _("Write the full address."),
        "quiet_hours": _("Choose another one."),
        "sender_not_allowed": _("Write the name of your brand."),
        "stop_mention_missing": _("End it with STOP au 30101."),
        "text_double_encoded": _("Write them again."),
        "text_html": _("Write letters instead."),
        "unfilled_placeholder": _("Correct the text."),
    }
