"""Findings about a file, in the language of the reader."""

from collections.abc import Mapping

from bulksms.pages.languages import Language

__all__ = ["file_statements"]


def file_statements(count: int, language: Language) -> Mapping[str, str]:
    """Return the statements by the code of the finding, each for a count."""
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
        "stop_sheet": _("A sheet is named like a list of people who want no more texts."),
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
