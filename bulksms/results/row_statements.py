"""Findings about the rows of a list, in the language of the reader."""

from collections.abc import Mapping

from bulksms.pages.languages import Language

__all__ = ["row_statements"]


def row_statements(count: int, language: Language) -> Mapping[str, str]:
    """Return the statements by the code of the finding, each for a count."""
    _, n = language.catalogue.gettext, language.catalogue.ngettext
    return {
        "columns_used": _("The columns were recognised by their titles and values."),
        "consent_date_missing": _("No column says when the people agreed to be texted."),
        "continues_campaign": _(
            "An unfinished campaign has this text and these people, and was continued."
        ),
        "corrected_cells": n(
            "%(count)s cell was read as it was corrected; the list itself is unchanged.",
            "%(count)s cells were read as they were corrected; the list itself is unchanged.",
            count,
        ),
        "digits_lost": n(
            "Excel damaged %(count)s number, whose row was left out.",
            "Excel damaged %(count)s numbers, whose rows were left out.",
            count,
        ),
        "duplicates_refused": n(
            "%(count)s number is in the list more than once.",
            "%(count)s numbers are in the list more than once.",
            count,
        ),
        "dial_code_doubtful": n(
            "A column may be the dial code of %(count)s number, and was not read.",
            "A column may be the dial code of %(count)s numbers, and was not read.",
            count,
        ),
        "emails_as_numbers": n(
            "%(count)s cell of the number column is an e-mail address.",
            "%(count)s cells of the number column are e-mail addresses.",
            count,
        ),
        "empty_values": n(
            "%(count)s person has an empty cell where the text names a column.",
            "%(count)s people have an empty cell where the text names a column.",
            count,
        ),
        "equal_columns": n(
            "Two columns could each be the number, and they differ in %(count)s row.",
            "Two columns could each be the number, and they differ in %(count)s rows.",
            count,
        ),
        "fictitious_numbers": n(
            "%(count)s number is reserved for fiction, which only a rehearsal accepts.",
            "%(count)s numbers are reserved for fiction, which only a rehearsal accepts.",
            count,
        ),
        "foreign_numbers": n(
            "%(count)s number is of another country.",
            "%(count)s numbers are of another country.",
            count,
        ),
        "generated_numbers": n(
            "%(count)s number follows another one, as in a list that a program made.",
            "%(count)s numbers follow each other, as in a list that a program made.",
            count,
        ),
        "known_export": _("The list is an export of a program that is known."),
        "list_name_suffix": _("Each request makes a list of its own at Octopush."),
        "long_values": n(
            "%(count)s value has more than 50 characters.",
            "%(count)s values have more than 50 characters.",
            count,
        ),
        "many_rejected": n(
            "Many rows are left out: %(count)s.",
            "Many rows are left out: %(count)s.",
            count,
        ),
        "names_in_capitals": n(
            "%(count)s name is written in capitals, and the text shows that.",
            "%(count)s names are written in capitals, and the text shows that.",
            count,
        ),
        "names_swapped": n(
            "In %(count)s row the first name and the last name look swapped.",
            "In %(count)s rows the first name and the last name look swapped.",
            count,
        ),
        "names_whole": _("The first name was taken from a column that holds the whole name."),
        "nobody_left": n(
            "No row of the list can get the text: %(count)s is left out.",
            "No row of the list can get the text: %(count)s are left out.",
            count,
        ),
        "number_table_stale": _("Numbers are checked in the slower way, by the library itself."),
        "numbers_as_names": n(
            "%(count)s name is a number.",
            "%(count)s names are numbers.",
            count,
        ),
        "optouts_empty": _("The list of people who want no more texts has no phone number."),
        "optouts_unreadable": n(
            "%(count)s cell of the list of people who want no more texts could not be read.",
            "%(count)s cells of the list of people who want no more texts could not be read.",
            count,
        ),
        "repaired": n(
            "%(count)s number was repaired, such as one whose 0 was lost.",
            "%(count)s numbers were repaired, such as those whose 0 was lost.",
            count,
        ),
        "sent_long_ago": n(
            "%(count)s person had this text some time ago and gets it again.",
            "%(count)s people had this text some time ago and get it again.",
            count,
        ),
        "several_mobiles": _("Several columns hold mobile numbers."),
        "shared_number": n(
            "%(count)s number belongs to several people; it gets one text.",
            "%(count)s numbers belong to several people; each gets one text.",
            count,
        ),
        "split_cells": n(
            "%(count)s cell holds several numbers; the mobile is used.",
            "%(count)s cells hold several numbers; the mobile is used.",
            count,
        ),
        "strangers": n(
            "%(count)s number is not on the list of guests.",
            "%(count)s numbers are not on the list of guests.",
            count,
        ),
        "titles_in_names": n(
            "%(count)s name begins with a title such as Mr or Mme.",
            "%(count)s names begin with a title such as Mr or Mme.",
            count,
        ),
        "too_many_foreign": n(
            "Too many numbers are of another country: %(count)s.",
            "Too many numbers are of another country: %(count)s.",
            count,
        ),
        "unclear_consent": n(
            "In %(count)s row a column may say that the person wants no texts, and its value is "
            "not clear.",
            "In %(count)s rows a column may say that the person wants no texts, and its value is "
            "not clear.",
            count,
        ),
        "waiting_elsewhere": n(
            "%(count)s person waits for this text in an unfinished campaign.",
            "%(count)s people wait for this text in an unfinished campaign.",
            count,
        ),
        "words_for_nothing": n(
            "%(count)s row has a word such as NULL where the text names a column.",
            "%(count)s rows have a word such as NULL where the text names a column.",
            count,
        ),
    }
