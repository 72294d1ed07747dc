"""Says what a check found, without options and without what to do, for pages and reports."""

from collections.abc import Mapping

from bulksms.pages.languages import Language
from bulksms.results.row_statements import row_statements

__all__ = ["finding_statement"]


def finding_statement(code: str, count: int, language: Language) -> str | None:
    """State a finding; None where only the sentence of the command line exists."""
    for statements in (_about_files, row_statements, _about_texts):
        sentence = statements(count, language).get(code)
        if sentence is not None:
            return sentence % {"count": language.number(count)}
    return None


def _about_files(count: int, language: Language) -> Mapping[str, str]:
    """Return the statements about a file by the code of the finding, each for a count."""
    _, n = language.catalogue.gettext, language.catalogue.ngettext
    return {
        "broken_rows": n(
            "%(count)s row has a broken quotation mark and was left out.",
            "%(count)s rows have a broken quotation mark and were left out.",
            count,
        ),
        "cut_by_excel": _("Excel cut this list at the last row that it can hold."),
        "double_encoded": n(
            "%(count)s cell has damaged accents, as in Ã©.",
            "%(count)s cells have damaged accents, as in Ã©.",
            count,
        ),
        "encoding_doubtful": _(
            "The file does not say how its accents are written, and several ways would fit."
        ),
        "encoding_guess": _(
            "The file does not say how its accents are written, so this was guessed."
        ),
        "far_columns": n(
            "%(count)s cell is far away from the table and was not read.",
            "%(count)s cells are far away from the table and were not read.",
            count,
        ),
        "gap": _("Empty rows divide the sheet in two."),
        "header_looks_like_data": _("The row of titles looks like a person."),
        "hidden_columns": _("The sheet has hidden columns, which are not used."),
        "hidden_sheets": _("The workbook has hidden sheets, which are not read."),
        "last_line_incomplete": _("The last line of the file is cut off."),
        "leftover_codes": n(
            "%(count)s cell has codes of another program, such as &eacute; or \\N.",
            "%(count)s cells have codes of another program, such as &eacute; or \\N.",
            count,
        ),
        "lone_cr": _("The lines of this file end in an unusual way."),
        "locale_dates": _("Dates are shown as in the country of the list."),
        "mislabelled": _("The file is of another kind than its name says; it was read anyway."),
        "nul_bytes": _("The file has empty characters, which were ignored."),
        "replacement_characters": n(
            "%(count)s cell has lost or wrong letters.",
            "%(count)s cells have lost or wrong letters.",
            count,
        ),
        "number_format": _("The format of some cells cannot be shown."),
        "ragged_rows": n(
            "%(count)s row has a cell too many or too few and was left out.",
            "%(count)s rows have a cell too many or too few and were left out.",
            count,
        ),
        "separator_tie": _("Two separators would fit this file."),
        "several_sheets": _("Several sheets of the workbook are used."),
        "sheet_left_out": n(
            "%(count)s sheet of the workbook has no numbers and is not used.",
            "%(count)s sheets of the workbook have no numbers and are not used.",
            count,
        ),
        "stop_sheet": _("A part of the list seems to be of people who want no more texts."),
        "stray_cell": _("A cell far below the table was not read."),
        "title_lines": _("Lines above the titles were skipped."),
        "two_header_rows": _("The titles take two rows."),
        "unusual_dialect": _("The file is written in an unusual way."),
        "utf16_without_bom": _("The file is in an unusual encoding (UTF-16)."),
        "values_cut": n(
            "%(count)s value of more than 50 characters was cut.",
            "%(count)s values of more than 50 characters were cut.",
            count,
        ),
    }


def _about_texts(count: int, language: Language) -> Mapping[str, str]:
    """Return the statements about a text by the code of the finding, each for a count."""
    _, n = language.catalogue.gettext, language.catalogue.ngettext
    return {
        "api_rewrites": n(
            "Octopush would change %(count)s text, because of rare characters.",
            "Octopush would change %(count)s texts, because of rare characters.",
            count,
        ),
        "corrected_text": n(
            "%(count)s person already had this text before it was corrected.",
            "%(count)s people already had this text before it was corrected.",
            count,
        ),
        "dear_characters": n(
            "Rare characters make %(count)s text more expensive.",
            "Rare characters make %(count)s texts more expensive.",
            count,
        ),
        "dear_countries": n(
            "Texts to %(count)s country of this list cost more than usual.",
            "Texts to %(count)s countries of this list cost more than usual.",
            count,
        ),
        "foreign_placeholder": _(
            "The text has a placeholder of another program, and people would read it as it is."
        ),
        "link_broken": _("A link in the text does not work."),
        "link_not_https": _("A link in the text is not encrypted."),
        "link_shortener": _(
            "A link in the text uses a public shortener, and carriers block such texts."
        ),
        "many_segments": n(
            "%(count)s text needs many segments, which costs more.",
            "%(count)s texts need many segments, which costs more.",
            count,
        ),
        "over_border": _("Some texts are just long enough to need one segment more."),
        "price_unknown": _(
            "The price of a text to some of these countries is unknown, and may be much higher."
        ),
        "quiet_hours": _("Marketing must not reach these people at this time."),
        "sender_not_allowed": _("Marketing to France does not allow this sender."),
        "sender_replaced": _("Some countries show a number instead of this sender."),
        "stop_mention_missing": _(
            "Marketing to France must say how to refuse it, and this text does not."
        ),
        "text_control_characters": _("The text has invisible characters that phones may show."),
        "text_double_encoded": _("Accents in the text are damaged."),
        "text_escapes": _("The text has codes such as \\n that people would read as they are."),
        "text_html": _("The text has codes of a web page, such as &eacute;."),
        "text_invisible_characters": _(
            "The text has invisible characters, which make it expensive."
        ),
        "text_lost_characters": _(
            "Another program lost letters of the text, or made others of them."
        ),
        "text_unused": _("One of the texts is for no one in this list."),
        "unfilled_placeholder": n(
            "%(count)s finished text still shows a placeholder.",
            "%(count)s finished texts still show a placeholder.",
            count,
        ),
    }
