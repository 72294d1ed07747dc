"""The page's messages when a list, its text or its time cannot be used."""

from collections.abc import Mapping
from functools import cache

from bulksms.pages.languages import language_of

__all__ = ["list_errors"]


@cache
def list_errors(language: str) -> Mapping[str, str]:
    """Return the sentences in a language, by the code of the error."""
    _ = language_of(language).catalogue.gettext
    return {
        "binary_workbook": _(
            "This is a binary workbook (.xlsb): save it as .xlsx and choose it again."
        ),
        "brace_alone": _(
            "The “%(brace)s” at character %(position)s has no partner: write a column as "
            "{Name}, with one brace on each side."
        ),
        "cell_too_long": _("In line %(line)s a cell is far too long for a list: shorten it."),
        "column_missing": _("The list has no column “%(header)s”: choose the columns again."),
        "computer_too_busy": _(
            "This computer is too busy to read the list: close some programs, then try again."
        ),
        "correction_without_cell": _(
            "A correction is for row %(row)s, column %(column)s, and the list has no such cell: "
            "choose the list again."
        ),
        "corrections_of_another_list": _(
            "The list has changed since its cells were corrected: choose it again, then correct "
            "it again."
        ),
        "corrections_unreadable": _(
            "The cells that were corrected for this list cannot be read: choose the list again."
        ),
        "country_unknown": _(
            "“%(country)s” is not a country: write its two letters, such as FR or BE."
        ),
        "draft_damaged": _("This draft is damaged: delete it, then choose the list again."),
        "encoding_halves": _(
            "Read as %(encoding)s, this file has halves of characters: choose another encoding."
        ),
        "encoding_unknown": _("There is no encoding “%(encoding)s”: try utf-8 or cp1252."),
        "encoding_wrong": _(
            "From line %(line)s on, this file is not in %(encoding)s: choose another encoding, "
            "or save the list as CSV in UTF-8."
        ),
        "fallback_too_long": _(
            "What replaces an empty {%(name)s} is longer than %(limit)s characters: shorten it."
        ),
        "file_unwritable": _(
            "The file cannot be written on this computer: free some space, then try again."
        ),
        "header_row_blank": _(
            "Row %(row)s is blank or does not exist, so it cannot hold the titles: write "
            "another one."
        ),
        "hours_invalid": _("“%(hours)s” is not a range of hours: write it like 08:00-20:00."),
        "line_too_long": _(
            "This file has a line far too long for a list: save the list as Excel, or as CSV "
            "with one person a line."
        ),
        "list_changed_while_read": _(
            "The list changed while it was being read: try again when no other program writes "
            "to it."
        ),
        "list_empty": _(
            "This file has no contacts under its titles: check that it is the right one."
        ),
        "list_gone": _("The list is no longer on this computer: choose the file again."),
        "list_has_password": _(
            "This file is protected by a password: remove the password, save the file and "
            "choose it again."
        ),
        "list_not_kept": _(
            "The list could not be kept on this computer: free some space, then choose the file "
            "again."
        ),
        "list_too_large": _("This file is larger than %(limit)s MB: divide it into several lists."),
        "list_unreadable": _("The list cannot be read on this computer: choose the file again."),
        "no_number_column": _(
            "No column of this list looks like phone numbers: choose the one that has them."
        ),
        "no_room_for_rows": _(
            "There is not enough room on this computer to check the list: free some space, then "
            "try again."
        ),
        "not_a_list": _("This file is not a spreadsheet: save the list as Excel or CSV."),
        "placeholder_misspelt": _(
            "The text uses {%(name)s}, and the list has no such column: did you mean {%(nearest)s}?"
        ),
        "placeholder_reserved": _(
            "{%(name)s} is a name that bulksms uses itself: write {%(better)s}."
        ),
        "placeholder_unknown": _(
            "The text uses {%(name)s}, and the list has no such column: insert one of its "
            "columns instead."
        ),
        "placeholder_without_name": _(
            "The braces at character %(position)s hold no name: write the name of a column "
            "between them."
        ),
        "quote_open": _(
            "In line %(line)s a quotation mark opens and is not closed: close it or delete it, "
            "or save the list as Excel."
        ),
        "reading_interrupted": _(
            "The reading of the list was interrupted, perhaps because memory ran out: close "
            "other programs, then try again."
        ),
        "send_time_invalid": _("The sending time cannot be used: choose a day and an hour again."),
        "send_time_past": _("This time is past: choose a later one."),
        "send_time_skipped": _(
            "This time does not exist, since clocks go forward then: choose another one."
        ),
        "send_time_twice": _(
            "This time comes twice, since clocks go back then: choose another one."
        ),
        "sender_invalid": _(
            "“%(sender)s” cannot be the sender: use 3 to 11 letters or digits, without accents "
            "or spaces."
        ),
        "separator_invalid": _(
            "“%(separator)s” cannot separate columns: choose one character, such as a semicolon."
        ),
        "setting_invalid": _("“%(value)s” cannot be used here: correct it."),
        "sheet_missing": _("This workbook has no sheet “%(sheet)s”. Its sheets: %(sheets)s."),
        "text_empty": _("The text is empty: write a message."),
        "text_file_without_sheets": _(
            "This is a text file, which has no sheets: leave the field “Sheet” empty."
        ),
        "text_too_long": _(
            "The text has %(count)s characters, and Octopush accepts %(limit)s: shorten it."
        ),
        "text_unreadable": _("Character %(position)s of the text cannot be read: type it again."),
        "too_many_columns": _(
            "The text uses more columns than Octopush can fill in: use fewer of them."
        ),
        "too_many_rows": _(
            "The list has more than %(limit)s rows, which is the limit of this campaign: check "
            "that it is the right one. Nothing was sent."
        ),
        "too_many_rows_for_excel": _(
            "There are more than %(limit)s rows, which no Excel workbook can hold: use the "
            "command line to write them as CSV."
        ),
        "workbook_damaged": _(
            "This workbook is damaged or incomplete: open it in Excel and save it again."
        ),
        "workbook_damaged_or_too_large": _(
            "This workbook is damaged or too large to be read: open it in Excel and save the "
            "list alone, as CSV."
        ),
        "workbook_too_large": _(
            "This workbook is too large to be read: save the list alone, as CSV."
        ),
        "workbook_too_slow": _(
            "This workbook takes too long to read: save the list alone, as CSV."
        ),
        "workbook_unusual": _(
            "This workbook has a part that no list needs, so it was not read: open it in Excel "
            "and save it again."
        ),
    }
