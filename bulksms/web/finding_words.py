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
        "broken_rows": _("%(count)s rows have a broken quotation mark; they are left out."),
        "cut_by_excel": _("Excel cut this list at its last possible row: export it as CSV."),
        "double_encoded": _(
            "%(count)s cells have damaged accents, as in Ã©: export the list again, or confirm "
            "that they are right."
        ),
        "encoding_doubtful": _(
            "The file does not say how its accents are written. Look at the names on step 2: "
            "if they look right, confirm it; else change the encoding there."
        ),
        "encoding_guess": _("The file does not say how its accents are written: check the names."),
        "far_columns": _("%(count)s cells stand far away from the table; they are not read."),
        "gap": _("An empty part divides the sheet: is everything below it part of the list?"),
        "header_looks_like_data": _(
            "The row of titles looks like a person: if it is one, the list has no titles."
        ),
        "hidden_columns": _("The sheet has hidden columns; they are not used."),
        "hidden_sheets": _("The workbook has hidden sheets; they are not read."),
        "last_line_incomplete": _("The last line of the file is cut off: export the list again."),
        "leftover_codes": _(
            "%(count)s cells have signs of another program, such as &eacute; or \\N: are they "
            "right?"
        ),
        "lone_cr": _("The lines of this file end in an unusual way: check the rows."),
        "mislabelled": _("The file is of another kind than its name says; it was read anyway."),
        "replacement_characters": _("%(count)s cells have lost letters: export the list again."),
        "number_format": _("The format of some cells cannot be shown: check their values."),
        "ragged_rows": _("%(count)s rows have a cell too many or too few; they are left out."),
        "separator_tie": _("Two separators would fit this file: check the columns on step 2."),
        "several_sheets": _(
            "Several sheets of the workbook are used: to use only one, choose it on step 2."
        ),
        "sheet_left_out": _("%(count)s sheet of the workbook has no numbers; it is not used."),
        "stop_sheet": _(
            "A sheet is named like a list of people who want no more texts. Should its people "
            "get the text?"
        ),
        "two_header_rows": _("The titles take two rows: check the columns on step 2."),
        "unusual_dialect": _("The file is written in an unusual way: check the columns on step 2."),
        "utf16_without_bom": _(
            "The file is in an unusual encoding: save it as CSV in UTF-8, or choose the encoding."
        ),
        "values_cut": _("%(count)s values of more than 50 characters are cut."),
    }


def _of_the_rows(_) -> dict[str, str]:  # type: ignore[no-untyped-def]  # noqa: ANN001 - gettext
    return {
        "consent_date_missing": _("No column says when the people agreed to be texted."),
        "digits_lost": _("Excel damaged %(count)s numbers; these rows are left out."),
        "duplicates_refused": _("%(count)s numbers are in the list more than once."),
        "emails_as_numbers": _("%(count)s cells of the number column are e-mail addresses."),
        "empty_values": _("%(count)s people have an empty cell where the text names a column."),
        "equal_columns": _(
            "Two columns could each be the number, and they differ in %(count)s rows: choose the "
            "better one on step 2."
        ),
        "foreign_numbers": _("%(count)s numbers are of another country; check their price."),
        "generated_numbers": _(
            "%(count)s numbers follow each other, as in a list that a program made: check where "
            "it comes from."
        ),
        "long_values": _("%(count)s values have more than 50 characters."),
        "many_rejected": _(
            "Many rows are left out (%(count)s). Is this the right list, and the right column?"
        ),
        "names_in_capitals": _("%(count)s names are written in capitals, and the text shows that."),
        "names_swapped": _(
            "In %(count)s rows the first name and the last name look swapped: check step 2."
        ),
        "numbers_as_names": _("%(count)s names are numbers: check the columns on step 2."),
        "optouts_empty": _("The list of people who want no more texts has no phone number."),
        "optouts_unreadable": _(
            "%(count)s cells of the list of people who want no more texts could not be read."
        ),
        "sent_long_ago": _(
            "%(count)s people had this text some time ago; they would get it again."
        ),
        "shared_number": _("%(count)s numbers belong to two people; each number gets one text."),
        "split_cells": _("%(count)s cells hold several numbers; the mobile is used."),
        "strangers": _("%(count)s numbers are not on the list of guests."),
        "titles_in_names": _(
            "%(count)s names begin with a title such as Mr or Mme: check what the text says there."
        ),
        "too_many_foreign": _("Too many numbers are of another country (%(count)s)."),
        "unclear_consent": _(
            "In %(count)s rows a column may say that the person wants no texts, and we do not "
            "understand its value. May these people be texted?"
        ),
        "waiting_elsewhere": _(
            "%(count)s people wait for this text in an unfinished campaign: finish that one first."
        ),
        "words_for_nothing": _(
            "%(count)s rows have a word such as NULL where the text names a column."
        ),
    }


def _of_the_text(_) -> dict[str, str]:  # type: ignore[no-untyped-def]  # noqa: ANN001 - gettext
    return {
        "api_rewrites": _(
            "Octopush would change %(count)s texts: write rare signs in a plain way."
        ),
        "corrected_text": _("%(count)s people already had this text before it was corrected."),
        "dear_characters": _("Rare signs make %(count)s texts more expensive."),
        "dear_countries": _("Texts to %(count)s countries of this list cost more than usual."),
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
        "many_segments": _("%(count)s texts need many segments, which costs more."),
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
            "%(count)s finished texts still show a placeholder: correct the text."
        ),
    }
