"""Says findings as the page says them: without options, and with what to do on this page.

A finding without words here keeps those of the command line.
"""

from collections.abc import Mapping
from functools import cache

from bulksms.finding import Finding
from bulksms.pages.languages import Language, language_of

__all__ = ["finding_words"]


def finding_words(finding: Finding, language: Language) -> str:
    """Say a finding in the language of the page."""
    sentence = _sentences(language.code).get(finding.code)
    if sentence is None:
        return finding.message
    return sentence % {"count": language.number(finding.count)}


@cache
def _sentences(code: str) -> Mapping[str, str]:
    _ = language_of(code).catalogue.gettext
    return _of_the_file(_) | _of_the_rows(_) | _of_the_text(_)


def _of_the_file(_) -> dict[str, str]:  # type: ignore[no-untyped-def]  # noqa: ANN001 - gettext
    return {
        "broken_rows": _("Rows with a broken quotation mark, which are left out: %(count)s."),
        "cut_by_excel": _("Excel cut this list at its last possible row: export it as CSV."),
        "double_encoded": _(
            "Cells with damaged accents, as in Ã©: %(count)s. Export the list again, or confirm "
            "that they are right."
        ),
        "encoding_doubtful": _(
            "The file does not say how its accents are written. Look at the names on step 2: "
            "if they look right, confirm it; else change the encoding there."
        ),
        "encoding_guess": _("The file does not say how its accents are written: check the names."),
        "far_columns": _("Cells far away from the table, which are not read: %(count)s."),
        "gap": _("An empty part divides the sheet: is everything below it part of the list?"),
        "header_looks_like_data": _(
            "The row of titles looks like a person: if it is one, the list has no titles."
        ),
        "hidden_columns": _("The sheet has hidden columns; they are not used."),
        "hidden_sheets": _("The workbook has hidden sheets; they are not read."),
        "last_line_incomplete": _("The last line of the file is cut off: export the list again."),
        "leftover_codes": _(
            "Cells with signs of another program, such as &eacute; or \\N: %(count)s. Are they "
            "right?"
        ),
        "lone_cr": _("The lines of this file end in an unusual way: check the rows."),
        "mislabelled": _("The file is of another kind than its name says; it was read anyway."),
        "replacement_characters": _("Cells that lost letters: %(count)s. Export the list again."),
        "number_format": _("The format of some cells cannot be shown: check their values."),
        "ragged_rows": _("Rows with a cell too many or too few, which are left out: %(count)s."),
        "separator_tie": _("Two separators would fit this file: check the columns on step 2."),
        "several_sheets": _(
            "Several sheets of the workbook are used: to use only one, choose it on step 2."
        ),
        "sheet_left_out": _(
            "Sheets of the workbook without numbers, which are not used: %(count)s."
        ),
        "stop_sheet": _(
            "A sheet is named like a list of people who want no more texts. Should its people "
            "get the text?"
        ),
        "two_header_rows": _("The titles take two rows: check the columns on step 2."),
        "unusual_dialect": _("The file is written in an unusual way: check the columns on step 2."),
        "utf16_without_bom": _(
            "The file is in an unusual encoding: save it as CSV in UTF-8, or choose the encoding."
        ),
        "values_cut": _("Values of more than 50 characters, which are cut: %(count)s."),
    }


def _of_the_rows(_) -> dict[str, str]:  # type: ignore[no-untyped-def]  # noqa: ANN001 - gettext
    return {
        "consent_date_missing": _("No column says when the people agreed to be texted."),
        "digits_lost": _("Numbers that Excel damaged, whose rows are left out: %(count)s."),
        "duplicates_refused": _("Numbers that are in the list more than once: %(count)s."),
        "emails_as_numbers": _("E-mail addresses in the column of the numbers: %(count)s."),
        "empty_values": _("People with an empty cell where the text names a column: %(count)s."),
        "equal_columns": _(
            "Two columns could each be the number; rows in which they differ: %(count)s. Choose "
            "the better one on step 2."
        ),
        "foreign_numbers": _("Numbers of another country: %(count)s. Check their price."),
        "generated_numbers": _(
            "Numbers that follow each other, as in a list that a program made: %(count)s. Check "
            "where it comes from."
        ),
        "long_values": _("Values of more than 50 characters: %(count)s."),
        "many_rejected": _(
            "Many rows are left out (%(count)s). Is this the right list, and the right column?"
        ),
        "names_in_capitals": _("Names in capitals, which the text shows as they are: %(count)s."),
        "names_swapped": _(
            "Rows whose first name and last name look swapped: %(count)s. Check step 2."
        ),
        "numbers_as_names": _("Names that are numbers: %(count)s. Check the columns on step 2."),
        "optouts_empty": _("The list of people who want no more texts has no phone number."),
        "optouts_unreadable": _(
            "Cells of the list of people who want no more texts that could not be read: %(count)s."
        ),
        "sent_long_ago": _(
            "People who had this text some time ago and would get it again: %(count)s."
        ),
        "shared_number": _("Numbers that two people share, who get one text: %(count)s."),
        "split_cells": _("Cells with several numbers, of which the mobile is used: %(count)s."),
        "strangers": _("Numbers that are not on the list of guests: %(count)s."),
        "titles_in_names": _(
            "Names that begin with a title such as Mr or Mme: %(count)s. Check what the text "
            "says there."
        ),
        "too_many_foreign": _("Too many numbers are of another country (%(count)s)."),
        "unclear_consent": _(
            "Rows in which a column may say that the person wants no texts, with a value we do "
            "not understand: %(count)s. May these people be texted?"
        ),
        "waiting_elsewhere": _(
            "People who wait for this text in an unfinished campaign: %(count)s. Finish that "
            "one first."
        ),
        "words_for_nothing": _(
            "Rows with a word such as NULL where the text names a column: %(count)s."
        ),
    }


def _of_the_text(_) -> dict[str, str]:  # type: ignore[no-untyped-def]  # noqa: ANN001 - gettext
    return {
        "api_rewrites": _(
            "Texts that Octopush would change: %(count)s. Write rare signs in a plain way."
        ),
        "corrected_text": _("People who already had this text before it was corrected: %(count)s."),
        "dear_characters": _("Texts that rare signs make more expensive: %(count)s."),
        "dear_countries": _(
            "Countries of this list to which a text costs more than usual: %(count)s."
        ),
        "foreign_placeholder": _(
            "The text has a placeholder of another program, and people would read it as it is. "
            "Write columns in braces, like {Name}."
        ),
        "link_broken": _("A link in the text does not work: write it like https://shop.example."),
        "link_not_https": _("A link in the text is not encrypted: write https:// if the site can."),
        "link_shortener": _(
            "A link in the text uses a public shortener, and carriers block such texts: write the "
            "full address."
        ),
        "many_segments": _("Texts that need many segments, which costs more: %(count)s."),
        "price_unknown": _(
            "The price of a text to some of these countries is unknown; it may be much higher."
        ),
        "quiet_hours": _("Marketing must not reach these people at this time: choose another."),
        "sender_not_allowed": _(
            "Marketing to France does not allow this sender: write the name of your brand."
        ),
        "sender_replaced": _("Some countries show a number instead of this sender."),
        "stop_mention_missing": _(
            "Marketing to France must say how to refuse: end the text with STOP au 30101."
        ),
        "text_control_characters": _("The text has invisible signs that phones may show."),
        "text_double_encoded": _("Accents in the text are damaged: write them again."),
        "text_escapes": _("The text has signs such as \\n that people would read as they are."),
        "text_html": _("The text has signs of a web page, such as &eacute;: write letters."),
        "text_invisible_characters": _("The text has invisible signs, which make it expensive."),
        "text_lost_characters": _("A letter of the text was lost and became a question mark."),
        "text_unused": _("One of the texts is for nobody in this list."),
        "unfilled_placeholder": _(
            "Finished texts that still show a placeholder: %(count)s. Correct the text."
        ),
    }
